"""Whole tokens, exact ranges, and the reasons for having neither."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.planning.errors import PlanningError


class Obstacle(StrEnum):
    """Why there is nothing to convert with."""

    NO_PRIOR = "no_prior"
    PRIOR_OF_OTHER_CATEGORY = "prior_of_other_category"
    OTHER_TOKENIZER = "other_tokenizer"
    NO_PREMIUM = "no_premium"
    LANGUAGE_NOT_STATED = "language_not_stated"
    LANGUAGE_MIXED = "language_mixed"
    NO_MEASURED_TEXT = "no_measured_text"


class NoConversion(PlanningError):
    """Nothing fits the quantity; a guess would be a number that nobody can defend."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.value)
        self.obstacle = obstacle


@dataclass(frozen=True, slots=True)
class Range:
    """Three exact factors; `low` and `high` are None together where no spread is known."""

    low: Fraction | None
    mid: Fraction
    high: Fraction | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """Whole tokens; `low` and `high` are None together where no spread is known."""

    low: int | None
    mid: int
    high: int | None
