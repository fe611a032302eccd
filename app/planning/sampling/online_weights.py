"""Weights that move while a proxy trains: the steps of DoReMi and ADO, to check published runs."""

from collections.abc import Sequence

import numpy as np

from app.planning import checks
from app.planning.checks import Floats, Number
from app.planning.errors import NoWeight

DOREMI_PAPER_SMOOTHING = 1e-3

_LARGEST = 1e12


def doremi_step(
    weights: Sequence[Number],
    excess: Sequence[Number],
    *,
    rate: Number = 1,
    smoothing: Number = DOREMI_PAPER_SMOOTHING,
) -> Floats:
    r"""
    Move domain weights towards domains where the proxy lags behind its reference.

    :math:`\alpha \leftarrow \alpha e^{\eta \max(\text{excess}, 0)}`, normalised, then
    :math:`(1 - c)\,\alpha + c / k`.

    Parameters
    ----------
    weights : (k,) sequence of number
        Zero or more, not all zero.
    excess : (k,) sequence of number
        Mean loss of the proxy above the reference, nats per token; -50 to 50.
    rate : number
        :math:`\eta`.
    smoothing : number
        :math:`c`. 1e-3 in the paper, 1e-4 in its repository: they give different weights.

    Returns
    -------
    (k,) float64
        They sum to 1. The method's result is their average over all steps, not the last ones.

    Raises
    ------
    NoWeight, NotFinite, Negative, OutOfRange, WrongLength, NoComponents, TooManyComponents

    References
    ----------
    DoReMi, arXiv 2305.10429, algorithm 1; sangmichaelxie/doremi at 7cde52d1 (MIT).

    Examples
    --------
    >>> doremi_step([0.5, 0.3, 0.2], [0.4, -0.1, 0.1]).round(6).tolist()
    [0.588493, 0.236886, 0.174621]
    """
    before = np.array([float(weight) for weight in checks.weights("weights", weights)])
    count = len(before)
    lag = np.array(
        [
            float(checks.number("excess", value, low=-50, high=50, index=i))
            for i, value in enumerate(checks.same_length("excess", excess, count))
        ]
    )
    eta = float(checks.number("rate", rate, high=10))
    mixed = float(checks.number("smoothing", smoothing, high=1))
    if not before.any():
        raise NoWeight("weights")
    moved = before / before.max() * np.exp(eta * np.maximum(lag, 0))
    smoothed: Floats = (1 - mixed) * moved / moved.sum() + mixed / count
    return smoothed


def ado_preferences(
    prior: Sequence[Number],
    history: Sequence[Number],
    tokens: Sequence[Number],
    beta: Sequence[Number],
    alpha: Sequence[Number],
    *,
    smoothing: Number = 0.5,
) -> Floats:
    r"""
    Prefer the domains whose loss falls fastest under their own power law.

    :math:`\rho_i \propto \mu_i h_i^s \frac{\alpha_i}{n_i} (L_i - \varepsilon_i)` with
    :math:`L_i - \varepsilon_i = \beta_i n_i^{-\alpha_i}`.

    Parameters
    ----------
    prior, history : (k,) sequence of number
        :math:`\mu`, and the recent share :math:`h` of each domain.
    tokens : (k,) sequence of number
        :math:`n`, tokens seen, at least 1.
    beta, alpha : (k,) sequence of number
        The fitted law of each domain.
    smoothing : number
        :math:`s`.

    Returns
    -------
    (k,) float64
        They sum to 1.

    Raises
    ------
    NoWeight, NotFinite, Negative, OutOfRange, WrongLength, NoComponents, TooManyComponents

    References
    ----------
    ADO as in eth-easl/mixtera at c861dd88, ado.py (MIT).

    Examples
    --------
    >>> share = [0.5, 0.3, 0.2]
    >>> ado_preferences(share, share, [1e5, 6e4, 4e4], [8, 6, 9], [0.2, 0.3, 0.25]).round(
    ...     6
    ... ).tolist()
    [0.512794, 0.164712, 0.322493]
    """
    base = np.array([float(value) for value in checks.weights("prior", prior)])
    columns = {"history": history, "tokens": tokens, "beta": beta, "alpha": alpha}
    arrays = {
        name: np.array(
            [
                float(checks.number(name, value, low=name == "tokens", high=_LARGEST, index=i))
                for i, value in enumerate(checks.same_length(name, values, len(base)))
            ]
        )
        for name, values in columns.items()
    }
    power = float(checks.number("smoothing", smoothing, high=10))
    seen, slope = arrays["tokens"], arrays["alpha"]
    reducible = arrays["beta"] * seen**-slope
    preference = base * arrays["history"] ** power * slope / seen * reducible
    if not preference.any():
        raise NoWeight("prior")
    normalised: Floats = preference / preference.sum()
    return normalised
