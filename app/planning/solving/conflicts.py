r"""
Why nothing fits: the smallest set of constraints that contradict one another.

The set found is irreducible: together its constraints contradict, and without any one of them
they do not. `conflict_search` finds it; here it gets the remedies.
"""

from dataclasses import dataclass, replace

import numpy as np

from app.planning.solving import conflict_search, linear
from app.planning.solving.problem import COMPONENT_KINDS, Constraint, ConstraintKind, Problem
from app.planning.solving.selection import Selection, bound_of, columns, everything

# Each takes one or two linear programs.
_REMEDIES = 40


@dataclass(frozen=True)
class Remedy:
    """
    A constraint of the conflict, and how far it alone would have to give way.

    Attributes
    ----------
    constraint : Constraint
    bound : float
        As set, as a share of the budget (the cost ceiling in its currency).
    needed : float or None
        The nearest bound at which the rest of the set can be met; None where it was not
        computed, in sets of more than 40.
    """

    constraint: Constraint
    bound: float
    needed: float | None


@dataclass(frozen=True)
class Conflict:
    """
    Constraints that contradict one another.

    Attributes
    ----------
    remedies : tuple of Remedy
        One per constraint of the set; following any one of them is enough to end *this*
        contradiction. Another may wait behind it.
    is_irreducible : bool
        Whether each was found necessary; False where the search was cut short.
    """

    remedies: tuple[Remedy, ...]
    is_irreducible: bool

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        """The set, sorted by kind and position."""
        return tuple(remedy.constraint for remedy in self.remedies)


def find(problem: Problem) -> Conflict:
    """
    Return an irreducible set of constraints that contradict.

    Parameters
    ----------
    problem : Problem
        Without a solution.

    Returns
    -------
    Conflict

    Examples
    --------
    >>> from app.planning.solving.problem import state
    >>> found = find(state([0.5, 0.3, 0.2], caps=[0.25, 0.25, 0.25], min_ratio=[0, 0.2, 0]))
    >>> [(remedy.constraint.kind.value, remedy.constraint.index) for remedy in found.remedies]
    [('max_epochs', 0), ('max_epochs', 1), ('max_epochs', 2)]
    >>> round(found.remedies[0].needed, 9)
    0.5
    """
    crossed = _crossed(problem)
    if crossed is not None:
        return Conflict(crossed, is_irreducible=True)
    selection, is_irreducible = conflict_search.smallest(problem, everything(problem))
    found = sorted(selection.listed(problem))
    remedies = tuple(
        Remedy(item, bound_of(problem, item), _needed(problem, selection, item, len(found)))
        for item in found
    )
    return Conflict(remedies, is_irreducible)


def of_caps(problem: Problem) -> Conflict:
    """
    Return the conflict of all caps, for caps that together miss the budget by a hair.

    Parameters
    ----------
    problem : Problem
        Whose components all have caps.

    Returns
    -------
    Conflict
        Without the bounds that would be needed.

    Examples
    --------
    >>> from app.planning.solving.problem import state
    >>> [item.index for item in of_caps(state([1, 1], caps=[0.5, 0.5])).constraints]
    [0, 1]
    """
    capped = np.flatnonzero((problem.target > 0) & (problem.caps < 1)).tolist()
    return Conflict(
        tuple(
            Remedy(Constraint(ConstraintKind.MAX_EPOCHS, index), float(problem.caps[index]), None)
            for index in capped
        ),
        is_irreducible=True,
    )


def _crossed(problem: Problem) -> tuple[Remedy, ...] | None:
    """Return the two bounds of one component that exclude each other, if any do."""
    worst = problem.crossed
    index = int(np.argmax(worst))
    if not worst[index]:
        return None
    present = problem.target[index] > 0
    held = bool(problem.locked[index] and present)
    lows = [(float(problem.min_ratio[index]), ConstraintKind.MIN_RATIO)]
    highs = [(float(problem.caps[index]), ConstraintKind.MAX_EPOCHS)]
    highs.append((float(problem.max_ratio[index]), ConstraintKind.MAX_RATIO))
    if held:
        lows.append((float(problem.target[index]), ConstraintKind.LOCKED))
        highs.append((float(problem.target[index]), ConstraintKind.LOCKED))
    if not present:
        highs.append((0.0, ConstraintKind.NO_WEIGHT))
    low, high = max(lows, key=lambda pair: pair[0]), min(highs, key=lambda pair: pair[0])
    pair = (
        Remedy(Constraint(low[1], index), low[0], high[0]),
        Remedy(Constraint(high[1], index), high[0], low[0]),
    )
    return tuple(sorted(pair, key=lambda remedy: remedy.constraint))


def _needed(problem: Problem, selection: Selection, item: Constraint, size: int) -> float | None:
    """Return the nearest bound of one constraint under which the rest of the set can be met."""
    if size > _REMEDIES:
        return None
    rest = selection.without(item)
    polytope = columns(problem, rest)
    width = len(polytope.total) // problem.size
    if item.kind in COMPONENT_KINDS:
        objective = np.zeros(problem.size)
        objective[item.index] = 1.0
    elif item.kind is ConstraintKind.UNIQUE_FLOOR:
        polytope = columns(problem, replace(rest, has_floor=True))
        polytope = replace(polytope, matrix=polytope.matrix[:-1], bound=polytope.bound[:-1])
        counted = np.concatenate([-np.ones(problem.size), np.zeros(problem.size)])
        return _negated(linear.least(polytope, counted))
    else:
        objective = problem.rows[item.index].coefficients
    objective = np.tile(objective, width)
    if item.kind in (ConstraintKind.MIN_RATIO, ConstraintKind.GROUP_MIN):
        return _negated(linear.least(polytope, -objective))
    lowest = linear.least(polytope, objective)
    if item.kind is not ConstraintKind.LOCKED:
        return lowest
    highest = _negated(linear.least(polytope, -objective))
    ends = [end for end in (lowest, highest) if end is not None]
    return min(ends, key=lambda end: abs(end - problem.target[item.index]), default=None)


def _negated(value: float | None) -> float | None:
    return None if value is None else -value
