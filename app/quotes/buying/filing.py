"""Files of a request on the buyer's pages: guidelines, gold sets, samples."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.files.uploads import Upload, upload
from app.quotes import filing
from app.quotes.api.filing import read_role
from app.quotes.buying.acting import act
from app.quotes.buying.notices import redirect
from app.quotes.models.rfq import Rfq
from app.quotes.queries import rfqs as rfq_queries
from app.web.forms import FormData

router = APIRouter(include_in_schema=False)


def get_sender(viewer: CurrentViewer) -> int | None:
    """Return the account of who sends a file, if they write requests."""
    require(viewer, Permission.EDIT_REQUESTS)
    return viewer.account_id


def form_of(sent: Upload) -> FormData:
    """Return the form around a file, to show it again."""
    return FormData({name: [value] for name, value in sent.fields.items()})


Sent = Annotated[Upload, upload(filing.QUOTE_FILE, who=get_sender, keeps_problem=True)]


@router.post("/rfqs/files/{rfq_id}", name="quotes.attach")
def attach(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: str, sent: Sent
) -> Response:
    """Attach a file to a request; to an open one it is an amendment."""

    def do(rfq: Rfq) -> str:
        role = read_role(sent.fields.get("role", ""))
        filing.attach_to_rfq(session, rfq, sent.require_file(), role=role, viewer=viewer)
        return "file-added"

    return act(request, session, viewer, rfq_id, form_of(sent), do, at="files")


@router.post("/rfqs/{rfq_id}/files/{attachment_id}/remove", name="quotes.detach")
def detach(session: DbSession, viewer: CurrentViewer, rfq_id: str, attachment_id: str) -> Response:
    """Take a file off a draft."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    filing.remove_from_rfq(session, rfq, attachment_id, viewer=viewer)
    return redirect(f"/rfqs/{rfq_id}", "file-removed", at="files")
