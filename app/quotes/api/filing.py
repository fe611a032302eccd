"""Files of requests and quotes as JSON; the bytes come from `/api/v1/files/{key}`."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.errors import InvalidInput
from app.files.uploads import Upload, upload
from app.quotes import filing
from app.quotes.api.answers.files import AttachmentList, AttachmentOut, attachment_out
from app.quotes.api.quotes import QuoteId
from app.quotes.api.rfqs import Id
from app.quotes.queries import attachments as attachment_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.vocabulary import FileRole

router = APIRouter(prefix="/api/v1", tags=["quotes"])


def form_with_file(**fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what OpenAPI says of a form that is read as a stream: a file and other fields."""
    properties = {"file": {"type": "string", "format": "binary"}, **fields}
    schema = {"type": "object", "properties": properties, "required": ["file"]}
    return {"requestBody": {"content": {"multipart/form-data": {"schema": schema}}}}


def get_sender(viewer: CurrentViewer) -> int | None:
    """Return the account of who sends a file, if they write requests or answer them."""
    if not viewer.can(Permission.ANSWER_REQUESTS):
        require(viewer, Permission.EDIT_REQUESTS)
    return viewer.account_id


Sent = Annotated[Upload, upload(filing.QUOTE_FILE, who=get_sender)]
FileId = Annotated[str, Path(max_length=40)]
ROLES = {"type": "string", "enum": [role.value for role in FileRole]}


@router.get("/rfq-files/{rfq_id}", name="quotes.api.rfq.files")
def list_rfq_files(session: DbSession, viewer: CurrentViewer, rfq_id: Id) -> AttachmentList:
    """List the files of a request."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    found = [attachment_out(one) for one in attachment_queries.list_attachments(session, rfq)]
    return AttachmentList(items=found, total=len(found))


@router.post(
    "/rfq-files/{rfq_id}",
    name="quotes.api.rfq.files.add",
    status_code=201,
    openapi_extra=form_with_file(role=ROLES),
)
def add_rfq_file(
    session: DbSession, viewer: CurrentViewer, rfq_id: Id, sent: Sent
) -> AttachmentOut:
    """Attach a file to a request; to an open one it is an amendment."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    role = read_role(sent.fields.get("role", ""))
    made = filing.attach_to_rfq(session, rfq, sent.require_file(), role=role, viewer=viewer)
    return attachment_out(made)


@router.delete(
    "/rfq-files/{rfq_id}/{attachment_id}", name="quotes.api.rfq.files.remove", status_code=204
)
def remove_rfq_file(
    session: DbSession, viewer: CurrentViewer, rfq_id: Id, attachment_id: FileId
) -> None:
    """Take a file off a draft of a request; what vendors have seen stays."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    filing.remove_from_rfq(session, rfq, attachment_id, viewer=viewer)


@router.get("/quote-files/{quote_id}", name="quotes.api.quote.files")
def list_quote_files(
    session: DbSession, viewer: CurrentViewer, quote_id: QuoteId
) -> AttachmentList:
    """List the files of a quote, which are sealed like it."""
    quote = quote_queries.get_quote(session, quote_id, viewer)
    found = [
        attachment_out(one)
        for one in attachment_queries.list_attachments(session, quote.rfq, quote_id=quote.id)
    ]
    return AttachmentList(items=found, total=len(found))


@router.post(
    "/quote-files/{quote_id}",
    name="quotes.api.quote.files.add",
    status_code=201,
    openapi_extra=form_with_file(),
)
def add_quote_file(
    session: DbSession, viewer: CurrentViewer, quote_id: QuoteId, sent: Sent
) -> AttachmentOut:
    """Attach a file to a draft."""
    quote = quote_queries.get_quote(session, quote_id, viewer)
    return attachment_out(
        filing.attach_to_quote(session, quote, sent.require_file(), viewer=viewer)
    )


@router.delete(
    "/quote-files/{quote_id}/{attachment_id}",
    name="quotes.api.quote.files.remove",
    status_code=204,
)
def remove_quote_file(
    session: DbSession, viewer: CurrentViewer, quote_id: QuoteId, attachment_id: FileId
) -> None:
    """Take a file off a draft of a quote."""
    quote = quote_queries.get_quote(session, quote_id, viewer)
    filing.remove_from_quote(session, quote, attachment_id, viewer=viewer)


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
