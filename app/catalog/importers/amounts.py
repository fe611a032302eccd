"""
Numbers as people write them in lists: 2500万本, ２５０，０００, 1.2B tokens, 3 million hours.

A number that could mean two things is refused with the reason, never guessed.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

MAX_DIGITS = 30
LARGEST = Decimal(2) ** 63

_SCALES = {
    "万亿": 10**12,
    "兆": 10**12,
    "千亿": 10**11,
    "百亿": 10**10,
    "十亿": 10**9,
    "亿": 10**8,
    "億": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "萬": 10**4,
    "千": 10**3,
    "百": 10**2,
    "trillion": 10**12,
    "billion": 10**9,
    "million": 10**6,
    "thousand": 10**3,
    "tn": 10**12,
    "bn": 10**9,
    "mn": 10**6,
    "t": 10**12,
    "b": 10**9,
    "m": 10**6,
    "k": 10**3,
}
_BYTES = {
    "b": 1,
    "byte": 1,
    "bytes": 1,
    "字节": 1,
    **{f"{p}b": 1000**n for n, p in enumerate("kmgtp", start=1)},
    **{f"{p}ib": 1024**n for n, p in enumerate("kmgtp", start=1)},
}
# In a column of sizes people leave the B away.
_BARE_BYTES = {p: 1000**n for n, p in enumerate("kmgtp", start=1)}

_AT_LEAST = r">=?|≥|超过|超|大于|不少于|不低于|至少|多于|over|more than|at least|above"
_AT_MOST = r"<=?|≤|不超过|不到|少于|小于|至多|近|up to|less than|at most|below|under|nearly"
_ABOUT = r"约为?|大约|大概|共计?|合计|总计|~|≈|about|approximately|approx\.?|around|circa|ca\.?"
_PREFIX = re.compile(
    rf"(?P<least>{_AT_LEAST})|(?P<most>{_AT_MOST})|(?P<about>{_ABOUT})", re.IGNORECASE
)
# The exponent is what a spreadsheet writes for a large number.
_NUMBER = re.compile(
    r"[+-]?[0-9][0-9,'_ \u2009\u202f]*(?:\.[0-9,]+)*(?:[eE][+-]?[0-9]{1,2}(?![0-9A-Za-z]))?"
)
_SCALE = re.compile(
    "|".join(sorted((re.escape(scale) for scale in _SCALES), key=len, reverse=True)), re.IGNORECASE
)
_MORE = re.compile(r"[余多+]|\s*(?:以上|左右|and more|or more)")
_LOWER_PART = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,4})?)\s*(千万|百万|十万|万|千|百|亿)")
_RANGE = re.compile(r"\s*(?:-|–|—|~|～|至|到|to)\s*[0-9]")
# What stands between the numbers of "2TB-3TB" and "3.2亿条，约1.5TB" once the first is read.
_UP_TO = re.compile(r"[^0-9]{0,12}?(?:[-–—~至到]|\bto\b)\s*[0-9]")
_AND = re.compile(r"[^0-9]{0,20}?(?:[,;/、+()]|\band\b|和|约|共)[^0-9]{0,20}[0-9]")
_SHARE = re.compile(r"[%‰]|percent\b", re.IGNORECASE)
_GROUPS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,4}(?:,[0-9]{4})+")
_MANY = ("数", "几", "若干", "一些", "许多", "大量", "海量", "several", "many", "some")


class AmountProblem(StrEnum):
    """Why a text is no number that can be taken."""

    EMPTY = "amount_empty"
    NO_NUMBER = "amount_no_number"
    INEXACT = "amount_inexact"
    RANGE = "amount_range"
    AMBIGUOUS = "amount_ambiguous"
    SEVERAL = "amount_several"
    SCALE = "amount_scale"
    SHARE = "amount_share"
    NEGATIVE = "amount_negative"
    TOO_LARGE = "amount_too_large"


class AmountError(ValueError):
    """A text that is no number, with the reason."""

    def __init__(self, problem: AmountProblem, text: str) -> None:
        super().__init__(f"{problem}: {text}")
        self.problem = problem
        self.text = text


@dataclass(frozen=True, slots=True)
class Amount:
    """
    A number with what stood around it.

    `unit` is the text after the number, as it is written. `bound` is `at_least` or `at_most`
    where the text says so. `has_scale`: it was written with 万, B or the like.
    """

    value: Decimal
    unit: str = ""
    bound: str | None = None
    is_about: bool = False
    has_scale: bool = False


def normalise(text: str) -> str:
    """Return a text with full-width digits, letters and signs as ASCII, on one line."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def parse_amount(text: str, *, multiplier: int = 1) -> Amount:
    """
    Read a count. `multiplier` is what the head of the column says: 数量（万）.

    >>> parse_amount("2500万本")
    Amount(value=Decimal('25000000'), unit='本', bound=None, is_about=False, has_scale=True)
    >>> parse_amount("约１．５亿余篇").value, parse_amount("12,500 hours").unit
    (Decimal('150000000'), 'hours')
    >>> parse_amount("1.2B tokens").value
    Decimal('1200000000')
    """
    number, rest, amount = _begin(text)
    value = number * multiplier
    has_scale, has_own_scale = multiplier != 1, False
    bound = amount.bound
    while True:
        rest, is_more = _after_number(rest)
        if is_more and bound is None:
            bound = "at_least"
        scale = _scale_at(rest)
        if scale is None:
            break
        if multiplier == 1:
            value *= _scale_value(scale)
        elif _scale_value(scale) != multiplier:
            # 1.5亿 under a head of 万: a hundred million, or ten thousand times that?
            raise AmountError(AmountProblem.SCALE, text)
        has_scale = has_own_scale = True
        rest = rest[len(scale) :].lstrip()
        if not scale.isascii() and (lower := _LOWER_PART.match(rest)):
            # 2亿5000万: the second part is of a smaller scale.
            smaller = Decimal(lower[1]) * _scale_value(lower[2])
            if smaller >= _scale_value(scale) * multiplier:
                raise AmountError(AmountProblem.AMBIGUOUS, text)
            value, rest = value + smaller, rest[lower.end() :]
    rest = rest.strip()
    if multiplier != 1 and rest and not has_own_scale and not re.search("[0-9]", rest):
        # 2000小时 under a head of 万小时: two thousand hours, or twenty million?
        raise AmountError(AmountProblem.SCALE, text)
    return _finished(value, rest, bound, text, is_about=amount.is_about, scaled=has_scale)


def parse_bytes(text: str, *, multiplier: int = 1) -> Amount:
    """
    Read a size. Without a unit it counts `multiplier` bytes each, as the head says: 大小(GB).

    >>> parse_bytes("825.18 GiB").value, parse_bytes("1.6T").value
    (Decimal('886030278328.32'), Decimal('1600000000000'))
    """
    number, rest, amount = _begin(text)
    rest = rest.strip().removesuffix("左右").removesuffix("以上").strip()
    word = rest.lower()
    factor = _BYTES.get(word) or _BARE_BYTES.get(word)
    if word and factor is None:
        scale = _scale_at(rest)
        left = rest[len(scale) :].strip().lower() if scale else ""
        if scale is None or left not in _BYTES:
            raise AmountError(_more_than_a_number(rest), text)
        factor = _scale_value(scale) * _BYTES[left]
    return _finished(
        number * (factor or multiplier), "", amount.bound, text, is_about=amount.is_about
    )


def _begin(text: str) -> tuple[Decimal, str, Amount]:
    """Return the number, what follows it, and an amount with what stood before it."""
    rest = normalise(text)
    if not rest:
        raise AmountError(AmountProblem.EMPTY, text)
    bound, is_about = None, False
    while match := _PREFIX.match(rest):
        if match["least"] or match["most"]:
            bound = "at_least" if match["least"] else "at_most"
        is_about = is_about or bool(match["about"])
        rest = rest[match.end() :].lstrip(" :")
    if match := _NUMBER.match(rest):
        digits = match[0].rstrip(" ,'_\u2009\u202f")
        if _RANGE.match(rest[len(digits) :]):
            raise AmountError(AmountProblem.RANGE, text)
        return _number(digits, text), rest[len(digits) :], Amount(Decimal(), "", bound, is_about)
    if rest.lower().startswith(_MANY):
        raise AmountError(AmountProblem.INEXACT, text)
    spelled = _CHINESE_NUMBER.match(rest)
    if spelled and (value := _chinese_number(spelled[0])) is not None:
        return Decimal(value), rest[spelled.end() :], Amount(Decimal(), "", bound, is_about)
    raise AmountError(AmountProblem.NO_NUMBER, text)


def _number(digits: str, text: str) -> Decimal:
    if digits.startswith("-"):
        raise AmountError(AmountProblem.NEGATIVE, text)
    plain = re.sub("['_ \u2009\u202f]", ",", digits.lstrip("+"))
    plain, e, exponent = plain.lower().partition("e")
    whole, dot, fraction = plain.partition(".")
    if "." in fraction or "," in fraction:
        # 2.500.000 is two and a half million in half of Europe.
        raise AmountError(AmountProblem.AMBIGUOUS, text)
    if "," in whole and not _GROUPS.fullmatch(whole):
        raise AmountError(AmountProblem.AMBIGUOUS, text)
    cleaned = whole.replace(",", "") + dot + fraction + e + exponent
    if len(cleaned) > MAX_DIGITS:
        raise AmountError(AmountProblem.TOO_LARGE, text)
    try:
        return Decimal(cleaned)
    except InvalidOperation:
        raise AmountError(AmountProblem.NO_NUMBER, text) from None


def _after_number(rest: str) -> tuple[str, bool]:
    """Return what follows 余, 多, + or 以上, and whether one of them stood there."""
    rest = rest.lstrip()
    match = _MORE.match(rest)
    if not match:
        return rest, False
    return rest[match.end() :].lstrip(), "左右" not in match[0]


def _scale_at(rest: str) -> str | None:
    """Return the scale word that begins a text, if it is one and not a unit's first letter."""
    match = _SCALE.match(rest)
    if not match:
        return None
    word, after = match[0], rest[match.end() : match.end() + 1]
    # "m" of "minutes" is no million; "b" of "books" no billion.
    if word.isascii() and after.isascii() and after.isalpha():
        return None
    return word


def _scale_value(word: str) -> int:
    return _SCALES[word.lower()]


def _finished(
    value: Decimal, unit: str, bound: str | None, text: str, *, is_about: bool, scaled: bool = False
) -> Amount:
    if value >= LARGEST:
        raise AmountError(AmountProblem.TOO_LARGE, text)
    if _SHARE.match(unit):
        raise AmountError(AmountProblem.SHARE, text)
    if re.search("[0-9]", unit):
        raise AmountError(_more_than_a_number(unit), text)
    return Amount(value.normalize() if value == 0 else _plain(value), unit, bound, is_about, scaled)


def _more_than_a_number(rest: str) -> AmountProblem:
    """Return what is wrong where something that is no unit follows a number."""
    if _SHARE.match(rest):
        return AmountProblem.SHARE
    if _UP_TO.match(rest):
        return AmountProblem.RANGE
    return AmountProblem.SEVERAL if _AND.match(rest) else AmountProblem.AMBIGUOUS


def _plain(value: Decimal) -> Decimal:
    """Return the value without an exponent or zeros after the point."""
    return Decimal(int(value)) if value == value.to_integral_value() else value.normalize()


_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "壹": 1}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_CHINESE_NUMBER = re.compile("[〇零一二两三四五六七八九壹十百千]+")


def _chinese_number(text: str) -> int | None:
    """
    Return a number below 10,000 in Chinese numerals; the scale after it is read as elsewhere.

    >>> _chinese_number("两千五百"), _chinese_number("十二"), _chinese_number("一二")
    (2500, 12, None)
    """
    total, digit = 0, None
    last_step = 10_000
    for character in text:
        if character in _STEPS:
            step = _STEPS[character]
            if step >= last_step or digit == 0:
                return None
            total += (1 if digit is None else digit) * step
            last_step, digit = step, None
        elif character in "零〇":
            digit = None
        elif digit is not None:
            return None
        else:
            digit = _DIGITS[character]
    return total + (digit or 0)
