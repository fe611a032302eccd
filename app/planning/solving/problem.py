r"""
The ratios nearest to what was typed, as a problem: target, bounds, rows.

.. math::

    \min_w \sum_i w_i \ln \frac{w_i}{t_i} \quad \text{subject to} \quad
    \sum_i w_i = 1, \quad l_i \le w_i \le u_i, \quad M w \le b, \quad
    \sum_i \min(w_i, U_i / B) \ge f

Everything is a share of the token budget :math:`B`, so the numbers lie between 0 and 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.planning import checks
from app.planning.checks import Floats
from app.planning.errors import NoWeight, OutOfRange

Booleans = NDArray[np.bool_]


class ConstraintKind(StrEnum):
    """What a constraint limits; the first five belong to a component."""

    NO_WEIGHT = "no_weight"
    MAX_EPOCHS = "max_epochs"
    MIN_RATIO = "min_ratio"
    MAX_RATIO = "max_ratio"
    LOCKED = "locked"
    GROUP_MIN = "group_min"
    GROUP_MAX = "group_max"
    COST_CEILING = "cost_ceiling"
    UNIQUE_FLOOR = "unique_floor"


COMPONENT_KINDS = (
    ConstraintKind.NO_WEIGHT,
    ConstraintKind.MAX_EPOCHS,
    ConstraintKind.MIN_RATIO,
    ConstraintKind.MAX_RATIO,
    ConstraintKind.LOCKED,
)


@dataclass(frozen=True, order=True)
class Constraint:
    """
    One constraint that a person set.

    Attributes
    ----------
    kind : ConstraintKind
    index : int
        Position of the component, or of the row for groups and the cost ceiling; 0 for the
        floor of unique data.
    """

    kind: ConstraintKind
    index: int


@dataclass(frozen=True, eq=False)
class Row:
    """
    A limit on a weighted sum of ratios.

    Attributes
    ----------
    kind : ConstraintKind
        GROUP_MIN is a lower limit; GROUP_MAX and COST_CEILING are upper ones.
    coefficients : (n_components,) float64
        Share of each component that counts, 0 to 1; for the cost ceiling the price of the whole
        budget drawn from it.
    bound : float
        Least or most of the sum.
    """

    kind: ConstraintKind
    coefficients: Floats
    bound: float

    @cached_property
    def scale(self) -> float:
        """The largest coefficient, by which the row is divided before it is solved."""
        return float(self.coefficients.max()) or 1.0


def _no_floats() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Problem:
    """
    A target and what may not be broken; build it with `problem.state`.

    Attributes
    ----------
    target : (n,) float64
        Ratios as typed; they sum to 1.
    caps, min_ratio, max_ratio : (n,) float64
        Bounds on each ratio; infinite or zero where there is none.
    locked : (n,) bool
        Components that keep their target.
    rows : tuple of Row
    unique : (n,) float64
        Tokens not yet seen as a share of the budget, zero where unknown.
    one_pass : (n,) float64
        One pass over the component as a share of the budget, zero where unknown.
    unique_floor : float
        Least share of the budget that is seen for the first time; 0 is no floor.
    """

    target: Floats
    caps: Floats
    min_ratio: Floats
    max_ratio: Floats
    locked: Booleans
    rows: tuple[Row, ...] = ()
    unique: Floats = field(default_factory=_no_floats)
    one_pass: Floats = field(default_factory=_no_floats)
    unique_floor: float = 0.0

    @property
    def size(self) -> int:
        """The number of components."""
        return len(self.target)

    @cached_property
    def lower(self) -> Floats:
        """The least of every ratio, (n,) float64."""
        return np.where(self.locked, np.maximum(self.min_ratio, self.target), self.min_ratio)

    @cached_property
    def upper(self) -> Floats:
        """The most of every ratio, (n,) float64; zero where the target is zero."""
        most = np.minimum(np.minimum(self.caps, self.max_ratio), 1.0)
        most = np.where(self.locked, np.minimum(most, self.target), most)
        return np.where(self.target > 0, most, 0.0)

    @cached_property
    def crossed(self) -> Floats:
        """By how much each lower bound exceeds its upper one, rounding aside, (n,)."""
        lower, upper = self.lower, self.upper
        # Both are quotients of tokens, so equal bounds differ by a rounding or two.
        return np.where(lower > upper * (1 + 1e-12), lower - upper, 0.0)

    @cached_property
    def limits(self) -> tuple[Floats, Floats]:
        """The rows as upper limits, (m, n) and (m,), scaled to coefficients up to 1."""
        if not self.rows:
            return np.zeros((0, self.size)), np.zeros(0)
        scales = np.array(
            [-row.scale if row.kind is ConstraintKind.GROUP_MIN else row.scale for row in self.rows]
        )
        matrix = np.array([row.coefficients for row in self.rows])
        return matrix / scales[:, np.newaxis], np.array([row.bound for row in self.rows]) / scales


def state(
    target: Sequence[float] | Floats,
    *,
    caps: Sequence[float] | Floats | None = None,
    min_ratio: Sequence[float] | Floats | None = None,
    max_ratio: Sequence[float] | Floats | None = None,
    locked: Sequence[bool] | Booleans | None = None,
    rows: Sequence[Row] = (),
    unique: Sequence[float] | Floats | None = None,
    unique_floor: float = 0.0,
) -> Problem:
    """
    Check and complete a problem.

    Parameters
    ----------
    target : (n,) array_like
        Weights as typed, zero or more, not all zero; normalised here.
    caps : (n,) array_like, optional
        Largest ratio by max epochs, m U / B; infinite by default.
    min_ratio, max_ratio : (n,) array_like, optional
        0 to 1 each.
    locked : (n,) array_like of bool, optional
    rows : sequence of Row
    unique : (n,) array_like, optional
        Unique tokens / budget, zero where unknown; required by a floor. Where tokens were seen
        before, `one_pass` is replaced afterwards.
    unique_floor : float
        0 to 1.

    Returns
    -------
    Problem

    Raises
    ------
    NoWeight
        If every target is zero.
    OutOfRange
        For a number that is not finite, negative or above its limit.
    WrongLength, NoComponents, TooManyComponents

    Examples
    --------
    >>> state([3, 1], caps=[0.5, 1]).target.tolist()
    [0.75, 0.25]
    """
    # Ratios may be smaller than any weight that is typed.
    typed = checks.components(target)
    weights = np.array(
        [checks.number("target", value, index=i) for i, value in enumerate(typed)], dtype=np.float64
    )
    largest = weights.max()
    if not largest:
        raise NoWeight("target")
    # Dividing by the largest first keeps the sum of huge weights finite.
    weights = weights / largest
    count = len(weights)
    floor = float(checks.number("unique_floor", unique_floor, high=1))
    for row in rows:
        _bounded("coefficients", row.coefficients, count, np.finfo(np.float64).max)
        _bounded("bound", [row.bound], 1, np.finfo(np.float64).max)
    fresh = _bounded("unique", unique, count, np.inf, default=0.0)
    held = [False] * count if locked is None else checks.same_length("locked", locked, count)
    return Problem(
        target=weights / weights.sum(),
        caps=_bounded("caps", caps, count, np.inf, default=np.inf),
        min_ratio=_bounded("min_ratio", min_ratio, count, 1.0, default=0.0),
        max_ratio=_bounded("max_ratio", max_ratio, count, 1.0, default=1.0),
        locked=np.array(held, dtype=np.bool_),
        rows=tuple(rows),
        unique=fresh,
        one_pass=fresh,
        unique_floor=floor,
    )


def _bounded(
    name: str,
    values: Sequence[float] | Floats | None,
    count: int,
    high: float,
    *,
    default: float = 0.0,
) -> Floats:
    if values is None:
        return np.full(count, default)
    array = np.array(checks.same_length(name, values, count), dtype=np.float64)
    bad = ~((array >= 0) & (array <= high))
    if bad.any():
        index = int(np.argmax(bad))
        raise OutOfRange(name, float(array[index]), 0, high, index)
    return array
