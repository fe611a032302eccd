"""Rows of cells, whatever kind of table they come from."""

from collections.abc import Iterator
from dataclasses import dataclass

MAX_COLUMNS = 200
MAX_CELL = 100_000


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A cell that a spreadsheet would compute; its formula is not run here."""

    formula: str


@dataclass(frozen=True, slots=True)
class MergedCell:
    """A text that stands for several rows; a number so shared is nobody's own."""

    text: str


@dataclass(frozen=True, slots=True)
class WideCell:
    """A cell that the text of the cell on its left is merged over: empty, but below that title."""

    text: str


Cell = str | FormulaCell | MergedCell | WideCell


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row, numbered as a spreadsheet numbers it."""

    number: int
    cells: list[Cell]
    is_hidden: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in the row."""
        return not any(self.filled)

    @property
    def filled(self) -> Iterator[Cell]:
        """The cells in which something is written."""
        return (
            cell
            for cell in self.cells
            if not isinstance(cell, WideCell) and not (isinstance(cell, str) and not cell.strip())
        )


Rows = Iterator[GridRow]
