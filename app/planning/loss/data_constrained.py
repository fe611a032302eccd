r"""
Compute-optimal size where unique data is limited: repeat it, or train a smaller model.

No closed form exists. As in the authors' code, candidates trade parameters for tokens around the
optimum of unlimited data, at constant compute.
"""

import numpy as np

from app.planning import checks
from app.planning.checks import Floats, Number
from app.planning.loss import scaling
from app.planning.loss.presets import Preset
from app.planning.loss.scaling import Caveat, Optimum

_STEPS = 500
_WIDEST = 3.0
# Beyond a factor of a million in either direction nothing is left to gain.
_WIDENINGS = 13


def optimum(law: Preset, *, flops: Number, unique_tokens: Number) -> Optimum:
    r"""
    Return the allocation with the least predicted loss under limited unique data.

    For 500 factors :math:`s` from 1.0001 to 3, the candidates :math:`(D_B s, N_B / s)` and
    :math:`(D_B / s, N_B s)` around the unlimited optimum :math:`(N_B, D_B)`; the smallest
    predicted loss wins. Where the best lies at an end, the range is widened, and the result says
    so.

    Parameters
    ----------
    law : Preset
        With terms for repeats, or the answer is the unlimited optimum.
    flops : number
        :math:`C = 6 N D`, at least 6.
    unique_tokens : number
        At least 1.

    Returns
    -------
    Optimum
        Its `epochs` are tokens / min(unique tokens, tokens). Accurate to one step of the grid,
        0.4 %.

    Raises
    ------
    NotFinite, Negative, OutOfRange

    References
    ----------
    Muennighoff et al., arXiv 2305.16264; huggingface/datablations at 13701315, README,
    "Parametric Fit" (Apache-2.0).

    Examples
    --------
    >>> from app.planning.loss.presets import MUENNIGHOFF
    >>> found = optimum(MUENNIGHOFF, flops=1e22, unique_tokens=25e9)
    >>> f"{found.parameters:.3e} {found.tokens:.3e} {found.epochs:.2f}"
    '7.022e+09 2.373e+11 9.49'
    """
    free = scaling.optimum(law, flops=flops)
    unique = float(checks.number("unique_tokens", unique_tokens, low=1, high=1e40))
    narrowest, widest = 1.0001, _WIDEST
    caveats: tuple[Caveat, ...] = ()
    for _ in range(_WIDENINGS):
        factors = np.linspace(narrowest, widest, _STEPS)
        factors = np.concatenate([factors, 1 / factors])
        # Below one token or parameter the law says nothing.
        tokens = np.maximum(free.tokens * factors, 1.0)
        parameters = np.maximum(free.parameters / factors, 1.0)
        losses = _losses(law, parameters, tokens, unique)
        best = int(np.argmin(losses))
        if best % _STEPS < _STEPS - 1:
            break
        narrowest, widest = widest, widest * _WIDEST
        caveats = (Caveat.GRID_EDGE,)
    found = scaling.predict_loss(
        law, parameters=parameters[best], tokens=tokens[best], unique_tokens=unique
    )
    return Optimum(
        parameters=float(parameters[best]),
        tokens=float(tokens[best]),
        loss=found.loss,
        epochs=float(tokens[best]) / min(unique, float(tokens[best])),
        caveats=(*caveats, *found.caveats),
    )


def _losses(law: Preset, parameters: Floats, tokens: Floats, unique: float) -> Floats:
    if law.decay_repeats is None or law.decay_excess is None:
        return np.asarray(law.e + law.a / parameters**law.alpha + law.b / tokens**law.beta)
    once = np.minimum(tokens, unique)
    matching = np.minimum(parameters, (once * law.g) ** (law.beta / law.alpha) * law.g)
    worth = _saturate(tokens, once, law.decay_repeats)
    size = _saturate(parameters, matching, law.decay_excess)
    return np.asarray(law.e + law.a / size**law.alpha + law.b / worth**law.beta)


def _saturate(amount: Floats, base: Floats, decay: float) -> Floats:
    worth: Floats = base - base * decay * np.expm1(-np.maximum(amount / base - 1, 0) / decay)
    return worth
