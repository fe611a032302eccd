r"""
Sampling schemes: from sizes, weights and a budget to shares of training tokens.

Every scheme answers with exact :class:`~app.planning.sampling.shares.Shares`. :math:`n_i` are
unique tokens and :math:`p_i = n_i / \sum n` natural shares. Sources of size zero get nothing under
any scheme, so that ``0 ** 0`` cannot hand one a share at temperature zero.
"""

import math
from collections.abc import Sequence

import numpy as np

from app.planning import checks
from app.planning.checks import Number, Numbers
from app.planning.errors import MissingEstimate, NoWeight
from app.planning.exact import in_proportion
from app.planning.limits import MAX_EPOCHS
from app.planning.sampling import water_filling
from app.planning.sampling.apportionment import token_caps
from app.planning.sampling.shares import Shares, from_weights

MAX_ALPHA = 100


def as_weighted(weights: Numbers) -> Shares:
    """
    Shares in proportion to the weights as typed, whatever they sum to.

    Parameters
    ----------
    weights : (n_components,) numbers
        Zero or more, not all zero.

    Returns
    -------
    Shares

    Raises
    ------
    NoWeight, NotFinite, Negative, OutOfRange, NoComponents, TooManyComponents

    Examples
    --------
    >>> as_weighted([60, 22, 8, 8, 3]).whole
    101
    """
    return from_weights(checks.weights("weights", weights))


def proportional(unique_tokens: Sequence[int | None]) -> Shares:
    """
    Natural shares: every source is passed equally often.

    Parameters
    ----------
    unique_tokens : (n_components,) sequence of int
        Zero or more, not all zero.

    Returns
    -------
    Shares

    Raises
    ------
    MissingEstimate
        If a component has no estimate (None): nothing may be assumed of it.
    NoWeight, NotFinite, Negative, OutOfRange, NoComponents, TooManyComponents

    Examples
    --------
    >>> proportional([300, 100]).ratios.tolist()
    [0.75, 0.25]
    """
    return from_weights(_sizes(unique_tokens), field="unique_tokens")


def uniform(unique_tokens: Sequence[int | None]) -> Shares:
    """
    Equal shares for every source that is not empty.

    Parameters
    ----------
    unique_tokens : (n_components,) sequence of int or None
        None, no estimate, is not empty.

    Returns
    -------
    Shares

    Raises
    ------
    NoWeight, NotFinite, Negative, OutOfRange, NoComponents, TooManyComponents

    Examples
    --------
    >>> uniform([300, 0, 100]).ratios.tolist()
    [0.5, 0.0, 0.5]
    """
    found = checks.components(unique_tokens)
    sizes = checks.unique_tokens("unique_tokens", found, len(found))
    return from_weights([int(size != 0) for size in sizes], field="unique_tokens")


def temperature(unique_tokens: Sequence[int | None], *, alpha: Number) -> Shares:
    r"""
    Shares between natural and uniform: :math:`q_i \propto p_i^\alpha`.

    Parameters
    ----------
    unique_tokens : (n_components,) sequence of int
        Zero or more, not all zero.
    alpha : number
        0 to 100; 1 is proportional, 0 uniform, above 1 favours the large. The temperature of
        the papers is 1 / alpha.

    Returns
    -------
    Shares
        Rounded to double precision unless alpha is 0 or 1.

    Raises
    ------
    MissingEstimate
        If a component has no estimate.
    NoWeight, NotFinite, Negative, OutOfRange, NoComponents, TooManyComponents

    References
    ----------
    XLM-R, arXiv 1911.02116, and mT5, arXiv 2010.11934, both with alpha = 0.3.

    Examples
    --------
    >>> temperature([90, 9, 1], alpha=0.3).ratios.round(4).tolist()
    [0.568, 0.2847, 0.1473]
    """
    checks.number("alpha", alpha, high=MAX_ALPHA)
    sizes = _sizes(unique_tokens)
    if alpha == 0:
        return uniform(sizes)
    if alpha == 1:
        return proportional(sizes)
    largest = max(sizes)
    if not largest:
        raise NoWeight("unique_tokens")
    # An alpha of zero, under which an empty source would get a share, has gone to `uniform`.
    powers = [(size / largest) ** float(alpha) for size in sizes]
    return from_weights(powers, field="unique_tokens")


def seqio(
    examples: Sequence[int],
    *,
    temperature: Number,
    maximum: Number | None = None,
    scale: Number = 1,
) -> Shares:
    r"""
    Mixing rates of SeqIO: :math:`\min(n_i s, m)^{1/T}`, normalised.

    Parameters
    ----------
    examples : (n_components,) sequence of int
        Number of *examples*, not tokens.
    temperature : number
        :math:`T`, above 0 to 100.
    maximum : number, optional
        :math:`m`, the artificial size limit, applied after the scale and before the temperature.
    scale : number
        :math:`s`.

    Returns
    -------
    Shares

    Raises
    ------
    NoWeight, NotFinite, Negative, OutOfRange, NoComponents, TooManyComponents

    References
    ----------
    google/seqio, ``mixing_rate_num_examples`` (Apache-2.0).

    Examples
    --------
    >>> seqio([1_000_000, 10_000, 100], temperature=2, maximum=1e5).ratios.round(6).tolist()
    [0.741922, 0.234616, 0.023462]
    """
    rates = seqio_rates(examples, temperature=temperature, maximum=maximum, scale=scale)
    return from_weights(rates.tolist(), field="examples")


def seqio_rates(
    examples: Sequence[int],
    *,
    temperature: Number,
    maximum: Number | None = None,
    scale: Number = 1,
) -> checks.Floats:
    """
    Return the rates of SeqIO before they are normalised; see `seqio`.

    Parameters
    ----------
    examples : (n_components,) sequence of int
    temperature, maximum, scale : number

    Returns
    -------
    (n_components,) float64

    Raises
    ------
    NotFinite, Negative, OutOfRange, NoComponents, TooManyComponents

    References
    ----------
    google/seqio, the test of ``mixing_rate_num_examples`` (Apache-2.0).

    Examples
    --------
    >>> seqio_rates([3], temperature=0.5, maximum=50.5, scale=27).tolist()
    [2550.25]
    """
    exponent = 1 / float(checks.number("temperature", temperature, low=1e-3, high=MAX_ALPHA))
    limit = math.inf if maximum is None else float(checks.number("maximum", maximum))
    factor = float(checks.number("scale", scale))
    counts = np.array(_sizes(examples, field="examples"), dtype=np.float64)
    rates: checks.Floats = np.where(counts > 0, np.minimum(counts * factor, limit) ** exponent, 0.0)
    return rates


def unimax(unique_tokens: Sequence[int | None], *, budget: int, max_epochs: Number) -> Shares:
    r"""
    As even as the sizes allow: every source gets the same, up to `max_epochs` passes.

    The even water level :math:`U_i = \min(N c_i, \text{level})`, which is what algorithm 1 of
    the paper computes by walking up the sorted sizes.

    Parameters
    ----------
    unique_tokens : (n_components,) sequence of int
        Zero or more, not all zero.
    budget : int
        Training tokens, 1 to 10^18.
    max_epochs : number
        :math:`N`, most passes over any source; above 0.

    Returns
    -------
    Shares

    Raises
    ------
    BudgetInfeasible
        If :math:`N \sum c < B`, where the algorithm as printed would hand out less without a
        word. Carries the largest feasible budget.
    MissingEstimate
        If a component has no estimate.
    NoWeight, NotFinite, Negative, OutOfRange, NoComponents, TooManyComponents

    References
    ----------
    Chung et al., "UniMax", arXiv 2304.09151, algorithm 1.

    Examples
    --------
    >>> shares = unimax([1000, 200, 50, 10], budget=600, max_epochs=1)
    >>> shares.tokens(600)
    (340, 200, 50, 10)
    """
    sizes = _sizes(unique_tokens)
    return capped(uniform(sizes).parts, sizes, budget=budget, max_epochs=max_epochs)


def capped(
    weights: Numbers, unique_tokens: Sequence[int | None], *, budget: int, max_epochs: Number
) -> Shares:
    r"""
    Shares in proportion to the weights, no source above `max_epochs` passes.

    :math:`r_i = \min(\lambda w_i, k U_i / B)`: what the capped sources cannot take goes to the
    others in proportion to their weights.

    Parameters
    ----------
    weights : (n_components,) numbers
        Zero or more, not all zero.
    unique_tokens : (n_components,) sequence of int or None
        None, no estimate, is no cap.
    budget : int
        Training tokens, 1 to 10^18.
    max_epochs : number
        :math:`k`, above 0.

    Returns
    -------
    Shares

    Raises
    ------
    BudgetInfeasible
        If the caps sum to less than the budget; carries the largest feasible budget.
    NoWeight, NotFinite, Negative, OutOfRange, WrongLength, NoComponents, TooManyComponents

    References
    ----------
    Olmix, arXiv 2602.12237, with k = 4.

    Examples
    --------
    >>> capped([1, 1], [10, 1000], budget=100, max_epochs=4).ratios.tolist()
    [0.4, 0.6]
    """
    limit = checks.number("max_epochs", max_epochs, high=MAX_EPOCHS)
    total = checks.tokens("budget", budget, low=1)
    return cap_shares(from_weights(checks.weights("weights", weights)), unique_tokens, total, limit)


def cap_shares(
    shares: Shares, unique_tokens: Sequence[int | None], budget: int, max_epochs: Number
) -> Shares:
    """
    Cap shares that are already exact; see `capped`.

    Parameters
    ----------
    shares : Shares
    unique_tokens : (n_components,) sequence of int or None
    budget : int
        Training tokens.
    max_epochs : number

    Returns
    -------
    Shares

    Raises
    ------
    BudgetInfeasible, WrongLength, NotFinite, Negative, OutOfRange

    Examples
    --------
    >>> cap_shares(Shares((1, 1)), [10, 1000], 100, 4).ratios.tolist()
    [0.4, 0.6]
    """
    count = len(shares.parts)
    caps = token_caps(unique_tokens, [max_epochs] * count, count=count)
    filling = water_filling.fill(shares.parts, budget, caps=caps)
    return Shares(tuple(in_proportion(filling.numerators)))


def largest_ratios(
    unique_tokens: Sequence[int], *, budget: int, max_epochs: Number
) -> checks.Floats:
    r"""
    Return the largest share that each source can have, :math:`\min(1, k U_i / B)`.

    Parameters
    ----------
    unique_tokens : (n_components,) sequence of int
    budget : int
    max_epochs : number

    Returns
    -------
    (n_components,) float64

    References
    ----------
    Olmix, arXiv 2602.12237; allenai/olmix caps at 4 in the paper and at 5 by default in its code.

    Examples
    --------
    >>> largest_ratios([10**9, 50 * 10**9], budget=10**11, max_epochs=4).tolist()
    [0.04, 1.0]
    """
    limit = float(checks.number("max_epochs", max_epochs, high=MAX_EPOCHS))
    total = checks.tokens("budget", budget, low=1)
    sizes = np.array(_sizes(unique_tokens), dtype=np.float64)
    ratios: checks.Floats = np.minimum(limit * sizes / total, 1.0)
    return ratios


def _sizes(values: Sequence[int | None], *, field: str = "unique_tokens") -> list[int]:
    found = checks.components(values)
    sizes = checks.unique_tokens(field, found, len(found))
    missing = [index for index, size in enumerate(sizes) if size is None]
    if missing:
        raise MissingEstimate(missing)
    return [size for size in sizes if size is not None]
