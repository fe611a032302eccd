"""From bytes of uncompressed text to tokens, by texts that were measured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from statistics import median

from app.planning.estimates.languages import UNNAMED_LANGUAGES, measured_tag
from app.planning.estimates.tokens import NoConversion, Obstacle, Range, Tokens


@dataclass(frozen=True, slots=True)
class TextRate:
    """Bytes per token of one tokenizer, measured on one text of a language or of code."""

    text: str
    kind: str
    language: str | None
    bytes_per_token: Decimal


@dataclass(frozen=True, slots=True)
class ByteConversion:
    """Tokens of a number of bytes, and the measured texts whose rates were used."""

    tokens: Tokens
    n_bytes: int
    rates: tuple[TextRate, ...]
    bytes_per_token: Range


def text_rates(
    rates: Iterable[TextRate], *, is_code: bool, languages: Sequence[str]
) -> tuple[TextRate, ...]:
    """
    Return the measured texts that stand for uncompressed code, or text of one language.

    English text has three measured texts of different kinds, which give a spread; every other
    language has one, formal and short, which gives none.

    Parameters
    ----------
    rates : iterable of TextRate
        All of one tokenizer, bytes per token.
    is_code : bool
        Whether the data is program code.
    languages : sequence of str
        BCP 47 tags; exactly one for text.

    Returns
    -------
    tuple of TextRate
        At least one.

    Raises
    ------
    NoConversion
        If the languages are several, unnamed, not stated, or not measured.

    Examples
    --------
    >>> udhr = TextRate("UDHR, Chinese, simplified", "udhr", "zh-Hans", Decimal("4.566"))
    >>> [rate.language for rate in text_rates([udhr], is_code=False, languages=["zh"])]
    ['zh-Hans']
    """
    texts = list(rates)
    if is_code:
        code = tuple(rate for rate in texts if rate.kind == "code")
        if not code:
            raise NoConversion(Obstacle.NO_MEASURED_TEXT)
        return code
    if not languages:
        raise NoConversion(Obstacle.LANGUAGE_NOT_STATED)
    if len(languages) > 1 or languages[0] in UNNAMED_LANGUAGES:
        raise NoConversion(Obstacle.LANGUAGE_MIXED)
    prose = [rate for rate in texts if rate.language and rate.kind in {"udhr", "text"}]
    found = measured_tag(languages[0], (rate.language for rate in prose if rate.language))
    if found is None:
        raise NoConversion(Obstacle.NO_MEASURED_TEXT)
    return tuple(rate for rate in prose if rate.language == found)


def convert_bytes(n_bytes: int, rates: Sequence[TextRate]) -> ByteConversion:
    """
    Convert bytes of uncompressed text to tokens, by texts that were measured.

    The middle is the median rate. The text that packs most bytes into a token gives the low
    end, the one that packs least the high end; a single text gives no spread.

    Parameters
    ----------
    n_bytes : int
        UTF-8 bytes of text, >= 0. Compressed sizes are not text: do not pass them.
    rates : sequence of TextRate
        At least one, all of one tokenizer.

    Returns
    -------
    ByteConversion
        Tokens, low and high None for a single text.

    Examples
    --------
    Simplified Chinese in ROOTS for Qwen2/3, one measured text:

    >>> udhr = TextRate("UDHR, Chinese, simplified", "udhr", "zh-Hans", Decimal("4.566"))
    >>> convert_bytes(261_019_433_892, [udhr]).tokens
    Tokens(low=None, mid=57165885653, high=None)

    English, three measured texts:

    >>> english = [
    ...     TextRate("UDHR, English", "udhr", "en", Decimal("5.338")),
    ...     TextRate("English software licences", "text", "en", Decimal("4.693")),
    ...     TextRate("Markdown and RST documentation", "text", "en", Decimal("3.875")),
    ... ]
    >>> convert_bytes(1_000_000, english).tokens
    Tokens(low=187336, mid=213083, high=258065)
    """
    values = sorted(Fraction(rate.bytes_per_token) for rate in rates)
    middle = Fraction(median(values))
    has_spread = len(values) > 1
    return ByteConversion(
        tokens=Tokens(
            round(n_bytes / values[-1]) if has_spread else None,
            round(n_bytes / middle),
            round(n_bytes / values[0]) if has_spread else None,
        ),
        n_bytes=n_bytes,
        rates=tuple(rates),
        bytes_per_token=Range(
            values[0] if has_spread else None, middle, values[-1] if has_spread else None
        ),
    )
