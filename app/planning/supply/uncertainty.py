r"""
Epochs, shortages and budgets as low / mid / high, from the intervals of the token estimates.

An estimate says `low`, `mid` and `high`. It is read as a two-piece log-normal distribution with
its median at mid and its 5 % and 95 % quantiles at low and high: above and below the median the
logarithm spreads by its own amount. Sources are drawn independently, apart from a common part
that can be stated: priors that are wrong for one Chinese book are wrong for all of them.

What depends on one source alone is computed without drawing: its epochs at the ends of the
interval, and the chance that it exceeds its limit from the distribution.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.planning import checks
from app.planning.checks import Floats, Number
from app.planning.errors import OutOfRange

# The 95 % quantile of the standard normal distribution.
_Z = 1.6448536269514722
_DRAWS = 1_000
_QUANTILES = (0.05, 0.5, 0.95)
# Single precision draws: a source this near its limit is at it, not short.
_ROUNDING = 2e-7
_NO_ROOM = -80.0

Draw = Callable[[int], NDArray[np.float32]]


@dataclass(frozen=True)
class Interval:
    """
    A number with its spread.

    Attributes
    ----------
    low, mid, high : float
        For drawn numbers the 5 %, 50 % and 95 % quantiles.
    """

    low: float
    mid: float
    high: float


@dataclass(frozen=True, eq=False)
class Estimates:
    """
    Unique tokens with their spread; build it with `estimates`.

    Attributes
    ----------
    low, mid, high : (n_sources,) float64
        NaN where there is no estimate; all equal where no spread is known.
    """

    low: Floats
    mid: Floats
    high: Floats

    @property
    def has_spread(self) -> NDArray[np.bool_]:
        """Sources with an estimate whose spread is known, (n_sources,) bool."""
        return self.low < self.high


@dataclass(frozen=True, eq=False)
class Spread:
    """
    What the intervals make of a plan.

    Attributes
    ----------
    epochs : tuple of Interval or None
        Per source; None without an estimate.
    chance_over : tuple of float or None
        Per source, the chance that its passes exceed its limit; None without an estimate, a
        known spread or a limit.
    shortage : Interval
        Training tokens that all sources together cannot give.
    feasible_budget : Interval or None
        Largest budget that keeps the ratios; None where nothing limits it.
    chance_feasible : float
        Share of the draws in which no source is short.
    """

    epochs: tuple[Interval | None, ...]
    chance_over: tuple[float | None, ...]
    shortage: Interval
    feasible_budget: Interval | None
    chance_feasible: float


def estimates(
    low: Sequence[Number | None], mid: Sequence[Number | None], high: Sequence[Number | None]
) -> Estimates:
    """
    Check and complete the intervals of token estimates.

    Parameters
    ----------
    low, mid, high : (n_sources,) sequence of number or None
        Unique tokens with 0 < low <= mid <= high. `mid` None: no estimate. `low` or `high` None:
        no spread known on that side.

    Returns
    -------
    Estimates

    Raises
    ------
    OutOfRange
        If the three are not in order; its `field` says which.
    NotFinite, Negative, WrongLength, NoComponents, TooManyComponents

    Examples
    --------
    >>> found = estimates([50, None], [100, 70], [150, None])
    >>> found.low.tolist(), found.has_spread.tolist()
    ([50.0, 70.0], [True, False])
    """
    middle = checks.components(mid)
    count = len(middle)
    lower = checks.same_length("low", low, count)
    upper = checks.same_length("high", high, count)
    table = np.full((3, count), np.nan)
    for i, (a, b, c) in enumerate(zip(lower, middle, upper, strict=True)):
        if b is None:
            continue
        centre = float(checks.number("mid", b, index=i))
        least = centre if a is None else float(checks.number("low", a, index=i))
        most = centre if c is None else float(checks.number("high", c, index=i))
        if least > centre or (least == 0 < centre):
            raise OutOfRange("low", least, 0, centre, i)
        if most < centre:
            raise OutOfRange("high", most, centre, math.inf, i)
        table[:, i] = least, centre, most
    return Estimates(*table)


def spread(
    found: Estimates,
    tokens: Sequence[int],
    max_epochs: Sequence[Number | None],
    *,
    seed: int = 0,
    draws: int = _DRAWS,
    common: float = 0.0,
    seen_tokens: Sequence[int] | None = None,
) -> Spread:
    """
    Carry the intervals of the estimates through to a plan.

    Parameters
    ----------
    found : Estimates
    tokens : (n_sources,) sequence of int
        Training tokens per source.
    max_epochs : (n_sources,) sequence of number or None
        Most passes; None is no limit.
    seed : int
        The same seed gives the same answer.
    draws : int
        1 to 100,000, in pairs. At 1,000 a quantile is off by a percentage point of probability.
    common : float
        0 to 1, the share of the (log) variance that all sources have in common.
    seen_tokens : (n_sources,) sequence of int, optional
        Tokens drawn in other phases or runs; they count as passes.

    Returns
    -------
    Spread

    Raises
    ------
    NotFinite, Negative, OutOfRange, WrongLength

    Examples
    --------
    >>> found = estimates([50, None], [100, 200], [150, None])
    >>> plan = spread(found, [400, 400], [4, 4])
    >>> plan.epochs[0], plan.chance_over
    (Interval(low=2.6666666666666665, mid=4.0, high=8.0), (0.5, None))
    """
    count = len(found.mid)
    drawn = np.array(checks.same_length("tokens", tokens, count), dtype=np.float64)
    seen = np.zeros(count)
    if seen_tokens is not None:
        seen = np.array(checks.same_length("seen_tokens", seen_tokens, count), dtype=np.float64)
    limits = checks.epoch_limits("max_epochs", max_epochs, count)
    passes = np.array([math.inf if limit is None else float(limit) for limit in limits])
    repeats = int(checks.number("draws", draws, low=1, high=100_000))
    shared = float(checks.number("common", common, high=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        over = _chance_below(found, (drawn + seen) / passes)
        ends = (drawn + seen) / np.array([found.high, found.mid, found.low])
    shortage, budget, feasible = _joint(
        found,
        drawn,
        seen,
        passes,
        noise=lambda size: _noise(seed, (repeats + 1) // 2, size, shared),
    )
    known = (found.has_spread & np.isfinite(passes)).tolist()
    return Spread(
        epochs=tuple(
            None if math.isnan(middle) else Interval(*column)
            for middle, column in zip(found.mid.tolist(), ends.T.tolist(), strict=True)
        ),
        chance_over=tuple(
            chance if is_known else None for chance, is_known in zip(over, known, strict=True)
        ),
        shortage=shortage,
        feasible_budget=budget,
        chance_feasible=feasible,
    )


def _joint(
    found: Estimates, drawn: Floats, seen: Floats, passes: Floats, *, noise: Draw
) -> tuple[Interval, Interval | None, float]:
    """Draw all sources at once; return shortage, feasible budget and the chance of feasibility."""
    limited = np.isfinite(passes) & np.isfinite(found.mid) & (drawn > 0)
    if not limited.any():
        return Interval(0.0, 0.0, 0.0), None, 1.0
    wanted, before = drawn[limited], seen[limited]
    with np.errstate(divide="ignore", invalid="ignore"):
        # The log of unique tokens over those needed: below zero the source is short.
        room = np.log(found.mid[limited] * passes[limited] / (wanted + before))
        below = np.nan_to_num(np.log(found.mid / found.low)[limited]) / _Z
        above = np.nan_to_num(np.log(found.high / found.mid)[limited]) / _Z
    # z above / below on either side of zero, without a comparison per number. Draws come in
    # pairs of opposite sign, of which the bend is the same and the tilt is opposite.
    z = noise(len(room))
    tilt = z * _single((above + below) / 2)
    z = np.abs(z)
    z *= _single((above - below) / 2)
    # An empty source has no room at all; the floor keeps its arithmetic finite.
    z += _single(np.maximum(room, _NO_ROOM))
    drawn_room = np.concatenate([z + tilt, z - tilt])
    least = drawn_room.min(axis=1)
    if before.any():
        # Of one more pass over everything seen, the tokens seen before are spent already.
        gained = np.expm1(drawn_room) * _single(1 + before / wanted)
        factor = np.maximum(1.0 + gained.min(axis=1), 0.0)
    else:
        factor = np.where(least <= _NO_ROOM, 0.0, np.exp(least))
    drawn_room += np.float32(_ROUNDING)
    np.minimum(drawn_room, 0.0, out=drawn_room)
    lost = np.expm1(drawn_room, out=drawn_room)
    if before.any():
        missing = np.minimum(-lost * _single(wanted + before), _single(wanted)).sum(axis=1)
    else:
        # A sum, not a product: BLAS would start threads for it, which costs more.
        missing = (lost * _single(-wanted)).sum(axis=1)
    return (
        Interval(*_quantiles(missing)),
        Interval(*_quantiles(factor.astype(np.float64) * float(drawn.sum()))),
        float((least >= -_ROUNDING).mean()),
    )


def _quantiles(values: NDArray[np.floating[Any]]) -> list[float]:
    # Zero may come out negative.
    ordered = np.sort(np.abs(values))
    places = [round(share * (len(values) - 1)) for share in _QUANTILES]
    return [float(ordered[place]) for place in places]


def _single(values: Floats) -> NDArray[np.float32]:
    return values.astype(np.float32)


def _chance_below(found: Estimates, threshold: Floats) -> list[float]:
    """Return the chance that the unique tokens of each source are below a threshold."""
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.log(threshold / found.mid)
        width = np.where(
            distance < 0, np.log(found.mid / found.low), np.log(found.high / found.mid)
        )
        z = _Z * distance / width
    return [
        0.5 * math.erfc(-value / math.sqrt(2)) if value == value else 0.0  # noqa: PLR0124  NaN
        for value in z.tolist()
    ]


@lru_cache(maxsize=8)
def _noise(seed: int, pairs: int, count: int, common: float) -> NDArray[np.float32]:
    """
    Draw standard normal numbers, (pairs, count); the same for the same seed.

    Remembered, since an edit rarely changes how many sources there are: at most 10 MB each.
    """
    generator = np.random.default_rng(seed)
    own = generator.standard_normal((pairs, count), dtype=np.float32)
    if common:
        shared = generator.standard_normal((pairs, 1), dtype=np.float32)
        own = np.float32(math.sqrt(1 - common)) * own + np.float32(math.sqrt(common)) * shared
    own.setflags(write=False)
    return own
