"""
Numbers as people type them: 1.5T, 300B, 3000亿, 1.5万亿, 1e12, 1,500,000, full-width digits.

A number that could mean two things is refused with its readings, never guessed: the page asks
"did you mean 1.5B or 15B?". In English and Chinese a comma separates thousands.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from app.planning.errors import FractionalTokens, Negative, OutOfRange
from app.planning.limits import MAX_EPOCHS, MAX_TOKENS, MAX_WEIGHT
from app.planning.notation import reading


class EntryKind(StrEnum):
    """What a person typed into a component's cell."""

    WEIGHT = "weight"
    SHARE = "share"
    TOKENS = "tokens"
    EPOCHS = "epochs"


@dataclass(frozen=True)
class Entry:
    """
    A typed value and what it fixes.

    Attributes
    ----------
    kind : EntryKind
        A bare number is a weight, `12 %` a share, `40B` tokens, `2x` epochs.
    value : Fraction
        Exact. Shares as fractions of 1, tokens whole.
    """

    kind: EntryKind
    value: Fraction


def parse_tokens(text: str, *, low: int = 0, high: int = MAX_TOKENS) -> int:
    """
    Read a whole number of tokens.

    Parameters
    ----------
    text : str
        Digits, decimal point, thousands separated by commas, spaces or underscores, an exponent,
        and a word for its size: K M B T (any case), thousand ... trillion, 千 万 百万 亿 万亿 ...
        "tokens" or 词元 may follow. Full-width forms are read like plain ones.
    low, high : int
        Smallest and largest number accepted.

    Returns
    -------
    int
        Exact.

    Raises
    ------
    AmbiguousNumber
        Readable in more than one way, or in one that nobody should rely on; has the readings.
    FractionalTokens
        Not whole once its unit is applied; has the exact value.
    BytesNotTokens
        A size such as 300GB.
    Negative, OutOfRange
        Outside `low` to `high`.
    UnreadableNumber
        Anything else.

    Examples
    --------
    >>> from app.planning import errors
    >>> parse_tokens("1.5T"), parse_tokens("3000亿"), parse_tokens("１．５万亿")
    (1500000000000, 300000000000, 1500000000000)
    >>> parse_tokens("1e12"), parse_tokens("1,500,000 tokens")
    (1000000000000, 1500000)
    >>> try:
    ...     parse_tokens("1,5T")
    ... except errors.AmbiguousNumber as error:
    ...     print(error.readings)
    (1500000000000, 15000000000000)
    """
    value = reading.read(reading.TAIL.sub("", reading.plain(text)), text)
    return _whole(value, text, low, high)


def parse_entry(text: str) -> Entry:
    """
    Read what was typed into a component's cell: a weight, a share, tokens or epochs.

    Parameters
    ----------
    text : str
        `3` is a weight, `12 %` a share of the budget, `40B` or `40亿 词元` tokens, `2x`,
        `2 epochs` or `2 轮` epochs.

    Returns
    -------
    Entry
        The kind and the exact value.

    Raises
    ------
    AmbiguousNumber, FractionalTokens, BytesNotTokens, Negative, OutOfRange, UnreadableNumber
        As `parse_tokens`; shares lie in 0 to 100 %, epochs in 0 to 10^6.

    Examples
    --------
    >>> parse_entry("12 %"), parse_entry("2x").kind.value, parse_entry("40B").kind.value
    (Entry(kind=<EntryKind.SHARE: 'share'>, value=Fraction(3, 25)), 'epochs', 'tokens')
    >>> parse_entry("0.5")
    Entry(kind=<EntryKind.WEIGHT: 'weight'>, value=Fraction(1, 2))
    """
    plain = reading.plain(text)
    if plain.endswith("%"):
        share = _in_range("share", reading.read(plain[:-1].rstrip(), text) / 100, 0, 1)
        return Entry(EntryKind.SHARE, share)
    if found := re.fullmatch(r"(.*?)\s*(?:x|ep|epochs?|轮|遍)", plain):
        return Entry(
            EntryKind.EPOCHS, _in_range("epochs", reading.read(found[1], text), 0, MAX_EPOCHS)
        )
    bare = reading.TAIL.sub("", plain)
    if bare != plain or not _is_bare(bare):
        return Entry(
            EntryKind.TOKENS, Fraction(_whole(reading.read(bare, text), text, 0, MAX_TOKENS))
        )
    return Entry(EntryKind.WEIGHT, _in_range("weight", reading.read(bare, text), 0, MAX_WEIGHT))


def _is_bare(plain: str) -> bool:
    return re.fullmatch(r"[-+]?[\d.,'_ ]+(e[-+]?\d+)?", plain) is not None


def _whole(value: Fraction, text: str, low: int, high: int) -> int:
    _in_range("tokens", value, low, high)
    if value.denominator != 1:
        raise FractionalTokens(text, value)
    return value.numerator


def _in_range(field: str, value: Fraction, low: float, high: float) -> Fraction:
    if value < 0 <= low:
        raise Negative(field, value)
    if not low <= value <= high:
        raise OutOfRange(field, value, low, high)
    return value
