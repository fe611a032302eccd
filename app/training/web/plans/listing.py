"""Saved plans in a list."""

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


@dataclass(frozen=True)
class ListPage:
    """The plans that one may see."""

    versions: Sequence[TrainingPlanVersion]
    archived: bool
    can_edit: bool
    notice: str | None
    words: Any = words
    say: Any = SAY


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
