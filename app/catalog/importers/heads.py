"""The head of a list: which rows it is, and what each column means."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.catalog.exchange.items import Finding, ImportRefused
from app.catalog.importers.grid import Cell, FormulaCell, GridRow, WideCell
from app.catalog.importers.problems import finding
from app.catalog.importers.texts import clean, one_line
from app.catalog.importers.titles import Column, HeadColumn, is_title, read_title, read_titles

# A list has its head near its top, below a title and perhaps a note.
HEAD_ROWS = 30


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a list: its last row, its columns, and what was noticed."""

    row: int
    columns: tuple[HeadColumn, ...]
    findings: tuple[Finding, ...]

    def has(self, column: Column) -> bool:
        """Whether the list has such a column."""
        return any(head.column == column for head in self.columns)

    def means_the_same(self, other: "Head") -> bool:
        """Whether another head says the same of the same columns."""
        return self.columns == other.columns


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row, or two, that may be a head: the titles of its columns, and those understood."""

    first_row: int
    last_row: int
    titles: tuple[str, ...]
    columns: tuple[HeadColumn, ...]

    @property
    def names_something(self) -> bool:
        return any(c.column in {Column.NAME, Column.NAME_ZH, Column.NAME_EN} for c in self.columns)

    @property
    def understood(self) -> int:
        return len({column.column for column in self.columns})


def find_head(rows: Sequence[GridRow]) -> Head:
    """
    Find the head among the first rows of a list: the row, or two, understood best.

    Raises
    ------
    ImportRefused
        If no row names a column of names.
    """
    single = [_single(row) for row in rows]
    double = [_double(upper, lower) for upper, lower in pairwise(rows)]
    usable = [found for found in (*single, *double) if found.names_something]
    if not usable:
        raise ImportRefused(
            "No row among the first %(rows)s is the head of a list: one that says which column "
            "holds the names. Call that column “name” or “名称”.",
            rows=HEAD_ROWS,
        )
    # The first of the best: two rows are a head only where one does not say as much.
    best = max(usable, key=lambda found: found.understood)
    above = sum(not other.is_blank for other in rows if other.number < best.first_row)
    return _head(best, above)


def columns_understood(rows: Sequence[GridRow]) -> int:
    """Return how many columns the head of these rows has, 0 where they have none."""
    try:
        return len(find_head(rows).columns)
    except ImportRefused:
        return 0


def head_again(row: GridRow) -> Head | None:
    """Return the head that a row far down a list is: the same once more, or that of a new table."""
    texts = [text for text in map(_text, row.cells) if text]
    if sum(map(is_title, texts)) < 2:  # noqa: PLR2004  a name and something else
        return None
    found = _single(row)
    is_head = found.names_something and len(found.columns) * 2 >= len(texts)
    return _head(found, 0) if is_head else None


def _head(found: _Candidate, above: int) -> Head:
    kept: dict[Column, HeadColumn] = {}
    findings = []
    if above:
        findings.append(finding("rows_above_head", row=found.first_row, rows=above))
    for head in found.columns:
        if head.column in kept:
            findings.append(
                finding("column_repeated", row=found.last_row, column=head.title, title=head.title)
            )
        else:
            kept[head.column] = head
    understood = {head.index for head in found.columns}
    findings += [
        finding("column_unused", row=found.last_row, column=title, title=title)
        for index, title in enumerate(found.titles)
        if title and index not in understood
    ]
    return Head(found.last_row, tuple(kept.values()), tuple(findings))


def _single(row: GridRow) -> _Candidate:
    titles = tuple("" if isinstance(cell, WideCell) else _title(cell) for cell in row.cells)
    columns = (read_title(title, index) for index, title in enumerate(titles) if title)
    return _Candidate(row.number, row.number, titles, tuple(c for c in columns if c is not None))


def _double(upper: GridRow, lower: GridRow) -> _Candidate:
    """Return two rows as one head: a group's title above the titles of its columns."""
    titles: list[str] = []
    columns: list[HeadColumn] = []
    group = ""
    for index in range(max(len(upper.cells), len(lower.cells))):
        above, below = _at(upper, index), _at(lower, index)
        title = "" if isinstance(below, WideCell) else _title(below)
        # In CSV a merged cell is one that is followed by empty ones.
        group = _title(above) or (group if title else "")
        if not title or title == group:
            found, shown = (read_title(group, index) if group else None), group
        elif not group:
            found, shown = read_title(title, index), title
        else:
            found, shown = read_titles(group, title, index), f"{group} / {title}"
        titles.append(shown)
        if found is not None:
            columns.append(found)
    return _Candidate(upper.number, lower.number, tuple(titles), tuple(columns))


def _at(row: GridRow, index: int) -> Cell:
    return row.cells[index] if index < len(row.cells) else ""


def _title(cell: Cell) -> str:
    return one_line(clean(_text(cell)))


def _text(cell: Cell) -> str:
    if isinstance(cell, FormulaCell):
        return ""
    return cell if isinstance(cell, str) else cell.text
