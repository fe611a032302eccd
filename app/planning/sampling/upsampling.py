r"""
Quality-aware upsampling: draw more often from better buckets, along a smooth curve.

.. math:: f(x) = C (x - a)^p e^{\lambda (x - a)} \quad (x \ge a), \qquad f(x) = 0 \quad (x < a)

over the cumulative share :math:`x` of tokens sorted from worst to best, with
:math:`\int_0^1 f = Z / X` for a target of Z tokens out of X. The steepest :math:`p` and then
:math:`\lambda` are taken whose mean over the best bucket stays below a cap.

The range of :math:`\lambda` is part of the result: the published factors come from
:math:`\lambda \le 0.2`; the code in the repository passes :math:`\lambda \le 2`, which moves
factors by up to 0.85.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.planning import checks
from app.planning.checks import Floats, Number
from app.planning.errors import MissingEstimate, NoWeight, UpsamplingInfeasible
from app.planning.exact import as_fraction, in_proportion
from app.planning.sampling.shares import Shares

PUBLISHED_MAX_LAMBDA = 0.2
_EXPONENTS = np.linspace(0.01, 2.0, 20)
_SLACK = 1e-6
_BISECTIONS = 50
_BRACKET = 1e-8
# Terms of the series: 2^30 / 30! is below 1e-23.
_ORDERS = np.arange(30.0)
_FACTORIALS = np.array([math.factorial(k) for k in range(30)], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Upsampling:
    """
    A curve and what it makes of each bucket.

    Attributes
    ----------
    factors : (n_buckets,) float64
        Mean passes over each bucket, worst first; zero for those thrown away.
    tokens : (n_buckets,) float64
        Tokens drawn; they sum to the target.
    dropped : int
        Whole buckets thrown away.
    exponent, rate, scale : float
        p, lambda and C.
    max_rate : float
        The range of lambda that was searched.
    """

    factors: Floats
    tokens: Floats
    dropped: int
    exponent: float
    rate: float
    scale: float
    max_rate: float


def upsample(
    bucket_tokens: Sequence[Number],
    *,
    target: Number,
    max_factor: Number = 7,
    throw_away: Number = 0.4,
    max_rate: Number = PUBLISHED_MAX_LAMBDA,
) -> Upsampling:
    """
    Fit the curve that turns the buckets of one topic into a target.

    Parameters
    ----------
    bucket_tokens : (n_buckets,) sequence of number
        Unique tokens by quality, the worst bucket first, not all zero.
    target : number
        Tokens wanted, above zero.
    max_factor : number
        Most mean passes over the best bucket.
    throw_away : number
        0 to 1: share of the tokens that may be left out; whole buckets only.
    max_rate : number
        Largest lambda searched; 0 to 2.

    Returns
    -------
    Upsampling
        Factors do not fall with quality; the best is at most `max_factor` plus 1e-6.

    Raises
    ------
    UpsamplingInfeasible
        If the best bucket would exceed its cap for every exponent; carries the largest target.
    NoWeight, NotFinite, Negative, OutOfRange, NoComponents, TooManyComponents

    References
    ----------
    Dolma 3: allenai/dolma3 at f7def58, mixes/mixing_dashboard.ipynb (Apache-2.0).

    Examples
    --------
    >>> found = upsample([1000, 2000], target=6000, throw_away=0.5)
    >>> found.factors.round(9).tolist(), found.exponent, round(found.scale, 9)
    ([0.0, 3.0], 2.0, 18.316896326)
    """
    sizes = np.array([float(size) for size in checks.weights("bucket_tokens", bucket_tokens)])
    wanted = float(checks.number("target", target, low=1e-9))
    cap = float(checks.number("max_factor", max_factor, low=1e-9))
    share = float(checks.number("throw_away", throw_away, high=1))
    widest = float(checks.number("max_rate", max_rate, high=2))
    total = sizes.sum()
    if not total:
        raise NoWeight("bucket_tokens")
    edges = np.concatenate([[0.0], np.cumsum(sizes) / total])
    edges[-1] = 1.0
    # The bucket in which the throw-away share ends stays whole.
    dropped = min(int(np.searchsorted(edges, share, side="right")) - 1, len(sizes) - 1)
    curve = _Curve(edges, float(edges[dropped]), wanted / total, cap)
    best = None
    for exponent in _EXPONENTS.tolist():
        if curve.top(exponent, 0.0) <= cap + _SLACK:
            best = exponent
    if best is None:
        # The top grows in proportion to the target.
        flattest = float(_EXPONENTS[0])
        raise UpsamplingInfeasible(wanted, wanted * cap / curve.top(flattest, 0.0))
    rate = curve.steepest(best, widest)
    factors = curve.means(best, rate)
    factors[:dropped] = 0.0
    return Upsampling(
        factors, factors * sizes, dropped, best, rate, curve.scale(best, rate), widest
    )


def by_quality(
    unique_tokens: Sequence[int | None],
    quality: Sequence[Number],
    *,
    budget: int,
    max_epochs: Number,
) -> Shares:
    """
    Share a budget along the curve: the better a source, the more often it is drawn.

    Sources of the same quality are one bucket. The worst, at most 40 % of all tokens, get nothing.

    Parameters
    ----------
    unique_tokens : (n_components,) sequence of int
        Zero or more, not all zero.
    quality : (n_components,) sequence of number
        Zero or more; only their order counts.
    budget : int
        Training tokens, 1 to 10^18. One that the passes do not allow is shared along the curve
        of the largest that they allow.
    max_epochs : number
        Most mean passes over the best bucket, above 0; Dolma 3 has 7.

    Returns
    -------
    Shares

    Raises
    ------
    MissingEstimate
        If a component has no estimate.
    NoWeight, NotFinite, Negative, OutOfRange, WrongLength, NoComponents, TooManyComponents

    References
    ----------
    Dolma 3: allenai/dolma3 at f7def58, mixes/mixing_dashboard.ipynb (Apache-2.0).

    Examples
    --------
    >>> shares = by_quality([100, 100, 100], [1, 2, 3], budget=600, max_epochs=4)
    >>> shares.ratios.round(3).tolist()
    [0.0, 0.333, 0.667]
    """
    missing = [index for index, size in enumerate(unique_tokens) if size is None]
    if missing:
        raise MissingEstimate(missing)
    sizes = [size or 0 for size in unique_tokens]
    marks = checks.same_length("quality", checks.weights("quality", quality), len(sizes))
    bucket = {mark: index for index, mark in enumerate(sorted(set(marks)))}
    buckets = [0] * len(bucket)
    for mark, size in zip(marks, sizes, strict=True):
        buckets[bucket[mark]] += size
    try:
        found = upsample(buckets, target=budget, max_factor=max_epochs)
    except UpsamplingInfeasible as error:
        found = upsample(buckets, target=error.largest, max_factor=max_epochs)
    factors = [as_fraction(factor) for factor in found.factors.tolist()]
    return Shares(
        tuple(in_proportion([factors[bucket[m]] * n for m, n in zip(marks, sizes, strict=True)]))
    )


class _Curve:
    """The curve over fixed edges, with its integral in closed form."""

    def __init__(self, edges: Floats, start: float, mean: float, cap: float) -> None:
        self.ends = np.maximum(edges - start, 0.0)
        self.powers = self.ends[:, np.newaxis] ** _ORDERS
        self.widths = np.diff(edges)
        self.mean = mean
        self.cap = cap

    def integral(self, exponent: float, rate: float) -> Floats:
        r"""Integrate t^p e^(lambda t) from 0: the power series of 1F1, which converges fast."""
        terms = rate**_ORDERS / _FACTORIALS / (exponent + 1 + _ORDERS)
        grown: Floats = self.ends ** (exponent + 1) * (self.powers @ terms)
        return grown

    def scale(self, exponent: float, rate: float) -> float:
        return float(self.mean / self.integral(exponent, rate)[-1])

    def means(self, exponent: float, rate: float) -> Floats:
        integral = self.integral(exponent, rate)
        means = np.divide(
            np.diff(integral),
            self.widths,
            out=np.zeros_like(self.widths),
            where=self.widths > 0,
        )
        found: Floats = self.mean / integral[-1] * means
        return found

    def top(self, exponent: float, rate: float) -> float:
        means = self.means(exponent, rate)[self.widths > 0]
        return float(means[-1]) if len(means) else math.inf

    def steepest(self, exponent: float, widest: float) -> float:
        """Bisect for the largest rate whose best bucket keeps its cap; the lower end is kept."""
        low, high = 0.0, widest
        for _ in range(_BISECTIONS):
            if high - low < _BRACKET:
                break
            middle = (low + high) / 2
            if self.top(exponent, middle) <= self.cap + _SLACK:
                low = middle
            else:
                high = middle
        return low
