"""Files of a request on the buyer's pages: guidelines, gold sets, samples."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.files.uploads import Upload, store_of, upload
from app.quotes import filing
from app.quotes.api.filing import read_role
from app.quotes.buying.notices import redirect
from app.quotes.queries import rfqs as rfq_queries

router = APIRouter(include_in_schema=False)


def get_sender(viewer: CurrentViewer) -> int | None:
    """Return the account of who sends a file, if they write requests."""
    require(viewer, Permission.EDIT_REQUESTS)
    return viewer.account_id


Sent = Annotated[Upload, upload(filing.QUOTE_FILE, who=get_sender)]


@router.post("/rfqs/files/{rfq_id}", name="quotes.attach")
def attach(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: str, sent: Sent
) -> Response:
    """Attach a file to a request; to an open one it is an amendment."""
    filing.attach_to_rfq(
        session,
        rfq_queries.get_rfq(session, rfq_id, viewer),
        sent.require_file(),
        role=read_role(sent.fields.get("role", "")),
        viewer=viewer,
        quota_bytes=store_of(request).quota_bytes,
    )
    return redirect(f"/rfqs/{rfq_id}", "file-added", at="files")


@router.post("/rfqs/{rfq_id}/files/{attachment_id}/remove", name="quotes.detach")
def detach(session: DbSession, viewer: CurrentViewer, rfq_id: str, attachment_id: str) -> Response:
    """Take a file off a draft."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    filing.remove_from_rfq(session, rfq, attachment_id, viewer=viewer)
    return redirect(f"/rfqs/{rfq_id}", "file-removed", at="files")
