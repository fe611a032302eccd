r"""
Solve for the ratios nearest to what was typed, or name the constraints that contradict.

The dual of the KL projection finds the optimum, see `dual`; HiGHS decides the few problems at the
edge of feasibility and takes contradictions apart, see `conflicts`.
"""

from dataclasses import dataclass, replace

import numpy as np

from app.planning.checks import Floats
from app.planning.errors import NotSolved
from app.planning.solving import conflicts, dual, selection
from app.planning.solving.conflicts import Conflict
from app.planning.solving.dual import ACCEPTED, CERTAIN, Point, Rows
from app.planning.solving.problem import Constraint, ConstraintKind, Problem

# Below this a multiplier is rounding: a nat of divergence per whole budget.
BINDING_PRICE = 1e-7


@dataclass(frozen=True, eq=False)
class Solution:
    """
    The optimum.

    Attributes
    ----------
    ratios : (n,) float64
        They sum to 1 to 1e-9, within every bound and row to 1e-9.
    divergence : float
        Kullback-Leibler divergence of the ratios from the target, in nats.
    moved_share : float
        Share of the budget that lies elsewhere than typed: the total-variation distance.
    prices : dict of Constraint to float
        Of the binding constraints: nats of divergence that one more unit of the bound would
        save, the unit being the whole budget (for the cost ceiling, its currency).
    multipliers : (m + 2,) float64
        Of the dual's rows, to start a neighbouring problem from.
    iterations : int
    """

    ratios: Floats
    divergence: float
    moved_share: float
    prices: dict[Constraint, float]
    multipliers: Floats
    iterations: int


@dataclass(frozen=True, eq=False)
class _Reduced:
    """A dual over the free components, and how to read it back."""

    rows: Rows
    free: np.ndarray[tuple[int], np.dtype[np.intp]]
    fixed: Floats
    scaled: Floats


def solve(problem: Problem, *, start: Floats | None = None) -> Solution | Conflict:
    """
    Find the ratios nearest to the target that keep every constraint.

    Parameters
    ----------
    problem : Problem
    start : (m + 2,) float64, optional
        Multipliers of a problem with as many rows, to begin with.

    Returns
    -------
    Solution or Conflict

    Raises
    ------
    NotSolved
        If the iteration ends short of an optimum that exists; no tested problem does.

    Examples
    --------
    >>> from app.planning.solving.problem import state
    >>> solve(state([0.5, 0.3, 0.2], caps=[0.25, 1, 1])).ratios.round(6).tolist()
    [0.25, 0.45, 0.3]
    """
    if problem.crossed.any():
        return conflicts.find(problem)
    lower = problem.lower
    upper = np.maximum(lower, problem.upper)
    reduced = _reduce(problem, lower, upper)
    point = dual.minimise(reduced.rows, start=start)
    if point.missed > CERTAIN:
        return conflicts.find(problem)
    if point.violation > ACCEPTED:
        if selection.is_contradictory(problem):
            return conflicts.find(problem)
        raise NotSolved(point.violation)
    return _solution(problem, reduced, point, lower, upper)


def divergence(ratios: Floats, target: Floats) -> float:
    r"""
    Return the Kullback-Leibler divergence :math:`\sum w \ln (w / t)` in nats.

    Parameters
    ----------
    ratios, target : (n,) float64
        Each sums to 1; a ratio above zero needs a target above zero.

    Returns
    -------
    float

    Examples
    --------
    >>> round(divergence(np.array([0.5, 0.5]), np.array([0.9, 0.1])), 6)
    0.510826
    """
    present = ratios > 0
    # Two logarithms: the quotient of a subnormal target would overflow.
    return float(ratios[present] @ (np.log(ratios[present]) - np.log(target[present])))


def moved_share(ratios: Floats, target: Floats) -> float:
    """
    Return the share of the budget that lies elsewhere: the total-variation distance.

    Parameters
    ----------
    ratios, target : (n,) float64
        Each sums to 1.

    Returns
    -------
    float
        0 to 1.

    Examples
    --------
    >>> moved_share(np.array([0.5, 0.5]), np.array([0.75, 0.25]))
    0.25
    """
    return min(float(np.abs(ratios - target).sum() / 2), 1.0)


def _reduce(problem: Problem, lower: Floats, upper: Floats) -> _Reduced:
    is_free = upper > lower
    free = np.flatnonzero(is_free)
    fixed = np.where(is_free, 0.0, lower)
    scaled, bound = problem.limits
    rows = Rows(
        log_target=np.log(problem.target[free]),
        lower=lower[free],
        upper=upper[free],
        matrix=np.concatenate([np.ones((1, len(free))), scaled[:, free]]),
        bound=np.concatenate([[1.0 - fixed.sum()], bound - scaled @ fixed]),
    )
    if problem.unique_floor > 0:
        seen = np.minimum(fixed, problem.unique).sum()
        floor = problem.unique_floor - float(seen)
        rows = replace(rows, unique=problem.unique[free], floor=floor)
    return _Reduced(rows, free, fixed, scaled)


def _solution(
    problem: Problem, reduced: _Reduced, point: Point, lower: Floats, upper: Floats
) -> Solution:
    if not point.iterations and ((problem.target >= lower) & (problem.target <= upper)).all():
        ratios = problem.target.copy()
    else:
        ratios = reduced.fixed.copy()
        ratios[reduced.free] = point.ratios
    pull = point.multipliers[0] + point.multipliers[1:-1] @ reduced.scaled
    if problem.unique_floor > 0:
        pull = pull - np.where(ratios < problem.unique, point.multipliers[-1], 0.0)
    prices = _row_prices(problem, point) | _bound_prices(problem, ratios, pull, lower, upper)
    return Solution(
        ratios=ratios,
        divergence=max(divergence(ratios, problem.target), 0.0),
        moved_share=moved_share(ratios, problem.target),
        prices={key: price for key, price in prices.items() if price > BINDING_PRICE},
        multipliers=point.multipliers,
        iterations=point.iterations,
    )


def _row_prices(problem: Problem, point: Point) -> dict[Constraint, float]:
    prices = {
        Constraint(row.kind, index): float(price) / row.scale
        for index, (row, price) in enumerate(
            zip(problem.rows, point.multipliers[1:-1], strict=True)
        )
    }
    prices[Constraint(ConstraintKind.UNIQUE_FLOOR, 0)] = float(point.multipliers[-1])
    return prices


def _bound_prices(
    problem: Problem, ratios: Floats, pull: Floats, lower: Floats, upper: Floats
) -> dict[Constraint, float]:
    """Read the multipliers of the bounds off the gradient that the rows leave."""
    at_lower = (ratios <= lower) & (lower > 0)
    held = np.flatnonzero((problem.target > 0) & (at_lower | (ratios >= upper)))
    # A cap of zero has an infinite price; a finite one sorts as well.
    gain = np.log(problem.target[held]) - pull[held] - np.log(np.maximum(ratios[held], 1e-12))
    prices = {}
    for index, value in zip(held.tolist(), gain.tolist(), strict=True):
        kind = _binding_kind(problem, index, is_above=value > 0)
        if kind is not None:
            prices[Constraint(kind, index)] = abs(value)
    return prices


def _binding_kind(problem: Problem, index: int, *, is_above: bool) -> ConstraintKind | None:
    if problem.locked[index]:
        return ConstraintKind.LOCKED
    if not is_above:
        return ConstraintKind.MIN_RATIO if problem.min_ratio[index] > 0 else None
    most = min(problem.caps[index], problem.max_ratio[index])
    if most >= 1:
        return None
    capped = problem.caps[index] <= problem.max_ratio[index]
    return ConstraintKind.MAX_EPOCHS if capped else ConstraintKind.MAX_RATIO
