"""The draft of a mixture, read-only: what it comes to with the catalogue as it is now."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.mixtures import access, loading, queries
from app.mixtures import content as contents
from app.mixtures.findings import Finding, list_findings
from app.mixtures.models import Draft, Mixture
from app.mixtures.views import MixtureView
from app.mixtures.web.notices import SEE_OTHER, DoneNotice
from app.mixtures.web.say import SAY, Say
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class DraftPage:
    """The draft of a mixture."""

    mixture: Mixture
    draft: Draft
    view: MixtureView
    findings: Sequence[Finding]
    can_edit: bool
    notice: str | None
    say: Say = SAY


@router.get("/mixtures/{slug}", name="mixtures.show")
def show(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, notice: DoneNotice
) -> Response:
    """Show the draft; people outside the team see the versions instead."""
    mixture = queries.get_mixture(session, slug, viewer)
    if not viewer.can(Permission.READ_MIXTURES):
        return RedirectResponse(f"/mixtures/{slug}/versions", status_code=SEE_OTHER)
    draft = queries.get_draft(session, mixture.id)
    view = loading.load_plan(session, contents.read(draft.content), viewer, is_whole=True)
    page = DraftPage(
        mixture=mixture,
        draft=draft,
        view=view,
        findings=list_findings(view),
        can_edit=access.can_edit(viewer, mixture),
        notice=notice,
    )
    return render(request, "mixtures/draft.html", page)
