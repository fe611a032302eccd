r"""
Share an amount in proportion to weights between floors and caps, exactly.

Every source gets :math:`x_i = \min(\max(\lambda w_i, l_i), c_i)`, with the level
:math:`\lambda` such that the amounts sum to the total. That keeps the proportions of all
sources that no bound holds, and it is the point between the bounds that is closest to the
weights in Kullback-Leibler divergence. (Taking the floors off first and filling the rest would
change the proportions even where no floor holds.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.planning.errors import BudgetInfeasible, FloorsExceedBudget


@dataclass(frozen=True)
class Filling:
    """
    Exact amounts: `numerators[i] / denominator`.

    Attributes
    ----------
    numerators : tuple of int
        One per source.
    denominator : int
        Positive. The numerators sum to the total times it.
    at_floor, at_cap : tuple of int
        Sources that a bound holds away from their proportion.
    """

    numerators: tuple[int, ...]
    denominator: int
    at_floor: tuple[int, ...]
    at_cap: tuple[int, ...]


def fill(
    weights: Sequence[int],
    total: int,
    *,
    caps: Sequence[int | None] | None = None,
    floors: Sequence[int] | None = None,
) -> Filling:
    """
    Share `total` in proportion to `weights`, no source above its cap or below its floor.

    Parameters
    ----------
    weights : (n_sources,) sequence of int
        Zero or more. A source of weight zero stays at its floor.
    total : int
        Amount to share, in any unit, zero or more.
    caps : (n_sources,) sequence of int or None, optional
        Most for each source, in the same unit; None is no limit.
    floors : (n_sources,) sequence of int, optional
        Least for each source, at most its cap; zero by default.

    Returns
    -------
    Filling
        Amounts that sum to `total` exactly, as fractions with one denominator.

    Raises
    ------
    BudgetInfeasible
        If the caps of the sources with a weight sum to less than `total`; carries their sum.
    FloorsExceedBudget
        If the floors sum to more than `total`.

    Notes
    -----
    One sweep over the levels at which a source leaves its floor or reaches its cap, in
    O(n log n). Levels are compared as integers: two fractions with denominators up to
    :math:`2^b` that differ at all differ by more than :math:`2^{-2b}`.

    References
    ----------
    Floors at zero: the water level of UniMax, Chung et al., arXiv 2304.09151, algorithm 1.

    Examples
    --------
    >>> filling = fill([5, 3, 2], 600, caps=[100, 400, 400])
    >>> [part / filling.denominator for part in filling.numerators], filling.at_cap
    ([100.0, 300.0, 200.0], (0,))
    """
    count = len(weights)
    low = [0] * count if floors is None else list(floors)
    high: list[int | None] = [None] * count if caps is None else list(caps)
    floor = sum(low)
    if floor > total:
        raise FloorsExceedBudget(total, floor, [i for i in range(count) if low[i]])
    level, slope, state = _level(weights, total, low, high)
    denominator = slope or 1
    numerators = [
        weights[i] * level if state[i] == _FREE else _held(state[i], low[i], high[i]) * denominator
        for i in range(count)
    ]
    return Filling(
        tuple(numerators),
        denominator,
        at_floor=tuple(i for i in range(count) if state[i] == _LOW and low[i]),
        at_cap=tuple(i for i in range(count) if state[i] == _HIGH),
    )


_LOW, _FREE, _HIGH = 0, 1, 2


def _held(state: int, low: int, high: int | None) -> int:
    return high if state == _HIGH and high is not None else low


def _level(
    weights: Sequence[int], total: int, low: list[int], high: list[int | None]
) -> tuple[int, int, list[int]]:
    """Return the level as rest / slope, and where it leaves every source."""
    count = len(weights)
    state = [_LOW] * count
    bits = 2 * max((weight.bit_length() for weight in weights), default=0)
    events = []
    for i, weight in enumerate(weights):
        if weight:
            events.append(((low[i] << bits) // weight, _FREE, i))
            cap = high[i]
            if cap is not None:
                events.append(((cap << bits) // weight, _HIGH, i))
    events.sort()
    rest, slope = total - sum(low), 0
    for _, event, i in events:
        bound = low[i] if event == _FREE else _held(event, low[i], high[i])
        # The level at this event is bound / weight; stop where it would already share too much.
        if slope and bound * slope > rest * weights[i]:
            return rest, slope, state
        state[i] = event
        slope += weights[i] if event == _FREE else -weights[i]
        rest += bound if event == _FREE else -bound
    if slope == 0 and rest > 0:
        raise BudgetInfeasible(total, total - rest, [i for i in range(count) if weights[i]])
    return rest, slope, state
