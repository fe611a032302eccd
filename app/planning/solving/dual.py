r"""
The dual of the KL projection, minimised by a projected Newton method.

For multipliers :math:`y` of the rows :math:`M w \le b` (the first is the equality
:math:`\sum w = 1`) and :math:`s \ge 0` of the floor of unique data, the inner minimum is

.. math::

    w_i(y, s) = \mathrm{clip}\big(\mathrm{median}(t_i e^{-a_i},\, U_i,\, t_i e^{-a_i + s}),
    l_i, u_i\big), \qquad a = M^T y

The negative dual is convex, piecewise smooth, and has at most as many variables as there are
rows, so a problem of thousands of components is solved in tens of dimensions. Its gradient is
:math:`b - M w` and its Hessian :math:`M\,\mathrm{diag}(w)\,M^T` over the components that no
bound holds.

Where nothing satisfies the rows, the dual is unbounded: along the way any :math:`y` with
:math:`\min_w y \cdot (M w - b) > 0` over the box proves it, and :math:`\min / \|y\|_1` is how
far the worst row must be missed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.planning.checks import Floats

# Rows are scaled to coefficients of at most 1, so these are shares of the budget.
TOLERANCE = 1e-11
ACCEPTED = 1e-9
# Between the two a linear program decides.
CERTAIN = 1e-8

_ITERATIONS = 200
_HALVINGS = 40
_FIRST_PROOF = 6
_FIRST_REACH = 16.0
# exp(-745) is the smallest positive double: the log of a bound of zero.
_LOG_ZERO = -745.0


@dataclass(frozen=True, eq=False)
class Rows:
    """
    The constraints of one dual, over the components that are free to move.

    Attributes
    ----------
    log_target : (n,) float64
    lower, upper : (n,) float64
        Bounds with lower < upper.
    matrix : (m, n) float64
        The first row is the equality; the others are upper limits.
    bound : (m,) float64
    unique : (n,) float64 or None
        :math:`U_i`; None where there is no floor of unique data.
    floor : float
    """

    log_target: Floats
    lower: Floats
    upper: Floats
    matrix: Floats
    bound: Floats
    unique: Floats | None = None
    floor: float = 0.0


@dataclass(frozen=True, eq=False)
class Point:
    """
    Where the iteration ended.

    Attributes
    ----------
    ratios : (n,) float64
    multipliers : (m + 1,) float64
        :math:`y`, then :math:`s`.
    violation : float
        Largest residual of the optimality conditions.
    missed : float
        Proven lower bound on the violation of the worst row; positive where nothing fits.
    iterations : int
    """

    ratios: Floats
    multipliers: Floats
    violation: float
    missed: float
    iterations: int


def minimise(rows: Rows, *, start: Floats | None = None) -> Point:
    """
    Minimise the negative dual.

    Parameters
    ----------
    rows : Rows
    start : (m + 1,) float64, optional
        Multipliers to begin with; zero by default, where the ratios are the clipped target.

    Returns
    -------
    Point
        Optimal where `violation` is at most `ACCEPTED`; proof that nothing fits where `missed`
        is above `CERTAIN`; undecided otherwise, which only problems at the edge of feasibility are.

    Examples
    --------
    >>> rows = Rows(
    ...     log_target=np.log([0.5, 0.3, 0.2]),
    ...     lower=np.zeros(3),
    ...     upper=np.array([0.25, 1, 1]),
    ...     matrix=np.ones((1, 3)),
    ...     bound=np.ones(1),
    ... )
    >>> minimise(rows).ratios.round(6).tolist()
    [0.25, 0.45, 0.3]
    """
    return _Newton(rows).run(start)


class _Newton:
    """One minimisation; holds what does not change between iterations."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        count, size = rows.matrix.shape
        # One more row for the floor; it stays zero where there is none.
        self.matrix = np.zeros((count + 1, size))
        self.matrix[:-1] = rows.matrix
        self.bound = np.append(rows.bound, 0.0)
        # The multiplier of the equality may have either sign.
        self.least = np.zeros(count + 1)
        self.least[0] = -np.inf
        self.shifted = rows.log_target + 1.0
        with np.errstate(divide="ignore"):
            self.log_lower = np.maximum(np.log(rows.lower), _LOG_ZERO)
            self.log_upper = np.log(rows.upper)
            self.log_unique = None if rows.unique is None else np.log(rows.unique)

    def run(self, start: Floats | None) -> Point:
        y = np.zeros(len(self.bound)) if start is None else np.maximum(start, self.least)
        reach = _FIRST_REACH
        value, gradient, ratios, free = self.evaluate(y)
        for iteration in range(_ITERATIONS):
            residual = self.residual(y, gradient)
            if residual <= TOLERANCE:
                return Point(ratios, y, residual, 0.0, iteration)
            # Most problems are solved before a proof of the contrary is worth its time.
            missed = self.missed(y) if iteration >= _FIRST_PROOF else 0.0
            if missed > CERTAIN:
                return Point(ratios, y, residual, missed, iteration)
            # Multipliers that are almost zero and want to be go there on their own.
            resting = (y <= min(1e-6, residual)) & (gradient >= 0)
            resting[0] = False
            mass = ratios * free
            step = self.direction(y, gradient, resting, mass, reach=reach)
            leaving = (y <= 0) & (step < 0)
            leaving[0] = False
            if leaving.any():
                step = self.direction(y, gradient, resting | leaving, mass, reach=reach)
            found = self.search(y, value, gradient, step)
            if found is None:
                break
            moved, value, gradient, ratios, free = found
            if np.abs(moved - y).max() >= reach / 2:
                reach *= 2
            y = moved
        return Point(ratios, y, self.residual(y, gradient), 0.0, _ITERATIONS)

    def evaluate(self, y: Floats) -> tuple[float, Floats, Floats, NDArray[np.bool_]]:
        """Return the negative dual, its gradient, the ratios, and which of them can move."""
        rows = self.rows
        pull = y @ self.matrix
        free_log = rows.log_target - pull
        kinked = None
        if self.log_unique is not None:
            pushed = free_log + y[-1]
            kinked = (pushed >= self.log_unique) & (free_log <= self.log_unique)
            free_log = np.where(
                pushed < self.log_unique, pushed, np.maximum(free_log, self.log_unique)
            )
        log_ratios = np.minimum(np.maximum(free_log, self.log_lower), self.log_upper)
        free = log_ratios == free_log
        ratios = np.minimum(np.maximum(np.exp(log_ratios), rows.lower), rows.upper)
        value = float(self.bound @ y - ratios @ (log_ratios + pull - self.shifted))
        gradient = self.bound - self.matrix @ ratios
        if rows.unique is not None and kinked is not None:
            free &= ~kinked
            gradient[-1] = np.minimum(ratios, rows.unique).sum() - rows.floor
            value += float(y[-1] * gradient[-1])
        return value, gradient, ratios, free

    def residual(self, y: Floats, gradient: Floats) -> float:
        """Return how far the optimality conditions are from holding."""
        slack = np.minimum(y, gradient)
        slack[0] = gradient[0]
        return float(np.abs(slack).max())

    def missed(self, y: Floats) -> float:
        """Return the certified violation of the worst row, or something below zero."""
        rows = self.rows
        pull = y @ self.matrix
        if rows.unique is None:
            least = np.minimum(pull * rows.lower, pull * rows.upper).sum()
        else:
            kink = np.minimum(np.maximum(rows.unique, rows.lower), rows.upper)
            ends = [
                w * pull - y[-1] * np.minimum(w, rows.unique)
                for w in (rows.lower, rows.upper, kink)
            ]
            least = np.minimum(np.minimum(ends[0], ends[1]), ends[2]).sum() + y[-1] * rows.floor
        norm = np.abs(y).sum()
        return float((least - self.bound @ y) / norm) if norm else 0.0

    def direction(
        self,
        y: Floats,
        gradient: Floats,
        resting: NDArray[np.bool_],
        mass: Floats,
        *,
        reach: float,
    ) -> Floats:
        """Return the Newton step; resting multipliers go to zero on their own."""
        moving = (~resting).nonzero()[0]
        matrix = self.matrix[moving]
        if self.rows.unique is not None and not resting[-1]:
            # The floor counts those that are not yet passed once; the mass of others is zero.
            matrix[-1] = -1.0 * (mass < self.rows.unique)
        slope = gradient[moving]
        hessian = (matrix * mass) @ matrix.T
        # Damping by the gradient bounds the step where the Hessian is flat, and fades with it.
        diagonal = hessian.ravel()[:: len(moving) + 1]
        diagonal *= 1 + 1e-10
        diagonal += np.abs(slope) / reach + 1e-300
        step = -y * resting
        step[moving] = _solve(hessian, -slope)
        return step

    def search(
        self, y: Floats, value: float, gradient: Floats, step: Floats
    ) -> tuple[Floats, float, Floats, Floats, NDArray[np.bool_]] | None:
        """Go along the projected step until the value has fallen enough."""
        length = 1.0
        # The terms of the value are as large as the multipliers, and so is their rounding.
        noise = 1e-15 * (1.0 + abs(value) + float(np.abs(y).sum()))
        for _ in range(_HALVINGS):
            moved = np.maximum(y + length * step, self.least)
            found = self.evaluate(moved)
            if found[0] <= value + 1e-4 * float(gradient @ (moved - y)) + noise:
                return (moved, *found)
            length /= 2
        return None


def _solve(hessian: Floats, right: Floats) -> Floats:
    if len(right) == 1:
        return np.asarray(right / hessian[0])
    try:
        return np.asarray(np.linalg.solve(hessian, right))
    except np.linalg.LinAlgError:
        # Rows that repeat one another leave the system singular; the least step will do.
        return np.asarray(np.linalg.lstsq(hessian, right, rcond=None)[0])
