"""The list of the catalogue: search, facets, sorting, paging and the compare tray."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import islice

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import QueryParams

from app.accounts.permissions import Permission
from app.accounts.viewers import CatalogueViewer
from app.catalog import queries, reference
from app.catalog.pages import parts, readings
from app.catalog.pages.addresses import ListState
from app.catalog.pages.compare import MOST, compare_href
from app.catalog.pages.facets import Names
from app.catalog.pages.readings import Reading
from app.catalog.pages.results import Correction, Found, results_page
from app.catalog.search.facets import FacetCounts
from app.catalog.search.query import (
    DEFAULT_LIMIT,
    Facet,
    SearchRequest,
    Sort,
    parse_filters,
    parse_sort,
    parse_text,
    shown,
)
from app.catalog.search.service import SearchPage, search
from app.db import DbSession
from app.errors import InvalidInput
from app.web.i18n import current_locale
from app.web.templating import render

router = APIRouter(include_in_schema=False)

# At most so many slugs of an address are read: the rest cannot be in the tray anyway.
MAX_COMPARED_READ = 50
KNOWN = frozenset({*Facet, "q", "parent", "subsets", "sort", "cursor", "compare", "go"})
MAX_NAMED = 5


@router.get("/catalogue", name="catalog.index")
def index(request: Request, session: DbSession, viewer: CatalogueViewer) -> Response:
    """Show one page of the catalogue, as the address describes it."""
    state, is_compare_full = read_state(request.query_params)
    if request.query_params.get("go") == "compare":
        return RedirectResponse(compare_href(state.compared), status_code=303)
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    sort = parse_sort(state.sort, has_text=bool(state.text))
    asked = SearchRequest(
        text=state.text,
        filters=parse_filters({f.value: values for f, values in state.filters.items()}),
        parent=state.parent,
        include_subsets=state.include_subsets,
        sort=sort,
        locale=current_locale(),
        cursor=state.cursor,
        sees_team=with_team,
    )
    found = search(session, asked)
    is_widened = False
    if not found.ids and state.could_be_wider():
        wider = search(session, replace(asked, include_subsets=True))
        found, is_widened = (wider, True) if wider.ids else (found, False)
    slugs = [*state.compared, *([state.parent] if state.parent else [])]
    named = queries.list_names(session, slugs, with_team=with_team)
    state = replace(state, compared=tuple(slug for slug in state.compared if slug in named))
    names = load_names(session, state, found.facets, named)
    page = results_page(
        state,
        load_found(session, found, with_team=with_team, is_widened=is_widened),
        names,
        read_text(session, asked, names),
        is_compare_full=is_compare_full,
        left_aside=unknown_parts(request.query_params),
    )
    return render(request, "catalog/index.html", page, fragments=("browse",))


def read_text(session: Session, asked: SearchRequest, names: Names) -> list[Reading]:
    """Return what the text names as filters would; in a language only if something is in it."""
    if not asked.text or asked.filters:
        return []
    return [
        reading
        for reading in readings.read(asked.text, names.categories.values())
        if reading.language is None or _is_anything(session, asked, reading)
    ]


def _is_anything(session: Session, asked: SearchRequest, reading: Reading) -> bool:
    filters = {
        Facet.CATEGORY: frozenset({reading.category.code}),
        Facet.LANGUAGE: frozenset({reading.language or ""}),
    }
    within = replace(
        asked, text="", filters=filters, include_subsets=True, cursor=None, sort=Sort.TOKENS
    )
    try:
        return search(session, within).total > 0
    except InvalidInput:
        # No dataset has ever been in this language.
        return False


def read_state(query: QueryParams) -> tuple[ListState, bool]:
    """Return the state of an address, and whether it names more datasets than can be compared."""
    text = parse_text(query.get("q", ""))
    compared = list(dict.fromkeys(query.getlist("compare")[:MAX_COMPARED_READ]))
    filters = {
        facet: tuple(dict.fromkeys(value for value in query.getlist(facet.value) if value))
        for facet in Facet
    }
    state = ListState(
        text=text,
        filters={facet: values for facet, values in filters.items() if values},
        parent=query.get("parent") or None,
        include_subsets=query.get("subsets") == "true",
        sort=query.get("sort") or None,
        cursor=query.get("cursor") or None,
        compared=tuple(compared[:MOST]),
    )
    return state, len(compared) > MOST


def unknown_parts(query: QueryParams) -> list[str]:
    """Return the names in an address that ask for nothing here; where a visit came from is none."""
    names = (name for name in query if name not in KNOWN and not name.startswith("utm_"))
    return [shown(name) for name in islice(names, MAX_NAMED)]


def load_found(session: Session, found: SearchPage, *, with_team: bool, is_widened: bool) -> Found:
    """Return what the search found with all that the rows show."""
    datasets, subsets = queries.count_datasets(session, with_team=with_team)
    corrections = found.corrections
    return Found(
        datasets=queries.list_items(session, found.ids),
        subset_counts=queries.subset_counts(session, found.ids),
        facets=found.facets,
        total=found.total,
        is_capped=found.total_is_capped,
        previous_cursor=found.previous_cursor,
        next_cursor=found.next_cursor,
        correction=Correction(
            asked=" ".join(one.typed for one in corrections),
            used=" ".join(one.used for one in corrections),
        )
        if corrections
        else None,
        limit=DEFAULT_LIMIT,
        dataset_count=datasets,
        subset_count=subsets,
        is_widened=is_widened,
    )


def load_names(
    session: Session,
    state: ListState,
    facets: Mapping[Facet, FacetCounts],
    named: Mapping[str, tuple[str, str]],
) -> Names:
    """Return the words for everything that the page names and the database knows."""
    counted = facets.get(Facet.PROVIDER)
    slugs = {one.value for one in counted.values} if counted else set()
    slugs |= set(state.filters.get(Facet.PROVIDER, ()))
    return Names(
        categories={category.code: category for category in reference.list_categories(session)},
        providers=in_page_language(reference.provider_names(session, slugs)),
        tokenizers=reference.tokenizer_names(session),
        datasets=in_page_language(named),
    )


def in_page_language(names: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return bilingual names by slug in the language of the page."""
    return {slug: parts.name_of(zh, en).text for slug, (zh, en) in names.items()}
