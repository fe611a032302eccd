"""Put datasets into a mixture from where they are looked at: a dataset's page, a comparison."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import AppError, InvalidInput, NotFound
from app.mixtures import access, catalogue, drafts
from app.mixtures import content as contents
from app.mixtures.edits.components import add_components
from app.mixtures.phases import display_name
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.web.forms import put_error
from app.mixtures.web.notices import redirect
from app.planning.limits import MAX_COMPONENTS
from app.web.forms import Form, FormData
from app.web.templating import render

router = APIRouter(include_in_schema=False)

# A slug has no such sign, so that the rest is the name of the phase.
BETWEEN = "/"


@dataclass(frozen=True)
class AddPage:
    """Which datasets go into which phase of which mixture; `places` has values and words."""

    datasets: list[tuple[str, str]]
    places: list[tuple[str, str]]
    form: FormData | None


@router.get("/mixtures/add", name="mixtures.add")
def show_add(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    dataset: Annotated[list[str], Query(default_factory=list)],
) -> Response:
    """Ask into which mixture."""
    require(viewer, Permission.EDIT_MIXTURES)
    return _page(request, session, viewer, dataset, None)


@router.post("/mixtures/add", name="mixtures.add.post")
def add(request: Request, session: DbSession, viewer: CurrentViewer, form: Form) -> Response:
    """Put the datasets into the phase that was chosen."""
    require(viewer, Permission.EDIT_MIXTURES)
    slug, _between, phase = form.text("place").partition(BETWEEN)
    datasets = form.all("dataset")
    try:
        if not phase:
            raise InvalidInput("Choose a mixture.", field="place")
        mixture = mixture_queries.get_mixture(session, slug, viewer)
        drafts.edit_draft(
            session,
            mixture,
            add_components(phase, datasets),
            revision=draft_queries.get_draft(session, mixture.id).revision,
            viewer=viewer,
        )
    except AppError as error:
        put_error(form, error, default="place")
        return _page(request, session, viewer, datasets, form)
    return redirect(f"/mixtures/{mixture.slug}", "added")


def _page(
    request: Request,
    session: Session,
    viewer: Viewer,
    datasets: Sequence[str],
    form: FormData | None,
) -> Response:
    wanted = list(dict.fromkeys(datasets))[:MAX_COMPONENTS]
    facts = catalogue.load_facts(session, wanted, with_team=access.sees_team(viewer))
    if not facts:
        raise NotFound("Choose a dataset of the catalogue first: its page leads here.")
    page = AddPage(
        datasets=[(slug, display_name(slug, facts[slug])) for slug in wanted if slug in facts],
        places=[
            (f"{mixture.slug}{BETWEEN}{phase.name}", f"{mixture.name} · {phase.name}")
            for mixture in mixture_queries.list_with_content(session, viewer)
            if access.can_edit(viewer, mixture)
            for phase in contents.read(mixture.draft.content).phases
        ],
        form=form,
    )
    return render(request, "mixtures/add.html", page, status_code=422 if form else 200)
