"""The grammar of typed numbers: digits, separators, exponents and the words for sizes."""

import re
from decimal import Decimal
from fractions import Fraction

from app.planning.errors import AmbiguousNumber, BytesNotTokens, OutOfRange, UnreadableNumber

_MAX_LENGTH = 64
# Digits before the decimal point beyond which no limit of ours reaches; stops 1e999999999.
_MAX_MAGNITUDE = 400

_WORDS = {
    10**3: ("k", "thousand", "千"),
    10**4: ("万", "萬"),
    10**5: ("十万", "十萬"),
    10**6: ("m", "mn", "million", "百万", "百萬"),
    10**7: ("千万", "千萬"),
    10**8: ("亿", "億"),
    10**9: ("b", "bn", "billion", "十亿", "十億"),
    10**10: ("百亿", "百億"),
    10**11: ("千亿", "千億"),
    10**12: ("t", "tn", "trillion", "万亿", "萬億"),
    10**13: ("十万亿", "十萬億"),
    10**14: ("百万亿", "百萬億"),
}
_UNITS = {word: size for size, words in _WORDS.items() for word in words} | {"": 1}
# 兆 is a million on the mainland and a trillion elsewhere; G could mean bytes; w is slang for 万.
_UNCLEAR = {"兆": (10**6, 10**12), "g": (10**9,), "w": (10**4,), "q": (10**15,)}
_BYTES = re.compile(r"([kmgtp]i?b|bytes?|字节)$")

_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SPACES = dict.fromkeys((0x3000, 0x00A0, 0x2009, 0x202F), " ")
_PLAIN: dict[int, str] = {**_FULL_WIDTH, **_SPACES, 0x2212: "-", 0x2019: "'", ord("×"): "x"}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
TAIL = re.compile(r"\s*(?:个?\s*(?:tokens?|toks?|词元))$")
_FORM = re.compile(
    r"(?P<sign>[-+]?)\s*(?P<digits>\d+(?:[,.'_ ]\d+)*)\s*(?:e(?P<exponent>[-+]?\d+))?\s*"
    r"(?P<unit>[a-z万萬亿億千百十兆]*)",
    re.ASCII,
)
_POWER = re.compile(
    r"(?:(?P<factor>[\d.]+)\s*[x*]\s*)?10\s*(?:\^\s*(?P<up>\d+)|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+))"
)


def plain(text: str) -> str:
    """
    Return the text in half-width lower case, without space at its ends.

    Parameters
    ----------
    text : str
        At most 64 characters.

    Returns
    -------
    str

    Raises
    ------
    UnreadableNumber
        If the text is longer.

    Examples
    --------
    >>> plain(" １．５Ｔ ")
    '1.5t'
    """
    if len(text) > _MAX_LENGTH:
        raise UnreadableNumber(text)
    return text.translate(_PLAIN).strip().lower()


def read(plain: str, text: str) -> Fraction:
    """
    Read a number with its unit, exactly.

    Parameters
    ----------
    plain : str
        The number as `plain` returns it.
    text : str
        What was typed, for the errors.

    Returns
    -------
    Fraction
        Any sign and size; the caller checks its range.

    Raises
    ------
    AmbiguousNumber, BytesNotTokens, OutOfRange, UnreadableNumber
        As `parsing.parse_tokens`.

    Examples
    --------
    >>> read("1.5×10^12".replace("×", "x"), "1.5×10^12")
    Fraction(1500000000000, 1)
    """
    if power := _POWER.fullmatch(plain):
        exponent = power["up"] or power["raised"].translate(_SUPERSCRIPTS)
        plain = f"{power['factor'] or 1}e{exponent}"
    form = _FORM.fullmatch(plain)
    if form is None:
        raise BytesNotTokens(text) if _BYTES.search(plain) else UnreadableNumber(text)
    sign = -1 if form["sign"] == "-" else 1
    scale = _power_of_ten(form["exponent"])
    unit = form["unit"]
    sizes = _UNCLEAR.get(unit) or ((_UNITS[unit],) if unit in _UNITS else ())
    if not sizes:
        raise BytesNotTokens(text) if _BYTES.search(plain) else UnreadableNumber(text)
    numbers = _readings(form["digits"], has_scale=bool(unit or form["exponent"]))
    values = [sign * number * scale * size for number in numbers for size in sizes]
    if len(numbers) > 1 or numbers[0] != _clear(form["digits"]) or unit in _UNCLEAR:
        raise AmbiguousNumber(text, [_tidy(value) for value in values])
    return values[0]


def _power_of_ten(exponent: str | None) -> Fraction:
    if exponent is None:
        return Fraction(1)
    if len(exponent) > _MAX_LENGTH or abs(int(exponent)) > _MAX_MAGNITUDE:
        raise OutOfRange("exponent", exponent, -_MAX_MAGNITUDE, _MAX_MAGNITUDE)
    return Fraction(10) ** int(exponent)


_THOUSANDS = re.compile(r"\d{1,3}(?P<mark>[,'_ ])\d{3}(?:(?P=mark)\d{3})*(?:\.\d+)?")
_DECIMAL = re.compile(r"\d+(?:\.\d+)?")
_LOOKS_GROUPED = re.compile(r"[1-9]\d{0,2}\.\d{3}")


def _clear(digits: str) -> Fraction | None:
    """Return the value of digits that everybody reads in the same way."""
    if _DECIMAL.fullmatch(digits):
        return Fraction(digits)
    return Fraction(re.sub(r"[,'_ ]", "", digits)) if _THOUSANDS.fullmatch(digits) else None


def _readings(digits: str, *, has_scale: bool) -> list[Fraction]:
    """Return how the digits could be read; one reading equal to `_clear` is beyond doubt."""
    clear = _clear(digits)
    joined = Fraction(re.sub(r"\D", "", digits))
    if clear is not None:
        # 1.500 alone is 1.5 here and 1500 in half of Europe; 1.500B leaves no doubt.
        grouped = not has_scale and _LOOKS_GROUPED.fullmatch(digits)
        return [joined, clear] if grouped else [clear]
    if re.fullmatch(r"\d+,\d+", digits):
        return [Fraction(digits.replace(",", ".")), joined]
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+", digits):
        return [Fraction(digits.replace(".", "").replace(",", "."))]
    if digits.count(".") == 1 and re.fullmatch(r"[\d,'_ ]+\.\d+", digits):
        return [Fraction(re.sub(r"[,'_ ]", "", digits))]
    return [joined]


def _tidy(value: Fraction) -> int | Decimal:
    if value.denominator == 1:
        return value.numerator
    return Decimal(value.numerator) / Decimal(value.denominator)
