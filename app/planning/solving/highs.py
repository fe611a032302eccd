"""
Linear programs in sparse rows, solved by HiGHS.

HiGHS is imported when it is first needed: 12 MB, which a process that plans without
contradictions never takes.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.planning.checks import Floats

Places = NDArray[np.intp]


@dataclass(slots=True)
class Rows:
    """
    Rows lower <= row x <= upper over `size` columns, put together block by block.

    Attributes
    ----------
    size : int
    count : int
        Rows so far.
    """

    size: int
    count: int = 0
    _entries: list[tuple[Places, Places, Floats]] = field(default_factory=list)
    _lower: list[Floats] = field(default_factory=list)
    _upper: list[Floats] = field(default_factory=list)

    def add(self, *blocks: tuple[Places, Places, Floats], lower: Floats, upper: Floats) -> None:
        """
        Add rows, with what stands in them.

        Parameters
        ----------
        blocks : of (k,) intp, (k,) intp, (k,) float64
            Rows counted from the first one added, columns, coefficients. No place twice.
        lower, upper : (rows,) float64
            Infinite where there is no such bound.
        """
        for places, columns, values in blocks:
            self._entries.append((places + self.count, columns, values))
        self._lower.append(lower)
        self._upper.append(upper)
        self.count += len(lower)

    def add_dense(self, matrix: Floats, *, lower: Floats, upper: Floats) -> None:
        """Add rows that are given whole, (rows, size)."""
        places, columns = np.nonzero(matrix)
        self.add((places, columns, matrix[places, columns]), lower=lower, upper=upper)

    def bounds(self) -> tuple[Floats, Floats]:
        """Return the lower and upper bounds of all rows."""
        return np.concatenate(self._lower), np.concatenate(self._upper)

    def by_row(self) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats]:
        """Return where each row begins, then the columns and coefficients row by row."""
        places, columns, values = map(np.concatenate, zip(*self._entries, strict=True))
        order = np.argsort(places, kind="stable")
        starts = np.zeros(self.count + 1, dtype=np.int32)
        np.cumsum(np.bincount(places, minlength=self.count), out=starts[1:])
        return starts, columns[order].astype(np.int32), values[order]


@dataclass(frozen=True, eq=False)
class Optimum:
    """
    The least value of an objective.

    Attributes
    ----------
    value : float
    prices : (rows,) float64
        By how much the value changes for each unit that a row's binding bound rises.
    """

    value: float
    prices: Floats


def minimise(
    objective: Floats, rows: Rows, lower: Floats, upper: Floats, *, tolerance: float = 1e-7
) -> Optimum | None:
    """
    Return the least value of objective x over the rows and lower <= x <= upper.

    Parameters
    ----------
    objective, lower, upper : (size,) float64
    rows : Rows
        With at least one coefficient.
    tolerance : float
        By how much a bound or a reduced cost may be missed.

    Returns
    -------
    Optimum or None
        None where no point is feasible.

    Examples
    --------
    >>> rows = Rows(2)
    >>> rows.add_dense(np.array([[1.0, 1.0]]), lower=np.array([1.0]), upper=np.array([np.inf]))
    >>> found = minimise(np.array([1.0, 2.0]), rows, np.zeros(2), np.array([0.75, np.inf]))
    >>> found.value, found.prices.tolist()
    (1.25, [2.0])
    """
    import highspy  # noqa: PLC0415  large; see the module

    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = rows.size, rows.count
    program.col_cost_, program.col_lower_, program.col_upper_ = objective, lower, upper
    program.row_lower_, program.row_upper_ = rows.bounds()
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = rows.size, rows.count
    matrix.start_, matrix.index_, matrix.value_ = rows.by_row()
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in (
        ("output_flag", False),
        # One after the other: threads would wait between questions for as long as we live.
        ("threads", 1),
        ("primal_feasibility_tolerance", tolerance),
        ("dual_feasibility_tolerance", tolerance),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(program)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return Optimum(
        solver.getInfo().objective_function_value, np.array(solver.getSolution().row_dual)
    )
