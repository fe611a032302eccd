"""Read a file of any format that is known: which one it is follows from its name and content."""

import zipfile
from itertools import chain
from typing import IO

from app.catalog.exchange.items import Context, Finding, ImportRefused, Reading
from app.catalog.importers import csv_rows, lists, own_csv, sheets, xlsx_rows
from app.catalog.importers.cards import read_card
from app.catalog.importers.croissant.files import (
    looks_like_catalogue,
    looks_like_croissant,
    read_catalogue,
    read_croissant,
)
from app.catalog.importers.decoding import decode
from app.catalog.importers.grid import GridRow, Rows
from app.catalog.importers.own_json import read_own_json

MAX_BYTES = 200_000_000
_CARD_ENDINGS = (".md", ".markdown", ".yaml", ".yml")
_JSON_ENDINGS = (".json", ".jsonld")
_START = 4096


def read_file(name: str, handle: IO[bytes], context: Context) -> Reading:
    """
    Read a file; `handle` can seek and stays open until the entries are used up.

    Raises
    ------
    ImportRefused
        If the file cannot be read as what its name and content say; while iterating as well.
        Nothing else is raised, whatever the bytes are.
    """
    size = handle.seek(0, 2)
    handle.seek(0)
    if size == 0:
        raise ImportRefused("The file is empty.")
    if size > MAX_BYTES:
        raise ImportRefused(
            "The file has %(bytes)s bytes; at most %(limit)s are read. Split it into several.",
            bytes=size,
            limit=MAX_BYTES,
        )
    start = handle.read(_START)
    handle.seek(0)
    lower = name.lower()
    if start.startswith(b"PK") or lower.endswith(".xlsx"):
        return _read_xlsx(handle, context)
    if lower.endswith(_JSON_ENDINGS) or start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        if looks_like_catalogue(start):
            return read_catalogue(handle, context)
        if looks_like_croissant(start):
            return read_croissant(handle, context)
        return read_own_json(handle, context)
    if lower.endswith(_CARD_ENDINGS) or start.lstrip(b"\xef\xbb\xbf").startswith(b"---"):
        return read_card(handle, context)
    return _read_csv(handle, context)


def _read_xlsx(handle: IO[bytes], context: Context) -> Reading:
    if not zipfile.is_zipfile(handle):
        raise ImportRefused(
            "This is no XLSX file. An old .xls file must be saved as XLSX or CSV first."
        )
    book = xlsx_rows.open_workbook(handle)
    chosen, findings = sheets.choose_sheet(book, context.sheet)
    return _read_rows(book.rows(chosen), context, "xlsx", findings)


def _read_csv(handle: IO[bytes], context: Context) -> Reading:
    decoded = decode(handle)
    delimiter = csv_rows.find_delimiter(decoded.open())
    rows = csv_rows.read_rows(decoded.open(), delimiter)
    return _read_rows(rows, context, "csv", decoded.findings)


def _read_rows(
    rows: Rows, context: Context, format_code: str, findings: tuple[Finding, ...]
) -> Reading:
    first = next(rows, None)
    if first is None:
        raise ImportRefused("The list is empty.")
    if own_csv.is_own(first):
        return own_csv.read_own_csv(rows, context, format_code=format_code)
    strip = format_code == "csv"
    return lists.read_list(
        _with_first(first, rows, strip=strip), context, format_code=format_code, findings=findings
    )


def _with_first(first: GridRow, rows: Rows, *, strip: bool) -> Rows:
    """Yield all rows, without the apostrophes that keep CSV cells from being computed."""
    for row in chain([first], rows):
        if strip:
            yield GridRow(
                row.number,
                [cell.removeprefix("'") if isinstance(cell, str) else cell for cell in row.cells],
            )
        else:
            yield row
