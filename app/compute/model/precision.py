"""Number formats of training: range, step and what each needs."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class NumberFormat:
    """
    A floating-point format.

    Attributes
    ----------
    name : str
    exponent_bits, mantissa_bits : int
        The mantissa without its implied leading one.
    maximum : float
        Largest finite number.
    loss_scaling : bool
        Small gradients vanish unless the loss is scaled.
    """

    name: str
    exponent_bits: int
    mantissa_bits: int
    maximum: float
    loss_scaling: bool

    @property
    def maximum_formula(self) -> str:
        """
        How the largest number comes about; E4M3 gives its last significand to NaN alone.

        Examples
        --------
        >>> FORMATS["fp16"].maximum_formula, FORMATS["fp8_e4m3"].maximum_formula
        ('(2 − 2^−10) × 2^15', '1.75 × 2^8')
        """
        top = math.frexp(self.maximum)[1] - 1
        if self.maximum == (2 - self.epsilon) * 2.0**top:
            return f"(2 − 2^−{self.mantissa_bits}) × 2^{top}"
        return f"{self.maximum / 2.0**top:g} × 2^{top}"

    @property
    def smallest_normal(self) -> float:
        """Smallest number of full precision."""
        return float(2.0 ** (2 - 2 ** (self.exponent_bits - 1)))

    @property
    def smallest_subnormal(self) -> float:
        """Smallest number above 0."""
        return self.smallest_normal * 2.0**-self.mantissa_bits

    @property
    def epsilon(self) -> float:
        """Distance from 1 to the next number."""
        return 2.0**-self.mantissa_bits

    @property
    def bits(self) -> int:
        """Bits of a number, the sign included."""
        return 1 + self.exponent_bits + self.mantissa_bits


FORMATS: dict[str, NumberFormat] = {
    "fp32": NumberFormat("fp32", 8, 23, (2 - 2.0**-23) * 2.0**127, loss_scaling=False),
    "bf16": NumberFormat("bf16", 8, 7, (2 - 2.0**-7) * 2.0**127, loss_scaling=False),
    "fp16": NumberFormat("fp16", 5, 10, 65504.0, loss_scaling=True),
    "fp8_e4m3": NumberFormat("fp8_e4m3", 4, 3, 448.0, loss_scaling=True),
    "fp8_e5m2": NumberFormat("fp8_e5m2", 5, 2, 57344.0, loss_scaling=True),
}
"""Formats by name. bf16 has fp32's range and a 65,536th of its precision."""


def bf16_sum_stalls_at(addend: float) -> float:
    """
    Tell the sum from which adding `addend` in bf16 no longer changes anything.

    Half of the distance between neighbouring numbers is what an addend must exceed. This is why
    gradients of many micro-batches are accumulated in fp32 (BF16Optimizer).

    Examples
    --------
    >>> bf16_sum_stalls_at(1.0)
    256.0
    """
    return 2.0 * addend / FORMATS["bf16"].epsilon
