"""
CSV for spreadsheets: a mark that says UTF-8, every text in quotes, and no text that computes.

Numbers are written as numbers. A text that a spreadsheet would take for a formula gets one
apostrophe in front, which the import takes away again.
"""

from collections.abc import Iterable, Iterator

from app.catalog.exchange.items import Item
from app.catalog.importers.own_csv import COLUMNS, cells_of
from app.catalog.importers.texts import guard

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
BATCH_BYTES = 64 * 1024


def write_csv(items: Iterable[Item]) -> Iterator[bytes]:
    """Yield the list in pieces of about 64 KiB."""
    waiting = ["\ufeff" + _line(list(COLUMNS))]
    size = 0
    for item in items:
        cells = cells_of(item)
        line = _line([cells[column] for column in COLUMNS])
        waiting.append(line)
        size += len(line)
        if size >= BATCH_BYTES:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()


def _line(cells: list[object]) -> str:
    return ",".join(_cell(cell) for cell in cells) + "\r\n"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        quoted = guard(value).replace('"', '""')
        return f'"{quoted}"'
    return str(value)
