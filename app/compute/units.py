"""The units that memory, time and rates are told in, and element-wise choices for arrays."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

GIB = 2**30
"""Bytes in a GiB. Memory is told in GiB, never in GB."""

GB = 10**9
"""Bytes in a GB, the unit of link bandwidths and of the ZeRO paper."""

TERA = 10**12
"""Operations in a TFLOP, and tokens in a trillion."""

SECONDS_PER_HOUR = 3600
SECONDS_PER_DAY = 86400

Floats = NDArray[np.float64]

Number = TypeVar("Number", float, Floats)
"""One number, or an array of them: the same formula serves one layout and a hundred thousand."""


def smaller(first: Number, second: Number) -> Number:
    """
    Take the smaller of two numbers, element by element.

    Examples
    --------
    >>> float(smaller(2.0, 3.0))
    2.0
    """
    result: Number = np.minimum(first, second)
    return result


def larger(first: Number, second: Number) -> Number:
    """
    Take the larger of two numbers, element by element.

    Examples
    --------
    >>> float(larger(2.0, 3.0))
    3.0
    """
    result: Number = np.maximum(first, second)
    return result


def choose(condition: object, first: Number, second: Number) -> Number:
    """
    Take `first` where `condition` holds and `second` elsewhere, element by element.

    Examples
    --------
    >>> float(choose(False, 2.0, 3.0))
    3.0
    """
    result: Number = np.where(condition, first, second)  # type: ignore[call-overload]
    return result
