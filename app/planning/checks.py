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
from app.planning.limits import MAX_COMPONENTS, MAX_EPOCHS, MAX_TOKENS, MAX_WEIGHT, MIN_WEIGHT

Number = int | float | Decimal | Fraction
Numbers = Iterable[Number] | NDArray[np.generic]
Floats = NDArray[np.float64]
T = TypeVar("T")
# What nearly every value is: no boolean, no decimal.
PLAIN = frozenset({int, float})


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

    Parameters
    ----------
    field : str
        Name of the argument, for the error.
    value : number
    low, high : float
        The range, ends included.
    index : int, optional
        Position in a list, for the error.

    Returns
    -------
    number
        The value itself.

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
    if type(value) in PLAIN and low <= value <= high:
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

    Parameters
    ----------
    field : str
        Name of the argument, for the error.
    value : int
        A float that is whole is accepted, since JSON writes 1e12 that way.
    low : int
        Smallest number accepted.
    index : int, optional
        Position in a list, for the error.

    Returns
    -------
    int

    Raises
    ------
    NotFinite
        Not an integer: a fraction, NaN, a boolean, None or a text.
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

    Parameters
    ----------
    field : str
        Name of the argument, for the error.
    values : (n_components,) numbers

    Returns
    -------
    list of number
        As given.

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
    return [weight(field, value, index=index) for index, value in enumerate(found)]


def weight(field: str, value: Number, *, index: int | None = None) -> Number:
    """
    Return one weight: zero, or 1e-300 to 1e300.

    Parameters
    ----------
    field : str
        Name of the argument, for the error.
    value : number
    index : int, optional
        Position in a list, for the error.

    Returns
    -------
    number

    Raises
    ------
    NotFinite, Negative, OutOfRange

    Examples
    --------
    >>> weight("weight", 0.5)
    0.5
    """
    number(field, value, index=index)
    if 0 < value < MIN_WEIGHT:
        raise OutOfRange(field, value, MIN_WEIGHT, MAX_WEIGHT, index)
    return value


def unique_tokens(field: str, values: Iterable[int | None], count: int) -> list[int | None]:
    """
    Return unique tokens per component, None where there is no estimate.

    Parameters
    ----------
    field : str
        Name of the argument, for the error.
    values : (count,) iterable of int or None
    count : int

    Returns
    -------
    list of int or None

    Raises
    ------
    WrongLength, NotFinite, Negative, OutOfRange

    Examples
    --------
    >>> unique_tokens("available", [10, None], 2)
    [10, None]
    """
    found = same_length(field, values, count)
    if all(v is None or (type(v) is int and 0 <= v <= MAX_TOKENS) for v in found):
        return found
    return [
        None if value is None else tokens(field, value, index=index)
        for index, value in enumerate(found)
    ]


def epoch_limits(field: str, values: Iterable[Number | None], count: int) -> list[Number | None]:
    """
    Return the most passes over each component, None where there is no limit.

    Parameters
    ----------
    field : str
        Name of the argument, for the error.
    values : (count,) iterable of number or None
        Infinity is no limit either.
    count : int

    Returns
    -------
    list of number or None

    Raises
    ------
    WrongLength, NotFinite, Negative, OutOfRange

    Examples
    --------
    >>> epoch_limits("max_epochs", [4, None, math.inf], 3)
    [4, None, None]
    """
    found = same_length(field, values, count)
    if all(v is None or (type(v) in PLAIN and 0 <= v <= MAX_EPOCHS) for v in found):
        return found
    return [
        None
        if value is None or (isinstance(value, float) and value == math.inf)
        else number(field, value, high=MAX_EPOCHS, index=index)
        for index, value in enumerate(found)
    ]


def components(values: Iterable[T] | NDArray[np.generic]) -> list[T]:
    """
    Return the values as a list of Python objects, refusing none and more than 5,000.

    Parameters
    ----------
    values : iterable or array

    Returns
    -------
    list

    Raises
    ------
    NoComponents, TooManyComponents

    Examples
    --------
    >>> components(np.array([1, 2]))
    [1, 2]
    """
    found = _listed(values)
    if not found:
        raise NoComponents
    if len(found) > MAX_COMPONENTS:
        raise TooManyComponents(len(found), MAX_COMPONENTS)
    return found


def same_length(field: str, values: Iterable[T] | NDArray[np.generic], count: int) -> list[T]:
    """
    Return the values as a list of `count` Python objects.

    Parameters
    ----------
    field : str
        Name of the argument, for the error.
    values : (count,) iterable or array
    count : int

    Returns
    -------
    list

    Raises
    ------
    WrongLength

    Examples
    --------
    >>> same_length("locked", (True, False), 2)
    [True, False]
    """
    found = _listed(values)
    if len(found) != count:
        raise WrongLength(field, count, len(found))
    return found


def _listed(values: Iterable[T] | NDArray[np.generic]) -> list[T]:
    found: list[T] = values.tolist() if isinstance(values, np.ndarray) else list(values)
    return found
