"""Numbers as people type them into the catalogue: 250万, 1.1亿本, 2,500,000, 825 GiB, 3.8B."""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.catalog.estimating.derivation import decimal_text
from app.catalog.words.units import UNITS
from app.planning.errors import (
    AmbiguousNumber,
    BytesNotTokens,
    FractionalTokens,
    InvalidValue,
    OutOfRange,
    PlanningError,
)
from app.planning.notation import reading
from app.planning.notation.parsing import parse_tokens
from app.web import numbers
from app.web.i18n import gettext as _

# What the columns hold, and more than anybody has.
MOST = 2**63 - 1
DIVISOR = 10**3

# "300B" is 300 billion: a size needs more than one letter.
_SIZES = {"byte": 1, "bytes": 1, "字节": 1} | {
    f"{letter}{between}b": base ** (power + 1)
    for base, between in ((1000, ""), (1024, "i"))
    for power, letter in enumerate("kmgtp")
}
_SIZE = re.compile(r"(.*?)\s*([kmgtp]i?b|bytes?|字节)")


class Unreadable(ValueError):
    """A typed number that cannot be taken; carries the sentence for the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and the unit that was typed with it, if one was."""

    value: str
    unit: str | None


def _measure_words() -> list[tuple[str, str]]:
    """Return what may follow a number, longest first, with the unit where only one fits."""
    words: dict[str, set[str]] = {}
    for unit in UNITS.values():
        for word in (unit.measure_zh, unit.name_zh, unit.singular_en, unit.plural_en):
            words.setdefault(word.lower(), set()).add(unit.code)
    known = [(word, next(iter(codes))) for word, codes in words.items() if len(codes) == 1]
    return sorted(known, key=lambda pair: -len(pair[0]))


_MEASURES = _measure_words()


def read_amount(text: str) -> Amount:
    """
    Read a quantity, with or without its unit.

    >>> read_amount("250万"), read_amount("2500万本"), read_amount("１．１亿").value
    (Amount(value='2500000', unit=None), Amount(value='25000000', unit='book'), '110000000')
    >>> read_amount("825.18 GiB")
    Amount(value='886030278328', unit='byte')

    Raises
    ------
    Unreadable
        With a sentence that says what to write.
    """
    try:
        plain = reading.plain(text)
        if size := _SIZE.fullmatch(plain):
            return Amount(_decimal(round(reading.read(size[1], text) * _SIZES[size[2]])), "byte")
        for word, code in _MEASURES:
            if plain.endswith(word) and plain != word:
                return Amount(_decimal(reading.read(plain[: -len(word)].rstrip(), text)), code)
        return Amount(_decimal(reading.read(plain, text)), None)
    except PlanningError as error:
        raise Unreadable(_why(error, text, example="250万, 1.1亿, 2,500,000")) from None


def read_tokens(text: str) -> int:
    """
    Read a count of tokens.

    >>> read_tokens("3.8T"), read_tokens("3000亿")
    (3800000000000, 300000000000)

    Raises
    ------
    Unreadable
        With a sentence that says what to write.
    """
    try:
        return parse_tokens(text, high=MOST)
    except PlanningError as error:
        raise Unreadable(_why(error, text, example="1.5T, 300B, 3000亿, 1.5万亿")) from None


def _decimal(value: Fraction | int) -> str:
    value = Fraction(value)
    if not 0 <= value <= MOST:
        raise OutOfRange("quantity", value, 0, MOST)
    if (value * DIVISOR).denominator != 1:
        raise Unreadable(_("A quantity has at most three decimals."))
    return decimal_text(value)


def _why(error: PlanningError, text: str, *, example: str) -> str:
    shown = text.strip()[:40]
    if isinstance(error, AmbiguousNumber):
        readings = list(dict.fromkeys(_number_word(value) for value in error.readings))
        if len(readings) == 1:
            return _(
                "“%(text)s” is not clear. If you mean %(reading)s, write it like that.",
                text=shown,
                reading=readings[0],
            )
        return _(
            "“%(text)s” can be read as %(readings)s. Write the one you mean.",
            text=shown,
            readings=" / ".join(readings),
        )
    if isinstance(error, BytesNotTokens):
        return _("“%(text)s” is bytes. Write tokens: 2T, 2000B, 2万亿 or 2e12.", text=shown)
    if isinstance(error, FractionalTokens):
        return _("“%(text)s” is not a whole number of tokens.", text=shown)
    if isinstance(error, InvalidValue):
        return _("Write a number from 0 to 9.2 × 10¹⁸.")
    return _("“%(text)s” is not a number. Write it like %(example)s.", text=shown, example=example)


def _number_word(value: object) -> str:
    return numbers.whole(value) if isinstance(value, (int, Decimal)) else str(value)
