"""Imports by the API: send a file, read its preview, apply it, take it back."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from app.catalog.editing import queries as editing_queries
from app.catalog.editing.routes import Editor
from app.catalog.importing import forms, queries, service
from app.catalog.importing.api_models import ImportOut, import_out
from app.catalog.importing.models import Import, Outcome
from app.catalog.importing.purpose import IMPORT_FILE
from app.catalog.importing.routes import MAX_NUMBER, get_sender
from app.db import DbSession
from app.errors import AppError
from app.files import service as files
from app.files.uploads import Upload, store_of, upload

router = APIRouter(prefix="/api/v1", tags=["imports"])

OK, CREATED, ACCEPTED, NO_CONTENT = 200, 201, 202, 204
MAX_CHARACTERS = 500
MAX_ROWS = 500

Sent = Annotated[Upload, upload(IMPORT_FILE, who=get_sender, takes_raw=True)]
Above = Annotated[int, Query(ge=0, le=MAX_NUMBER, description="Rows after this `number`.")]
Limit = Annotated[int, Query(ge=1, le=MAX_ROWS)]
Only = Annotated[
    Literal["", "create", "change", "same", "skip", "refuse", "findings"],
    Query(description="Rows of one outcome, or those with `findings`."),
]

_FILE = {"type": "string", "format": "binary"}
_OPTIONS = {
    name: {"type": "string"} for name in ("provider", "category", "visibility", "existing", "sheet")
}
# A body is the file itself, or a form with the file in the field `file`.
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": _FILE, **_OPTIONS},
                    "required": ["file"],
                }
            },
            **{kind.media_type: {"schema": _FILE} for kind in IMPORT_FILE.types},
        },
    }
}


class Choices(BaseModel):
    """The choices for a file as a whole, for a body that is the file itself."""

    provider: str = ""
    category: str = ""
    visibility: str = ""
    existing: str = ""
    sheet: str = ""
    name: str = ""


@router.post(
    "/imports",
    name="imports.api.create",
    status_code=CREATED,
    openapi_extra=_BODY,
    responses={ACCEPTED: {"model": ImportOut, "description": "A job reads the file."}},
)
def create_import(  # noqa: PLR0917  FastAPI reads them by name
    request: Request,
    response: Response,
    session: DbSession,
    viewer: Editor,
    sent: Sent,
    chosen: Annotated[Choices, Query()],
) -> ImportOut:
    """
    Send a file and get the preview of what it would do.

    A file above 100 kB is read by a job: the answer is 202, and `GET /imports/{id}` tells how far
    it is. Nothing enters the catalogue before `POST /imports/{id}/apply`. `provider` names who
    sent a list that does not say; `category` and `visibility` (`team` or `public`) stand where a
    row says nothing; `existing` is `change` or `keep`. `sheet` names the
    sheet to read of a workbook with several; a finding lists them.
    """
    known, store = editing_queries.load_known(session), store_of(request)
    fields = {name: str(value) for name, value in chosen if value} | sent.fields
    options = forms.read_options(fields, known.categories)
    kept = files.keep_file(session, sent.require_file(), created_by_id=viewer.account_id)
    try:
        found = service.start_import(session, kept, options, viewer=viewer, storage=store.storage)
    except AppError:
        # The row is rolled back, so that the bytes have no owner.
        sent.require_file().is_kept = False
        raise
    response.headers["Location"] = f"/api/v1/imports/{found.public_id}"
    return answer(response, session, found)


@router.get("/imports/{public_id}", name="imports.api.show")
def show_import(  # noqa: PLR0917  FastAPI reads them by name
    session: DbSession,
    viewer: Editor,
    public_id: str,
    above: Above = 0,
    limit: Limit = 50,
    rows: Only = "",
) -> ImportOut:
    """Return an import: how far it is, what it would do or did, and some of its rows."""
    found = queries.get_import(session, public_id, viewer=viewer)
    return page_of(session, found, above=above, limit=limit, only=rows)


@router.post(
    "/imports/{public_id}/apply",
    name="imports.api.apply",
    responses={ACCEPTED: {"model": ImportOut, "description": "A job applies the import."}},
)
def apply_import(
    response: Response, session: DbSession, viewer: Editor, public_id: str
) -> ImportOut:
    """
    Write what the preview shows, in one transaction.

    412 where the catalogue has changed since the preview: read the file again. 409 where there
    is nothing to write, or the import is applied already. More than 200 rows are written by a
    job: the answer is 202.
    """
    found = queries.lock_import(session, public_id, viewer=viewer)
    service.apply_import(session, found, viewer=viewer)
    return answer(response, session, found, done=OK)


@router.post(
    "/imports/{public_id}/read",
    name="imports.api.read",
    responses={ACCEPTED: {"model": ImportOut, "description": "A job reads the file."}},
)
def read_import(  # noqa: PLR0917  FastAPI reads them by name
    request: Request,
    response: Response,
    session: DbSession,
    viewer: Editor,
    public_id: str,
    chosen: Annotated[Choices, Query()],
) -> ImportOut:
    """Make the preview anew, with the same choices where none is given."""
    found = queries.lock_import(session, public_id, viewer=viewer)
    known = editing_queries.load_known(session)
    given = {name: str(value) for name, value in chosen if value and name != "name"}
    options = forms.read_options(found.options | given, known.categories)
    service.read_again(session, found, options, storage=store_of(request).storage)
    return answer(response, session, found, done=OK)


@router.post(
    "/imports/{public_id}/undo",
    name="imports.api.undo",
    responses={ACCEPTED: {"model": ImportOut, "description": "A job takes it back."}},
)
def undo_import(
    response: Response, session: DbSession, viewer: Editor, public_id: str
) -> ImportOut:
    """Take an applied import back: what it made is archived, what it changed is as before."""
    found = queries.lock_import(session, public_id, viewer=viewer)
    service.undo_import(session, found, viewer=viewer)
    return answer(response, session, found, done=OK)


@router.delete("/imports/{public_id}", name="imports.api.discard", status_code=NO_CONTENT)
def discard_import(session: DbSession, viewer: Editor, public_id: str) -> Response:
    """Throw a preview away with its file."""
    service.discard(session, queries.lock_import(session, public_id, viewer=viewer))
    return Response(status_code=NO_CONTENT)


def answer(
    response: Response, session: Session, found: Import, *, done: int = CREATED
) -> ImportOut:
    """Return an import after a change: 202 where a job has still to do it."""
    session.flush()
    session.refresh(found)
    job = queries.find_job(session, found)
    response.status_code = ACCEPTED if service.is_busy(job) else done
    return page_of(session, found)


def page_of(
    session: Session, found: Import, *, above: int = 0, limit: int = 50, only: str = ""
) -> ImportOut:
    """Return an import with one page of its rows."""
    outcome = Outcome(only) if only not in {"", "findings"} else None
    rows = queries.list_rows(
        session,
        found,
        outcome=outcome,
        with_findings=only == "findings",
        above=above,
        limit=limit,
    )
    return import_out(found, queries.find_job(session, found), rows.rows, rows.next_above)
