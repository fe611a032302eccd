"""The pages of the catalogue: datasets, providers, comparison, what is behind the figures."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts.models import OrganisationKind
from app.accounts.permissions import Permission
from app.accounts.viewers import CatalogueViewer, CurrentViewer, require
from app.catalog import history, list_routes, prior_routes, queries, reference, service, state
from app.catalog.estimating import tables
from app.catalog.exporting import selecting, structured
from app.catalog.pages import rules
from app.catalog.pages.about import about_page
from app.catalog.pages.compare import MOST, compare_page
from app.catalog.pages.dataset import dataset_page
from app.catalog.pages.glossary import glossary_page
from app.catalog.pages.provider import provider_page
from app.db import DbSession
from app.web.forms import Form
from app.web.routing import share_routes
from app.web.templating import render

router = APIRouter(include_in_schema=False)
share_routes(router, [list_routes.router, prior_routes.router])

SEE_OTHER = 303


@router.get("/", name="catalog.home")
def home(viewer: CurrentViewer) -> Response:
    """Lead to where one's work starts: the catalogue, or for a vendor the requests it got."""
    is_vendor = viewer.organisation_kind is OrganisationKind.VENDOR
    return RedirectResponse("/quotes" if is_vendor else "/catalogue", status_code=SEE_OTHER)


@router.get("/compare", name="catalog.compare")
def compare(
    request: Request,
    session: DbSession,
    viewer: CatalogueViewer,
    d: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """Show up to six datasets side by side."""
    asked = d or []
    wanted = list(dict.fromkeys(asked))[:MOST]
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    datasets = queries.list_by_slug(session, wanted, with_team=with_team)
    page = compare_page(
        asked,
        datasets,
        subset_counts=queries.subset_counts(session, [dataset.id for dataset in datasets]),
        tokenizer_names=reference.tokenizer_names(session),
    )
    return render(request, "catalog/compare.html", page)


@router.get("/providers/{slug}", name="catalog.provider")
def show_provider(
    request: Request, session: DbSession, viewer: CatalogueViewer, slug: str
) -> Response:
    """Show a provider with its datasets by category and its services."""
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    provider = queries.get_provider(session, slug, with_team=with_team)
    datasets = queries.list_of_provider(session, provider.id, with_team=with_team)
    page = provider_page(
        provider,
        datasets,
        subset_counts=queries.subset_counts(session, [dataset.id for dataset in datasets]),
        tokenizer_names=reference.tokenizer_names(session),
    )
    return render(request, "catalog/provider.html", page)


@router.get("/about-the-data", name="catalog.about")
def about(request: Request, session: DbSession, viewer: CatalogueViewer) -> Response:
    """Show every source with its grade, how estimates are made, and the tables behind them."""
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    page = about_page(
        sources=queries.list_sources(session, with_team=with_team),
        priors=reference.list_priors(session),
        tokenizers=reference.list_tokenizers(session),
        ratios=reference.list_tokenizer_ratios(session),
        counts=queries.count_datasets(session, with_team=with_team),
        without_estimate=queries.count_without_estimate(session, with_team=with_team),
        seed_version=state.seed_version(session),
    )
    return render(request, "catalog/about.html", page)


@router.get("/glossary", name="catalog.glossary")
def glossary(request: Request, viewer: CurrentViewer) -> Response:  # noqa: ARG001  names the viewer
    """Show the words of the portal."""
    return render(request, "catalog/glossary.html", glossary_page())


@router.post("/quantities/{quantity_id}/unit", name="catalog.confirm_unit")
def confirm_unit(
    session: DbSession, viewer: CurrentViewer, form: Form, quantity_id: int
) -> Response:
    """Confirm or correct the unit that a source does not state."""
    require(viewer, Permission.CONFIRM_UNIT)
    dataset = service.confirm_unit(session, quantity_id, form.text("unit"), actor=viewer)
    return RedirectResponse(f"/catalogue/{dataset.slug}#history", status_code=SEE_OTHER)


# The last one: a slug may contain a slash, so this would take every address below.
@router.get("/catalogue/{slug:path}", name="catalog.show")
def show(request: Request, session: DbSession, viewer: CatalogueViewer, slug: str) -> Response:
    """Show one dataset with all that is known of it."""
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    dataset = queries.get_dataset(session, slug, with_team=with_team)
    children = queries.list_subsets(session, dataset.id, with_team=with_team)
    overlaps = queries.list_overlaps(session, dataset.id, with_team=with_team)
    page = dataset_page(
        dataset,
        children=children,
        overlaps=overlaps,
        events=history.list_newest(session, dataset.id, with_team=with_team),
        tables=tables.load(session) if rules.is_restatable(dataset) else None,
        tokenizer_names=reference.tokenizer_names(session),
        can_confirm_units=viewer.can(Permission.CONFIRM_UNIT),
        json_ld=structured.json_ld(dataset, children, overlaps, page_of=selecting.page_of(request)),
    )
    return render(request, "catalog/show.html", page)
