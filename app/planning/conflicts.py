r"""
Why nothing fits: the smallest set of constraints that contradict one another.

The set found is irreducible: together its constraints contradict, and without any one of them
they do not. The search drops whole kinds of constraints first (many caps are harder to read than
two shares), keeps what the proof of the linear program uses, and then tests one by one.
Components that the remaining rows treat alike need one test together: lifting one cap lifts the
limit of all, and of least ratios the smallest are dropped first, as many as possible at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from app.planning import linear
from app.planning.dual import ACCEPTED
from app.planning.problem import Booleans, Constraint, ConstraintKind, Problem
from app.planning.selection import (
    Selection,
    bound_of,
    cleared,
    columns,
    everything,
    is_contradictory,
)

_UPPER = (ConstraintKind.NO_WEIGHT, ConstraintKind.MAX_EPOCHS, ConstraintKind.MAX_RATIO)
_COMPONENT = (*_UPPER, ConstraintKind.MIN_RATIO, ConstraintKind.LOCKED)
# What is dropped first if the rest contradicts without it.
_BLOCKS = (
    ConstraintKind.MAX_EPOCHS,
    ConstraintKind.MAX_RATIO,
    ConstraintKind.MIN_RATIO,
    ConstraintKind.LOCKED,
    ConstraintKind.NO_WEIGHT,
)
# One test takes one to five milliseconds; beyond these the set is returned as it then is.
_TESTS = 400
_REMEDIES = 40
# Multipliers of the linear program below this are rounding.
_USED = 1e-9


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
    >>> from app.planning.problem import state
    >>> found = find(state([0.5, 0.3, 0.2], caps=[0.25, 0.25, 0.25], min_ratio=[0, 0.2, 0]))
    >>> [(remedy.constraint.kind.value, remedy.constraint.index) for remedy in found.remedies]
    [('max_epochs', 0), ('max_epochs', 1), ('max_epochs', 2)]
    >>> round(found.remedies[0].needed, 9)
    0.5
    """
    crossed = _crossed(problem)
    if crossed is not None:
        return Conflict(crossed, is_irreducible=True)
    search = _Search(problem)
    selection = search.by_kind(everything(problem))
    selection = search.by_proof(selection)
    selection = search.one_by_one(selection)
    found = sorted(selection.listed(problem))
    remedies = tuple(
        Remedy(item, bound_of(problem, item), _needed(problem, selection, item, len(found)))
        for item in found
    )
    return Conflict(remedies, is_irreducible=search.tests_left > 0)


class _Search:
    """The tests of one search, counted."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.tests_left = _TESTS

    def contradicts(self, selection: Selection) -> bool:
        """Test a selection; out of tests, every constraint counts as needed."""
        if self.tests_left <= 0:
            return False
        self.tests_left -= 1
        return is_contradictory(self.problem, selection)

    def by_kind(self, selection: Selection) -> Selection:
        """Drop whole kinds of constraints that the contradiction does not need."""
        for kind in _BLOCKS:
            if selection.components[kind].any():
                none = selection.with_components(kind, np.zeros(self.problem.size, dtype=np.bool_))
                if self.contradicts(none):
                    selection = none
        return selection

    def by_proof(self, selection: Selection) -> Selection:
        """Keep only what the multipliers of the linear program use, if that is still enough."""
        polytope = columns(self.problem, selection)
        if (polytope.lower > polytope.upper).any():
            return selection
        found = linear.miss(polytope)
        pull = found.total_price + found.prices @ polytope.matrix
        edge = _USED * max(np.abs(pull).max(), 1e-300)
        size = self.problem.size
        # Two columns of one component: its bounds matter if either column's do.
        halves = pull.reshape(-1, size)
        raised, lowered = (halves < -edge).any(axis=0), (halves > edge).any(axis=0)
        on = selection.components
        used = {kind: on[kind] & raised for kind in _UPPER}
        used[ConstraintKind.MIN_RATIO] = on[ConstraintKind.MIN_RATIO] & lowered
        used[ConstraintKind.LOCKED] = on[ConstraintKind.LOCKED] & (raised | lowered)
        used = _tightest(self.problem, used)
        kept = np.flatnonzero(selection.rows)[found.prices[: selection.rows.sum()] > _USED]
        rows = np.zeros_like(selection.rows)
        rows[kept] = True
        has_floor = selection.has_floor and float(found.prices[-1]) > _USED
        smaller = Selection(used, rows, has_floor)
        return smaller if self.contradicts(smaller) else selection

    def one_by_one(self, selection: Selection) -> Selection:
        """Drop what is not needed, until nothing is left that is not."""
        others = [item for item in selection.listed(self.problem) if item.kind not in _COMPONENT]
        locks = np.flatnonzero(selection.components[ConstraintKind.LOCKED]).tolist()
        for item in (*others, *(Constraint(ConstraintKind.LOCKED, index) for index in locks)):
            smaller = selection.without(item)
            if self.contradicts(smaller):
                selection = smaller
        for members in _alike(self.problem, selection):
            for kind in _UPPER:
                selection = self._upper_bounds(selection, kind, members)
            selection = self._least_ratios(selection, members)
        return selection

    def _upper_bounds(
        self, selection: Selection, kind: ConstraintKind, members: list[int]
    ) -> Selection:
        none = selection.with_components(kind, cleared(selection.components[kind], members))
        for index in members:
            if not selection.components[kind][index]:
                continue
            smaller = selection.without(Constraint(kind, index))
            if self.contradicts(smaller):
                # One member without a bound is as good as all of them without.
                return none if self.contradicts(none) else smaller
            if not any(smaller.components[other][index] for other in _UPPER):
                return selection
        return selection

    def _least_ratios(self, selection: Selection, members: list[int]) -> Selection:
        kind = ConstraintKind.MIN_RATIO
        mask = selection.components[kind]
        present = sorted(
            (index for index in members if mask[index]), key=lambda i: self.problem.min_ratio[i]
        )

        def still_contradicts(dropped: int) -> bool:
            fewer = cleared(mask, present[:dropped])
            return self.contradicts(selection.with_components(kind, fewer))

        dropped = _last_true(still_contradicts, len(present))
        return selection.with_components(kind, cleared(mask, present[:dropped]))


def _crossed(problem: Problem) -> tuple[Remedy, ...] | None:
    """Return the two bounds of one component that exclude each other, if any do."""
    worst = problem.lower() - problem.upper()
    index = int(np.argmax(worst))
    if worst[index] <= ACCEPTED:
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


def _tightest(
    problem: Problem, used: dict[ConstraintKind, Booleans]
) -> dict[ConstraintKind, Booleans]:
    """Keep one upper bound per component, and none on a locked one: the lock is as tight."""
    free = ~used[ConstraintKind.LOCKED]
    empty = used[ConstraintKind.NO_WEIGHT]
    caps = np.where(used[ConstraintKind.MAX_EPOCHS], problem.caps, np.inf)
    most = np.where(used[ConstraintKind.MAX_RATIO], problem.max_ratio, np.inf)
    return used | {
        ConstraintKind.MAX_EPOCHS: used[ConstraintKind.MAX_EPOCHS] & free & ~empty & (caps <= most),
        ConstraintKind.MAX_RATIO: used[ConstraintKind.MAX_RATIO] & free & ~empty & (most < caps),
        ConstraintKind.MIN_RATIO: used[ConstraintKind.MIN_RATIO] & free,
    }


def _alike(problem: Problem, selection: Selection) -> list[list[int]]:
    """Group the bounded components that the selected rows treat alike."""
    on = selection.components
    bounded = np.flatnonzero(np.logical_or.reduce([on[kind] for kind in _COMPONENT]))
    if not len(bounded):
        return []
    chosen = [problem.rows[index].coefficients for index in np.flatnonzero(selection.rows)]
    if selection.has_floor:
        chosen.append(problem.unique)
    key = np.vstack([*chosen, np.zeros(problem.size)])[:, bounded]
    _, group = np.unique(key, axis=1, return_inverse=True)
    members: dict[int, list[int]] = {}
    for index, place in zip(bounded.tolist(), group.ravel().tolist(), strict=True):
        members.setdefault(place, []).append(index)
    return list(members.values())


def _needed(problem: Problem, selection: Selection, item: Constraint, size: int) -> float | None:
    """Return the nearest bound of one constraint under which the rest of the set can be met."""
    if size > _REMEDIES:
        return None
    rest = selection.without(item)
    polytope = columns(problem, rest)
    width = len(polytope.total) // problem.size
    if item.kind in _COMPONENT:
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


def _last_true(test: Callable[[int], bool], most: int) -> int:
    """Return the largest count up to `most` for which a test holds that holds at 0."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if test(middle):
            low = middle
        else:
            high = middle - 1
    return low
