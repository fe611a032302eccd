"""The pages that offer files: of one dataset, of a selection, of what the list finds."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CatalogueViewer
from app.catalog import queries
from app.catalog.exporting import formats, page, selecting
from app.catalog.exporting.selecting import MAX_SELECTED
from app.catalog.list_routes import load_names, read_state
from app.catalog.pages.compare import compare_href
from app.catalog.search.query import SearchRequest, parse_filters
from app.catalog.search.service import search
from app.db import DbSession
from app.web.i18n import current_locale
from app.web.templating import render

router = APIRouter(include_in_schema=False)

TEMPLATE = "catalog/export.html"


@router.get("/catalogue/export", name="catalog.exports")
def offer_list(
    request: Request,
    session: DbSession,
    viewer: CatalogueViewer,
    dataset: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """Offer what the list finds, or the datasets that the address names, as files."""
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    if dataset:
        found = queries.list_by_slug(session, dataset[:MAX_SELECTED], with_team=with_team)
        slugs = [one.slug for one in found]
        back = compare_href(slugs) if len(slugs) > 1 else "/catalogue"
        return render(request, TEMPLATE, page.selection_page(found, back_href=back))
    state, _ = read_state(request.query_params)
    state = replace(state, cursor=None, sort=None)
    asked = SearchRequest(
        text=state.text,
        filters=parse_filters({f.value: values for f, values in state.filters.items()}),
        parent=state.parent,
        include_subsets=state.include_subsets,
        locale=current_locale(),
        limit=1,
        sees_team=with_team,
    )
    result = search(session, asked)
    team_only = 0
    if with_team:
        team_only = max(0, result.total - search(session, replace(asked, sees_team=False)).total)
    slugs = [state.parent] if state.parent else []
    named = queries.list_names(session, slugs, with_team=with_team)
    names = load_names(session, state, result.facets, named)
    return render(request, TEMPLATE, page.list_page(state, result, names, team_only=team_only))


@router.get("/catalogue/{slug:path}/export", name="catalog.export")
def offer_one(request: Request, session: DbSession, viewer: CatalogueViewer, slug: str) -> Response:
    """Offer a dataset with its subsets as files, and say what Croissant lacks."""
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    dataset = queries.get_dataset(session, slug, with_team=with_team)
    described = formats.describe_dataset(
        session, dataset.id, with_team=with_team, page_of=selecting.page_of(request)
    )
    shown = page.one_page(
        dataset,
        subset_count=len(queries.list_subsets(session, dataset.id, with_team=with_team)),
        missing=described.missing,
    )
    return render(request, TEMPLATE, shown)
