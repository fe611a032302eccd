"""Who sees a plan, its links, and whether it is archived."""

from fastapi import APIRouter, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import InvalidInput
from app.mixtures.models import Visibility
from app.training.models import TrainingPlan
from app.training.plans import queries, service
from app.training.web.plans.page import show_plan_page, to_version
from app.web.forms import Form

router = APIRouter(include_in_schema=False)


@router.post("/training/plans/{slug}/visibility", name="training.plan.visibility")
def set_visibility(session: DbSession, viewer: CurrentViewer, slug: str, form: Form) -> Response:
    """Say who sees a plan."""
    plan = _editable(session, slug, viewer)
    wanted = form.text("visibility")
    if wanted not in list(Visibility):
        raise InvalidInput("Choose who sees the plan.", field="visibility")
    service.set_visibility(session, plan, Visibility(wanted), viewer=viewer)
    return to_version(slug, plan.last_version, "visibility")


@router.post("/training/plans/{slug}/archive", name="training.plan.archive")
def archive(session: DbSession, viewer: CurrentViewer, slug: str, form: Form) -> Response:
    """Put a plan out of the way, or bring it back."""
    plan = _editable(session, slug, viewer)
    archived = form.text("archived") == "yes"
    service.set_archived(session, plan, archived, viewer=viewer)
    return to_version(slug, plan.last_version, "archived" if archived else "restored")


@router.post("/training/plans/{slug}/links", name="training.plan.links")
def share(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, form: Form
) -> Response:
    """Make a link that shows the last version; its address is shown this once."""
    plan = _editable(session, slug, viewer)
    version = queries.get_version(session, plan, plan.last_version)
    days = form.text("days")
    link = service.share(
        session,
        plan,
        version,
        days=int(days) if days.isdecimal() and len(days) < 6 else 0,  # noqa: PLR2004  longer is no number of days
        base_url=request.app.state.settings.base_url,
        viewer=viewer,
    )
    return show_plan_page(request, session, plan, version, viewer, link_address=link)


@router.post("/training/plans/{slug}/links/{link_id}/revoke", name="training.plan.links.revoke")
def revoke(session: DbSession, viewer: CurrentViewer, slug: str, link_id: int) -> Response:
    """Make a link worthless."""
    plan = _editable(session, slug, viewer)
    service.revoke(session, plan, link_id, viewer=viewer)
    return to_version(slug, plan.last_version, "revoked")


def _editable(session: DbSession, slug: str, viewer: Viewer) -> TrainingPlan:
    require(viewer, Permission.EDIT_MIXTURES)
    return queries.get_plan(session, slug, viewer)
