r"""
What each binding constraint costs: re-solve with a little more room and compare.

A multiplier alone is a number that nobody can act on. So every binding constraint is relaxed by a
step that a person would take (one more pass, one percentage point, a tenth more money, no lock),
the problem is solved again from the optimum at hand, and the answer says how much nearer to the
typed ratios the mixture comes: "5 instead of 4 passes of X would move 6.9 % of the tokens instead
of 8.1 %".
"""

from dataclasses import dataclass, replace

import numpy as np

from app.planning.checks import Floats
from app.planning.solving import solver
from app.planning.solving.problem import Constraint, ConstraintKind, Problem
from app.planning.solving.selection import bound_of
from app.planning.solving.solver import Solution

SHARE_STEP = 0.01
COST_STEP = 0.10

# Each is one more solution of the whole problem; the dearest constraints are asked first.
_MOST = 12


@dataclass(frozen=True)
class ShadowPrice:
    """
    One binding constraint and what relaxing it would do.

    Attributes
    ----------
    constraint : Constraint
    price : float
        Nats of divergence from the typed ratios saved per unit of the bound, at the margin. The
        unit is the whole budget; for the cost ceiling its currency.
    bound, relaxed_bound : float or None
        Now, and in the question asked; None where a lock would be lifted.
    share, relaxed_share : float
        Share of the budget that the component or group receives, now and then; for the cost
        ceiling the cost, for the floor the unique share.
    divergence, relaxed_divergence : float
        From the typed ratios, in nats.
    moved_share, relaxed_moved_share : float
        Share of the budget that lies elsewhere than typed.
    """

    constraint: Constraint
    price: float
    bound: float
    relaxed_bound: float | None
    share: float
    relaxed_share: float
    divergence: float
    relaxed_divergence: float
    moved_share: float
    relaxed_moved_share: float


def ask(problem: Problem, solution: Solution, *, most: int = _MOST) -> tuple[ShadowPrice, ...]:
    """
    Ask of every binding constraint what a little more room would do.

    Parameters
    ----------
    problem : Problem
        Its `one_pass` must be given for caps to be relaxed by a pass; without it, by a tenth.
    solution : Solution
        The optimum of the problem.
    most : int
        Number of constraints asked, the highest price first.

    Returns
    -------
    tuple of ShadowPrice
        The constraint whose relaxation brings the mixture nearest to the typed ratios first.

    Examples
    --------
    >>> from app.planning.solving.problem import state
    >>> problem = state([0.5, 0.3, 0.2], caps=[0.25, 1, 1], unique=[0.125, 1, 1])
    >>> found = ask(problem, solver.solve(problem))[0]
    >>> found.bound, found.relaxed_bound, round(found.relaxed_moved_share, 6)
    (0.25, 0.375, 0.125)
    """
    dearest = sorted(solution.prices.items(), key=lambda pair: -pair[1])[:most]
    prices = []
    for constraint, price in dearest:
        relaxed, bound = relax(problem, constraint)
        found = solver.solve(relaxed, start=solution.multipliers)
        # A relaxed problem keeps the solution at hand, so it cannot contradict.
        if isinstance(found, Solution):
            prices.append(
                ShadowPrice(
                    constraint=constraint,
                    price=price,
                    bound=bound_of(problem, constraint),
                    relaxed_bound=bound,
                    share=_share(problem, solution, constraint),
                    relaxed_share=_share(problem, found, constraint),
                    divergence=solution.divergence,
                    relaxed_divergence=found.divergence,
                    moved_share=solution.moved_share,
                    relaxed_moved_share=found.moved_share,
                )
            )
    return tuple(sorted(prices, key=lambda found: (found.relaxed_divergence, found.constraint)))


def relax(problem: Problem, constraint: Constraint) -> tuple[Problem, float | None]:
    """
    Give one constraint the room of one step.

    Parameters
    ----------
    problem : Problem
    constraint : Constraint

    Returns
    -------
    Problem
        With the constraint relaxed.
    float or None
        The new bound; None where a lock was lifted.

    Examples
    --------
    >>> from app.planning.solving.problem import state
    >>> relax(state([1, 1], max_ratio=[0.25, 1]), Constraint(ConstraintKind.MAX_RATIO, 0))[1]
    0.26
    """
    at = constraint.index
    bound = bound_of(problem, constraint)
    match constraint.kind:
        case ConstraintKind.MAX_EPOCHS:
            bound += float(problem.one_pass[at]) or 0.1 * bound
            return replace(problem, caps=_with(problem.caps, at, bound)), bound
        case ConstraintKind.MAX_RATIO:
            bound = min(bound + SHARE_STEP, 1.0)
            return replace(problem, max_ratio=_with(problem.max_ratio, at, bound)), bound
        case ConstraintKind.MIN_RATIO:
            bound = max(bound - SHARE_STEP, 0.0)
            return replace(problem, min_ratio=_with(problem.min_ratio, at, bound)), bound
        case ConstraintKind.UNIQUE_FLOOR:
            bound = max(bound - SHARE_STEP, 0.0)
            return replace(problem, unique_floor=bound), bound
        case ConstraintKind.LOCKED:
            locked = problem.locked.copy()
            locked[at] = False
            return replace(problem, locked=locked), None
    return _relax_row(problem, constraint, bound)


def _relax_row(
    problem: Problem, constraint: Constraint, bound: float
) -> tuple[Problem, float | None]:
    if constraint.kind is ConstraintKind.COST_CEILING:
        bound *= 1 + COST_STEP
    elif constraint.kind is ConstraintKind.GROUP_MIN:
        bound = max(bound - SHARE_STEP, 0.0)
    else:
        bound = min(bound + SHARE_STEP, 1.0)
    rows = list(problem.rows)
    rows[constraint.index] = replace(rows[constraint.index], bound=bound)
    return replace(problem, rows=tuple(rows)), bound


def _share(problem: Problem, solution: Solution, constraint: Constraint) -> float:
    if constraint.kind is ConstraintKind.UNIQUE_FLOOR:
        return float(np.minimum(solution.ratios, problem.unique).sum())
    if constraint.kind in {
        ConstraintKind.GROUP_MIN,
        ConstraintKind.GROUP_MAX,
        ConstraintKind.COST_CEILING,
    }:
        return float(problem.rows[constraint.index].coefficients @ solution.ratios)
    return float(solution.ratios[constraint.index])


def _with(values: Floats, index: int, value: float) -> Floats:
    changed = values.copy()
    changed[index] = value
    return changed
