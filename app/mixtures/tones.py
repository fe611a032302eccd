"""Passes over a component in a word and a tone, so that no page says it by colour alone."""

from enum import StrEnum

from app.planning.limits import NEARLY_FREE_EPOCHS
from app.web.i18n import later


class Tone(StrEnum):
    """What passes mean; first match from the bottom."""

    UNDER_ONE = "under_one"
    REPEATS = "repeats"
    HEAVY = "heavy"
    MAY_EXCEED = "may_exceed"
    OVER_MAX = "over_max"
    UNKNOWN = "unknown"


WORDS = {
    Tone.UNDER_ONE: later("under 1"),
    Tone.REPEATS: later("repeats"),
    Tone.HEAVY: later("heavy"),
    Tone.MAY_EXCEED: later("may exceed"),
    Tone.OVER_MAX: later("over max"),
    Tone.UNKNOWN: later("unknown"),
}
# The state classes of the page.
STATES = {
    Tone.UNDER_ONE: "good",
    Tone.REPEATS: "good",
    Tone.HEAVY: "warn",
    Tone.MAY_EXCEED: "warn",
    Tone.OVER_MAX: "bad",
    Tone.UNKNOWN: "none",
}


def tone(passes: float | None, most: float | None, limit: float | None, *, is_over: bool) -> Tone:
    """
    Return the tone of passes over a component.

    `most` are the passes at the low end of its estimate, None where no spread is known.
    `is_over` is the exact judgement of whole tokens against the limit.

    >>> tone(2.0, 5.0, 4.0, is_over=False), tone(None, None, 4.0, is_over=False)
    (<Tone.MAY_EXCEED: 'may_exceed'>, <Tone.UNKNOWN: 'unknown'>)
    """
    if passes is None:
        return Tone.UNKNOWN
    if is_over:
        return Tone.OVER_MAX
    if limit is not None and most is not None and most > limit:
        return Tone.MAY_EXCEED
    if passes > NEARLY_FREE_EPOCHS:
        return Tone.HEAVY
    return Tone.UNDER_ONE if passes < 1 else Tone.REPEATS
