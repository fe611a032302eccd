r"""
Losses as functions of the mixture, from proxy runs: forms, fits and two optima.

Symbols: :math:`r_j` share of source j, :math:`L` loss in nats per token. Every optimum of such a
law runs to a corner nobody trained on unless it is held back: use caps, a KL term, and say where
it leaves the range sampled.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.planning import checks
from app.planning.checks import Floats, Number
from app.planning.errors import NoComponents, NotFinite, WrongLength

_ITERATIONS = 20_000
_LARGEST = 1e12


@dataclass(frozen=True, eq=False)
class LinearLaw:
    """
    Loss as an intercept plus a coefficient per source.

    Attributes
    ----------
    intercept : float
        Nats per token.
    coefficients : (n_sources,) float64
    """

    intercept: float
    coefficients: Floats


def fit_linear(shares: Sequence[Sequence[float]] | Floats, losses: Sequence[float]) -> LinearLaw:
    """
    Fit a loss linearly in the shares, by ordinary least squares with an intercept.

    Parameters
    ----------
    shares : (n_runs, n_sources) array_like
        Mixture of each proxy run. Rows need not sum to exactly 1, which is what keeps intercept
        and coefficients apart: the fit is badly conditioned, so compare to 1e-4 at best.
    losses : (n_runs,) array_like

    Returns
    -------
    LinearLaw

    Raises
    ------
    WrongLength
        If there is not one loss per run, or there are fewer runs than unknowns.
    NotFinite
        If a share or loss is not finite.

    References
    ----------
    RegMix, arXiv 2407.01492, the linear baseline. Runs: sail-sg/regmix at b004d3a3 (MIT).

    Examples
    --------
    >>> law = fit_linear([[1, 0], [0, 1], [0.5, 0.4]], [2.0, 3.0, 2.45])
    >>> law.coefficients.round(6).tolist(), round(law.intercept, 6)
    ([-0.5, 0.5], 2.5)
    """
    mixtures = np.asarray(shares, dtype=np.float64)
    measured = np.asarray(losses, dtype=np.float64)
    if mixtures.ndim != 2:  # noqa: PLR2004  a table
        raise NoComponents
    runs, sources = mixtures.shape
    if len(measured) != runs:
        raise WrongLength("losses", runs, len(measured))
    if runs <= sources:
        raise WrongLength("shares", sources + 1, runs)
    for field, values in (("shares", mixtures), ("losses", measured)):
        if not np.isfinite(values).all():
            raise NotFinite(field, float(values[~np.isfinite(values)][0]))
    table = np.column_stack([np.ones(runs), mixtures])
    solution = np.linalg.lstsq(table, measured, rcond=None)[0]
    return LinearLaw(float(solution[0]), solution[1:].astype(np.float64))


def exponential_loss(
    floor: Number, coefficients: Sequence[Number], shares: Sequence[Number]
) -> float:
    r"""
    Return the loss of the exponential mixing law, :math:`c + \exp(\sum_j t_j r_j)`.

    The factor k of the paper's form folds into t, since shares sum to 1, and is not identified
    beside it.

    Parameters
    ----------
    floor : number
        :math:`c`.
    coefficients, shares : (n_sources,) sequence of number

    Returns
    -------
    float

    Raises
    ------
    WrongLength, NotFinite, OutOfRange

    References
    ----------
    Data Mixing Laws, arXiv 2403.16952.

    Examples
    --------
    >>> exponential_loss(2.0, [0.0, -1.0], [1.0, 0.0])
    3.0
    """
    slopes = checks.same_length("coefficients", coefficients, len(shares))
    level = float(checks.number("floor", floor, low=-_LARGEST, high=_LARGEST))
    pull = sum(
        float(checks.number("coefficients", slope, low=-_LARGEST, high=_LARGEST, index=i))
        * float(checks.number("shares", share, high=1, index=i))
        for i, (slope, share) in enumerate(zip(slopes, shares, strict=True))
    )
    return level + math.exp(min(max(pull, -50.0), 50.0))


def two_source_optimum(*, b1: Number, k1: Number, b2: Number, k2: Number) -> float:
    r"""
    Return the share of the first of two sources that minimises the sum of their losses.

    Losses :math:`e^{b_1 - k_1 p}` and :math:`e^{b_2 - k_2 (1 - p)}`; the optimum is
    :math:`p = (k_2 + b_1 - b_2 + \ln(k_1 / k_2)) / (k_1 + k_2)`, kept in 0 to 1.

    Parameters
    ----------
    b1, k1, b2, k2 : number
        :math:`k > 0`. Aioli writes the exponents as b + k x with k < 0: mind the signs.

    Returns
    -------
    float

    Raises
    ------
    NotFinite, Negative, OutOfRange

    References
    ----------
    Equal to HazyResearch/aioli, analysis/2_static_law.ipynb; arXiv 2411.05735.

    Examples
    --------
    >>> round(two_source_optimum(b1=0, k1=1.6405, b2=0, k2=1.2), 5)
    0.53254
    """
    first = float(checks.number("k1", k1, low=1e-12, high=_LARGEST))
    second = float(checks.number("k2", k2, low=1e-12, high=_LARGEST))
    levels = [
        float(checks.number(name, value, low=-_LARGEST, high=_LARGEST))
        for name, value in (("b1", b1), ("b2", b2))
    ]
    share = (second + levels[0] - levels[1] + math.log(first / second)) / (first + second)
    return min(max(share, 0.0), 1.0)


def bimix_loss(
    *, a: Number, alpha: Number, b: Number, beta: Number, c: Number, share: Number, steps: Number
) -> float:
    r"""
    Return the loss of one domain under BiMix, :math:`(A / r^\alpha)(B / s^\beta + C)`.

    Parameters
    ----------
    a, alpha, b, beta, c : number
        The five constants of the domain, zero or more; the exponents at most 10.
    share : number
        :math:`r`, above 0: at zero the law is infinite.
    steps : number
        :math:`s`, training steps, at least 1.

    Returns
    -------
    float

    Raises
    ------
    NotFinite, Negative, OutOfRange

    References
    ----------
    BiMix, arXiv 2405.14908.

    Examples
    --------
    >>> round(bimix_loss(a=2, alpha=0.1, b=3, beta=0.3, c=1, share=0.25, steps=1e4), 6)
    2.732265
    """
    constants = {"a": a, "alpha": alpha, "b": b, "beta": beta, "c": c}
    known = {
        name: float(checks.number(name, value, high=_LARGEST if len(name) == 1 else 10))
        for name, value in constants.items()
    }
    part = float(checks.number("share", share, low=1e-12, high=1))
    time = float(checks.number("steps", steps, low=1, high=_LARGEST))
    decay = known["b"] / time ** known["beta"] + known["c"]
    return float(known["a"] / part ** known["alpha"] * decay)


def mixmin(probabilities: Sequence[Sequence[float]] | Floats, *, tolerance: float = 1e-9) -> Floats:
    r"""
    Mix per-source models to explain evaluation data: the convex problem of MixMin.

    :math:`\min_\lambda -\frac{1}{n} \sum_x \ln \sum_s \lambda_s p_s(x)` over the simplex, by the
    multiplicative update :math:`\lambda_s \leftarrow \lambda_s (-g_s)`, which never raises the
    objective. At the optimum :math:`-g_s = 1` where :math:`\lambda_s > 0`.

    Parameters
    ----------
    probabilities : (n_items, n_sources) array_like
        What the model trained on each source gives each item, above zero somewhere per row.
    tolerance : float
        Stop when no share moves by more.

    Returns
    -------
    (n_sources,) float64
        Shares that sum to 1.

    Raises
    ------
    NoComponents
        If the table is empty.
    NotFinite
        If a number is negative or not finite, or a row is all zero.

    References
    ----------
    MixMin, arXiv 2502.10510.

    Examples
    --------
    >>> mixmin([[0.8, 0.1], [0.1, 0.7], [0.3, 0.3]]).round(4).tolist()
    [0.5119, 0.4881]
    """
    table = np.asarray(probabilities, dtype=np.float64)
    if table.ndim != 2 or not table.size:  # noqa: PLR2004  a table
        raise NoComponents
    peak = table.max(axis=1)
    if not (np.isfinite(table).all() and (table >= 0).all() and (peak > 0).all()):
        raise NotFinite("probabilities", "row")
    # Only ratios inside a row matter; tiny probabilities keep their digits this way.
    table = table / peak[:, np.newaxis]
    shares = np.full(table.shape[1], 1 / table.shape[1])
    for _ in range(_ITERATIONS):
        moved = shares * (table / (table @ shares)[:, np.newaxis]).mean(axis=0)
        moved /= moved.sum()
        change = float(np.abs(moved - shares).max())
        shares = moved
        if change <= tolerance:
            break
    return shares
