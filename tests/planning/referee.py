# mypy: disable-error-code="attr-defined,no-untyped-call"
# cvxpy collects its names at run time and has few types.
"""The same problem by other means: cvxpy with Clarabel for optima, plain programs for sets."""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import cvxpy
import numpy as np
from scipy.optimize import linprog

from app.planning.checks import Floats
from app.planning.solving.problem import Constraint, ConstraintKind, Problem

# The tightest that the referee reaches is used; it fails on some problems at the first.
_TOLERANCES = (1e-12, 1e-11, 1e-10, 1e-9, 1e-8)


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the referee found and calls optimal."""

    ratios: Floats
    divergence: float


def optimum(problem: Problem, tolerances: Iterable[float] = _TOLERANCES) -> Verdict | None:
    """Solve by cvxpy and Clarabel; None where they call nothing optimal."""
    ratios = cvxpy.Variable(problem.size)
    limits = [
        cvxpy.sum(ratios) == 1,
        ratios >= problem.lower,
        ratios <= problem.upper,
    ]
    matrix, bound = problem.limits
    if len(bound):
        limits.append(matrix @ ratios <= bound)
    if problem.unique_floor:
        seen = cvxpy.sum(cvxpy.minimum(ratios, problem.unique))
        limits.append(seen >= problem.unique_floor)
    present = np.flatnonzero(problem.target > 0)
    distance = cvxpy.sum(cvxpy.kl_div(ratios[present], problem.target[present]))
    stated = cvxpy.Problem(cvxpy.Minimize(distance), limits)
    for tolerance in tolerances:
        named = dict.fromkeys(("tol_gap_abs", "tol_gap_rel", "tol_feas"), tolerance)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                stated.solve(solver=cvxpy.CLARABEL, **named)
            except cvxpy.SolverError:
                continue
        if stated.status == cvxpy.OPTIMAL and ratios.value is not None:
            return Verdict(ratios.value, float(stated.value))
    return None


def worst_violation(
    problem: Problem,
    constraints: Iterable[Constraint],
    changed: dict[Constraint, float] | None = None,
) -> float:
    """Return how far the worst row must be missed under some constraints; one plain program."""
    size = problem.size
    bounds = {constraint: _bound(problem, constraint) for constraint in constraints}
    bounds.update(changed or {})
    low, high = np.zeros(size), np.ones(size)
    rows = [np.ones(size), -np.ones(size)]
    limits = [1.0, -1.0]
    floor = None
    for constraint, bound in bounds.items():
        at, kind = constraint.index, constraint.kind
        if kind in {ConstraintKind.MAX_EPOCHS, ConstraintKind.MAX_RATIO, ConstraintKind.NO_WEIGHT}:
            high[at] = min(high[at], bound)
        elif kind is ConstraintKind.MIN_RATIO:
            low[at] = max(low[at], bound)
        elif kind is ConstraintKind.LOCKED:
            low[at], high[at] = max(low[at], bound), min(high[at], bound)
        elif kind is ConstraintKind.UNIQUE_FLOOR:
            floor = bound
        else:
            row = problem.rows[at]
            sign = -1.0 if kind is ConstraintKind.GROUP_MIN else 1.0
            rows.append(sign * row.coefficients / row.scale)
            limits.append(sign * bound / row.scale)
    if (low > high + 1e-9).any():
        return float((low - high).max())
    table = np.zeros((len(rows), 2 * size + 1))
    table[:, :size] = rows
    table[:, -1] = -1.0
    if floor is not None:
        ties = np.hstack([-np.eye(size), np.eye(size), np.zeros((size, 1))])
        enough = np.concatenate([np.zeros(size), -np.ones(size), [-1.0]])
        table = np.vstack([table, ties, enough])
        limits += [0.0] * size + [-floor]
    result = linprog(
        np.append(np.zeros(2 * size), 1.0),
        A_ub=table,
        b_ub=limits,
        bounds=[
            *zip(low, np.maximum(low, high), strict=True),
            *((0, most) for most in problem.unique),
            (0, None),
        ],
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    return float(result.fun)


def all_constraints(problem: Problem) -> list[Constraint]:
    """List every constraint of a problem."""
    found = [Constraint(row.kind, index) for index, row in enumerate(problem.rows)]
    for index in range(problem.size):
        if not problem.target[index]:
            found.append(Constraint(ConstraintKind.NO_WEIGHT, index))
        elif problem.locked[index]:
            found.append(Constraint(ConstraintKind.LOCKED, index))
        found += [
            Constraint(ConstraintKind.MAX_EPOCHS, index),
            Constraint(ConstraintKind.MAX_RATIO, index),
            Constraint(ConstraintKind.MIN_RATIO, index),
        ]
    if problem.unique_floor:
        found.append(Constraint(ConstraintKind.UNIQUE_FLOOR, 0))
    return found


def _bound(problem: Problem, constraint: Constraint) -> float:
    at = constraint.index
    by_component = {
        ConstraintKind.NO_WEIGHT: np.zeros(problem.size),
        ConstraintKind.MAX_EPOCHS: np.minimum(problem.caps, 1.0),
        ConstraintKind.MAX_RATIO: problem.max_ratio,
        ConstraintKind.MIN_RATIO: problem.min_ratio,
        ConstraintKind.LOCKED: problem.target,
    }
    if constraint.kind in by_component:
        return float(by_component[constraint.kind][at])
    if constraint.kind is ConstraintKind.UNIQUE_FLOOR:
        return problem.unique_floor
    return problem.rows[at].bound
