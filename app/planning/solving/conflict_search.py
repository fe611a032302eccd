r"""
Search for an irreducible set of contradicting constraints by dropping what it does not need.

A constraint is dropped if the rest still contradicts (a deletion filter). Three shortcuts keep the
number of linear programs small:

1. Whole kinds are tried first: many caps are harder to read than two shares of groups.
2. Then everything that the multipliers of the linear program do not use.
3. Of components that the remaining rows treat alike, as many are dropped at once as possible, by
   bisection, the least important first. Once one of them cannot be dropped, none of the more
   important can: lifting the cap of a cheaper component gives at least as much, and so does
   lifting a larger least ratio. So all that is left is needed, without a test of each.
"""

from collections.abc import Sequence

import numpy as np

from app.planning.checks import Floats
from app.planning.solving import linear
from app.planning.solving.problem import (
    COMPONENT_KINDS,
    Booleans,
    Constraint,
    ConstraintKind,
    Problem,
)
from app.planning.solving.selection import Selection, columns, is_contradictory

_UPPER = (ConstraintKind.NO_WEIGHT, ConstraintKind.MAX_EPOCHS, ConstraintKind.MAX_RATIO)
_LOWER = (ConstraintKind.MIN_RATIO, ConstraintKind.LOCKED)
# What is dropped first if the rest contradicts without it.
_BLOCKS = (
    ConstraintKind.MAX_EPOCHS,
    ConstraintKind.MAX_RATIO,
    ConstraintKind.MIN_RATIO,
    ConstraintKind.LOCKED,
    ConstraintKind.NO_WEIGHT,
)
# One test takes one to five milliseconds; beyond these the set is returned as it then is.
_TESTS = 250
# Multipliers of the linear program below this are rounding.
_USED = 1e-9


def smallest(problem: Problem, selection: Selection) -> tuple[Selection, bool]:
    """
    Return the constraints that contradict and need one another, and whether that was proven.

    Parameters
    ----------
    problem : Problem
    selection : Selection
        Constraints that contradict.

    Returns
    -------
    Selection
    bool
        False where the search was cut short, so that some may not be needed.

    Examples
    --------
    >>> from app.planning.solving.problem import state
    >>> from app.planning.solving.selection import everything
    >>> short = state([1, 1, 1], caps=[0.2, 0.2, 0.2], min_ratio=[0.1, 0, 0])
    >>> found, is_proven = smallest(short, everything(short))
    >>> len(list(found.listed(short))), is_proven
    (3, True)
    """
    search = _Search(problem)
    found = search.by_kind(selection)
    found = search.by_proof(found)
    found = search.rows(found)
    found = search.components(found)
    return found, search.tests_left > 0


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

    def rows(self, selection: Selection) -> Selection:
        """Drop the groups, the cost ceiling and the floor that are not needed."""
        for item in list(selection.listed(self.problem)):
            if item.kind not in COMPONENT_KINDS:
                selection = self.drop([[item]], selection)
        return selection

    def components(self, selection: Selection) -> Selection:
        """Drop the bounds of components that are not needed."""
        problem = self.problem
        for kind in _LOWER:
            size = problem.min_ratio if kind is ConstraintKind.MIN_RATIO else problem.target
            indices = np.flatnonzero(selection.components[kind])
            for members in self.alike(selection, indices, with_cost=True):
                order = sorted(members, key=lambda index: float(size[index]))
                selection = self.drop([[Constraint(kind, i)] for i in order], selection)
        upper = np.logical_or.reduce([selection.components[kind] for kind in _UPPER])
        cost = self.cost(selection)
        for members in self.alike(selection, np.flatnonzero(upper), with_cost=False):
            order = sorted(members, key=lambda index: -float(cost[index]))
            bounds = [self.upper_bounds(selection, index) for index in order]
            if all(len(found) == 1 for found in bounds) and not selection.has_floor:
                selection = self.drop(bounds, selection)
            else:
                # Two bounds on one component, or unique data that counts: no order is known.
                for item in (item for found in bounds for item in found):
                    selection = self.drop([[item]], selection)
        return selection

    def drop(self, order: Sequence[Sequence[Constraint]], selection: Selection) -> Selection:
        """Drop as many from the front of the order as leave a contradiction."""

        def without(count: int) -> Selection:
            smaller = selection
            for item in (item for items in order[:count] for item in items):
                smaller = smaller.without(item)
            return smaller

        low, high = 0, len(order)
        # One or all is what mostly happens; only then is it worth halving.
        for guess in (1, high):
            if low < guess <= high and not self.contradicts(without(guess)):
                high = guess - 1
            else:
                low = max(low, min(guess, high))
        while low < high:
            middle = (low + high + 1) // 2
            if self.contradicts(without(middle)):
                low = middle
            else:
                high = middle - 1
        return without(low)

    def upper_bounds(self, selection: Selection, index: int) -> list[Constraint]:
        """Return the upper bounds in force on a component."""
        return [Constraint(kind, index) for kind in _UPPER if selection.components[kind][index]]

    def cost(self, selection: Selection) -> Floats:
        """Return what each component costs where the ceiling is in force, zero elsewhere."""
        cost = np.zeros(self.problem.size)
        for index in np.flatnonzero(selection.rows).tolist():
            row = self.problem.rows[index]
            if row.kind is ConstraintKind.COST_CEILING:
                cost = cost + row.coefficients
        return cost

    def alike(
        self,
        selection: Selection,
        indices: np.ndarray[tuple[int], np.dtype[np.intp]],
        *,
        with_cost: bool,
    ) -> list[list[int]]:
        """Group components that the selected rows treat alike, the cost ceiling left out or not."""
        if not len(indices):
            return []
        chosen = [self.problem.rows[index] for index in np.flatnonzero(selection.rows).tolist()]
        key = [np.zeros(self.problem.size)]
        key += [
            row.coefficients
            for row in chosen
            if with_cost or row.kind is not ConstraintKind.COST_CEILING
        ]
        if selection.has_floor:
            key.append(self.problem.unique)
        _, group = np.unique(np.array(key)[:, indices], axis=1, return_inverse=True)
        members: dict[int, list[int]] = {}
        for index, place in zip(indices.tolist(), group.ravel().tolist(), strict=True):
            members.setdefault(place, []).append(index)
        return list(members.values())


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
