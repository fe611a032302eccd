"""Requests, quotes and awards on paper."""

from fastapi import APIRouter, Response

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.quotes.documents import giving

router = APIRouter(include_in_schema=False)


@router.get("/rfqs/{rfq_id}/request.pdf", name="quotes.request_pdf")
def give_request(session: DbSession, viewer: CurrentViewer, rfq_id: str) -> Response:
    """Give a request as PDF."""
    return giving.give_request(session, rfq_id, viewer).as_response()


@router.get("/rfqs/{rfq_id}/quotes/{quote_id}.pdf", name="quotes.quote_pdf")
def give_quote(session: DbSession, viewer: CurrentViewer, rfq_id: str, quote_id: str) -> Response:
    """Give a quote as PDF."""
    return giving.give_quote(session, quote_id, viewer, rfq_id=rfq_id).as_response()


@router.get("/rfqs/{rfq_id}/award.pdf", name="quotes.award_pdf")
def give_award(session: DbSession, viewer: CurrentViewer, rfq_id: str) -> Response:
    """Give the decisions about a request as PDF."""
    return giving.give_award(session, rfq_id, viewer).as_response()
