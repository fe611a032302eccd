r"""
From a count in a native unit to tokens: units, bytes, and one tokenizer to another.

A token count without its tokenizer is not a number, and a guess that flatters is worse than no
number. So every function here answers with whole tokens *and* the factors they came from, or
raises :class:`NoConversion` with the obstacle. Factors are decimals as their sources print them
and are multiplied exactly, as fractions; only the result is rounded, half to even.

The three rules, for a named tokenizer:

.. math::

    \text{tokens} &= \text{quantity} \times \text{tokens per unit} \times \text{premium} \\
    \text{tokens} &= \text{bytes} / \text{bytes per token} \\
    \text{tokens}' &= \text{tokens} \times \text{bytes per token} / \text{bytes per token}'

References
----------
Tokens per unit are priors with a published or measured source each. Bytes per token and the
premium of a language over English (tokens of the same text in that language / tokens of the
English text) were measured on the Universal Declaration of Human Rights; the idea of a premium
is Petrov et al., "Language Model Tokenizers Introduce Unfairness Between Languages" (2023).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from statistics import median

from app.planning.errors import PlanningError

# Units whose number grows with the length of the text itself. A premium compares tokens of the
# same *content*, so it says nothing of tokens per character or word of another language.
LENGTH_UNITS = frozenset({"character", "word", "byte", "base"})

# A tag as people write it, and the tag under which a text of that language was measured.
MEASURED_AS = {
    "cmn": "zh-Hans",
    "cmn-Hant": "zh-Hant",
    "mn": "mn-Cyrl",
    "pt": "pt-BR",
    "zh": "zh-Hans",
    "zh-HK": "zh-Hant",
    "zh-MO": "zh-Hant",
    "zh-TW": "zh-Hant",
}

# "Several languages" and "undetermined": a tag that names no language.
UNNAMED_LANGUAGES = frozenset({"mul", "und"})


class Obstacle(StrEnum):
    """Why there is nothing to convert with."""

    NO_PRIOR = "no_prior"
    PRIOR_OF_OTHER_CATEGORY = "prior_of_other_category"
    OTHER_TOKENIZER = "other_tokenizer"
    NO_PREMIUM = "no_premium"
    LANGUAGE_NOT_STATED = "language_not_stated"
    LANGUAGE_MIXED = "language_mixed"
    NO_MEASURED_TEXT = "no_measured_text"


class NoConversion(PlanningError):
    """Nothing fits the quantity; a guess would be a number that nobody can defend."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.value)
        self.obstacle = obstacle


class LanguageBasis(StrEnum):
    """How the language of the data stands to the language that a prior was counted in."""

    SAME = "same"
    ANY = "any"
    SCALED = "scaled"
    SEVERAL = "several"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class Prior:
    """
    Tokens per one unit, as a source gives them.

    Attributes
    ----------
    low, mid, high : Decimal
        Plausible *means* of tokens per unit, not the range of single items. `low` and `high`
        are None together where no spread is published.
    multiplier : Decimal
        Units of the count in one unit of the data: 3,600 for a prior per second and an hour.
    language : str or None
        BCP-47 tag that it was counted in; None where the count does not depend on a language.
    categories : frozenset of str
        The kinds of data that it describes; empty for any.
    is_default : bool
        Whether it may be used without a person choosing it.
    """

    code: str
    unit: str
    mid: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    multiplier: Decimal = Decimal(1)
    language: str | None = None
    categories: frozenset[str] = frozenset()
    is_default: bool = True


@dataclass(frozen=True, slots=True)
class Range:
    """Three exact factors; `low` and `high` are None together where no spread is known."""

    low: Fraction | None
    mid: Fraction
    high: Fraction | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """Whole tokens; `low` and `high` are None together where no spread is known."""

    low: int | None
    mid: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Conversion:
    """
    Tokens and each factor they came from, so that a page can show the sum.

    Attributes
    ----------
    per_unit : Range
        Tokens per unit of the data, over all `priors`, multipliers included.
    premium : Range
        What the language of the data costs against the language of the priors; 1 if not scaled.
    languages : tuple of str
        The languages of the data that the premium was read for, as measured.
    is_scaled : bool
        Whether a premium was applied.
    is_assumed : bool
        Whether the unit is a guess that nobody confirmed.
    """

    tokens: Tokens
    quantity: Decimal
    unit: str
    priors: tuple[Prior, ...]
    per_unit: Range
    premium: Range
    basis: LanguageBasis
    languages: tuple[str, ...]
    is_scaled: bool
    is_assumed: bool


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


def main_language(tag: str) -> str:
    """
    Return the language of a tag without script and region, Mandarin being Chinese.

    >>> [main_language(tag) for tag in ("zh-Hant", "cmn", "pt-BR", "en")]
    ['zh', 'zh', 'pt', 'en']
    """
    language = tag.split("-", 1)[0]
    return "zh" if language == "cmn" else language


def measured_tag(tag: str, measured: Iterable[str]) -> str | None:
    """
    Return the tag among `measured` that stands for `tag`, the most specific first, or None.

    Plain Chinese and Mandarin count as Simplified Chinese.

    >>> measured_tag("zh", {"en", "zh-Hans", "zh-Hant"})
    'zh-Hans'
    >>> measured_tag("en-GB", {"en", "zh-Hans"})
    'en'
    >>> measured_tag("ca", {"en", "es"}) is None
    True
    """
    known = frozenset(measured)
    parts = tag.split("-")
    for length in range(len(parts), 0, -1):
        candidate = "-".join(parts[:length])
        if candidate in known:
            return candidate
        if MEASURED_AS.get(candidate) in known:
            return MEASURED_AS[candidate]
    return None


def match_priors(
    priors: Iterable[Prior],
    *,
    unit: str,
    categories: Sequence[str],
    languages: Sequence[str],
) -> tuple[tuple[Prior, ...], LanguageBasis]:
    """
    Return the priors that fit a quantity, by unit, then category, then language.

    A prior for the nearest category wins over one for any category. Among those, one counted in
    the data's own language wins; then one that does not depend on the language; then the English
    one, to be scaled. Where the data state no language, every prior that fits is used as
    counted. There is more than one prior in the answer only where languages differ.

    Parameters
    ----------
    priors : iterable of Prior
    unit : str
        The unit of the quantity, stated or assumed.
    categories : sequence of str
        The category of the data and those above it, nearest first.
    languages : sequence of str
        BCP-47 tags of the data; empty where not stated.

    Raises
    ------
    NoConversion
        With the obstacle: no prior for the unit, only for another category, only for a tokenizer
        that is not of text, or only for another language where that cannot be scaled.

    Examples
    --------
    >>> book = Prior("book_en", "book", Decimal(170_000), language="en")
    >>> fitting, basis = match_priors([book], unit="book", categories=["books"], languages=["zh"])
    >>> fitting[0].code, basis.value
    ('book_en', 'scaled')
    """
    of_unit = [prior for prior in priors if prior.unit == unit]
    if not of_unit:
        raise NoConversion(Obstacle.NO_PRIOR)
    usable = [prior for prior in of_unit if prior.is_default]
    if not usable:
        raise NoConversion(Obstacle.OTHER_TOKENIZER)
    nearest = _nearest_category(usable, categories)
    if not nearest:
        raise NoConversion(Obstacle.PRIOR_OF_OTHER_CATEGORY)
    return _by_language(nearest, unit, languages)


def _nearest_category(priors: list[Prior], categories: Sequence[str]) -> list[Prior]:
    for category in categories:
        fitting = [prior for prior in priors if category in prior.categories]
        if fitting:
            return fitting
    return [prior for prior in priors if not prior.categories]


def _by_language(
    priors: list[Prior], unit: str, languages: Sequence[str]
) -> tuple[tuple[Prior, ...], LanguageBasis]:
    neutral = tuple(prior for prior in priors if prior.language is None)
    if not languages:
        if neutral:
            return neutral, LanguageBasis.ANY
        if unit in LENGTH_UNITS:
            raise NoConversion(Obstacle.LANGUAGE_NOT_STATED)
        return tuple(priors), LanguageBasis.NOT_STATED
    wanted = {main_language(tag) for tag in languages}
    own = tuple(p for p in priors if p.language and main_language(p.language) in wanted)
    if {main_language(p.language) for p in own if p.language} == wanted:
        return own, LanguageBasis.SAME if len(wanted) == 1 else LanguageBasis.SEVERAL
    if neutral:
        return neutral, LanguageBasis.ANY
    english = tuple(p for p in priors if p.language and main_language(p.language) == "en")
    if not english or unit in LENGTH_UNITS:
        raise NoConversion(Obstacle.NO_PRIOR)
    return english, LanguageBasis.SCALED if len(languages) == 1 else LanguageBasis.SEVERAL


def language_premium(
    premiums: Mapping[str, Decimal], languages: Sequence[str]
) -> tuple[Range, tuple[str, ...]]:
    """
    Return what a text costs in these languages against English, and the measured languages.

    With several languages and no shares, the low end takes the least premium, the middle the
    mean, the high end the greatest.

    Parameters
    ----------
    premiums : mapping of str to Decimal
        Premium over English of one tokenizer by measured language, > 0.
    languages : sequence of str
        At least one BCP-47 tag.

    Raises
    ------
    NoConversion
        If one of the languages was not measured, or is not named.

    Examples
    --------
    >>> premiums = {"en": Decimal("1"), "zh-Hans": Decimal("0.902")}
    >>> factor, measured = language_premium(premiums, ["zh", "en"])
    >>> float(factor.low), float(factor.mid), float(factor.high), measured
    (0.902, 0.951, 1.0, ('zh-Hans', 'en'))
    """
    measured: dict[str, Fraction] = {}
    for tag in languages:
        found = measured_tag(tag, premiums)
        if found is None:
            raise NoConversion(Obstacle.NO_PREMIUM)
        measured[found] = Fraction(premiums[found])
    values = list(measured.values())
    mean = sum(values, Fraction(0)) / len(values)
    return Range(min(values), mean, max(values)), tuple(measured)


def convert_quantity(  # noqa: PLR0913  the facts of one quantity, all by name
    quantity: Decimal,
    *,
    unit: str,
    categories: Sequence[str],
    languages: Sequence[str],
    priors: Iterable[Prior],
    premiums: Mapping[str, Decimal],
    is_assumed: bool = False,
) -> Conversion:
    """
    Convert a count of units to tokens of the tokenizer whose premiums are given.

    Parameters
    ----------
    quantity : Decimal
        How many units, >= 0.
    unit, categories, languages, priors
        As for :func:`match_priors`.
    premiums
        As for :func:`language_premium`.
    is_assumed : bool
        Whether the unit is a guess; carried into the result.

    Returns
    -------
    Conversion
        Low, middle and high are null together where a prior has no spread.

    Raises
    ------
    NoConversion
        If no prior fits, or a language has no measured premium.

    Examples
    --------
    The published example, 2,500,000 Chinese books for Qwen2/3:

    >>> book = Prior(
    ...     "book_en", "book", Decimal(170_000), Decimal(90_000), Decimal(245_000), language="en"
    ... )
    >>> convert_quantity(
    ...     Decimal(2_500_000),
    ...     unit="book",
    ...     categories=["books"],
    ...     languages=["zh"],
    ...     priors=[book],
    ...     premiums={"en": Decimal(1), "zh-Hans": Decimal("0.902")},
    ... ).tokens
    Tokens(low=202950000000, mid=383350000000, high=552475000000)
    """
    fitting, basis = match_priors(priors, unit=unit, categories=categories, languages=languages)
    per_unit = _over(fitting)
    premium, measured = Range(Fraction(1), Fraction(1), Fraction(1)), tuple(languages)
    own = {main_language(prior.language) for prior in fitting if prior.language}
    if languages and own and own != {main_language(tag) for tag in languages}:
        premium, measured = language_premium(premiums, languages)
    return Conversion(
        tokens=_whole(Fraction(quantity), per_unit, premium),
        quantity=quantity,
        unit=unit,
        priors=fitting,
        per_unit=per_unit,
        premium=premium,
        basis=basis,
        languages=measured,
        is_scaled=premium != Range(Fraction(1), Fraction(1), Fraction(1)),
        is_assumed=is_assumed,
    )


def _over(priors: Sequence[Prior]) -> Range:
    """Least low, mean middle and greatest high of priors that all fit; one prior is itself."""
    mids = [Fraction(prior.mid) * Fraction(prior.multiplier) for prior in priors]
    lows: list[Fraction] = []
    highs: list[Fraction] = []
    for prior in priors:
        if prior.low is None or prior.high is None:
            return Range(None, sum(mids, Fraction(0)) / len(mids), None)
        lows.append(Fraction(prior.low) * Fraction(prior.multiplier))
        highs.append(Fraction(prior.high) * Fraction(prior.multiplier))
    return Range(min(lows), sum(mids, Fraction(0)) / len(mids), max(highs))


def _whole(quantity: Fraction, per_unit: Range, premium: Range) -> Tokens:
    mid = round(quantity * per_unit.mid * premium.mid)
    if per_unit.low is None or per_unit.high is None or premium.low is None or premium.high is None:
        return Tokens(None, mid, None)
    return Tokens(
        round(quantity * per_unit.low * premium.low),
        mid,
        round(quantity * per_unit.high * premium.high),
    )


def text_rates(
    rates: Iterable[TextRate], *, is_code: bool, languages: Sequence[str]
) -> tuple[TextRate, ...]:
    """
    Return the measured texts that stand for uncompressed code, or text of one language.

    English text has three measured texts of different kinds, which give a spread; every other
    language has one, formal and short, which gives none.

    Raises
    ------
    NoConversion
        If the languages are several, unnamed, not stated, or not measured.
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


def rescale(tokens: Tokens, *, bytes_per_token: Decimal, to_bytes_per_token: Decimal) -> Tokens:
    """
    Restate a count of one tokenizer for another, by bytes per token on the same text.

    Parameters
    ----------
    tokens : Tokens
        As counted with the tokenizer that packs `bytes_per_token`.
    bytes_per_token, to_bytes_per_token : Decimal
        Of the first and of the second tokenizer, > 0.

    Examples
    --------
    100 B tokens of English counted with Gemma 3, restated for Qwen2/3:

    >>> rescale(
    ...     Tokens(None, 100_000_000_000, None),
    ...     bytes_per_token=Decimal("5.230"),
    ...     to_bytes_per_token=Decimal("5.338"),
    ... )
    Tokens(low=None, mid=97976770326, high=None)
    """
    ratio = Fraction(bytes_per_token) / Fraction(to_bytes_per_token)
    return Tokens(
        None if tokens.low is None else round(tokens.low * ratio),
        round(tokens.mid * ratio),
        None if tokens.high is None else round(tokens.high * ratio),
    )
