"""
One cell is edited, the rest makes room: shares of other components keep their proportions.

Locked components keep their ratio whatever is typed elsewhere. The sum of the weights stays as
typed, so that a list that summed to 100 still does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.planning import checks
from app.planning.checks import Number, Numbers
from app.planning.errors import MissingEstimate, NoWeight, OutOfRange
from app.planning.exact import as_fraction


@dataclass(frozen=True)
class Rebalanced:
    """
    Weights after an edit.

    Attributes
    ----------
    weights : (n_components,) tuple of Fraction
        Exact.
    changes : (n_components,) tuple of Fraction
        Change of each ratio; they sum to zero.
    """

    weights: tuple[Fraction, ...]
    changes: tuple[Fraction, ...]


def set_share(
    weights: Numbers, index: int, share: Number, *, locked: Sequence[bool] | None = None
) -> Rebalanced:
    """
    Give one component a share of the budget and scale the others that are not locked.

    Parameters
    ----------
    weights : (n_components,) numbers
        Zero or more, not all zero.
    index : int
        The component edited; its own lock does not hold it.
    share : number
        0 to 1.
    locked : (n_components,) sequence of bool, optional

    Returns
    -------
    Rebalanced

    Raises
    ------
    OutOfRange
        If the locked components leave less; its `high` is what they leave.
    NoWeight
        If nothing else could take up the rest.
    NotFinite, Negative, WrongLength, NoComponents, TooManyComponents

    Examples
    --------
    >>> [str(weight) for weight in set_share([50, 30, 20], 0, 0.6).weights]
    ['60', '24', '16']
    >>> [str(w) for w in set_share([50, 30, 20], 0, 0.6, locked=[False, True, False]).weights]
    ['60', '30', '10']
    """
    values, held, place = _checked(weights, index, locked)
    total = sum(values, Fraction(0))
    wanted = as_fraction(checks.number("share", share, high=1))
    kept = sum((v for v, h in zip(values, held, strict=True) if h), Fraction(0)) / total
    left = 1 - kept - wanted
    if left < 0:
        raise OutOfRange("share", float(wanted), 0, float(1 - kept), place)
    loose = sum(
        (v for i, (v, h) in enumerate(zip(values, held, strict=True)) if not h and i != place),
        Fraction(0),
    )
    if left and not loose:
        raise NoWeight("weights")
    factor = left * total / loose if loose else Fraction(0)
    return _changed(
        values,
        [
            wanted * total if i == place else v if h else v * factor
            for i, (v, h) in enumerate(zip(values, held, strict=True))
        ],
    )


def set_tokens(
    weights: Numbers,
    index: int,
    tokens: int,
    *,
    budget: int,
    locked: Sequence[bool] | None = None,
) -> Rebalanced:
    """
    Give one component so many of the budget's tokens; see `set_share`.

    Parameters
    ----------
    weights : (n_components,) numbers
    index : int
    tokens : int
        Zero to the budget.
    budget : int
        1 to 10^18.
    locked : (n_components,) sequence of bool, optional

    Returns
    -------
    Rebalanced

    Raises
    ------
    OutOfRange
        If the tokens exceed the budget or what locked components leave of it.
    NoWeight, NotFinite, Negative, WrongLength, NoComponents, TooManyComponents

    Examples
    --------
    >>> [str(weight) for weight in set_tokens([50, 30, 20], 0, 60, budget=100).weights]
    ['60', '24', '16']
    """
    total = checks.tokens("budget", budget, low=1)
    wanted = checks.tokens("tokens", tokens)
    if wanted > total:
        raise OutOfRange("tokens", wanted, 0, total, index)
    return set_share(weights, index, Fraction(wanted, total), locked=locked)


def set_epochs(
    weights: Numbers,
    index: int,
    epochs: Number,
    *,
    unique_tokens: int | None,
    budget: int,
    locked: Sequence[bool] | None = None,
) -> Rebalanced:
    """
    Pass one component so many times; see `set_share`.

    Parameters
    ----------
    weights : (n_components,) numbers
    index : int
    epochs : number
        Zero or more.
    unique_tokens : int or None
        Of the component.
    budget : int
        1 to 10^18.
    locked : (n_components,) sequence of bool, optional

    Returns
    -------
    Rebalanced

    Raises
    ------
    MissingEstimate
        If the component has no estimate.
    OutOfRange
        If the passes exceed the budget or what locked components leave of it.
    NoWeight, NotFinite, Negative, WrongLength, NoComponents, TooManyComponents

    Examples
    --------
    >>> set_epochs([50, 50], 0, 2, unique_tokens=10, budget=100).weights
    (Fraction(20, 1), Fraction(80, 1))
    """
    if unique_tokens is None:
        raise MissingEstimate([index])
    total = checks.tokens("budget", budget, low=1)
    wanted = as_fraction(checks.number("epochs", epochs)) * unique_tokens / total
    if wanted > 1:
        raise OutOfRange("epochs", epochs, 0, total / unique_tokens, index)
    return set_share(weights, index, wanted, locked=locked)


def set_weight(
    weights: Numbers, index: int, weight: Number, *, locked: Sequence[bool] | None = None
) -> Rebalanced:
    """
    Type a weight: the others keep their weights, locked ones keep their ratio.

    Parameters
    ----------
    weights : (n_components,) numbers
    index : int
    weight : number
        Zero or more.
    locked : (n_components,) sequence of bool, optional

    Returns
    -------
    Rebalanced

    Raises
    ------
    NoWeight
        If no component without a lock keeps a weight.
    OutOfRange
        Of the share, whose `high` is 0: if the locked components hold the whole budget.
    NotFinite, Negative, WrongLength, NoComponents, TooManyComponents

    Examples
    --------
    >>> set_weight([50, 30, 20], 0, 30).weights
    (Fraction(30, 1), Fraction(30, 1), Fraction(20, 1))
    >>> set_weight([50, 30, 20], 0, 80, locked=[False, False, True]).weights
    (Fraction(80, 1), Fraction(30, 1), Fraction(55, 2))
    """
    values, held, place = _checked(weights, index, locked)
    total = sum(values, Fraction(0))
    typed = as_fraction(checks.number("weight", weight, index=place))
    kept = sum((v for v, h in zip(values, held, strict=True) if h), Fraction(0)) / total
    loose = typed + sum(
        (v for i, (v, h) in enumerate(zip(values, held, strict=True)) if not h and i != place),
        Fraction(0),
    )
    if not loose:
        raise NoWeight("weights")
    if kept == 1:
        raise OutOfRange("share", float(typed), 0, 0, place)
    # The sum that keeps the locked ratios is loose / (1 - kept).
    grown = loose / (1 - kept) / total
    return _changed(
        values,
        [
            typed if i == place else v * grown if h else v
            for i, (v, h) in enumerate(zip(values, held, strict=True))
        ],
    )


def _checked(
    weights: Numbers, index: int, locked: Sequence[bool] | None
) -> tuple[list[Fraction], list[bool], int]:
    values = [as_fraction(weight) for weight in checks.weights("weights", weights)]
    place = int(checks.number("index", index, high=len(values) - 1))
    held = [False] * len(values)
    if locked is not None:
        held = checks.same_length("locked", locked, len(values))
    held[place] = False
    if not any(values):
        raise NoWeight("weights")
    return values, held, place


def _changed(before: list[Fraction], after: list[Fraction]) -> Rebalanced:
    old, new = sum(before, Fraction(0)), sum(after, Fraction(0))
    changes = tuple(b / new - a / old for a, b in zip(before, after, strict=True))
    return Rebalanced(tuple(after), changes)
