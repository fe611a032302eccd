r"""
Linear programs over the bounds and rows of a problem, solved by HiGHS.

The feasible set is written in columns. A component is one column, or two where unique data has a
floor: the first pass :math:`p_i \le U_i / B`, which counts towards it, and the repeats
:math:`q_i`, which do not. Columns with the same coefficients are interchangeable, so a set of
them has a solution exactly where their sum has one: columns are merged before a question is asked
that does not depend on their number.
"""

from dataclasses import dataclass

import numpy as np

from app.planning.checks import Floats
from app.planning.solving import highs
from app.planning.solving.dual import ACCEPTED
from app.planning.solving.highs import Rows

_TOLERANCE = 1e-10


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
    count = len(columns.total)
    matrix = np.vstack([columns.total, -columns.total, columns.matrix])
    rows = Rows(count + 1)
    rows.add_dense(
        np.column_stack([matrix, -np.ones(len(matrix))]),
        lower=np.full(len(matrix), -np.inf),
        upper=np.concatenate([[1.0, -1.0], columns.bound]),
    )
    found = highs.minimise(
        np.append(np.zeros(count), 1.0),
        rows,
        np.append(columns.lower, 0.0),
        np.append(columns.upper, np.inf),
        tolerance=_TOLERANCE,
    )
    if found is None:
        # With lower <= upper a large enough violation always does.
        message = "The least violation of the rows could not be found."
        raise ArithmeticError(message)
    prices = -found.prices
    return Miss(found.value, float(prices[0] - prices[1]), prices[2:])


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
    if (columns.lower > columns.upper).any():
        return None
    rows = Rows(len(columns.total))
    rows.add_dense(columns.total[np.newaxis], lower=np.ones(1), upper=np.ones(1))
    rows.add_dense(columns.matrix, lower=np.full(len(columns.bound), -np.inf), upper=columns.bound)
    found = highs.minimise(objective, rows, columns.lower, columns.upper, tolerance=_TOLERANCE)
    return None if found is None else found.value
