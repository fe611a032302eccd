r"""
The largest budget at which limits fit that contradict at the one asked for.

In tokens :math:`x_i = w_i B / B_0` caps, prices and the floor of unique data are fixed amounts,
while ratios scale with :math:`B / B_0 = \sum x`: a linear program again.
"""

import math
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.planning.checks import Floats
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
    from scipy.optimize import linprog  # noqa: PLC0415  heavy, and for contradictions only
    from scipy.sparse import csr_array, hstack, vstack  # noqa: PLC0415

    size = problem.size
    # Columns: tokens per component, then their total; both as shares of the budget asked for.
    matrix, bound = problem.limits
    is_share = np.array(
        [row.kind is not ConstraintKind.COST_CEILING for row in problem.rows], dtype=np.bool_
    )
    least = np.flatnonzero(problem.min_ratio > 0)
    most = np.flatnonzero(problem.max_ratio < 1)
    locked = np.flatnonzero(problem.locked & (problem.target > 0))

    def picked(indices: NDArray[np.intp], sign: float, ratios: Floats) -> csr_array:
        """Rows sign * (x_i - ratio_i * total)."""
        places = np.arange(len(indices))
        own = csr_array(
            (np.full(len(indices), sign), (places, indices)), shape=(len(indices), size)
        )
        return hstack([own, csr_array(-sign * ratios[indices][:, np.newaxis])])

    shares = hstack([csr_array(matrix), csr_array(-np.where(is_share, bound, 0.0)[:, np.newaxis])])
    at_most = vstack(
        [
            shares,
            picked(least, -1.0, problem.min_ratio),
            picked(most, 1.0, problem.max_ratio),
        ]
    )
    limits = np.concatenate(
        [np.where(is_share, 0.0, bound), np.zeros(len(least)), np.zeros(len(most))]
    )
    total = csr_array(np.append(np.ones(size), -1.0)[np.newaxis])
    equal = vstack([total, picked(locked, 1.0, problem.target)])
    caps = np.where(problem.target > 0, np.minimum(problem.caps, 1.0), 0.0)
    upper = np.append(caps, 1.0)
    if problem.unique_floor > 0:
        # First passes p_i <= x_i with p_i <= U_i, of which there must be enough.
        ties = hstack([-_identity(size), csr_array((size, 1)), _identity(size)])
        enough = csr_array(np.append(np.zeros(size + 1), -np.ones(size))[np.newaxis])
        at_most = vstack([hstack([at_most, csr_array((at_most.shape[0], size))]), ties, enough])
        limits = np.concatenate([limits, np.zeros(size), [-problem.unique_floor]])
        equal = hstack([equal, csr_array((equal.shape[0], size))])
        upper = np.append(upper, problem.unique)
    objective = np.zeros(len(upper))
    objective[size] = -1.0
    result = linprog(
        objective,
        A_ub=at_most if at_most.shape[0] else None,
        b_ub=limits if at_most.shape[0] else None,
        A_eq=equal,
        b_eq=np.zeros(equal.shape[0]),
        bounds=np.column_stack([np.zeros(len(upper)), upper]),
        method="highs",
    )
    if result.status != 0:
        return None
    # A millionth of a token is rounding; a budget above 2^53 is no float.
    return math.floor(Fraction(-result.fun) * budget + Fraction(1, 10**6)) or None


def _identity(size: int) -> Any:  # noqa: ANN401  SciPy has no types
    from scipy.sparse import eye_array  # noqa: PLC0415

    return eye_array(size, format="csr")
