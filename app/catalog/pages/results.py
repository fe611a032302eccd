"""What the list of the catalogue shows: rows, facets, chips, paging, the compare tray."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.catalog.models.datasets import Dataset
from app.catalog.pages import charts, parts, quantities
from app.catalog.pages.addresses import ListState
from app.catalog.pages.compare import MOST, compare_href, naming
from app.catalog.pages.facets import (
    FACET_ORDER,
    FacetView,
    Names,
    facet_view,
    value_label,
)
from app.catalog.pages.readings import Reading
from app.catalog.search.facets import FacetCounts
from app.catalog.search.query import NONE, Facet, Sort, facet_title
from app.web import numbers
from app.web.i18n import gettext as _
from app.web.i18n import ngettext
from app.web.languages import language_name


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
    href: str
    name: parts.Name
    provider: str
    category: str
    subset_count: int
    quantities: list[quantities.QuantityView]
    estimate: parts.EstimateView | None
    reason: str
    licence: parts.LicenceView
    languages: str
    is_team_only: bool
    is_compared: bool


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
    # Nothing but subsets has what was asked for, so they are shown though nobody asked for them.
    is_widened: bool


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
    parent: str | None
    without_estimate: int
    correction: Correction | None
    is_widened: bool
    categories: list[Chip]
    limit: int
    previous_href: str | None
    next_href: str | None
    json_href: str
    export_href: str
    clear_href: str
    without_filters_href: str
    carried: list[str]
    compared: list[Chip]
    compare_href: str
    mix_href: str
    most_compared: int
    is_compare_full: bool
    left_aside: Sequence[str]
    known_filters: Sequence[str]


def results_page(
    state: ListState,
    found: Found,
    names: Names,
    readings: Sequence[Reading],
    *,
    is_compare_full: bool,
    left_aside: Sequence[str] = (),
) -> ResultsPage:
    """Return the list for one state of its address."""
    listed = state.with_subsets() if found.is_widened else state
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
        facets=[facet_view(facet, found.facets, names) for facet in FACET_ORDER],
        chips=_chips(state, names),
        total_words=total_words(found.total, is_capped=found.is_capped),
        parent=state.parent,
        without_estimate=_without_estimate(state, found),
        correction=found.correction,
        is_widened=found.is_widened,
        categories=_categories_named(listed, readings),
        limit=found.limit,
        previous_href=listed.at(found.previous_cursor).href() if found.previous_cursor else None,
        next_href=listed.at(found.next_cursor).href() if found.next_cursor else None,
        json_href=listed.json_href(),
        export_href=listed.export_href(),
        clear_href=state.cleared().href(),
        without_filters_href=state.without_filters().href(),
        carried=[slug for slug in state.compared if slug not in on_page],
        compared=[
            Chip(
                label=names.datasets.get(slug, slug),
                href=state.comparing(other for other in state.compared if other != slug).href(),
            )
            for slug in state.compared
        ],
        compare_href=compare_href(state.compared),
        mix_href=f"/mixtures/add?{naming(state.compared)}",
        most_compared=MOST,
        is_compare_full=is_compare_full,
        left_aside=left_aside,
        known_filters=tuple(Facet),
    )


def total_words(total: int, *, is_capped: bool) -> str:
    """Return how many results there are, in words; a capped number says that there are more."""
    if is_capped:
        return _("at least %(n)s results", n=numbers.whole(total))
    return ngettext("%(shown)s result", "%(shown)s results", total, shown=numbers.whole(total))


def _chips(state: ListState, names: Names) -> list[Chip]:
    parent = []
    if state.parent:
        name = names.datasets.get(state.parent, state.parent)
        label = _("Subsets of %(name)s", name=name)
        parent = [Chip(label=label, href=state.anywhere().href())]
    return parent + [
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


def _categories_named(state: ListState, readings: Sequence[Reading]) -> list[Chip]:
    """Return ways to what the text names: a word for many datasets is in few names."""
    return [
        Chip(
            _(
                "%(category)s in %(language)s",
                category=parts.category_name(reading.category),
                language=language_name(reading.language),
            )
            if reading.language
            else parts.category_name(reading.category),
            state.of_category(reading.category.code, reading.language).href(),
        )
        for reading in readings
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
        href=f"/catalogue/{dataset.slug}",
        name=parts.dataset_name(dataset),
        provider=parts.text(dataset.provider.short_name_zh, dataset.provider.short_name_en) or "",
        category=parts.category_name(dataset.category),
        subset_count=found.subset_counts.get(dataset.id, 0),
        quantities=[quantities.quantity_view(quantity) for quantity in dataset.quantities],
        estimate=parts.estimate_view(main, names.tokenizers) if main else None,
        reason=parts.no_estimate_reason(dataset),
        licence=parts.licence_view(dataset),
        languages=parts.languages_in_short(dataset.languages),
        is_team_only=dataset.visibility == "team",
        is_compared=dataset.slug in state.compared,
    )
