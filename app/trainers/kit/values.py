"""Numbers in the sentences of notes and findings, shown in the way of either language."""

from dataclasses import dataclass
from enum import StrEnum

from app.catalog.locations.kinds import LAYOUT_WORDS, Layout
from app.planning.notation.numbers import System, compact

MOST_NAMES = 3


class Unit(StrEnum):
    """What a number in a sentence counts."""

    TOKENS = "tokens"
    SHARE = "share"
    PASSES = "passes"


@dataclass(frozen=True, slots=True)
class Layouts:
    """Layouts, which have words in either language."""

    layouts: tuple[Layout, ...]


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with what it counts."""

    value: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class Problem:
    """What a parser said, which may have words in another language."""

    text: str


Value = str | int | float | Amount | Layouts | Problem | tuple[str, ...]


def tokens(value: float) -> Amount:
    """Return a count of tokens for a sentence."""
    return Amount(value, Unit.TOKENS)


def share(value: float) -> Amount:
    """Return a share of 1 for a sentence."""
    return Amount(value, Unit.SHARE)


def passes(value: float) -> Amount:
    """Return passes over a dataset for a sentence."""
    return Amount(value, Unit.PASSES)


def show(value: Value, system: System) -> str:  # noqa: PLR0911  a form per kind of value
    """
    Return a value as a sentence has it.

    >>> show(tokens(1_500_000_000), "western"), show(share(0.125), "western")
    ('1.5B', '12.5%')
    >>> show(("a", "b", "c", "d", "e"), "western")
    'a, b, c (+2)'
    """
    match value:
        case str():
            return value
        case int():
            return f"{value:,}"
        case float():
            return f"{value:.6g}"
        case Problem(text):
            return text
        case Layouts(layouts):
            return ", ".join(LAYOUT_WORDS[one] for one in layouts)
        case tuple():
            more = f" (+{len(value) - MOST_NAMES})" if len(value) > MOST_NAMES else ""
            return ", ".join(value[:MOST_NAMES]) + more
        case Amount(number, Unit.TOKENS):
            return str(compact(round(number), system))
        case Amount(number, Unit.SHARE):
            return f"{100 * number:.4g}%"
        case Amount(number):
            return f"{number:.2f}".rstrip("0").rstrip(".")
