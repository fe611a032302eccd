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
from fractions import Fraction

from app.planning.estimates.languages import main_language, measured_tag
from app.planning.estimates.priors import LanguageBasis, Prior, match_priors
from app.planning.estimates.tokens import NoConversion, Obstacle, Range, Tokens


@dataclass(frozen=True, slots=True)
class Factors:
    """
    What a count of units is multiplied with: the same for every quantity of a kind of data.

    Attributes
    ----------
    per_unit : Range
        Tokens per unit of the data, over all `priors`, multipliers included.
    premium : Range
        What the language of the data costs against the language of the priors; 1 if not scaled.
    product : Range
        The two multiplied.
    languages : tuple of str
        The languages of the data that the premium was read for, as measured.
    is_scaled : bool
        Whether a premium was applied.
    """

    unit: str
    priors: tuple[Prior, ...]
    per_unit: Range
    premium: Range
    product: Range
    basis: LanguageBasis
    languages: tuple[str, ...]
    is_scaled: bool


@dataclass(frozen=True, slots=True)
class Conversion:
    """Tokens and each factor they came from, so that a page can show the sum."""

    tokens: Tokens
    quantity: Decimal
    factors: Factors


_ONE = Range(Fraction(1), Fraction(1), Fraction(1))


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

    Returns
    -------
    factor : Range
        Tokens of a text in these languages per token of the same text in English.
    measured : tuple of str
        The tags of `premiums` that stood for the languages, each once.

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


def find_factors(
    *,
    unit: str,
    categories: Sequence[str],
    languages: Sequence[str],
    priors: Iterable[Prior],
    premiums: Mapping[str, Decimal],
) -> Factors:
    """
    Return what a count of these units is multiplied with, for the tokenizer of the premiums.

    Parameters
    ----------
    unit, categories, languages, priors
        As for :func:`app.planning.estimates.priors.match_priors`.
    premiums
        As for :func:`language_premium`.

    Returns
    -------
    Factors
        Tokens per unit, the premium of the language, and their product.

    Raises
    ------
    NoConversion
        If no prior fits, or a language has no measured premium.

    Examples
    --------
    A Chinese book, by a count of English ones:

    >>> found = find_factors(
    ...     unit="book",
    ...     categories=["books"],
    ...     languages=["zh"],
    ...     priors=[Prior("book_en", "book", Decimal(170_000), language="en")],
    ...     premiums={"en": Decimal(1), "zh-Hans": Decimal("0.902")},
    ... )
    >>> float(found.product.mid), found.languages, found.is_scaled
    (153340.0, ('zh-Hans',), True)
    """
    fitting, basis = match_priors(priors, unit=unit, categories=categories, languages=languages)
    per_unit = _over(fitting)
    premium, measured = _ONE, tuple(languages)
    own = {main_language(prior.language) for prior in fitting if prior.language}
    is_scaled = bool(languages and own and own != {main_language(tag) for tag in languages})
    if is_scaled:
        premium, measured = language_premium(premiums, languages)
    return Factors(
        unit=unit,
        priors=fitting,
        per_unit=per_unit,
        premium=premium,
        product=_product(per_unit, premium),
        basis=basis,
        languages=measured,
        is_scaled=is_scaled,
    )


def convert_quantity(quantity: Decimal, factors: Factors) -> Conversion:
    """
    Convert a count of units to tokens.

    Parameters
    ----------
    quantity : Decimal
        How many units, >= 0.
    factors : Factors
        From :func:`find_factors`.

    Returns
    -------
    Conversion
        Its low and high are None where a prior has no spread.

    Examples
    --------
    The published example, 2,500,000 Chinese books for Qwen2/3:

    >>> book = Prior(
    ...     "book_en", "book", Decimal(170_000), Decimal(90_000), Decimal(245_000), language="en"
    ... )
    >>> factors = find_factors(
    ...     unit="book",
    ...     categories=["books"],
    ...     languages=["zh"],
    ...     priors=[book],
    ...     premiums={"en": Decimal(1), "zh-Hans": Decimal("0.902")},
    ... )
    >>> convert_quantity(Decimal(2_500_000), factors).tokens
    Tokens(low=202950000000, mid=383350000000, high=552475000000)
    """
    count, product = Fraction(quantity), factors.product
    tokens = Tokens(
        None if product.low is None else round(count * product.low),
        round(count * product.mid),
        None if product.high is None else round(count * product.high),
    )
    return Conversion(tokens, quantity, factors)


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


def _product(per_unit: Range, premium: Range) -> Range:
    mid = per_unit.mid * premium.mid
    if per_unit.low is None or per_unit.high is None or premium.low is None or premium.high is None:
        return Range(None, mid, None)
    return Range(per_unit.low * premium.low, mid, per_unit.high * premium.high)


def rescale(tokens: Tokens, *, bytes_per_token: Decimal, to_bytes_per_token: Decimal) -> Tokens:
    """
    Restate a count of one tokenizer for another, by bytes per token on the same text.

    Parameters
    ----------
    tokens : Tokens
        As counted with the tokenizer that packs `bytes_per_token`.
    bytes_per_token, to_bytes_per_token : Decimal
        Of the first and of the second tokenizer, > 0.

    Returns
    -------
    Tokens
        In whole tokens of the second tokenizer; an end without a count stays without one.

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
