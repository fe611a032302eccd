"""The pages of imports: send a file, look at what it would do, apply it, take it back."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.catalog.editing import queries as editing_queries
from app.catalog.editing.routes import Editor
from app.catalog.importing import forms, pages, queries, service
from app.catalog.importing.models import Import, Outcome
from app.catalog.importing.purpose import IMPORT_FILE
from app.db import DbSession
from app.errors import AppError, InvalidInput, StaleVersion
from app.files import service as files
from app.files.uploads import Upload, store_of, upload
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.templating import is_htmx, render

router = APIRouter(include_in_schema=False)

SEE_OTHER, UNPROCESSABLE, PRECONDITION_FAILED = 303, 422, 412
MAX_NUMBER = 2**31 - 1


def get_sender(viewer: Editor) -> int | None:
    """Return the account of who sends a file, if they may edit the catalogue."""
    return viewer.account_id


Sent = Annotated[Upload, upload(IMPORT_FILE, who=get_sender, keeps_problem=True)]


@router.get("/imports", name="imports.index")
def show_index(request: Request, session: DbSession, viewer: Editor) -> Response:
    """Show the form that takes a file, and the recent imports."""
    return index_page(request, session, viewer, pages.blank_form())


@router.post("/imports", name="imports.create")
def create(request: Request, session: DbSession, viewer: Editor, sent: Sent) -> Response:
    """Take a file or a pasted list, and read it; show the form again where that fails."""
    known, form = editing_queries.load_known(session), forms.form_of(sent)
    chosen = forms.options_in(form, known.categories)
    store = store_of(request)
    received = forms.received(form, sent, store.storage)
    if received is None:
        return index_page(request, session, viewer, form)
    try:
        with session.begin_nested():
            kept = files.keep_file(session, received, created_by_id=viewer.account_id)
            found = service.start_import(
                session, kept, chosen, viewer=viewer, storage=store.storage
            )
    except AppError as error:
        received.is_kept = False
        form.refuse("file" if sent.file else "text", sentence(error))
        return index_page(request, session, viewer, form)
    return RedirectResponse(f"/imports/{found.public_id}", SEE_OTHER)


@router.get("/imports/{public_id}", name="imports.show")
def show(  # noqa: PLR0917  FastAPI reads them by name
    request: Request,
    session: DbSession,
    viewer: Editor,
    public_id: str,
    show: Annotated[str, Query()] = "",
    above: Annotated[int, Query(ge=0, le=MAX_NUMBER)] = 0,
) -> Response:
    """Show an import: its progress, its preview, or what was made of it."""
    found = queries.get_import(session, public_id, viewer=viewer)
    return show_page(request, session, viewer, found, tab=show, above=above)


@router.post("/imports/{public_id}/apply", name="imports.apply")
def apply(request: Request, session: DbSession, viewer: Editor, public_id: str) -> Response:
    """Apply an import, or say what changed since its preview."""
    found = queries.lock_import(session, public_id, viewer=viewer)
    try:
        with session.begin_nested():
            service.apply_import(session, found, viewer=viewer)
    except StaleVersion as error:
        found = queries.lock_import(session, public_id, viewer=viewer)
        return show_page(request, session, viewer, found, refusal=error)
    return back_to(public_id)


@router.post("/imports/{public_id}/read", name="imports.read")
def read_again(
    request: Request, session: DbSession, viewer: Editor, form: Form, public_id: str
) -> Response:
    """Read the file again, with the same choices or with others."""
    found = queries.lock_import(session, public_id, viewer=viewer)
    known = editing_queries.load_known(session)
    fields = found.options | {name: form.text(name) for name in form.values}
    chosen = forms.read_options(fields, known.categories)
    try:
        with session.begin_nested():
            service.read_again(session, found, chosen, storage=store_of(request).storage)
    except InvalidInput as error:
        found = queries.lock_import(session, public_id, viewer=viewer)
        return show_page(request, session, viewer, found, refusal=error)
    return back_to(public_id)


@router.post("/imports/{public_id}/stop", name="imports.stop")
def stop(session: DbSession, viewer: Editor, public_id: str) -> Response:
    """Stop reading or writing; nothing of it stays."""
    service.stop(session, queries.lock_import(session, public_id, viewer=viewer))
    return back_to(public_id)


@router.post("/imports/{public_id}/undo", name="imports.undo")
def undo(session: DbSession, viewer: Editor, public_id: str) -> Response:
    """Take an applied import back."""
    found = queries.lock_import(session, public_id, viewer=viewer)
    service.undo_import(session, found, viewer=viewer)
    return back_to(public_id)


@router.post("/imports/{public_id}/discard", name="imports.discard")
def discard(session: DbSession, viewer: Editor, public_id: str) -> Response:
    """Throw a preview away with its file."""
    service.discard(session, queries.lock_import(session, public_id, viewer=viewer))
    return RedirectResponse("/imports?done=discarded", SEE_OTHER)


def back_to(public_id: str) -> Response:
    """Return the way to the page of an import."""
    return RedirectResponse(f"/imports/{public_id}", SEE_OTHER)


def index_page(request: Request, session: Session, viewer: Viewer, form: FormData) -> Response:
    """Render the form with the recent imports; 422 where something is wrong with it."""
    imports = queries.list_imports(session, viewer)
    page = pages.index_page(
        form, editing_queries.load_known(session), imports, queries.list_jobs(session, imports)
    )
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "catalog/imports/index.html", page, status_code=status)


def show_page(
    request: Request,
    session: Session,
    viewer: Viewer,
    found: Import,
    *,
    tab: str = "",
    above: int = 0,
    refusal: AppError | None = None,
) -> Response:
    """Render an import; an htmx request that asks how far it is gets the bar alone."""
    job = queries.find_job(session, found)
    if tab not in pages.TABS:
        tab = pages.default_tab(found)
    rows = queries.list_rows(
        session,
        found,
        outcome=None if tab == pages.PROBLEMS else Outcome(tab),
        with_findings=tab == pages.PROBLEMS,
        above=above,
    )
    page = pages.show_page(
        found,
        job,
        rows,
        editing_queries.load_known(session),
        tab=tab,
        is_first=above == 0,
        viewer=viewer,
        refusal=refusal,
    )
    headers = {}
    if is_htmx(request) and page.stage != "working":
        # The work is done, so that the whole page is another one now.
        headers["HX-Refresh"] = "true"
    status = int(refusal.status_code) if refusal else 200
    return render(
        request,
        "catalog/imports/show.html",
        page,
        fragments=("progress",),
        status_code=status,
        headers=headers,
    )
