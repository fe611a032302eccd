"""A version of a plan as a page, as files, and through a link."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.training.plans import queries, service
from app.training.web.plans.page import DONE, Number, show_plan_page
from app.web.i18n import gettext as _

router = APIRouter(include_in_schema=False)


@router.get("/training/plans/shared/{secret}", name="training.plans.shared")
def show_shared(
    request: Request, session: DbSession, viewer: CurrentViewer, secret: str, stage: str = ""
) -> Response:
    """Show the version of a link, read-only."""
    version = service.open_link(session, secret)
    response = show_plan_page(
        request, session, version.plan, version, viewer, stage=stage, is_shared=True
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@router.get("/training/plans/{slug}", name="training.plan")
def show_last(session: DbSession, viewer: CurrentViewer, slug: str) -> Response:
    """Go to the last version of a plan."""
    plan = queries.get_plan(session, slug, viewer)
    return RedirectResponse(f"/training/plans/{slug}/versions/{plan.last_version}", 302)


@router.get("/training/plans/{slug}/versions/{number}", name="training.plan.version")
def show_version(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    *,
    number: Number,
    phase: Annotated[int, Query(ge=0, le=100)] = 0,
    stage: Annotated[str, Query()] = "",
    done: Annotated[str, Query()] = "",
) -> Response:
    """Show a version of a plan."""
    plan = queries.get_plan(session, slug, viewer)
    version = queries.get_version(session, plan, number)
    notice = _(DONE[done]) if done in DONE else None
    return show_plan_page(
        request, session, plan, version, viewer, phase=phase, stage=stage, notice=notice
    )
