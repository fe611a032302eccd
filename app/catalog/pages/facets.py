"""The facets of the list: their headings, the words for their values, their counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.catalog.models.datasets import Category
from app.catalog.models.estimates import EstimateMethod
from app.catalog.models.licences import LicenceClass
from app.catalog.pages import parts, quantities
from app.catalog.search.facets import SIZE_BANDS, FacetCounts
from app.catalog.search.query import NONE, Facet, facet_title
from app.catalog.words import labels
from app.web import numbers
from app.web.i18n import gettext as _
from app.web.languages import language_name

SHOWN_VALUES = 6
# Rarer values are left to the search field: a list of thousands helps nobody.
MOST_VALUES = 60
FACET_ORDER = (
    Facet.CATEGORY,
    Facet.LANGUAGE,
    Facet.MODALITY,
    Facet.LICENCE,
    Facet.METHOD,
    Facet.SIZE,
    Facet.PROVIDER,
    Facet.UNIT,
)
SIZE_ORDER = {band.value: place for place, band in enumerate(SIZE_BANDS)}


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet with how many datasets have it."""

    id: str
    value: str
    label: str
    count: str
    is_checked: bool


@dataclass(frozen=True)
class FacetView:
    """One facet: its most frequent values, and the others behind a disclosure."""

    code: str
    title: str
    values: list[FacetValue]
    more: list[FacetValue]


@dataclass(frozen=True)
class Names:
    """The words for values that live in the database."""

    categories: Mapping[str, Category]
    providers: Mapping[str, str]
    tokenizers: Mapping[str, str]
    datasets: Mapping[str, str]


def value_label(facet: Facet, value: str, names: Names) -> str:  # noqa: PLR0911  one per facet
    """Return the word for a facet's value in the page's language."""
    if value == NONE:
        return _none_word(facet)
    match facet:
        case Facet.CATEGORY:
            category = names.categories.get(value)
            return parts.category_name(category) if category else value
        case Facet.MODALITY:
            return parts.modality_word(value)
        case Facet.LANGUAGE:
            return language_name(value)
        case Facet.LICENCE if value in set(LicenceClass):
            return parts.word(labels.LICENCE_CLASSES[LicenceClass(value)], value)
        case Facet.PROVIDER:
            return names.providers.get(value, value)
        case Facet.UNIT:
            return quantities.unit_name(value)
        case Facet.METHOD if value in set(EstimateMethod):
            return parts.method_word(value)
        case Facet.SIZE:
            return _size_label(value)
    return value


def _none_word(facet: Facet) -> str:
    words = {
        Facet.LANGUAGE: _("Not named"),
        Facet.UNIT: _("Unit not stated"),
        Facet.METHOD: _("No estimate"),
        Facet.SIZE: _("No estimate"),
        Facet.LICENCE: _("Not stated"),
    }
    return words.get(facet, _("None"))


def _size_label(value: str) -> str:
    """Return a size band by its ends in tokens."""
    band = next((band for band in SIZE_BANDS if band.value == value), None)
    if band is None:
        return value
    if band.high is None:
        return _("%(low)s and more", low=numbers.short(band.low))
    if band.low == 0:
        return _("below %(high)s", high=numbers.short(band.high))
    return f"{numbers.short(band.low)}–{numbers.short(band.high)}"


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def facet_view(facet: Facet, found: Mapping[Facet, FacetCounts], names: Names) -> FacetView:
    """Return one facet with its counts, the values that are chosen always among those shown."""
    counts = found.get(facet, FacetCounts(()))
    counted_values = list(counts.values)
    if facet is Facet.SIZE:
        counted_values.sort(key=lambda one: SIZE_ORDER.get(one.value, len(SIZE_ORDER)))
    values = [
        FacetValue(
            id=f"{facet.value}-{counted.value}",
            value=counted.value,
            label=_capitalised(value_label(facet, counted.value, names)),
            count=_count(counted.count, is_capped=counts.is_capped),
            is_checked=counted.is_selected,
        )
        for index, counted in enumerate(counted_values)
        if index < MOST_VALUES or counted.is_selected
    ]
    rarer = values[SHOWN_VALUES:]
    return FacetView(
        code=facet.value,
        title=facet_title(facet),
        values=values[:SHOWN_VALUES] + [value for value in rarer if value.is_checked],
        more=[value for value in rarer if not value.is_checked],
    )


def _count(count: int, *, is_capped: bool) -> str:
    shown = numbers.whole(count)
    return f"{shown}+" if is_capped else shown
