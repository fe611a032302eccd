"""Which constraints of a problem are in force, and the polytope that they describe."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.planning.checks import Floats
from app.planning.solving import linear
from app.planning.solving.linear import Columns
from app.planning.solving.problem import Booleans, Constraint, ConstraintKind, Problem


@dataclass(frozen=True, eq=False)
class Selection:
    """
    Which constraints of a problem are in force.

    Attributes
    ----------
    components : dict of ConstraintKind to (n,) bool
    rows : (m,) bool
    has_floor : bool
    """

    components: dict[ConstraintKind, Booleans]
    rows: Booleans
    has_floor: bool

    def with_components(self, kind: ConstraintKind, mask: Booleans) -> "Selection":
        """Return the selection with other components under one kind of constraint."""
        return replace(self, components={**self.components, kind: mask})

    def without(self, constraint: Constraint) -> "Selection":
        """Return the selection without one constraint."""
        if constraint.kind is ConstraintKind.UNIQUE_FLOOR:
            return replace(self, has_floor=False)
        if constraint.kind not in self.components:
            return replace(self, rows=cleared(self.rows, [constraint.index]))
        mask = cleared(self.components[constraint.kind], [constraint.index])
        return self.with_components(constraint.kind, mask)

    def listed(self, problem: Problem) -> Iterator[Constraint]:
        """Yield the constraints in force."""
        for kind, mask in self.components.items():
            for index in np.flatnonzero(mask).tolist():
                yield Constraint(kind, index)
        for index in np.flatnonzero(self.rows).tolist():
            yield Constraint(problem.rows[index].kind, index)
        if self.has_floor:
            yield Constraint(ConstraintKind.UNIQUE_FLOOR, 0)


def is_contradictory(problem: Problem, selection: Selection | None = None) -> bool:
    """
    Say whether no ratios keep the constraints, or those selected, to within 1e-9.

    Parameters
    ----------
    problem : Problem
    selection : Selection, optional
        All constraints by default.

    Returns
    -------
    bool

    Examples
    --------
    >>> from app.planning.solving.problem import state
    >>> is_contradictory(state([1, 1], caps=[0.4, 0.4]))
    True
    """
    chosen = everything(problem) if selection is None else selection
    return not linear.is_feasible(columns(problem, chosen))


def everything(problem: Problem) -> Selection:
    """
    Select every constraint that limits anything.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    Selection

    Examples
    --------
    >>> from app.planning.solving.problem import state
    >>> problem = state([1, 0], caps=[0.4, 1])
    >>> [(item.kind.value, item.index) for item in everything(problem).listed(problem)]
    [('no_weight', 1), ('max_epochs', 0)]
    """
    present = problem.target > 0
    return Selection(
        components={
            ConstraintKind.NO_WEIGHT: ~present,
            ConstraintKind.MAX_EPOCHS: present & (problem.caps < 1),
            ConstraintKind.MAX_RATIO: present & (problem.max_ratio < 1),
            ConstraintKind.MIN_RATIO: problem.min_ratio > 0,
            ConstraintKind.LOCKED: present & problem.locked,
        },
        rows=np.ones(len(problem.rows), dtype=np.bool_),
        has_floor=problem.unique_floor > 0,
    )


def columns(problem: Problem, selection: Selection) -> Columns:
    """
    Write the selected constraints as a polytope; see `linear`.

    Parameters
    ----------
    problem : Problem
    selection : Selection

    Returns
    -------
    Columns
        One column per component, or two where unique data has a floor.

    Examples
    --------
    >>> from app.planning.solving.problem import state
    >>> problem = state([1, 1], unique=[0.3, 0.9], unique_floor=0.5)
    >>> columns(problem, everything(problem)).upper.tolist()
    [0.3, 0.9, 0.7, 0.09999999999999998]
    """
    lower, upper = bounds(problem, selection)
    matrix, bound = problem.limits
    matrix, bound = matrix[selection.rows], bound[selection.rows]
    if not selection.has_floor:
        return Columns(np.ones(problem.size), matrix, bound, lower, upper)
    first = np.minimum(problem.unique, upper)
    first_lower = np.minimum(lower, first)
    counted = np.concatenate([-np.ones(problem.size), np.zeros(problem.size)])
    return Columns(
        total=np.ones(2 * problem.size),
        matrix=np.vstack([np.hstack([matrix, matrix]), counted]),
        bound=np.append(bound, -problem.unique_floor),
        lower=np.concatenate([first_lower, lower - first_lower]),
        upper=np.concatenate([first, upper - first]),
    )


def bounds(problem: Problem, selection: Selection) -> tuple[Floats, Floats]:
    """
    Return the least and most of every ratio under the selected constraints.

    Parameters
    ----------
    problem : Problem
    selection : Selection

    Returns
    -------
    lower, upper : (n,) float64

    Examples
    --------
    >>> from app.planning.solving.problem import state
    >>> problem = state([3, 1], caps=[0.4, 1], locked=[False, True])
    >>> lower, upper = bounds(problem, everything(problem))
    >>> lower.tolist(), upper.tolist()
    ([0.0, 0.25], [0.4, 0.25])
    """
    on = selection.components
    locked = on[ConstraintKind.LOCKED]
    upper = np.ones(problem.size)
    upper = np.where(on[ConstraintKind.MAX_EPOCHS], np.minimum(upper, problem.caps), upper)
    upper = np.where(on[ConstraintKind.MAX_RATIO], np.minimum(upper, problem.max_ratio), upper)
    upper = np.where(locked, np.minimum(upper, problem.target), upper)
    upper = np.where(on[ConstraintKind.NO_WEIGHT], 0.0, upper)
    lower = np.where(on[ConstraintKind.MIN_RATIO], problem.min_ratio, 0.0)
    return np.where(locked, np.maximum(lower, problem.target), lower), upper


def bound_of(problem: Problem, constraint: Constraint) -> float:
    """
    Return the bound of a constraint as it was set.

    Parameters
    ----------
    problem : Problem
    constraint : Constraint

    Returns
    -------
    float
        As a share of the budget; the cost ceiling in its currency.

    Examples
    --------
    >>> from app.planning.solving.problem import state
    >>> bound_of(state([1, 1], caps=[0.4, 1]), Constraint(ConstraintKind.MAX_EPOCHS, 0))
    0.4
    """
    at = constraint.index
    by_component = {
        ConstraintKind.MAX_EPOCHS: problem.caps,
        ConstraintKind.MAX_RATIO: problem.max_ratio,
        ConstraintKind.MIN_RATIO: problem.min_ratio,
        ConstraintKind.LOCKED: problem.target,
        ConstraintKind.NO_WEIGHT: problem.target,
    }
    if constraint.kind in by_component:
        return float(by_component[constraint.kind][at])
    if constraint.kind is ConstraintKind.UNIQUE_FLOOR:
        return problem.unique_floor
    return problem.rows[at].bound


def cleared(mask: Booleans, indices: Sequence[int]) -> Booleans:
    """
    Return a copy of the mask with these positions off.

    Parameters
    ----------
    mask : (n,) bool
    indices : sequence of int

    Returns
    -------
    (n,) bool

    Examples
    --------
    >>> cleared(np.array([True, True]), [1]).tolist()
    [True, False]
    """
    copy = mask.copy()
    copy[indices] = False
    return copy
