"""Keep the budget where sources run short: move their tokens to the others, and say where to."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.planning import apportionment, checks, water_filling
from app.planning.errors import BudgetInfeasible
from app.planning.shares import Shares


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

    Returns
    -------
    Allocation
        Whole tokens that sum to the budget, and how many moved.

    Raises
    ------
    BudgetInfeasible
        If a locked source exceeds its cap, or the caps of the others do not suffice. Carries the
        largest amount that could be handed out and the sources in the way.

    Examples
    --------
    >>> respread(Shares((5, 3, 2)), [100, 400, 400], budget=600).moved
    (-200, 120, 80)
    >>> respread(Shares((5, 3, 2)), [100, 400, 400], budget=600, locked=[False, True, False]).moved
    (-200, 0, 200)
    """
    total = checks.tokens("budget", budget, low=1)
    count = len(shares.parts)
    limits = checks.same_length("caps", caps, count)
    held = [False] * count if locked is None else checks.same_length("locked", locked, count)
    whole = shares.whole
    # In units of 1 / whole token every locked amount is a whole number.
    exact = [part * total for part in shares.parts]
    scaled = [None if cap is None else cap * whole for cap in limits]
    over = [
        i for i in range(count) if held[i] and (bound := scaled[i]) is not None and exact[i] > bound
    ]
    if over:
        kept = sum(min(exact[i], scaled[i] or 0) if i in over else exact[i] for i in range(count))
        raise BudgetInfeasible(total, kept // whole, over)
    fixed = sum(amount for amount, is_held in zip(exact, held, strict=True) if is_held)
    loose = [0 if is_held else part for part, is_held in zip(shares.parts, held, strict=True)]
    try:
        filling = water_filling.fill(loose, whole * total - fixed, caps=scaled)
    except BudgetInfeasible as error:
        raise BudgetInfeasible(total, (error.capacity + fixed) // whole, error.binding) from None
    scale = filling.denominator
    numerators = [exact[i] * scale if held[i] else filling.numerators[i] for i in range(count)]
    tokens = apportionment.hand_out(numerators, scale * whole, total)
    before = shares.tokens(total)
    moved = tuple(new - old for new, old in zip(tokens, before, strict=True))
    return apportionment.Allocation(tokens, moved, filling.at_cap)


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
