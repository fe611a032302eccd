"""Attach files to a draft, and take them off again."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.errors import AppError, Conflict
from app.files.uploads import Upload, upload
from app.quotes import filing, quote_body
from app.quotes.models.quote import Quote
from app.quotes.queries import quotes as quote_queries
from app.quotes.state import QuoteState
from app.quotes.vendors import reading
from app.quotes.vendors.notices import redirect
from app.quotes.vendors.quoting import form_page
from app.quotes.vendors.show import get_received, invitation_of
from app.web.errors import sentence

router = APIRouter(include_in_schema=False)


def get_answerer(viewer: CurrentViewer) -> int | None:
    """Return the account of who sends a file, if they answer requests."""
    require(viewer, Permission.ANSWER_REQUESTS)
    return viewer.account_id


Sent = Annotated[Upload, upload(filing.QUOTE_FILE, who=get_answerer, keeps_problem=True)]


@router.post("/quotes/files/{rfq_id}", name="vendors.attach")
def attach(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: str, sent: Sent
) -> Response:
    """Attach a file to the draft."""
    draft = _draft(session, rfq_id, viewer)
    try:
        with session.begin_nested():
            filing.attach_to_quote(session, draft, sent.require_file(), viewer=viewer)
    except AppError as error:
        session.expire_all()
        draft = _draft(session, rfq_id, viewer)
        form = reading.form_of(quote_body.body_of(draft), draft.rfq)
        form.refuse("file", sentence(error))
        status = int(error.status_code)
        return form_page(request, session, draft.rfq, draft, form, status=status)
    return redirect(f"/quotes/{rfq_id}/quote", "attached")


@router.post("/quotes/{rfq_id}/files/{attachment_id}/remove", name="vendors.detach")
def detach(session: DbSession, viewer: CurrentViewer, rfq_id: str, attachment_id: str) -> Response:
    """Take a file off the draft."""
    draft = _draft(session, rfq_id, viewer)
    filing.remove_from_quote(session, draft, attachment_id, viewer=viewer)
    return redirect(f"/quotes/{rfq_id}/quote", "detached")


def _draft(session: DbSession, rfq_id: str, viewer: CurrentViewer) -> Quote:
    rfq = get_received(session, rfq_id, viewer)
    current = quote_queries.find_current_quotes(session, invitation_of(rfq, viewer).id)
    draft = current.get(QuoteState.DRAFT)
    if draft is None:
        raise Conflict("There is no draft. Save one first, then attach files to it.")
    return draft
