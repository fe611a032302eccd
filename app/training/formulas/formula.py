"""One number of a plan as its formula: in symbols, with the plan's values, with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.web.i18n import later
from app.web.numbers import whole

NARAYANAN = "Narayanan et al. 2021, arXiv 2104.04473"

KINDS: Mapping[str, tuple[str, str]] = {
    "formula": ("info", later("formula")),
    "measured": ("good", later("measured input")),
    "given": ("good", later("your input")),
    "calibrated": ("warn", later("calibrated")),
    "assumed": ("dash", later("assumed")),
}
"""What a number rests on: the tone and the word of its tag."""


@dataclass(frozen=True)
class Formula:
    """
    How a number comes about.

    Attributes
    ----------
    title : str
        What is computed; translated where it is shown.
    symbols : str
        The formula, as in the source.
    values : str
        The same with the plan's own values; empty where nothing is computed.
    result : float
    unit : str
    kind : str
        Key of `KINDS`.
    source : str
        Paper, equation.
    note : str
        Which symbol is which; translated where it is shown.
    """

    title: str
    symbols: str
    values: str
    result: float
    unit: str = ""
    kind: str = "formula"
    source: str = ""
    note: str = ""

    @property
    def tone(self) -> str:
        """Tone of the tag."""
        return KINDS[self.kind][0]

    @property
    def word(self) -> str:
        """Word of the tag, not yet translated."""
        return KINDS[self.kind][1]


def n(value: float | Decimal, digits: int = 7) -> str:
    """
    Write a number into a formula: whole ones in full, others with `digits` significant digits.

    Examples
    --------
    >>> n(176247271424), n(0.9), n(104.7), n(1082132000000.5)
    ('176,247,271,424', '0.9', '104.7', '1.082132e12')
    """
    number = float(value)
    if number.is_integer() and abs(number) < 1e15:  # noqa: PLR2004  every digit fits
        return whole(int(number))
    if 1e-4 <= abs(number) < 1e7:  # noqa: PLR2004  reads well without an exponent
        text = f"{number:.{digits}g}"
        return whole(Decimal(text))
    mantissa, _, exponent = f"{number:.{digits - 1}e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
