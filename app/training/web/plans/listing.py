"""Saved plans: listed, and compared side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.mixtures.web.say import SAY
from app.training import forms, words
from app.training.models import TrainingPlanVersion
from app.training.plans import queries
from app.training.web.plans.page import DONE
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(include_in_schema=False)

MOST_COMPARED = 4


@dataclass(frozen=True)
class ListPage:
    """The plans that one may see."""

    versions: Sequence[TrainingPlanVersion]
    archived: bool
    can_edit: bool
    notice: str | None
    words: Any = words
    say: Any = SAY


@dataclass(frozen=True)
class ComparePage:
    """Versions side by side."""

    versions: Sequence[TrainingPlanVersion]
    rows: Sequence[tuple[str, Sequence[Any]]]
    words: Any = words


@router.get("/training/plans", name="training.plans")
def list_plans(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    *,
    state: Annotated[str, Query()] = "",
    done: Annotated[str, Query()] = "",
) -> Response:
    """List the plans that one may see, the last changed first."""
    archived = state == "archived"
    page = ListPage(
        versions=queries.list_plans(session, viewer, archived=archived),
        archived=archived,
        can_edit=forms.may_save(viewer),
        notice=_(DONE[done]) if done in DONE else None,
    )
    return render(request, "training/plans/index.html", page)


@router.get("/training/plans/compare", name="training.plans.compare")
def compare(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    p: Annotated[list[str], Query(max_length=20)] = [],  # noqa: B006  FastAPI copies it
) -> Response:
    """Show versions of plans side by side: `p=slug:number`, or the last version of `p=slug`."""
    versions = []
    for one in p[:MOST_COMPARED]:
        slug, _colon, number = one.partition(":")
        plan = queries.get_plan(session, slug, viewer)
        wanted = int(number) if number.isdecimal() and len(number) < 7 else plan.last_version  # noqa: PLR2004  a version
        version = queries.get_version(session, plan, wanted)
        session.refresh(version, ["plan"])
        versions.append(version)
    rows = [(name, [version.results.get(name) for version in versions]) for name in words.RESULTS]
    return render(request, "training/plans/compare.html", ComparePage(versions, rows))
