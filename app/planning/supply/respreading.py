"""Keep the budget where sources run short: move their tokens to the others, and say where to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.planning import checks
from app.planning.checks import Number
from app.planning.errors import BudgetInfeasible, FloorsExceedBudget
from app.planning.exact import as_fraction
from app.planning.sampling import apportionment, water_filling
from app.planning.sampling.shares import Shares


@dataclass(frozen=True)
class Move:
    """Tokens that a remedy takes from one source and gives to another."""

    source: int
    target: int
    tokens: int


def respread(
    shares: Shares,
    caps: Sequence[int | None],
    *,
    budget: int,
    locked: Sequence[bool] | None = None,
    min_ratio: Sequence[Number] | None = None,
    max_ratio: Sequence[Number] | None = None,
) -> apportionment.Allocation:
    """
    Keep the budget: give what capped sources cannot take to the others, by their ratios.

    Parameters
    ----------
    shares : Shares
        Ratios, one per source.
    caps : (n_sources,) sequence of int or None
        Most whole tokens per source.
    budget : int
        Training tokens, 1 to 10^18.
    locked : (n_sources,) sequence of bool, optional
        Sources that keep their ratio.
    min_ratio, max_ratio : (n_sources,) sequence of number, optional
        Least and most share of the budget, 0 to 1, kept to less than one token.

    Returns
    -------
    Allocation
        Whole tokens that sum to the budget, and how many moved.

    Raises
    ------
    BudgetInfeasible
        If the upper bounds of one source lie below its lower ones, or those of all do not
        suffice. Carries the most that could be handed out and the sources in the way.
    FloorsExceedBudget
        If the lower bounds sum to more than the budget.

    Examples
    --------
    >>> respread(Shares((5, 3, 2)), [100, 400, 400], budget=600).moved
    (-200, 120, 80)
    >>> respread(Shares((5, 3, 2)), [100, 400, 400], budget=600, locked=[False, True, False]).moved
    (-200, 0, 200)
    """
    total = checks.tokens("budget", budget, low=1)
    count = len(shares.parts)
    held = [False] * count if locked is None else checks.same_length("locked", locked, count)
    least = _ratios("min_ratio", min_ratio, count, free=0)
    most = _ratios("max_ratio", max_ratio, count, free=1)
    # In units of 1 / (whole * scale) of a token every bound is a whole number.
    scale = math.lcm(*{ratio.denominator for ratio in (*least, *most) if ratio is not None})
    unit = shares.whole * scale
    exact = [part * total * scale for part in shares.parts]
    floors = [0 if ratio is None else int(ratio * total * unit) for ratio in least]
    tops = [
        _lower(
            None if ratio is None else int(ratio * total * unit),
            None if cap is None else cap * unit,
        )
        for ratio, cap in zip(most, checks.same_length("caps", caps, count), strict=True)
    ]
    for i in range(count):
        if held[i]:
            floors[i] = max(floors[i], exact[i])
            tops[i] = _lower(tops[i], exact[i])
    crossed = [i for i in range(count) if (top := tops[i]) is not None and floors[i] > top]
    if crossed:
        room = total * unit - sum(floors[i] - (tops[i] or 0) for i in crossed)
        raise BudgetInfeasible(total, max(room // unit, 0), crossed)
    try:
        filling = water_filling.fill(shares.parts, total * unit, caps=tops, floors=floors)
    except BudgetInfeasible as error:
        raise BudgetInfeasible(total, error.capacity // unit, error.binding) from None
    except FloorsExceedBudget as error:
        raise FloorsExceedBudget(total, -(-error.floor // unit), error.binding) from None
    tokens = apportionment.hand_out(filling.numerators, filling.denominator * unit, total)
    before = shares.tokens(total)
    moved = tuple(new - old for new, old in zip(tokens, before, strict=True))
    return apportionment.Allocation(tokens, moved, filling.at_cap)


def _lower(first: int | None, second: int | None) -> int | None:
    if first is None or second is None:
        return second if first is None else first
    return min(first, second)


def _ratios(
    field: str, values: Sequence[Number] | None, count: int, *, free: int
) -> list[Fraction | None]:
    """Return exact ratios, None where they limit nothing."""
    if values is None:
        return [None] * count
    return [
        None if value == free else as_fraction(checks.number(field, value, high=1, index=i))
        for i, value in enumerate(checks.same_length(field, values, count))
    ]


def moves(changes: Sequence[int]) -> tuple[Move, ...]:
    """
    Say how many tokens go from where to where, in as few moves as going down both lists takes.

    Parameters
    ----------
    changes : (n_sources,) sequence of int
        Signed change per source; they sum to zero.

    Returns
    -------
    tuple of Move
        Fewer than the sources that change.

    Examples
    --------
    >>> moves((-200, 120, 80))
    (Move(source=0, target=1, tokens=120), Move(source=0, target=2, tokens=80))
    """
    givers = [(i, -change) for i, change in enumerate(changes) if change < 0]
    takers = [(i, change) for i, change in enumerate(changes) if change > 0]
    found = []
    giving = taking = 0
    left = givers[0][1] if givers else 0
    wanted = takers[0][1] if takers else 0
    while giving < len(givers) and taking < len(takers):
        step = min(left, wanted)
        found.append(Move(givers[giving][0], takers[taking][0], step))
        left -= step
        wanted -= step
        if not left:
            giving += 1
            left = givers[giving][1] if giving < len(givers) else 0
        if not wanted:
            taking += 1
            wanted = takers[taking][1] if taking < len(takers) else 0
    return tuple(found)
