"""Files of requests and quotes as JSON; the bytes come from `/files/{key}`."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import InvalidInput
from app.files.uploads import Upload, store_of, upload
from app.quotes import filing
from app.quotes.api.quotes import QuoteId
from app.quotes.api.rfqs import Id
from app.quotes.models.papers import Attachment
from app.quotes.queries import attachments as attachment_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.vocabulary import FileRole

router = APIRouter(prefix="/api/v1", tags=["quotes"])

FORM = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "role": {"type": "string", "enum": [role.value for role in FileRole]},
                    },
                    "required": ["file"],
                }
            }
        }
    }
}


class AttachmentOut(BaseModel):
    """A file with its hash; a newer version of it has the same `series`."""

    id: str
    name: str
    role: FileRole
    series: str
    version: int
    size_bytes: int
    sha256: str
    url: str
    added_at: datetime


class AttachmentList(BaseModel):
    """The files of a request or of a quote."""

    items: list[AttachmentOut]
    total: int


def get_sender(viewer: CurrentViewer) -> int | None:
    """Return the account of who sends a file, if they write requests or answer them."""
    if not viewer.can(Permission.ANSWER_REQUESTS):
        require(viewer, Permission.EDIT_REQUESTS)
    return viewer.account_id


Sent = Annotated[Upload, upload(filing.QUOTE_FILE, who=get_sender)]


@router.get("/rfq-files/{rfq_id}", name="quotes.api.rfq.files")
def list_rfq_files(session: DbSession, viewer: CurrentViewer, rfq_id: Id) -> AttachmentList:
    """List the files of a request."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    found = [_out(one) for one in attachment_queries.list_attachments(session, rfq)]
    return AttachmentList(items=found, total=len(found))


@router.post(
    "/rfq-files/{rfq_id}",
    name="quotes.api.rfq.files.add",
    status_code=201,
    openapi_extra=FORM,
)
def add_rfq_file(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: Id, sent: Sent
) -> AttachmentOut:
    """Attach a file to a request; to an open one it is an amendment."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    made = filing.attach_to_rfq(
        session,
        rfq,
        sent.require_file(),
        role=read_role(sent.fields.get("role", "")),
        viewer=viewer,
        quota_bytes=store_of(request).quota_bytes,
    )
    return _loaded(session, rfq_id, viewer, made)


@router.get("/quote-files/{quote_id}", name="quotes.api.quote.files")
def list_quote_files(
    session: DbSession, viewer: CurrentViewer, quote_id: QuoteId
) -> AttachmentList:
    """List the files of a quote, which are sealed like it."""
    quote = quote_queries.get_quote(session, quote_id, viewer)
    found = [
        _out(one)
        for one in attachment_queries.list_attachments(session, quote.rfq, quote_id=quote.id)
    ]
    return AttachmentList(items=found, total=len(found))


@router.post(
    "/quote-files/{quote_id}",
    name="quotes.api.quote.files.add",
    status_code=201,
    openapi_extra=FORM,
)
def add_quote_file(
    request: Request, session: DbSession, viewer: CurrentViewer, quote_id: QuoteId, sent: Sent
) -> AttachmentOut:
    """Attach a file to a draft."""
    quote = quote_queries.get_quote(session, quote_id, viewer)
    rfq = quote.rfq
    made = filing.attach_to_quote(
        session,
        quote,
        sent.require_file(),
        viewer=viewer,
        quota_bytes=store_of(request).quota_bytes,
    )
    found = attachment_queries.get_attachment(session, rfq, made.public_id, quote_id=quote.id)
    return _out(found)


def read_role(text: str) -> FileRole:
    """
    Return what a file is; a guideline where nothing is said.

    Raises
    ------
    InvalidInput
        If it is none of the roles.
    """
    if not text:
        return FileRole.GUIDELINE
    if text not in set(FileRole):
        raise InvalidInput(
            "Write one of: %(expected)s.", field="role", expected=", ".join(FileRole)
        )
    return FileRole(text)


def _loaded(session: DbSession, rfq_id: str, viewer: Viewer, made: Attachment) -> AttachmentOut:
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    return _out(attachment_queries.get_attachment(session, rfq, made.public_id))


def _out(one: Attachment) -> AttachmentOut:
    return AttachmentOut(
        id=one.public_id,
        name=one.file.name,
        role=FileRole(one.role),
        series=one.series,
        version=one.version,
        size_bytes=one.file.size_bytes,
        sha256=one.file.sha256,
        url=f"/files/{one.file.key}",
        added_at=one.added_at,
    )
