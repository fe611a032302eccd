"""How an offered term stands to what was asked: same, better, short of it, different, or silent."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum

Figure = Decimal | int | date


class Verdict(StrEnum):
    """What to say beside an offered term."""

    MEETS = "meets"
    EXCEEDS = "exceeds"
    FALLS_SHORT = "falls_short"
    DIFFERS = "differs"
    NOT_STATED = "not_stated"
    NOT_ASKED = "not_asked"


# What the page marks, because a reader must look at it.
NOTABLE = frozenset({Verdict.FALLS_SHORT, Verdict.DIFFERS, Verdict.NOT_STATED})


def at_least(asked: Figure | None, offered: Figure | None) -> Verdict:
    """
    Judge a figure where more is better: accuracy, throughput, free rounds.

    >>> at_least(Decimal("0.97"), Decimal("0.95")).value
    'falls_short'
    """
    return _judge(asked, offered, more_is_better=True)


def at_most(asked: Figure | None, offered: Figure | None) -> Verdict:
    """
    Judge a figure where less is better: days, a date of delivery.

    >>> at_most(5, 4).value
    'exceeds'
    """
    return _judge(asked, offered, more_is_better=False)


def same(asked: str | bool | None, offered: str | bool | None) -> Verdict:
    """Judge a term that has no better or worse: who owns the rights, how payment is staged."""
    if asked in (None, ""):
        return Verdict.NOT_ASKED
    if offered in (None, ""):
        return Verdict.NOT_STATED
    return Verdict.MEETS if asked == offered else Verdict.DIFFERS


def includes(asked: Iterable[str], offered: Iterable[str]) -> Verdict:
    """Judge a list of which everything asked must be there: certificates, languages."""
    wanted, given = set(asked), set(offered)
    if not wanted:
        return Verdict.NOT_ASKED
    if not given:
        return Verdict.NOT_STATED
    if wanted == given:
        return Verdict.MEETS
    return Verdict.EXCEEDS if wanted < given else Verdict.FALLS_SHORT


def _judge(asked: Figure | None, offered: Figure | None, *, more_is_better: bool) -> Verdict:
    if asked is None:
        return Verdict.NOT_ASKED
    if offered is None:
        return Verdict.NOT_STATED
    if asked == offered:
        return Verdict.MEETS
    is_more = offered > asked  # type: ignore[operator]  # both are of the same kind
    return Verdict.EXCEEDS if is_more == more_is_better else Verdict.FALLS_SHORT
