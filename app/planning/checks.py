"""Refuse what no formula takes, naming the argument and the position; nothing is corrected."""

import math
import operator
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from numbers import Rational, Real
from typing import SupportsIndex, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.planning.errors import (
    Negative,
    NoComponents,
    NotFinite,
    OutOfRange,
    TooManyComponents,
    WrongLength,
)
from app.planning.limits import MAX_COMPONENTS, MAX_EPOCHS, MAX_TOKENS, MAX_WEIGHT

Number = int | float | Decimal | Fraction
Numbers = Iterable[Number] | NDArray[np.generic]
Floats = NDArray[np.float64]
T = TypeVar("T")
_PLAIN = frozenset({int, float})


def number(
    field: str,
    value: Number,
    *,
    low: float = 0,
    high: float = MAX_WEIGHT,
    index: int | None = None,
) -> Number:
    """
    Return `value` if it is a finite number from `low` to `high`.

    Raises
    ------
    NotFinite
        NaN, an infinity, a boolean, None or a text.
    Negative
        Below zero where `low` is zero or more.
    OutOfRange
        Outside `low` to `high` otherwise.

    Examples
    --------
    >>> number("alpha", 0.3, high=1.0)
    0.3
    >>> number("weights", float("nan"), index=2)
    Traceback (most recent call last):
    app.planning.errors.NotFinite: NotFinite: weights[2] = nan
    """
    # Nearly every value takes this way out; NaN compares false.
    if type(value) in _PLAIN and low <= value <= high:
        return value
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        raise NotFinite(field, value, index)
    # The name of an integer above 10^308 is no float; only floats and decimals can be not finite.
    if not isinstance(value, Rational) and not math.isfinite(value):
        raise NotFinite(field, value, index)
    if value < 0 <= low:
        raise Negative(field, value, index)
    if not low <= value <= high:
        raise OutOfRange(field, value, low, high, index)
    return value


def tokens(field: str, value: SupportsIndex, *, low: int = 0, index: int | None = None) -> int:
    """
    Return a whole number of tokens from `low` to 10^18 as an `int`.

    Raises
    ------
    NotFinite
        Not an integer: a fraction, NaN, a boolean, None or a text. A float that is whole is
        accepted, since JSON writes 1e12 that way.
    Negative, OutOfRange
        Below `low`, or above 10^18.

    Examples
    --------
    >>> tokens("budget", 1e12)
    1000000000000
    """
    if type(value) is int and low <= value <= MAX_TOKENS:
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise NotFinite(field, value, index)
    whole = operator.index(value)
    number(field, whole, low=low, high=MAX_TOKENS, index=index)
    return whole


def weights(field: str, values: Numbers) -> list[Number]:
    """
    Return one weight per component, each zero or more; at least one component, at most 5,000.

    Raises
    ------
    NoComponents, TooManyComponents, NotFinite, Negative, OutOfRange
        With the position of the first value that is refused.

    Examples
    --------
    >>> weights("weights", [2, 0.5])
    [2, 0.5]
    """
    found = components(values)
    return [number(field, value, index=index) for index, value in enumerate(found)]


def unique_tokens(field: str, values: Iterable[int | None], count: int) -> list[int | None]:
    """Return unique tokens per component, None where there is no estimate."""
    found = same_length(field, values, count)
    return [
        None if value is None else tokens(field, value, index=index)
        for index, value in enumerate(found)
    ]


def epoch_limits(field: str, values: Iterable[Number | None], count: int) -> list[Number | None]:
    """Return the most passes over each component, None or infinity where there is no limit."""
    found = same_length(field, values, count)
    return [
        None
        if value is None or (isinstance(value, float) and value == math.inf)
        else number(field, value, high=MAX_EPOCHS, index=index)
        for index, value in enumerate(found)
    ]


def components(values: Iterable[T] | NDArray[np.generic]) -> list[T]:
    """Return the values as a list of Python objects, refusing none and more than 5,000."""
    found = _listed(values)
    if not found:
        raise NoComponents
    if len(found) > MAX_COMPONENTS:
        raise TooManyComponents(len(found), MAX_COMPONENTS)
    return found


def same_length(field: str, values: Iterable[T] | NDArray[np.generic], count: int) -> list[T]:
    """Return the values as a list of `count` Python objects."""
    found = _listed(values)
    if len(found) != count:
        raise WrongLength(field, count, len(found))
    return found


def _listed(values: Iterable[T] | NDArray[np.generic]) -> list[T]:
    found: list[T] = values.tolist() if isinstance(values, np.ndarray) else list(values)
    return found
