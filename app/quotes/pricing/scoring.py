"""
Weighted scores by the buyer's own criteria: a help to the reader, never a decision.

Criteria have points that sum to 100. An offer earns a share of each criterion's points: for a
figure where less is better (price, days) the least of all offers over its own; where more is
better (accuracy, rounds) its own over the most. A figure that is not stated earns nothing.
The share of the price is the exact cost per accepted unit, so a score never contradicts the
order of the costs by rounding.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from app.quotes.pricing.errors import BadAmount, BadWeights

Key = TypeVar("Key")

FULL_SCORE = 100


class Better(StrEnum):
    """Which direction of a figure is better."""

    LESS = "less"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that counts, and how many of the 100 points."""

    code: str
    points: Fraction
    better: Better


@dataclass(frozen=True, slots=True)
class Score:
    """What one offer earned: points per criterion, and which figures it does not state."""

    points: Mapping[str, Fraction]
    missing: frozenset[str]

    @property
    def total(self) -> Fraction:
        """The points of all criteria."""
        return sum(self.points.values(), Fraction(0))


def check_criteria(criteria: tuple[Criterion, ...]) -> None:
    """
    Refuse criteria that cannot be read as shares of one whole.

    Raises
    ------
    BadWeights
        If the points do not sum to 100.
    BadAmount
        If one is negative.
    """
    for criterion in criteria:
        if criterion.points < 0:
            raise BadAmount(criterion.code, criterion.points)
    total = sum((criterion.points for criterion in criteria), Fraction(0))
    if total != FULL_SCORE:
        raise BadWeights(total)


def share_points(weights: Mapping[str, Decimal]) -> dict[str, Fraction]:
    """
    Return weights of any sum as points that sum to 100, exactly; none where all are 0.

    >>> {
    ...     code: float(points)
    ...     for code, points in share_points({"a": Decimal(3), "b": Decimal(1)}).items()
    ... }
    {'a': 75.0, 'b': 25.0}
    """
    total = sum(weights.values(), Decimal(0))
    if total <= 0:
        return {}
    return {
        code: Fraction(weight) * FULL_SCORE / Fraction(total) for code, weight in weights.items()
    }


def score(
    criteria: tuple[Criterion, ...], figures: Mapping[Key, Mapping[str, Fraction | None]]
) -> dict[Key, Score]:
    """
    Return the score of every offer; `figures` holds per offer what each criterion looks at.

    >>> criteria = (Criterion("price", Fraction(100), Better.LESS),)
    >>> scores = score(criteria, {"A": {"price": Fraction(8)}, "B": {"price": Fraction(10)}})
    >>> float(scores["A"].total), float(scores["B"].total)
    (100.0, 80.0)
    """
    check_criteria(criteria)
    result: dict[Key, Score] = {}
    best = {criterion.code: _best(criterion, figures) for criterion in criteria}
    for key, own in figures.items():
        points: dict[str, Fraction] = {}
        missing: set[str] = set()
        for criterion in criteria:
            value = own.get(criterion.code)
            if value is None:
                missing.add(criterion.code)
            share = _share(criterion.better, value, best[criterion.code])
            points[criterion.code] = share * criterion.points
        result[key] = Score(points, frozenset(missing))
    return result


def _best(
    criterion: Criterion, figures: Mapping[Key, Mapping[str, Fraction | None]]
) -> Fraction | None:
    stated = [value for own in figures.values() if (value := own.get(criterion.code)) is not None]
    if not stated:
        return None
    return min(stated) if criterion.better is Better.LESS else max(stated)


def _share(better: Better, value: Fraction | None, best: Fraction | None) -> Fraction:
    if value is None or best is None:
        return Fraction(0)
    if value == best:
        return Fraction(1)
    if better is Better.LESS:
        return best / value if value > 0 else Fraction(1)
    return value / best if best > 0 else Fraction(0)
