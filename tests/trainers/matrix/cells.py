"""
A cell of the matrix of bad values: a mistake, what the framework does with it, what we say.

The tables stand in the modules beside this one, a row for each mistake; `test_matrix.py` runs the
linter over all of them, and the framework's own code over those that it can be run on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.trainers.kit.findings import Severity


class Does(StrEnum):
    """What a framework does with a mistake."""

    REFUSES = "refuses"  # when it reads the file
    STOPS_LATER = "stops later"  # when it builds the data sets, or at the first draw
    ACCEPTS = "accepts"  # it trains on something else, and says nothing or only warns
    NORMALISES = "normalises"


@dataclass(frozen=True)
class Cell:
    """A mistake in a file of `trainer`; our finding has `code`, and stands on `line`."""

    trainer: str
    mistake: str
    does: Does
    code: str
    line: int | None
    files: Mapping[str, str]
    severity: Severity = Severity.ERROR

    @property
    def id(self) -> str:
        """The name of the test."""
        return f"{self.trainer}: {self.mistake}"


# Mistake, what the framework does, our code, its line, and a text or what to replace in the good
# one: old and new, again and again.
Row = tuple[str, Does, str, int | None, str] | tuple[str, Does, str, int | None, tuple[str, ...]]


def cells(trainer: str, good: str, *rows: Row, severity: Severity = Severity.ERROR) -> list[Cell]:
    """Return the cells of a table."""
    return [
        Cell(trainer, mistake, does, code, line, {"": _changed(good, change)}, severity)
        for mistake, does, code, line, change in rows
    ]


def _changed(good: str, change: str | tuple[str, ...]) -> str:
    if isinstance(change, str):
        return change
    text = good
    for old, new in _pairs(change):
        assert old in text, old
        text = text.replace(old, new)
    return text


def _pairs(change: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    yield from zip(change[::2], change[1::2], strict=True)
