"""
Our own CSV: one dataset a row, readable in a spreadsheet, lossless for us.

What a person reads and edits has a column of its own; the column `more` holds the rest as JSON.
A column wins over `more`. The token columns are for reading only, since a token count needs its
source.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from app.catalog.exchange.items import Context, Entry, Finding, ImportRefused, Item, Json, Reading
from app.catalog.exchange.record_json import Decoder, encode_item
from app.catalog.importers.grid import FormulaCell, GridRow, MergedCell, Rows, WideCell
from app.catalog.importers.json_stream import loads
from app.catalog.importers.lists import Seen, too_many_rows
from app.catalog.importers.own_json import checked
from app.catalog.importers.problems import finding
from app.catalog.importers.texts import MAX_NAME, clean, one_line, unguard
from app.catalog.loading.records import EstimateRecord

SEPARATOR = " | "
MORE = "more"
READ_ONLY = ("tokens_low", "tokens", "tokens_high", "tokens_method", "tokenizer")
# Path in the item's JSON, in the order of the columns; a list is joined by SEPARATOR.
TEXTS: dict[str, tuple[str, ...]] = {
    "slug": ("slug",),
    "parent": ("parent",),
    "name_zh": ("name", "zh"),
    "name_en": ("name", "en"),
    "provider": ("provider", "slug"),
    "provider_zh": ("provider", "name", "zh"),
    "provider_en": ("provider", "name", "en"),
    "category": ("category",),
    "modality": ("modality",),
    "languages": ("languages",),
    "licence": ("licence_spdx",),
    "licence_class": ("licence_class",),
    "licence_stated_zh": ("licence_stated", "zh"),
    "licence_stated_en": ("licence_stated", "en"),
    "description_zh": ("description", "zh"),
    "description_en": ("description", "en"),
    "homepage": ("homepage",),
    "paper": ("paper",),
    "released": ("released",),
    "access_zh": ("access", "zh"),
    "access_en": ("access", "en"),
    "aliases": ("aliases",),
    "visibility": ("visibility",),
}
LISTS = frozenset({"languages", "aliases"})
QUANTITY = ("quantity", "unit", "quantity_printed")
COLUMNS: tuple[str, ...] = (
    *list(TEXTS)[:10],
    *QUANTITY,
    *READ_ONLY,
    *list(TEXTS)[10:],
    MORE,
)
_QUANTITY_KEYS = {"quantity": "value", "unit": "unit", "quantity_printed": "printed"}


def cells_of(item: Item) -> dict[str, Any]:
    """Return the cells of an item by column: texts, numbers, and None for nothing."""
    rest = encode_item(item)
    cells: dict[str, Any] = dict.fromkeys(COLUMNS)
    for column, path in TEXTS.items():
        cells[column] = _take(rest, path, is_list=column in LISTS)
    if quantities := rest.get("quantities"):
        first = quantities[0]
        for column, key in _QUANTITY_KEYS.items():
            # What a cell cannot give back stays in `more`.
            if first.get(key) not in {None, ""}:
                cells[column] = first.pop(key)
    shown = item.main or next(iter(item.record.estimates), None)
    if shown is not None:
        cells |= _token_cells(shown)
    for path in TEXTS.values():
        _drop_emptied(rest, path)
    if rest:
        cells[MORE] = json.dumps(rest, ensure_ascii=False, separators=(",", ":"))
    return cells


def _take(rest: Json, path: tuple[str, ...], *, is_list: bool) -> str | None:
    """Take a value out of the JSON where a cell can hold it."""
    holder: Any = rest
    for key in path[:-1]:
        holder = holder.get(key, {})
    value = holder.get(path[-1])
    if is_list:
        if not value or any(not part or "|" in part or part != part.strip() for part in value):
            return None
        del holder[path[-1]]
        return SEPARATOR.join(value)
    if not isinstance(value, str) or not value:
        return None
    del holder[path[-1]]
    return value


def _token_cells(estimate: EstimateRecord) -> dict[str, Any]:
    return {
        "tokens_low": estimate.low,
        "tokens": estimate.mid,
        "tokens_high": estimate.high,
        "tokens_method": str(estimate.method),
        "tokenizer": estimate.tokenizer or estimate.tokenizer_printed,
    }


def _drop_emptied(holder: Json, path: tuple[str, ...]) -> None:
    """Drop the objects along a path of which nothing is left."""
    if len(path) < 2 or not isinstance(inner := holder.get(path[0]), dict):  # noqa: PLR2004  a key
        return
    _drop_emptied(inner, path[1:])
    if not inner:
        del holder[path[0]]


def is_own(row: GridRow) -> bool:
    """Whether a row is the head of a file that the catalogue exported."""
    return tuple(row.cells) == COLUMNS


def read_own_csv(rows: Rows, context: Context, *, format_code: str) -> Reading:
    """Read the rows below the head of a file that the catalogue exported."""
    return Reading(format_code, (), _entries(rows, context, _reader(format_code)))


def _reader(format_code: str) -> Callable[[str], str]:
    # Only CSV needs the guard; a spreadsheet's cells know that they are texts.
    return unguard if format_code == "csv" else str


def _entries(rows: Rows, context: Context, read: Callable[[str], str]) -> Iterator[Entry]:
    seen = Seen()
    count = 0
    for row in rows:
        if row.is_blank:
            continue
        count += 1
        if count > context.max_rows:
            raise too_many_rows(context.max_rows)
        yield seen.check(_entry(row, read))


def _entry(row: GridRow, read: Callable[[str], str]) -> Entry:
    findings: list[Finding] = []
    cells = _texts(row, read, findings)
    try:
        rest = loads(cells[MORE]) if cells[MORE] else {}
    except ImportRefused:
        rest = None
    if not isinstance(rest, dict):
        findings.append(finding("value_unread", row=row.number, column=MORE, key=MORE))
        rest = {}
    for column, path in TEXTS.items():
        if text := cells[column]:
            _put(rest, path, text.split(SEPARATOR) if column in LISTS else text)
    _put_quantity(rest, cells)
    decoder = Decoder(row.number)
    decoder.findings += findings
    name = cells["name_zh"] or cells["name_en"]
    return checked(row.number, decoder.item(rest), decoder, name=one_line(clean(name))[:MAX_NAME])


def _texts(row: GridRow, read: Callable[[str], str], findings: list[Finding]) -> dict[str, str]:
    texts = dict.fromkeys(COLUMNS, "")
    for column, cell in zip(COLUMNS, row.cells, strict=False):
        if isinstance(cell, FormulaCell):
            findings.append(finding("formula", row=row.number, column=column, value=cell.formula))
        elif isinstance(cell, WideCell):
            continue
        elif column not in _TYPED:
            texts[column] = read(cell.text if isinstance(cell, MergedCell) else cell)
        elif isinstance(cell, str):
            texts[column] = cell
    return texts


# Columns of numbers, which carry no guard.
_TYPED: Sequence[str] = ("quantity", "tokens_low", "tokens", "tokens_high")


def _put(rest: Json, path: tuple[str, ...], value: object) -> None:
    holder: Any = rest
    for key in path[:-1]:
        inner = holder.get(key)
        if not isinstance(inner, dict):
            inner = holder[key] = {}
        holder = inner
    holder[path[-1]] = value


def _put_quantity(rest: Json, cells: dict[str, str]) -> None:
    if not any(cells[column] for column in QUANTITY):
        return
    quantities = rest.get("quantities")
    if not isinstance(quantities, list) or not quantities or not isinstance(quantities[0], dict):
        quantities = rest["quantities"] = [{"key": "stated"}]
    for column, key in _QUANTITY_KEYS.items():
        if cells[column]:
            quantities[0][key] = cells[column]
    quantities[0].setdefault("printed", cells["quantity"])
