"""Whole numbers in the short forms that people read: 383B, 1.51T, 3834亿, 1.51万亿."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

System = Literal["western", "chinese"]

_STEPS: dict[System, tuple[tuple[int, str], ...]] = {
    "western": ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K")),
    "chinese": ((10**12, "万亿"), (10**8, "亿"), (10**4, "万")),
}


@dataclass(frozen=True)
class Compact:
    """A number cut to a few significant digits, and the word that scales it (may be empty)."""

    digits: str
    unit: str

    def __str__(self) -> str:
        return self.digits + self.unit


def compact(value: float | Decimal, system: System, *, significant: int = 3) -> Compact:
    """
    Shorten a number to `significant` digits and the largest unit that keeps it at 1 or more.

    Display only: a compact number is never stored, parsed back or sorted by.

    Parameters
    ----------
    value : int, float or Decimal
        Any finite number. Below the first unit it is printed as it is, rounded to
        `significant` digits only if it has decimals.
    system : {"western", "chinese"}
        K M B T, or 万 亿 万亿.
    significant : int
        Digits kept, at least 1. Integer digits are never replaced by zeros.

    Returns
    -------
    Compact
        Digits with thousands separators in the western system only.

    Examples
    --------
    >>> str(compact(383_350_000_000, "western"))
    '383B'
    >>> str(compact(383_350_000_000, "chinese"))
    '3834亿'
    >>> str(compact(1_505_999_999_999, "chinese"))
    '1.51万亿'
    >>> str(compact(999_600, "western"))
    '1M'
    >>> str(compact(9_999, "chinese"))
    '9999'
    """
    steps = _STEPS[system]
    if isinstance(value, int):
        found = _compact_whole(value, system, significant)
        if found is not None:
            return found
    number = Decimal(value)
    for index, (size, unit) in enumerate(steps):
        if abs(number) >= size:
            digits = _significant(number / size, significant)
            # 999.6K rounds to 1000K: move up one unit, so that it reads 1M.
            if index and abs(digits) * size >= steps[index - 1][0]:
                size, unit = steps[index - 1]  # noqa: PLW2901
                digits = _significant(number / size, significant)
            return Compact(_plain(digits, system), unit)
    small = number if number == number.to_integral_value() else _significant(number, significant)
    return Compact(_plain(small, system), "")


def _compact_whole(value: int, system: System, significant: int) -> Compact | None:
    """
    Shorten a whole number by whole numbers alone, ten times as fast as by decimals.

    None below the first unit, and where rounding leads to the next one.
    """
    for index, (size, unit) in enumerate(_STEPS[system]):
        if -size < value < size:
            continue
        places = max(significant - len(str(abs(value) // size)), 0)
        scaled, rest = divmod(abs(value) * 10**places, size)
        if 2 * rest > size or (2 * rest == size and scaled % 2):
            scaled += 1
        if index and scaled * size >= _STEPS[system][index - 1][0] * 10**places:
            return None
        whole, part = divmod(scaled, 10**places)
        digits = f"{whole:,}" if system == "western" else str(whole)
        if part:
            digits += "." + f"{part:0{places}}".rstrip("0")
        return Compact(f"-{digits}" if value < 0 else digits, unit)
    return None


def spell(value: int, system: System) -> str:
    """
    Write a whole number so that `parsing.parse_tokens` reads exactly the same number back.

    For input fields: shortened where at most four decimals lose nothing, in full otherwise.

    Parameters
    ----------
    value : int
        Any whole number.
    system : {"western", "chinese"}
        K M B T, or 万 亿 万亿.

    Returns
    -------
    str
        Numbers in full have thousands separators in the western system only.

    Examples
    --------
    >>> spell(1_500_000_000_000, "western"), spell(300_000_000_000, "chinese")
    ('1.5T', '3000亿')
    >>> spell(383_350_000_001, "western")
    '383,350,000,001'
    """
    for size, unit in _STEPS[system]:
        if abs(value) >= size:
            if value * 10**4 % size == 0:
                return _plain(Decimal(value * 10**4 // size).scaleb(-4), "chinese") + unit
            break
    return f"{value:,}" if system == "western" else str(value)


def _significant(number: Decimal, digits: int) -> Decimal:
    exponent = number.adjusted() + 1 - digits
    return number.quantize(Decimal(1).scaleb(min(exponent, 0)), rounding=ROUND_HALF_EVEN)


def _plain(number: Decimal, system: System) -> str:
    text = f"{number:,f}" if system == "western" else f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
