r"""
The largest budget at which limits fit that contradict at the one asked for.

In tokens :math:`x_i = w_i B / B_0` caps, prices and the floor of unique data are fixed amounts,
while ratios scale with :math:`B / B_0 = \sum x`: a linear program again.
"""

import math
from fractions import Fraction

import numpy as np

from app.planning.checks import Floats
from app.planning.solving import highs
from app.planning.solving.highs import Places, Rows
from app.planning.solving.problem import ConstraintKind, Problem


def find(problem: Problem, budget: int) -> int | None:
    """
    Return the largest budget, up to the one asked for, at which every constraint can be kept.

    Parameters
    ----------
    problem : Problem
    budget : int
        The budget that its shares refer to.

    Returns
    -------
    int or None
        None where no budget helps.

    Examples
    --------
    >>> from app.planning.solving.problem import state
    >>> find(state([1, 1], caps=[0.3, 0.5]), 1000)
    800
    """
    rows, upper = _constraints(problem)
    objective = np.zeros(len(upper))
    objective[problem.size] = -1.0
    found = highs.minimise(objective, rows, np.zeros(len(upper)), upper)
    if found is None:
        return None
    # A millionth of a token is rounding; a budget above 2^53 is no float.
    return math.floor(Fraction(-found.value) * budget + Fraction(1, 10**6)) or None


def _constraints(problem: Problem) -> tuple[Rows, Floats]:
    """
    Return the rows, and the most that each column may have.

    Columns: tokens per component, then their total, both as shares of the budget asked for; with
    a floor of unique data also the first pass over each component.
    """
    size = problem.size
    has_floor = problem.unique_floor > 0
    rows = Rows(2 * size + 1 if has_floor else size + 1)
    everything = np.arange(size)
    rows.add_dense(np.append(np.ones(size), -1.0)[np.newaxis], lower=np.zeros(1), upper=np.zeros(1))
    matrix, bound = problem.limits
    is_share = np.array(
        [row.kind is not ConstraintKind.COST_CEILING for row in problem.rows], dtype=np.bool_
    )
    shares = np.where(is_share, bound, 0.0)[:, np.newaxis]
    rows.add_dense(
        np.hstack([matrix, -shares]),
        lower=np.full(len(bound), -np.inf),
        upper=np.where(is_share, 0.0, bound),
    )

    def tie(indices: Places, ratios: Floats, *, lower: float, upper: float) -> None:
        """Add rows lower <= x_i - ratio_i * total <= upper."""
        count = len(indices)
        places = np.arange(count)
        rows.add(
            (places, indices, np.ones(count)),
            (places, np.full(count, size), -ratios[indices]),
            lower=np.full(count, lower),
            upper=np.full(count, upper),
        )

    tie(np.flatnonzero(problem.min_ratio > 0), problem.min_ratio, lower=0.0, upper=np.inf)
    tie(np.flatnonzero(problem.max_ratio < 1), problem.max_ratio, lower=-np.inf, upper=0.0)
    is_locked = problem.locked & (problem.target > 0)
    tie(np.flatnonzero(is_locked), problem.target, lower=0.0, upper=0.0)
    caps = np.where(problem.target > 0, np.minimum(problem.caps, 1.0), 0.0)
    upper = np.append(caps, 1.0)
    if has_floor:
        # First passes p_i <= x_i with p_i <= U_i, of which there must be enough.
        first_pass = size + 1 + everything
        ones = np.ones(size)
        rows.add(
            (everything, everything, ones),
            (everything, first_pass, -ones),
            lower=np.zeros(size),
            upper=np.full(size, np.inf),
        )
        rows.add(
            (np.zeros(size, dtype=np.intp), first_pass, ones),
            lower=np.array([problem.unique_floor]),
            upper=np.array([np.inf]),
        )
        upper = np.append(upper, problem.unique)
    return rows, upper
