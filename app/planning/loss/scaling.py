r"""
Predicted loss and compute-optimal sizes, by named preset.

Symbols as in the papers: :math:`N` parameters, :math:`D` training tokens, :math:`C = 6 N D`
training FLOP, :math:`L` cross-entropy in nats per token,

.. math:: L(N, D) = E + A / N^\alpha + B / D^\beta
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from app.planning import checks
from app.planning.checks import Number
from app.planning.loss.presets import Preset

_LARGEST = 1e40


class Caveat(StrEnum):
    """What a prediction does not know, or where it leaves the runs it was fitted on."""

    MODEL_OUTSIDE_FIT = "model_outside_fit"
    TOKENS_OUTSIDE_FIT = "tokens_outside_fit"
    SINGLE_CORPUS_LAW = "single_corpus_law"
    REPEATS_IGNORED = "repeats_ignored"
    GRID_EDGE = "grid_edge"


@dataclass(frozen=True)
class Prediction:
    """
    A predicted loss.

    Attributes
    ----------
    loss : float
        Nats per token. Compare plans by its difference; the level is not to be trusted.
    effective_tokens, effective_parameters : float
        What repeats and an oversized model leave of tokens and parameters.
    caveats : tuple of Caveat
    """

    loss: float
    effective_tokens: float
    effective_parameters: float
    caveats: tuple[Caveat, ...]


@dataclass(frozen=True)
class Optimum:
    """
    The allocation of a compute budget with the least predicted loss.

    Attributes
    ----------
    parameters, tokens : float
        Their product times 6 is the compute.
    loss : float
        Nats per token.
    epochs : float or None
        Passes over the unique tokens; None where those were not limited.
    caveats : tuple of Caveat
    """

    parameters: float
    tokens: float
    loss: float
    epochs: float | None
    caveats: tuple[Caveat, ...]


def predict_loss(
    law: Preset,
    *,
    parameters: Number,
    tokens: Number,
    unique_tokens: Number | None = None,
    effective_tokens: Number | None = None,
) -> Prediction:
    r"""
    Predict the loss of a model of :math:`N` parameters after :math:`D` tokens.

    With unique tokens :math:`U_D = \min(U, D)` and a preset that has terms for repeats,

    .. math::

        D' &= U_D + U_D R^*_D (1 - e^{-R_D / R^*_D}), \quad R_D = D / U_D - 1 \\
        N' &= U_N + U_N R^*_N (1 - e^{-R_N / R^*_N}), \quad R_N = \max(N / U_N - 1, 0) \\
        U_N &= \min(N, (U_D G)^{\beta / \alpha} G)

    and :math:`L = E + A / N'^\alpha + B / D'^\beta`.

    Parameters
    ----------
    law : Preset
    parameters, tokens : number
        :math:`N` and :math:`D`, at least 1.
    unique_tokens : number, optional
        :math:`U`, at least 1; no token is repeated by default. Presets without terms for
        repeats ignore it and say so.
    effective_tokens : number, optional
        :math:`D'` of a mixture, summed over its sources (`repetition.effective_tokens`), in
        place of the formula's.

    Returns
    -------
    Prediction

    Raises
    ------
    NotFinite, Negative, OutOfRange

    References
    ----------
    Hoffmann et al., arXiv 2203.15556; Muennighoff et al., arXiv 2305.16264.

    Examples
    --------
    >>> from app.planning.loss import presets
    >>> round(predict_loss(presets.HOFFMANN_PRINTED, parameters=70e9, tokens=1.4e12).loss, 6)
    1.936645
    >>> found = predict_loss(
    ...     presets.MUENNIGHOFF, parameters=6.34e9, tokens=242e9, unique_tokens=25e9
    ... )
    >>> round(found.loss, 12)
    2.225644088998
    """
    model = _amount("parameters", parameters)
    drawn = _amount("tokens", tokens)
    unique = drawn if unique_tokens is None else min(_amount("unique_tokens", unique_tokens), drawn)
    caveats = []
    if law.decay_repeats is None or law.decay_excess is None:
        worth, size = drawn, model
        if unique < drawn:
            caveats.append(Caveat.REPEATS_IGNORED)
    else:
        worth = saturate(drawn, unique, law.decay_repeats)
        size = saturate(model, min(model, matching_parameters(law, unique)), law.decay_excess)
    if effective_tokens is not None:
        worth = _amount("effective_tokens", effective_tokens)
        caveats.append(Caveat.SINGLE_CORPUS_LAW)
    loss = law.e + law.a / size**law.alpha + law.b / worth**law.beta
    return Prediction(loss, worth, size, (*caveats, *_outside(law, model, drawn)))


def optimum(law: Preset, *, flops: Number) -> Optimum:
    r"""
    Return the compute-optimal size where data is not limited.

    :math:`N = G (C / 6)^{\beta / (\alpha + \beta)}` and :math:`D = (C / 6) / N`.

    Parameters
    ----------
    law : Preset
    flops : number
        :math:`C`, at least 6, floating-point operations of the training.

    Returns
    -------
    Optimum

    Raises
    ------
    NotFinite, Negative, OutOfRange

    References
    ----------
    Hoffmann et al., arXiv 2203.15556, eq. 4.

    Examples
    --------
    >>> from app.planning.loss import presets
    >>> found = optimum(presets.BESIROGLU_2024, flops=1e21)
    >>> f"{found.parameters:.5e} {found.tokens:.5e} {found.loss:.6f}"
    '2.77846e+09 5.99853e+10 2.305529'
    """
    product = _compute(flops) / 6
    model = law.g * product**law.exponent
    drawn = product / model
    loss = law.e + law.a / model**law.alpha + law.b / drawn**law.beta
    return Optimum(model, drawn, loss, None, _outside(law, model, drawn))


def optimal_tokens(law: Preset, *, parameters: Number) -> float:
    """
    Return the training tokens for which a model of this size is compute-optimal.

    Parameters
    ----------
    law : Preset
    parameters : number
        At least 1.

    Returns
    -------
    float
        Tokens. Inference costs make it worth training small models on far more.

    Raises
    ------
    NotFinite, Negative, OutOfRange

    Examples
    --------
    >>> from app.planning.loss import presets
    >>> f"{optimal_tokens(presets.MUENNIGHOFF, parameters=7e9):.3e}"
    '1.373e+11'
    """
    model = _amount("parameters", parameters)
    return float((model / law.g) ** (1 / law.exponent) / model)


def matching_parameters(law: Preset, tokens: Number) -> float:
    r"""
    Return the model size for which this many fresh tokens are compute-optimal.

    :math:`U_N = (U_D G)^{\beta / \alpha} G`.

    Parameters
    ----------
    law : Preset
    tokens : number
        At least 1.

    Returns
    -------
    float
        Parameters.

    Raises
    ------
    NotFinite, Negative, OutOfRange

    Examples
    --------
    >>> from app.planning.loss import presets
    >>> round(matching_parameters(presets.MUENNIGHOFF, 100e6), 2)
    5098651.77
    """
    return float((_amount("tokens", tokens) * law.g) ** (law.beta / law.alpha) * law.g)


def saturate(amount: float, base: float, decay: float) -> float:
    r"""
    Return :math:`b + b R^* (1 - e^{-R / R^*})` with :math:`R = \max(a / b - 1, 0)`.

    Parameters
    ----------
    amount, base : float
        a and b, above zero.
    decay : float
        :math:`R^*`, above zero.

    Returns
    -------
    float

    Examples
    --------
    >>> round(saturate(44.0, 1.0, 15.387756), 6)
    15.446799
    """
    return base - base * decay * math.expm1(-max(amount / base - 1, 0.0) / decay)


def compute_gap(*, parameters: Number, tokens: Number, flops: Number) -> float:
    """
    Return how far 6 N D lies from a stated compute, as a share of it.

    A data-quality check for imported tables: beyond 0.05 something is misprinted, as in the
    175B row of Table A3 of arXiv 2203.15556 (1.26e24 for 1.26e25). Full FLOP counts differ
    from 6 N D by a factor of 0.99 to 1.10.

    Parameters
    ----------
    parameters, tokens : number
        At least 1.
    flops : number
        As printed, at least 6.

    Returns
    -------
    float

    Raises
    ------
    NotFinite, Negative, OutOfRange

    Examples
    --------
    >>> compute_gap(parameters=175e9, tokens=12e12, flops=1.26e25) < 0.05
    True
    >>> compute_gap(parameters=175e9, tokens=12e12, flops=1.26e24) > 0.05
    True
    """
    product = 6 * _amount("parameters", parameters) * _amount("tokens", tokens)
    return abs(product / _compute(flops) - 1)


def _amount(field: str, value: Number) -> float:
    return float(checks.number(field, value, low=1, high=_LARGEST))


def _compute(flops: Number) -> float:
    return float(checks.number("flops", flops, low=6, high=_LARGEST))


def _outside(law: Preset, parameters: float, tokens: float) -> tuple[Caveat, ...]:
    found = []
    if parameters > law.fitted_parameters:
        found.append(Caveat.MODEL_OUTSIDE_FIT)
    if tokens > law.fitted_tokens:
        found.append(Caveat.TOKENS_OUTSIDE_FIT)
    return tuple(found)
