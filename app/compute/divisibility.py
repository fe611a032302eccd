"""Divisors and multiples: what sizes must be of each other."""

import math


def divisors(number: int) -> list[int]:
    """
    List the divisors of a number above 0, ascending.

    Examples
    --------
    >>> divisors(12)
    [1, 2, 3, 4, 6, 12]
    """
    small = [value for value in range(1, math.isqrt(number) + 1) if number % value == 0]
    return sorted({*small, *(number // value for value in small)})


def nearest_divisors(number: int, wanted: int) -> tuple[int, ...]:
    """
    List the divisors of `number` next to `wanted`: itself, or the one below and the one above.

    Examples
    --------
    >>> nearest_divisors(112, 3)
    (2, 4)
    >>> nearest_divisors(112, 4)
    (4,)
    """
    every = divisors(number)
    if wanted in every:
        return (wanted,)
    below = [value for value in every if value < wanted]
    above = [value for value in every if value > wanted]
    return (*below[-1:], *above[:1])
