"""
Weights as whole numbers in the proportion in which they were written.

Floats misplace ties and lose single tokens above 2^53 (9.0e15), so shares are computed in
integers. A float counts as the shortest decimal that names it, which is what a person typed:
0.1 is one tenth here, not 0.1000000000000000055.
"""

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from app.planning.checks import Number

_EXACT = 2**53


def as_fraction(value: Number) -> Fraction:
    """
    Return the number that a person wrote, without rounding.

    Parameters
    ----------
    value : int, float, Decimal or Fraction
        Finite.

    Returns
    -------
    Fraction

    Examples
    --------
    >>> as_fraction(0.1), as_fraction(Decimal("2.50"))
    (Fraction(1, 10), Fraction(5, 2))
    """
    return Fraction(*ratio(value))


def in_proportion(values: Sequence[Number]) -> list[int]:
    """
    Return the smallest whole numbers that stand in the same proportion.

    Parameters
    ----------
    values : sequence of int, float, Decimal or Fraction
        Finite numbers, zero or more.

    Returns
    -------
    list of int
        One per value; they share no divisor above 1. All zero where all values are.

    Examples
    --------
    >>> in_proportion([0.5, 0.3, 0.2])
    [5, 3, 2]
    >>> in_proportion([1e15, 1, 0])
    [1000000000000000, 1, 0]
    """
    ratios = [ratio(value) for value in values]
    scale = math.lcm(*{denominator for _, denominator in ratios})
    whole = [numerator * (scale // denominator) for numerator, denominator in ratios]
    divisor = math.gcd(*whole)
    return [value // divisor for value in whole] if divisor > 1 else whole


def total(values: Sequence[Number]) -> Fraction:
    """
    Return the sum of numbers as they were written.

    Parameters
    ----------
    values : sequence of int, float, Decimal or Fraction

    Returns
    -------
    Fraction

    Examples
    --------
    >>> total([0.1, 0.2, Decimal("0.7")])
    Fraction(1, 1)
    """
    ratios = [ratio(value) for value in values]
    scale = math.lcm(*{denominator for _, denominator in ratios})
    return Fraction(sum(top * (scale // bottom) for top, bottom in ratios), scale)


def ratio(value: Number) -> tuple[int, int]:
    """
    Return numerator and denominator of the number that a person wrote.

    Parameters
    ----------
    value : int, float, Decimal or Fraction
        Finite.

    Returns
    -------
    int, int

    Examples
    --------
    >>> ratio(0.25), ratio(3)
    ((1, 4), (3, 1))
    """
    if type(value) is int:
        return value, 1
    if isinstance(value, float):
        # Nearly every limit and weight is whole; beyond 2^53 the name of a float is another number.
        if value.is_integer() and abs(value) < _EXACT:
            return int(value), 1
        return Decimal(repr(float(value))).as_integer_ratio()
    return value.as_integer_ratio()
