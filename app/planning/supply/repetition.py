r"""
What repeated tokens are worth, per source.

A source of :math:`U` unique tokens that is passed :math:`e` times counts as
:math:`D' = U (1 + R^* (1 - e^{-(e - 1) / R^*}))` fresh tokens once :math:`e > 1`. The law was
fitted on single corpora. Summing it over the sources of a mixture is an assumption, but blending
first would be wrong by construction: two equal pools, one passed once and one 13 times, are worth
5.17 passes together, not the 5.97 of their average of 7.

:math:`R^*` is 15.4 repeats, not 4. "Four epochs" is the range where repeats cost almost nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.planning import checks
from app.planning.checks import Floats, Number
from app.planning.errors import OutOfRange
from app.planning.limits import DEFAULT_MAX_EPOCHS, NEARLY_FREE_EPOCHS


@dataclass(frozen=True)
class RepetitionLaw:
    """
    A named and versioned decay of the value of repeats.

    Attributes
    ----------
    name, version, source : str
        What to cite.
    decay_repeats : float
        :math:`R^*`, repeats after which a token is worth 1/e of a fresh one.
    fitted_parameters, fitted_tokens : float
        Largest model and run that the law was fitted on.
    """

    name: str
    version: str
    source: str
    decay_repeats: float
    fitted_parameters: float
    fitted_tokens: float


MUENNIGHOFF = RepetitionLaw(
    name="muennighoff_2023",
    version="datablations 13701315",
    source="Muennighoff et al., arXiv 2305.16264; huggingface/datablations, parametric_fit.ipynb",
    decay_repeats=15.387756,
    fitted_parameters=8.7e9,
    fitted_tokens=900e9,
)


class EpochBand(StrEnum):
    """How often a source is passed, in words; the bounds are the nearly free 4 and the usual 7."""

    UNSEEN = "unseen"
    UNDER_ONE = "under_one"
    REPEATS = "repeats"
    HEAVY = "heavy"
    EXCESSIVE = "excessive"


_BANDS = (
    (0.0, EpochBand.UNSEEN),
    (1.0, EpochBand.UNDER_ONE),
    (NEARLY_FREE_EPOCHS, EpochBand.REPEATS),
    (DEFAULT_MAX_EPOCHS, EpochBand.HEAVY),
)


def effective_tokens(
    tokens: Sequence[float] | Floats,
    unique_tokens: Sequence[float] | Floats,
    *,
    law: RepetitionLaw = MUENNIGHOFF,
) -> Floats:
    r"""
    Return what the tokens drawn from each source are worth in fresh tokens.

    Parameters
    ----------
    tokens : (n_sources,) array_like
        Tokens drawn over all phases, repeats counted, zero or more.
    unique_tokens : (n_sources,) array_like
        Unique tokens, zero or more. A source of zero is worth nothing.
    law : RepetitionLaw

    Returns
    -------
    (n_sources,) float64
        At most `tokens`, and at most :math:`U (1 + R^*)`.

    Raises
    ------
    OutOfRange
        If a number is negative or not finite.

    References
    ----------
    Muennighoff et al., "Scaling Data-Constrained Language Models", arXiv 2305.16264, eq. 5.

    Examples
    --------
    >>> effective_tokens([50, 100, 1000], [100, 100, 100]).round(2).tolist()
    [50.0, 100.0, 781.41]
    """
    drawn, unique = _amounts("tokens", tokens), _amounts("unique_tokens", unique_tokens)
    once = np.minimum(drawn, unique)
    repeats = _repeats(drawn, unique)
    decay = law.decay_repeats
    # expm1 keeps the digits of a first small repeat.
    worth: Floats = once - unique * decay * np.expm1(-repeats / decay)
    return worth


def marginal_value(
    tokens: Sequence[float] | Floats,
    unique_tokens: Sequence[float] | Floats,
    *,
    law: RepetitionLaw = MUENNIGHOFF,
) -> Floats:
    r"""
    Return what the next token of each source is worth, as a share of a fresh one.

    :math:`\mathrm{d}D' / \mathrm{d}d = 1` up to one pass, :math:`e^{-(e - 1) / R^*}` beyond. It
    halves every :math:`R^* \ln 2 = 10.7` repeats, and says more than a hard limit on epochs.

    Parameters
    ----------
    tokens, unique_tokens : (n_sources,) array_like
        As in `effective_tokens`.
    law : RepetitionLaw

    Returns
    -------
    (n_sources,) float64
        0 to 1; 0 for an empty source.

    Raises
    ------
    OutOfRange
        If a number is negative or not finite.

    Examples
    --------
    >>> marginal_value([100, 300, 1000], [100, 100, 100]).round(3).tolist()
    [1.0, 0.878, 0.557]
    """
    drawn, unique = _amounts("tokens", tokens), _amounts("unique_tokens", unique_tokens)
    value: Floats = np.where(unique > 0, np.exp(-_repeats(drawn, unique) / law.decay_repeats), 0.0)
    return value


def added_tokens(
    tokens: Sequence[float] | Floats,
    unique_tokens: Sequence[float] | Floats,
    seen_tokens: Sequence[float] | Floats,
    *,
    law: RepetitionLaw = MUENNIGHOFF,
) -> Floats:
    """
    Return what a phase adds in fresh tokens, after other phases or runs drew from its sources.

    Parameters
    ----------
    tokens, unique_tokens : (n_sources,) array_like
        As in `effective_tokens`, for the phase alone.
    seen_tokens : (n_sources,) array_like
        Tokens drawn before.
    law : RepetitionLaw

    Returns
    -------
    (n_sources,) float64
        Summed over the phases, this is `effective_tokens` of all of them.

    Examples
    --------
    >>> added_tokens([100], [100], [100]).round(2).tolist()
    [96.82]
    """
    before = _amounts("seen_tokens", seen_tokens)
    together = effective_tokens(before + _amounts("tokens", tokens), unique_tokens, law=law)
    added: Floats = together - effective_tokens(before, unique_tokens, law=law)
    return added


def epochs(tokens: int, unique_tokens: int | None) -> float | None:
    """
    Return the passes over a source.

    Parameters
    ----------
    tokens : int
        Tokens drawn, repeats counted.
    unique_tokens : int or None

    Returns
    -------
    float or None
        None without an estimate, infinite over an empty source.

    Examples
    --------
    >>> epochs(150, 100), epochs(150, None), epochs(0, 0)
    (1.5, None, 0.0)
    """
    if unique_tokens is None:
        return None
    if not unique_tokens:
        return float("inf") if tokens else 0.0
    return tokens / unique_tokens


def band(passes: float) -> EpochBand:
    """
    Name the range in which a number of passes lies, so that a page needs no colour to say it.

    Parameters
    ----------
    passes : float
        Zero or more.

    Returns
    -------
    EpochBand

    References
    ----------
    4: arXiv 2305.16264. 7: the limit of Dolma 3 and OLMo 3, arXiv 2512.13961.

    Examples
    --------
    >>> [band(passes).value for passes in (0, 1, 4, 7, 8)]
    ['unseen', 'under_one', 'repeats', 'heavy', 'excessive']
    """
    for bound, name in _BANDS:
        if passes <= bound:
            return name
    return EpochBand.EXCESSIVE


def implied_unique_tokens(ratio: Number, budget: Number, epochs: Number) -> float:
    r"""
    Return the unique tokens that a paper's printed ratio and epochs imply, :math:`r B / e`.

    Parameters
    ----------
    ratio : number
        0 to 1.
    budget : number
        Training tokens.
    epochs : number
        Printed passes, above zero.

    Returns
    -------
    float
        Printed numbers are rounded and need not agree: show both.

    Raises
    ------
    NotFinite, Negative, OutOfRange

    Examples
    --------
    >>> round(implied_unique_tokens(0.67, 1.4e12, 1.1) / 1e9, 2)
    852.73
    """
    share = float(checks.number("ratio", ratio, high=1))
    total = float(checks.number("budget", budget))
    return share * total / float(checks.number("epochs", epochs, low=1e-9))


def _amounts(field: str, values: Sequence[float] | Floats) -> Floats:
    amounts = np.asarray(values, dtype=np.float64)
    bad = ~((amounts >= 0) & np.isfinite(amounts))
    if bad.any():
        index = int(np.argmax(bad))
        raise OutOfRange(field, float(amounts.flat[index]), 0, np.inf, index)
    return amounts


def _repeats(drawn: Floats, unique: Floats) -> Floats:
    passes = np.divide(drawn, unique, out=np.zeros_like(drawn), where=unique > 0)
    repeats: Floats = np.maximum(passes - 1, 0)
    return repeats
