"""The rows of an XLSX sheet, streamed: merged cells filled, formulas named and never computed."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import IO
from xml.etree.ElementTree import Element

from app.catalog.exchange.items import ImportRefused
from app.catalog.importers import xlsx_package as package_of
from app.catalog.importers.grid import (
    MAX_COLUMNS,
    Cell,
    FormulaCell,
    GridRow,
    MergedCell,
    Rows,
    WideCell,
)
from app.catalog.importers.xlsx_formats import NumberFormats, number_formats

MAX_ROW_NUMBER = 1_048_576
MAX_MERGES = 100_000
# What a spreadsheet keeps of a number, and more than any count has.
MAX_DIGITS = 15
MAX_EXPONENT = 40

_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MERGE = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']\$?([A-Z]{1,3})\$?([0-9]{1,7})"
    rb":\$?([A-Z]{1,3})\$?([0-9]{1,7})[\"']"
)
_OVERLAP = 200
_ROW = re.compile(rb"<(?:\w+:)?row[\s>]")
# Day 0 of a spreadsheet; its dates have no zone.
_EPOCH = datetime.fromisoformat("1899-12-30")
_EPOCH_1904 = datetime.fromisoformat("1904-01-01")
_BOOLEANS = ("false", "true")
_LAST_DATE = 2_958_465


@dataclass(slots=True)
class _Merge:
    """A merged range; its first cell's value stands for all of it."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int
    value: Cell = ""


@dataclass(frozen=True, slots=True)
class Workbook:
    """An open file: the names of its visible sheets, and what their cells refer to."""

    package: zipfile.ZipFile
    sheets: list[tuple[str, str]]
    strings: list[str]
    formats: NumberFormats
    epoch: datetime

    @property
    def names(self) -> list[str]:
        """What the visible sheets are called."""
        return [name for _, name in self.sheets]

    def rows(self, sheet: int) -> Rows:
        """
        Yield the rows of a visible sheet.

        Raises
        ------
        ImportRefused
            If the sheet is damaged; while iterating too.
        """
        part = self.sheets[sheet][0]
        with package_of.damage_is_refused():
            found = sorted(_merges(self.package, part), key=lambda merge: merge.first_row)
        return _rows(self, part, found)

    def count_rows(self, sheet: int) -> int:
        """Return how many rows a sheet has, without reading them; 0 where it is damaged."""
        try:
            with package_of.damage_is_refused(), self.package.open(self.sheets[sheet][0]) as stream:
                return _count(stream, _ROW)
        except ImportRefused:
            return 0


def open_workbook(handle: IO[bytes]) -> Workbook:
    """
    Open a file.

    Raises
    ------
    ImportRefused
        If it is damaged, protected or a bomb.
    """
    package = package_of.open_package(handle)
    with package_of.damage_is_refused():
        return Workbook(
            package,
            package_of.visible_sheets(package),
            package_of.shared_strings(package),
            number_formats(package),
            _EPOCH_1904 if package_of.counts_from_1904(package) else _EPOCH,
        )


def _rows(book: Workbook, part: str, merges: list[_Merge]) -> Rows:
    last = 0
    waiting = iter(merges)
    upcoming = next(waiting, None)
    active: list[_Merge] = []
    with package_of.damage_is_refused():
        for element in package_of.elements(book.package, part, "row"):
            number = int(element.get("r", last + 1))
            if not last < number <= MAX_ROW_NUMBER:
                raise package_of.damaged()
            last = number
            cells = _cells(element, book)
            while upcoming is not None and upcoming.first_row <= number:
                active.append(upcoming)
                upcoming = next(waiting, None)
            active = [merge for merge in active if merge.last_row >= number]
            _fill(cells, number, active)
            yield GridRow(number, cells, is_hidden=element.get("hidden") in {"1", "true"})


def _cells(row: Element, book: Workbook) -> list[Cell]:
    cells: list[Cell] = []
    for element in row:
        if package_of.local_name(element) != "c":
            continue
        column = len(cells) + 1
        if match := _REFERENCE.fullmatch(element.get("r", "")):
            column = _column_number(match[1])
        if column > MAX_COLUMNS:
            # What stands so far to the right belongs to no list.
            continue
        cells += [""] * (column - len(cells))
        cells[column - 1] = _value(element, book)
    return cells


def _value(cell: Element, book: Workbook) -> Cell:
    parts = {package_of.local_name(child): child for child in cell}
    if (formula := parts.get("f")) is not None:
        return FormulaCell("=" + (formula.text or "")[:100])
    if (inline := parts.get("is")) is not None:
        return package_of.text_of(inline)
    raw = (parts["v"].text or "") if "v" in parts else ""
    kind = cell.get("t", "n")
    if not raw:
        return ""
    if kind == "n":
        return _number(raw, int(cell.get("s", "0")), book)
    if kind == "s":
        return book.strings[_index(raw, len(book.strings))]
    return _BOOLEANS[raw == "1"] if kind == "b" else package_of.unescaped(raw)


def _index(raw: str, count: int) -> int:
    index = int(raw)
    if not 0 <= index < count:
        raise package_of.damaged()
    return index


def _number(raw: str, style: int, book: Workbook) -> str:
    """Return a number as a person would type it: no exponent, no dust of binary fractions."""
    try:
        value = Decimal(raw)
    except InvalidOperation:
        raise package_of.damaged() from None
    if not value.is_finite() or abs(value.adjusted()) > MAX_EXPONENT:
        return raw
    if style in book.formats.dates and 0 <= value <= _LAST_DATE:
        return _date(value, book.epoch)
    if style in book.formats.shares:
        return f"{_plain(value * 100)}%"
    return _plain(value) + book.formats.words.get(style, "")


def _plain(value: Decimal) -> str:
    if value == value.to_integral_value():
        return f"{value:.0f}"
    rounded = round(value, max(0, MAX_DIGITS - 1 - value.adjusted()))
    return f"{rounded:f}".rstrip("0").rstrip(".")


def _date(value: Decimal, epoch: datetime) -> str:
    try:
        moment = epoch + timedelta(seconds=round(float(value) * 86_400))
    except OverflowError:
        raise package_of.damaged() from None
    return moment.isoformat(" ") if value % 1 else moment.date().isoformat()


def _fill(cells: list[Cell], number: int, active: list[_Merge]) -> None:
    """Put the value of each merged range into the cells that it covers."""
    for merge in active:
        if number == merge.first_row:
            index = merge.first_column - 1
            value = cells[index] if index < len(cells) else ""
            over_rows = merge.last_row > merge.first_row and isinstance(value, str) and value
            merge.value = MergedCell(str(value)) if over_rows else value
        cells += [""] * (merge.last_column - len(cells))
        first = merge.first_column - 1
        cells[first] = merge.value
        if merge.last_column > merge.first_column:
            text = merge.value.text if isinstance(merge.value, MergedCell) else merge.value
            wide = WideCell(text) if isinstance(text, str) else ""
            cells[first + 1 : merge.last_column] = [wide] * (merge.last_column - first - 1)


def _merges(package: zipfile.ZipFile, part: str) -> Iterator[_Merge]:
    """Yield the merged ranges, which stand behind the rows that they concern."""
    found = 0
    tail = b""
    with package.open(part) as stream:
        while piece := stream.read(1024 * 1024):
            window = tail + piece
            end = 0
            for match in _MERGE.finditer(window):
                end = match.end()
                found += 1
                if found > MAX_MERGES:
                    raise ImportRefused(
                        "The sheet has more than %(limit)s merged cells. Unmerge them, or save the "
                        "list as CSV.",
                        limit=MAX_MERGES,
                    )
                left, top, right, bottom = (group.decode() for group in match.groups())
                yield _Merge(
                    int(top),
                    int(bottom),
                    min(_column_number(left), MAX_COLUMNS),
                    min(_column_number(right), MAX_COLUMNS),
                )
            tail = window[max(end, len(window) - _OVERLAP) :]


def _count(stream: IO[bytes], wanted: re.Pattern[bytes]) -> int:
    """Return how often a short pattern occurs, piece by piece."""
    found, tail = 0, b""
    while piece := stream.read(1024 * 1024):
        window = tail + piece
        ends = [match.end() for match in wanted.finditer(window)]
        found += len(ends)
        tail = window[max(ends[-1] if ends else 0, len(window) - _OVERLAP) :]
    return found


def _column_number(letters: str) -> int:
    """
    Return a column's number.

    >>> _column_number("A"), _column_number("Z"), _column_number("AA"), _column_number("XFD")
    (1, 26, 27, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
