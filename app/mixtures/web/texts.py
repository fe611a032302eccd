"""A mixture as a text file to keep, and a text put into a draft after a look at what changes."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import AppError
from app.mixtures import access, diffs, loading, texts
from app.mixtures import content as contents
from app.mixtures.diffs import MixtureDiff
from app.mixtures.drafts import StaleDraft
from app.mixtures.findings import Finding, list_findings
from app.mixtures.models import Draft, Mixture
from app.mixtures.pages import Number
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.mixtures.queries import versions as version_queries
from app.mixtures.text_form import Document
from app.mixtures.web.composer.said import Theirs, theirs_of
from app.mixtures.web.forms import put_error
from app.mixtures.web.notices import SEE_OTHER
from app.mixtures.web.say import SAY, Say
from app.mixtures.words.settings import settings
from app.web.forms import Form, FormData
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Preview:
    """What a text would make of a draft, and what others did since the text was made."""

    diff: MixtureDiff
    settings: Sequence[str]
    findings: Sequence[Finding]
    theirs: Sequence[Theirs]
    foreign_slug: str | None


@dataclass(frozen=True)
class TextPage:
    """A draft as text, to change; with what the changed text would do."""

    mixture: Mixture
    revision: int
    text: str
    preview: Preview | None
    is_late: bool
    form: FormData | None
    say: Say = SAY


@router.get("/mixtures/{slug}/text", name="mixtures.text")
def show_draft_text(session: DbSession, viewer: CurrentViewer, slug: str) -> Response:
    """Send the draft as a text file."""
    require(viewer, Permission.READ_MIXTURES)
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    text = texts.of_draft(mixture, draft_queries.get_draft(session, mixture.id))
    return _as_file(text, f"{slug}.yaml")


@router.get("/mixtures/{slug}/versions/{number}/text", name="mixtures.version.text")
def show_text(session: DbSession, viewer: CurrentViewer, slug: str, number: Number) -> Response:
    """Send a version as a text file."""
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    version = version_queries.get_version(session, mixture, number)
    text = texts.of_version(mixture, version, with_team=access.sees_team(viewer))
    return _as_file(text, f"{slug}-v{number}.yaml")


@router.get("/mixtures/{slug}/edit-text", name="mixtures.text.edit")
def show_editor(request: Request, session: DbSession, viewer: CurrentViewer, slug: str) -> Response:
    """Show the draft as a text that can be changed."""
    mixture = _editable(session, slug, viewer)
    draft = draft_queries.get_draft(session, mixture.id)
    text = texts.of_draft(mixture, draft)
    page = TextPage(mixture, draft.revision, text, preview=None, is_late=False, form=None)
    return render(request, "mixtures/text.html", page)


@router.post("/mixtures/{slug}/edit-text", name="mixtures.text.edit.post")
def edit_text(
    request: Request, session: DbSession, viewer: CurrentViewer, slug: str, form: Form
) -> Response:
    """Show what a text would change, or put it in the draft's place."""
    mixture = _editable(session, slug, viewer)
    draft = draft_queries.get_draft(session, mixture.id)
    text, preview, status_code, is_late = form.raw("text"), None, 200, False
    try:
        document = texts.read(session, text)
        seen = form.text("revision")
        if form.text("do") == "apply" and seen.isdecimal():
            try:
                saved = texts.put(
                    session, mixture, document, revision=int(seen[:18]), viewer=viewer
                )
            except StaleDraft as error:
                status_code, is_late = int(error.status_code), True
            else:
                address = f"/mixtures/{slug}?did={saved.draft.revision}"
                return Response(status_code=SEE_OTHER, headers={"Location": address})
        draft = draft_queries.get_draft(session, mixture.id)
        since = int(seen[:18]) if is_late else document.revision
        preview = _preview(session, mixture, draft, document, viewer, since=since)
    except AppError as error:
        put_error(form, error, default="text", fields=("text",))
        status_code = int(error.status_code)
    page = TextPage(mixture, draft.revision, text, preview, is_late=is_late, form=form)
    return render(request, "mixtures/text.html", page, status_code=status_code)


def _preview(
    session: Session,
    mixture: Mixture,
    draft: Draft,
    document: Document,
    viewer: Viewer,
    *,
    since: int | None,
) -> Preview:
    before = loading.load_plan(session, contents.read(draft.content), viewer, is_whole=True)
    after = loading.load_plan(session, document.content, viewer, is_whole=True)
    found = diffs.compare(before, after)
    edits = draft_queries.list_edits(session, mixture.id, since=since) if since else []
    return Preview(
        diff=found,
        settings=settings(found, found.facts),
        findings=list_findings(after),
        theirs=theirs_of(edits, before.facts),
        foreign_slug=document.slug if document.slug not in {None, mixture.slug} else None,
    )


def _editable(session: Session, slug: str, viewer: Viewer) -> Mixture:
    mixture = mixture_queries.get_mixture(session, slug, viewer)
    access.require_edit(viewer, mixture)
    return mixture


def _as_file(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(text, media_type="application/yaml", headers=headers)
