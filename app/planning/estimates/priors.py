"""Tokens per unit of data that has no count of its own, and which of them fits a quantity."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.planning.estimates.languages import main_language
from app.planning.estimates.tokens import NoConversion, Obstacle

# Units whose number grows with the length of the text itself. A premium compares tokens of the
# same *content*, so it says nothing of tokens per character or word of another language.
LENGTH_UNITS = frozenset({"character", "word", "byte", "base"})


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

    Returns
    -------
    fitting : tuple of Prior
        At least one; more only where languages differ.
    basis : LanguageBasis
        How the language of the data stands to the language of these priors.

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
