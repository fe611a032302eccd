"""The pages of a dataset's life: archiving, its history, an earlier state, a licence decision."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CatalogueViewer
from app.catalog import queries as catalog_queries
from app.catalog.editing import decisions, history_pages, queries, service
from app.catalog.editing.pages import names_of
from app.catalog.editing.routes import SEE_OTHER, UNPROCESSABLE, Editor, read_revision
from app.db import DbSession
from app.errors import InvalidInput, StaleVersion
from app.web.forms import Form, FormData
from app.web.paging import decode_cursor
from app.web.templating import render

router = APIRouter(include_in_schema=False)

MAX_EVENT = 2**63 - 1


@router.get("/edit/archive/{slug:path}", name="catalog.edit.archive")
def show_archive(request: Request, session: DbSession, _viewer: Editor, slug: str) -> Response:
    """Ask whether to archive a dataset, or to restore it, and say what that means."""
    dataset = catalog_queries.get_dataset(session, slug, with_team=True)
    subsets = len(catalog_queries.list_subsets(session, dataset.id, with_team=True))
    page = history_pages.archive_page(dataset, subset_count=subsets)
    return render(request, "catalog/edit/archive.html", page)


@router.post("/edit/archive/{slug:path}", name="catalog.edit.archive.post")
def archive(session: DbSession, viewer: Editor, form: Form, slug: str) -> Response:
    """Archive or restore a dataset."""
    dataset = queries.lock_dataset(session, slug)
    if read_revision(form) != dataset.revision:
        raise StaleVersion(
            "Somebody else changed this dataset since you opened it, so nothing was saved yet."
        )
    if form.text("do") == "restore":
        service.restore_dataset(session, dataset, actor=viewer)
        done = "restored"
    else:
        service.archive_dataset(session, dataset, actor=viewer)
        done = "archived"
    return RedirectResponse(f"/catalogue/{slug}?done={done}", SEE_OTHER)


@router.get("/catalogue/{slug:path}/history", name="catalog.history")
def show_history(
    request: Request,
    session: DbSession,
    viewer: CatalogueViewer,
    slug: str,
    cursor: Annotated[str, Query()] = "",
) -> Response:
    """Show every change of a dataset, newest first."""
    with_team = viewer.can(Permission.BROWSE_TEAM_CATALOGUE)
    dataset = catalog_queries.get_dataset(session, slug, with_team=with_team)
    found = queries.list_events(
        session, "dataset", str(dataset.id), with_team=with_team, below=read_below(cursor)
    )
    page = history_pages.history_page(
        dataset,
        found,
        names_of(queries.load_known(session)),
        is_first_page=not cursor,
        can_restore=viewer.can(Permission.EDIT_CATALOGUE) and dataset.archived_at is None,
    )
    return render(request, "catalog/edit/history.html", page)


@router.get("/edit/restore/{slug:path}", name="catalog.edit.restore")
def show_restore(
    request: Request,
    session: DbSession,
    _viewer: Editor,
    slug: str,
    event: Annotated[int, Query(ge=1, le=MAX_EVENT)],
) -> Response:
    """Show what bringing an earlier state back would change."""
    dataset = catalog_queries.get_dataset(session, slug, with_team=True)
    return restore_page(request, session, dataset.slug, event)


def restore_page(
    request: Request,
    session: Session,
    slug: str,
    event_id: int,
    *,
    problem: str = "",
) -> Response:
    """Render the preview of an earlier state, with what stands in its way."""
    dataset = queries.get_dataset(session, slug)
    events = queries.list_events_since(session, str(dataset.id), event_id)
    page = history_pages.restore_page(
        dataset,
        events[-1],
        service.earlier_state(session, dataset, event_id),
        names_of(queries.load_known(session)),
        problem=problem,
    )
    status = UNPROCESSABLE if problem else 200
    return render(request, "catalog/edit/restore.html", page, status_code=status)


@router.post("/edit/restore/{slug:path}", name="catalog.edit.restore.post")
def restore(
    request: Request, session: DbSession, viewer: Editor, form: Form, slug: str
) -> Response:
    """Bring an earlier state of a dataset back."""
    event_id = read_event(form)
    dataset = queries.lock_dataset(session, slug)
    if read_revision(form) != dataset.revision:
        raise StaleVersion(
            "Somebody else changed this dataset since you opened it, so nothing was saved yet."
        )
    known = queries.load_known(session)
    try:
        with session.begin_nested():
            service.restore_state(session, dataset, event_id, known=known, actor=viewer)
    except service.Refused as error:
        return restore_page(request, session, slug, event_id, problem=error.problems[0].sentence)
    return RedirectResponse(f"/catalogue/{slug}?done=state", SEE_OTHER)


@router.get("/edit/licence/{slug:path}", name="catalog.edit.licence")
def show_decision(request: Request, session: DbSession, viewer: Editor, slug: str) -> Response:
    """Show the form that records what a person decided of a licence."""
    dataset = queries.get_dataset(session, slug)
    service.refuse_archived(dataset)
    page = decisions.decision_page(
        dataset, decisions.first_form(dataset, viewer.name), queries.load_known(session)
    )
    return render(request, "catalog/edit/licence.html", page)


@router.post("/edit/licence/{slug:path}", name="catalog.edit.licence.post")
def decide(request: Request, session: DbSession, viewer: Editor, form: Form, slug: str) -> Response:
    """Record a decision on a licence with its evidence."""
    dataset = queries.lock_dataset(session, slug)
    service.refuse_archived(dataset)
    known = queries.load_known(session)
    decision = decisions.read_decision(form)
    if decision is not None:
        try:
            with session.begin_nested():
                decisions.record(session, dataset, decision, known=known, actor=viewer)
            return RedirectResponse(f"/catalogue/{slug}?done=decided#licence", SEE_OTHER)
        except service.Refused as error:
            for problem in error.problems:
                form.refuse(problem.path.rpartition("-")[2], problem.sentence)
    page = decisions.decision_page(dataset, form, known)
    return render(request, "catalog/edit/licence.html", page, status_code=UNPROCESSABLE)


def read_below(cursor: str) -> int | None:
    """Return the id of the change that a page of the history starts below."""
    match decode_cursor(cursor) if cursor else []:
        case []:
            return None
        case [int(event_id)] if 0 < event_id <= MAX_EVENT:
            return event_id
    raise InvalidInput(
        "The cursor of this address is damaged. Start again from the first page.", field="cursor"
    )


def read_event(form: FormData) -> int:
    """Return the change whose state a form asks for."""
    text = form.text("event")
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_EVENT))
    if not is_number or not 0 < int(text) <= MAX_EVENT:
        raise InvalidInput("The form does not say which state to bring back.", field="event")
    return int(text)
