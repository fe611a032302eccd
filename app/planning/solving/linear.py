r"""
Linear programs over the bounds and rows of a problem, solved by HiGHS.

The feasible set is written in columns. A component is one column, or two where unique data has a
floor: the first pass :math:`p_i \le U_i / B`, which counts towards it, and the repeats
:math:`q_i`, which do not. Columns with the same coefficients are interchangeable, so a set of
them has a solution exactly where their sum has one: columns are merged before a question is asked
that does not depend on their number.

SciPy is imported inside the functions: it takes half a second and 50 MB, and a process that plans
without contradictions never needs it.
"""

from dataclasses import dataclass

import numpy as np

from app.planning.checks import Floats
from app.planning.solving.dual import ACCEPTED

_OPTIONS = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


@dataclass(frozen=True, eq=False)
class Columns:
    """
    A polytope: lower <= x <= upper, total x = 1, matrix x <= bound.

    Attributes
    ----------
    total : (k,) float64
        Coefficients of the sum, 1 per column.
    matrix : (m, k) float64
    bound : (m,) float64
    lower, upper : (k,) float64
    """

    total: Floats
    matrix: Floats
    bound: Floats
    lower: Floats
    upper: Floats

    def merged(self) -> "Columns":
        """Add up the columns whose coefficients are the same."""
        # The total is a row too, so that there is one even where no other is.
        rows = np.vstack([self.total, self.matrix])
        _, first, group = np.unique(rows, axis=1, return_index=True, return_inverse=True)
        size = len(first)
        lower = np.zeros(size)
        upper = np.zeros(size)
        np.add.at(lower, group.ravel(), self.lower)
        np.add.at(upper, group.ravel(), self.upper)
        # More than the whole budget is never drawn; least amounts beyond it stay, to be missed.
        upper = np.maximum(np.minimum(upper, 1.0), lower)
        return Columns(np.ones(size), self.matrix[:, first], self.bound, lower, upper)


@dataclass(frozen=True, eq=False)
class Miss:
    """
    How close the polytope comes to holding a point.

    Attributes
    ----------
    amount : float
        Least possible violation of the worst row.
    total_price : float
    prices : (m,) float64
        Multipliers that prove it, zero or more on the rows.
    """

    amount: float
    total_price: float
    prices: Floats


def miss(columns: Columns) -> Miss:
    """
    Return the least violation of the rows, and its proof.

    Parameters
    ----------
    columns : Columns
        With lower <= upper.

    Returns
    -------
    Miss

    Examples
    --------
    >>> short = Columns(np.ones(2), np.zeros((0, 2)), np.zeros(0), np.zeros(2), np.full(2, 0.4))
    >>> round(miss(short).amount, 9)
    0.2
    """
    from scipy.optimize import linprog  # noqa: PLC0415  heavy; see the module

    count = len(columns.total)
    rows = np.vstack([columns.total, -columns.total, columns.matrix])
    bound = np.concatenate([[1.0, -1.0], columns.bound])
    result = linprog(
        np.append(np.zeros(count), 1.0),
        A_ub=np.column_stack([rows, -np.ones(len(rows))]),
        b_ub=bound,
        bounds=np.column_stack([np.append(columns.lower, 0.0), np.append(columns.upper, np.inf)]),
        method="highs",
        options=_OPTIONS,
    )
    prices = -result.ineqlin.marginals
    return Miss(float(result.fun), float(prices[0] - prices[1]), prices[2:])


def is_feasible(columns: Columns) -> bool:
    """
    Say whether a point meets every row to within `dual.ACCEPTED`.

    Parameters
    ----------
    columns : Columns

    Returns
    -------
    bool

    Examples
    --------
    >>> short = Columns(np.ones(2), np.zeros((0, 2)), np.zeros(0), np.zeros(2), np.full(2, 0.5))
    >>> is_feasible(short)
    True
    """
    if (columns.lower > columns.upper + ACCEPTED).any():
        return False
    return miss(columns.merged()).amount <= ACCEPTED


def least(columns: Columns, objective: Floats) -> float | None:
    """
    Return the least value of objective x over the polytope.

    Parameters
    ----------
    columns : Columns
    objective : (k,) float64

    Returns
    -------
    float or None
        None where the polytope is empty.

    Examples
    --------
    >>> pair = Columns(np.ones(2), np.zeros((0, 2)), np.zeros(0), np.zeros(2), np.full(2, 0.8))
    >>> round(least(pair, np.array([1.0, 0.0])), 9)
    0.2
    """
    from scipy.optimize import linprog  # noqa: PLC0415  heavy; see the module

    if (columns.lower > columns.upper).any():
        return None
    result = linprog(
        objective,
        A_ub=columns.matrix if len(columns.bound) else None,
        b_ub=columns.bound if len(columns.bound) else None,
        A_eq=columns.total[np.newaxis],
        b_eq=[1.0],
        bounds=np.column_stack([columns.lower, columns.upper]),
        method="highs",
        options=_OPTIONS,
    )
    return float(result.fun) if result.status == 0 else None
