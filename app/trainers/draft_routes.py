"""What a draft would look like as a trainer's file: a panel of the composer, and a page alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Cookie, Query, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import AppError
from app.mixtures import content as contents
from app.mixtures import loading
from app.mixtures.models import Mixture
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.trainers import exporting, plans
from app.trainers.exporting import Refused
from app.trainers.kit.findings import Finding
from app.trainers.kit.notes import Note
from app.trainers.kit.outputs import File, Format, Written
from app.trainers.pages import SAY, Words
from app.trainers.registry import FORMATS, get_format
from app.web.errors import sentence
from app.web.templating import render

router = APIRouter(include_in_schema=False)

FRAGMENTS = ("trainer_file",)
# The trainer that somebody looked at last is the one they look at next.
COOKIE = "peibi_trainer"
A_YEAR = 365 * 24 * 3600
SHOWN_LINES = 14
SHOWN_NOTES = 3


@dataclass(frozen=True)
class DraftPage:
    """
    A draft as one trainer's file.

    `lines` are the first of the file that say something; `problem` is why there is no plan.
    """

    mixture: Mixture
    trainer: Format
    trainers: Sequence[Format]
    file: File | None
    lines: Sequence[str]
    more_lines: int
    more_files: int
    notes: Sequence[Note]
    findings: Sequence[Finding]
    is_refused: bool
    problem: str | None
    most_notes: int = SHOWN_NOTES
    say: Words = SAY


@router.get("/mixtures/{slug}/trainer-file", name="trainers.draft")
def show(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    slug: str,
    *,
    trainer: Annotated[str, Query(max_length=40)] = "",
    peibi_trainer: Annotated[str, Cookie()] = "",
) -> Response:
    """Show what a trainer's file would say of the draft, and what it would lose."""
    require(viewer, Permission.READ_MIXTURES)
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    last = peibi_trainer if peibi_trainer in FORMATS else next(iter(FORMATS))
    chosen = get_format(trainer or last)
    page = _page(session, mixture, viewer, chosen)
    answer = render(request, "trainers/draft.html", page, fragments=FRAGMENTS)
    if trainer:
        answer.set_cookie(
            COOKIE, trainer, max_age=A_YEAR, path="/mixtures", httponly=True, samesite="lax"
        )
    return answer


def _page(session: DbSession, mixture: Mixture, viewer: Viewer, chosen: Format) -> DraftPage:
    draft = draft_queries.get_draft(session, mixture.id)
    view = loading.load_plan(session, contents.read(draft.content), viewer)
    written, refused, problem = Written(()), None, None
    try:
        written = exporting.write(chosen, plans.plan_of_draft(session, mixture, view, viewer))
    except Refused as error:
        refused = error
    except AppError as error:
        problem = sentence(error)
    file = written.files[0] if written.files else None
    lines = _telling(file.text) if file else []
    return DraftPage(
        mixture=mixture,
        trainer=chosen,
        trainers=list(FORMATS.values()),
        file=file,
        lines=lines[:SHOWN_LINES],
        more_lines=max(len(lines) - SHOWN_LINES, 0),
        more_files=max(len(written.files) - 1, 0),
        notes=written.notes,
        findings=refused.findings if refused else written.findings,
        is_refused=refused is not None,
        problem=problem,
    )


def _telling(text: str) -> list[str]:
    """Return the lines of a file without its header and blank lines."""
    return [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
