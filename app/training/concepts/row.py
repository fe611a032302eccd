"""A number of the plan under an idea: what it is, how much, how it comes about, and its bar."""

from dataclasses import dataclass

from app.training.formulas.formula import Formula
from app.web.numbers import decimal, whole


@dataclass(frozen=True)
class Row:
    """
    One number.

    `bar` has the hue and the width in percent of each piece; `is_here` marks what the plan does.
    """

    name: str
    value: str
    unit: str = ""
    formula: Formula | None = None
    note: str = ""
    bar: tuple[tuple[int, float], ...] = ()
    is_here: bool = False


def told(value: float, digits: int = 2) -> str:
    """
    Return a number as a row shows it: whole ones without a fraction.

    Examples
    --------
    >>> told(28.0), told(9.5), told(14336.0)
    ('28', '9.50', '14,336')
    """
    return whole(int(value)) if value == int(value) else decimal(value, digits)
