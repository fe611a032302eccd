"""
Which pieces are counted, and what the counted ones say of all: a stratified ratio estimate.

Pure: sizes and counts in, numbers out. After Cochran, Sampling Techniques, 3rd ed., 6.10-6.11
(the separate ratio estimate).
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.catalog.measuring.errors import CannotMeasure

CONFIDENCE = 0.95
MAX_STRATA = 16
# Without two counted pieces a stratum tells nothing of how much pieces differ.
LEAST = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece as sampling sees it: its number, its kind, and its size known beforehand."""

    number: int
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Total:
    """An estimate for all pieces, with the ends of its 95 % interval; None where none is known."""

    mid: int
    low: int | None
    high: int | None


def strata(pieces: Sequence[Piece], share: float) -> list[list[Piece]]:
    """
    Return the pieces in groups that are sampled each for itself.

    Pieces of one kind, in the order of the files: neighbours come from the same folder or time, so
    each group is more alike than the whole.
    """
    by_kind: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_kind.setdefault(piece.kind, []).append(piece)
    groups = []
    for some in by_kind.values():
        wanted = min(MAX_STRATA, max(1, math.floor(len(some) * share / LEAST)))
        bounds = [round(len(some) * index / wanted) for index in range(wanted + 1)]
        groups += [some[start:end] for start, end in pairwise(bounds)]
    return groups


def order(groups: Sequence[Sequence[Piece]], share: float, seed: int) -> list[int]:
    """
    Return the numbers of the pieces to count, in the order to count them.

    The order is random over all, so that whatever was counted when somebody stops is itself a
    random sample.
    """
    chance = random.Random(seed)  # noqa: S311  a sample, not a secret
    chosen: list[int] = []
    for group in groups:
        count = min(len(group), max(LEAST, math.ceil(len(group) * share)))
        chosen += [piece.number for piece in chance.sample(list(group), count)]
    chance.shuffle(chosen)
    return chosen


def estimate(groups: Sequence[Sequence[Piece]], counted: Mapping[int, int]) -> Total:
    r"""
    Return what the counted pieces say of all.

    In group :math:`h` with :math:`N` pieces of sizes :math:`x` that sum to :math:`X`, of which
    :math:`n` were counted as :math:`y`, the ratio is :math:`R = \sum y / \sum x`, the total
    :math:`X R`, and its variance :math:`N^2 (1 - n/N) / n \cdot \sum (y - R x)^2 / (n - 1)`. The
    interval takes Student's t with :math:`\sum (n_h - 1)` degrees of freedom.

    Parameters
    ----------
    groups : sequence of sequences of Piece
        The strata; those with fewer than two counted pieces are joined with others.
    counted : mapping
        The count of each piece that was counted, by number.

    Raises
    ------
    CannotMeasure
        If nothing was counted.

    Examples
    --------
    Everything counted is no estimate:

    >>> pieces = [Piece(0, "jsonl", 10), Piece(1, "jsonl", 10)]
    >>> estimate([pieces], {0: 4, 1: 6})
    Total(mid=10, low=None, high=None)

    Half counted, all alike:

    >>> pieces = [Piece(number, "jsonl", 10) for number in range(4)]
    >>> estimate([pieces], {0: 5, 1: 5})
    Total(mid=20, low=20, high=20)
    """
    if not counted:
        raise CannotMeasure("Nothing was counted, so there is nothing to keep.")
    if all(piece.number in counted for group in groups for piece in group):
        return Total(sum(counted.values()), None, None)
    total = variance = 0.0
    freedom = 0
    for group in _joined(groups, counted):
        sample = [(piece.size, counted[piece.number]) for piece in group if piece.number in counted]
        n, whole = len(sample), len(group)
        size = sum(x for x, _ in sample)
        ratio = sum(y for _, y in sample) / size
        total += ratio * sum(piece.size for piece in group)
        if n == whole:
            continue
        if n < LEAST:
            return Total(round(total), None, None)
        spread = sum((y - ratio * x) ** 2 for x, y in sample) / (n - 1)
        variance += whole**2 * (1 - n / whole) / n * spread
        freedom += n - 1
    reach = _student(freedom) * math.sqrt(variance) if freedom else 0.0
    # What was counted is there, whatever the interval says.
    low = max(round(total - reach), sum(counted.values()))
    mid = max(round(total), low)
    return Total(mid, low, max(round(total + reach), mid))


def _joined(groups: Sequence[Sequence[Piece]], counted: Mapping[int, int]) -> list[list[Piece]]:
    """Return groups of which each has enough counted pieces, as far as there are enough at all."""
    joined: list[list[Piece]] = []
    waiting: list[Piece] = []
    for group in groups:
        some = [*waiting, *group]
        found = sum(piece.number in counted for piece in some)
        if found >= LEAST or found == len(some):
            joined.append(some)
            waiting = []
        else:
            waiting = some
    if waiting and joined:
        joined[-1] += waiting
    elif waiting:
        joined.append(waiting)
    return joined


def _student(freedom: int) -> float:
    from scipy.stats import t  # noqa: PLC0415  scipy takes long to import

    return float(t.ppf((1 + CONFIDENCE) / 2, freedom))
