"""What the list of the catalogue shows: rows, facets, chips, paging, the compare tray."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.catalog import charts, labels
from app.catalog.models import Category, Dataset, EstimateMethod, LicenceClass
from app.catalog.pages import parts
from app.catalog.pages.addresses import ListState
from app.catalog.pages.compare import MOST, compare_href
from app.catalog.search.facets import SIZE_BANDS, FacetCounts
from app.catalog.search.query import NONE, Facet, Sort
from app.web import numbers
from app.web.i18n import gettext as _
from app.web.i18n import ngettext
from app.web.languages import language_name

SHOWN_VALUES = 6


@dataclass(frozen=True)
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
class Chip:
    """One active filter, or one dataset of the tray, with the address without it."""

    label: str
    href: str


@dataclass(frozen=True)
class Correction:
    """What was asked for and found nowhere, and what is shown instead."""

    asked: str
    used: str


@dataclass(frozen=True)
class ResultRow:
    """One dataset of the list."""

    id: int
    slug: str
    name: parts.Name
    provider: str
    category: str
    subset_count: int
    quantities: list[parts.QuantityView]
    estimate: parts.EstimateView | None
    reason: str
    licence: parts.LicenceView
    languages: str
    is_team_only: bool
    is_compared: bool


@dataclass(frozen=True)
class Names:
    """The words for values that live in the database."""

    categories: Mapping[str, Category]
    providers: Mapping[str, str]
    tokenizers: Mapping[str, str]
    datasets: Mapping[str, str]


@dataclass(frozen=True)
class Found:
    """What the search answered, in the terms of the page."""

    datasets: Sequence[Dataset]
    subset_counts: Mapping[int, int]
    facets: Mapping[Facet, FacetCounts]
    total: int
    is_capped: bool
    previous_cursor: str | None
    next_cursor: str | None
    correction: Correction | None
    limit: int
    dataset_count: int
    subset_count: int


@dataclass(frozen=True)
class ResultsPage:
    """Everything that templates/catalog/index.html shows."""

    text: str
    sort: str
    sorts: list[tuple[str, str]]
    include_subsets: bool
    dataset_count: int
    subset_count: int
    rows: list[ResultRow]
    grid: list[float]
    facets: list[FacetView]
    chips: list[Chip]
    total_words: str
    without_estimate: int
    correction: Correction | None
    limit: int
    previous_href: str | None
    next_href: str | None
    json_href: str
    clear_href: str
    without_filters_href: str
    with_subsets_href: str
    carried: list[str]
    compared: list[Chip]
    compare_href: str
    most_compared: int
    is_compare_full: bool


def results_page(
    state: ListState, found: Found, names: Names, *, is_compare_full: bool
) -> ResultsPage:
    """Return the list for one state of its address."""
    rows = [_row(dataset, state, found, names) for dataset in found.datasets]
    on_page = {row.slug for row in rows}
    return ResultsPage(
        text=state.text,
        sort=state.sort or "",
        sorts=_sorts(has_text=bool(state.text)),
        include_subsets=state.include_subsets,
        dataset_count=found.dataset_count,
        subset_count=found.subset_count,
        rows=rows,
        grid=charts.log_grid(),
        facets=[_facet(facet, found, names) for facet in Facet],
        chips=_chips(state, names),
        total_words=total_words(found.total, is_capped=found.is_capped),
        without_estimate=_without_estimate(state, found),
        correction=found.correction,
        limit=found.limit,
        previous_href=state.at(found.previous_cursor).href() if found.previous_cursor else None,
        next_href=state.at(found.next_cursor).href() if found.next_cursor else None,
        json_href=state.json_href(),
        clear_href=state.cleared().href(),
        without_filters_href=state.without_filters().href(),
        with_subsets_href=state.with_subsets().href(),
        carried=[slug for slug in state.compared if slug not in on_page],
        compared=[
            Chip(
                label=names.datasets.get(slug, slug),
                href=state.comparing(other for other in state.compared if other != slug).href(),
            )
            for slug in state.compared
        ],
        compare_href=compare_href(state.compared),
        most_compared=MOST,
        is_compare_full=is_compare_full,
    )


def total_words(total: int, *, is_capped: bool) -> str:
    """Return how many results there are, in words; a capped number says that there are more."""
    if is_capped:
        return _("more than %(n)s results", n=numbers.whole(total))
    return ngettext("%(shown)s result", "%(shown)s results", total, shown=numbers.whole(total))


def facet_title(facet: Facet) -> str:
    """Return a facet's heading."""
    titles = {
        Facet.CATEGORY: _("Category"),
        Facet.MODALITY: _("Modality"),
        Facet.LANGUAGE: _("Language"),
        Facet.LICENCE: _("Stated licence"),
        Facet.PROVIDER: _("Provider"),
        Facet.UNIT: _("Unit"),
        Facet.METHOD: _("Token estimate"),
        Facet.SIZE: _("Size in tokens"),
    }
    return titles[facet]


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
            return parts.unit_name(value)
        case Facet.METHOD if value in set(EstimateMethod):
            return _capitalised(parts.method_word(value))
        case Facet.SIZE:
            return _size_label(value)
    return value


def _none_word(facet: Facet) -> str:
    words = {
        Facet.LANGUAGE: _("Not named"),
        Facet.UNIT: _("Not stated"),
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


def _facet(facet: Facet, found: Found, names: Names) -> FacetView:
    counts = found.facets.get(facet, FacetCounts(()))
    values = [
        FacetValue(
            id=f"{facet.value}-{counted.value}",
            value=counted.value,
            label=value_label(facet, counted.value, names),
            count=_count(counted.count, is_capped=counts.is_capped),
            is_checked=counted.is_selected,
        )
        for counted in counts.values
    ]
    if facet is Facet.SIZE:
        order = [band.value for band in SIZE_BANDS]
        values.sort(key=lambda v: order.index(v.value) if v.value in order else len(order))
    shown = [
        value for index, value in enumerate(values) if index < SHOWN_VALUES or value.is_checked
    ]
    return FacetView(
        code=facet.value,
        title=facet_title(facet),
        values=shown,
        more=[value for value in values if value not in shown],
    )


def _count(count: int, *, is_capped: bool) -> str:
    shown = numbers.whole(count)
    return f"{shown}+" if is_capped else shown


def _chips(state: ListState, names: Names) -> list[Chip]:
    return [
        Chip(
            label=_(
                "%(facet)s: %(value)s",
                facet=facet_title(facet),
                value=value_label(facet, value, names),
            ),
            href=state.without(facet, value).href(),
        )
        for facet in Facet
        for value in state.filters.get(facet, ())
    ]


def _sorts(*, has_text: bool) -> list[tuple[str, str]]:
    """Return the orders; the default one has no value, so that a new search has its own."""
    tokens, others = (
        _("Tokens, most first"),
        [
            (Sort.NAME.value, _("Name")),
            (Sort.UPDATED.value, _("Last change")),
        ],
    )
    if has_text:
        return [("", _("Best match")), (Sort.TOKENS.value, tokens), *others]
    return [("", tokens), *others]


def _without_estimate(state: ListState, found: Found) -> int:
    """Return how many of the results have no estimate, as the facet counts them."""
    chosen = state.filters.get(Facet.METHOD, ())
    if chosen and NONE not in chosen:
        return 0
    counts = found.facets.get(Facet.METHOD, FacetCounts(()))
    return next((counted.count for counted in counts.values if counted.value == NONE), 0)


def _row(dataset: Dataset, state: ListState, found: Found, names: Names) -> ResultRow:
    main = parts.main_estimate(dataset)
    return ResultRow(
        id=dataset.id,
        slug=dataset.slug,
        name=parts.dataset_name(dataset),
        provider=parts.text(dataset.provider.short_name_zh, dataset.provider.short_name_en) or "",
        category=parts.category_name(dataset.category),
        subset_count=found.subset_counts.get(dataset.id, 0),
        quantities=[parts.quantity_view(quantity) for quantity in dataset.quantities],
        estimate=parts.estimate_view(main, names.tokenizers) if main else None,
        reason=parts.no_estimate_reason(dataset),
        licence=parts.licence_view(dataset),
        languages=parts.languages_in_short(dataset.languages),
        is_team_only=dataset.visibility == "team",
        is_compared=dataset.slug in state.compared,
    )
