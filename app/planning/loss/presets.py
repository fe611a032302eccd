r"""
Published constants of the parametric loss, each set under its own name.

There is no preset called "Chinchilla": the three published sets of constants give 1.8, 2.2 and
2.8 billion parameters for the same 10^21 FLOP, and they drift further apart with more compute.
Rounding an exponent to two decimals moves the answer by a fifth at 10^24.
"""

import math
from dataclasses import dataclass

from app.planning.errors import UnknownPreset


@dataclass(frozen=True)
class Preset:
    r"""
    One published set of constants of the parametric loss.

    Attributes
    ----------
    name, source : str
    a, b, e, alpha, beta : float
        :math:`A, B, E, \alpha, \beta`.
    fitted_parameters, fitted_tokens : float
        Largest model and run that the constants were fitted on.
    decay_repeats, decay_excess : float or None
        :math:`R^*_D` and :math:`R^*_N` of the data-constrained law; None where the preset has
        no term for repeats.
    """

    name: str
    source: str
    a: float
    b: float
    e: float
    alpha: float
    beta: float
    fitted_parameters: float
    fitted_tokens: float
    decay_repeats: float | None = None
    decay_excess: float | None = None

    @property
    def exponent(self) -> float:
        """The growth of the optimal model with compute, beta / (alpha + beta)."""
        return self.beta / (self.alpha + self.beta)

    @property
    def g(self) -> float:
        r""":math:`G = (\alpha A / \beta B)^{1 / (\alpha + \beta)}`."""
        ratio = self.alpha * self.a / (self.beta * self.b)
        return math.pow(ratio, 1 / (self.alpha + self.beta))


# The largest of the runs: 16B parameters and 500B tokens in arXiv 2203.15556; the replication
# re-fits the same runs.
HOFFMANN_PRINTED = Preset(
    "hoffmann_printed",
    "Hoffmann et al., arXiv 2203.15556, eq. 10, rounded as printed",
    a=406.4,
    b=410.7,
    e=1.69,
    alpha=0.34,
    beta=0.28,
    fitted_parameters=16e9,
    fitted_tokens=500e9,
)
HOFFMANN_UNROUNDED = Preset(
    "hoffmann_unrounded",
    "Hoffmann et al., arXiv 2203.15556, constants in the TeX source",
    a=math.exp(6.0073404),
    b=math.exp(6.0179186),
    e=math.exp(0.5267228),
    alpha=0.33917084,
    beta=0.2849083,
    fitted_parameters=16e9,
    fitted_tokens=500e9,
)
BESIROGLU_2024 = Preset(
    "besiroglu_2024",
    "Besiroglu et al., arXiv 2404.10102",
    a=482.01,
    b=2085.43,
    e=1.8172,
    alpha=0.3478,
    beta=0.3658,
    fitted_parameters=16e9,
    fitted_tokens=500e9,
)
MUENNIGHOFF = Preset(
    "muennighoff",
    "Muennighoff et al., arXiv 2305.16264; huggingface/datablations at 13701315",
    a=math.exp(6.255414),
    b=math.exp(7.3049974),
    e=math.exp(0.6254804),
    alpha=0.3526596,
    beta=0.3526596,
    fitted_parameters=8.7e9,
    fitted_tokens=900e9,
    decay_repeats=15.387756,
    decay_excess=5.309743,
)
PRESETS = {
    preset.name: preset
    for preset in (HOFFMANN_PRINTED, HOFFMANN_UNROUNDED, BESIROGLU_2024, MUENNIGHOFF)
}


def find(name: str) -> Preset:
    """
    Return a preset by its name.

    Parameters
    ----------
    name : str
        One of `PRESETS`.

    Returns
    -------
    Preset

    Raises
    ------
    UnknownPreset
        If there is none of that name.

    Examples
    --------
    >>> round(find("besiroglu_2024").exponent, 6)
    0.512612
    """
    if name not in PRESETS:
        raise UnknownPreset(name)
    return PRESETS[name]
