"""Requests, quotes and awards on paper."""

from fastapi import APIRouter, Response

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.errors import NotFound
from app.quotes.comparison import service as comparison
from app.quotes.documents import award, quote, request
from app.quotes.documents.paper import PDF_TYPE, to_pdf
from app.quotes.queries import awards as award_queries
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries

router = APIRouter(include_in_schema=False)


@router.get("/rfqs/{rfq_id}/request.pdf", name="quotes.request_pdf")
def give_request(session: DbSession, viewer: CurrentViewer, rfq_id: str) -> Response:
    """Give a request as PDF: to the team, and to a vendor that it is addressed to."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    if not viewer.is_team and invitation_queries.find_invitation(session, rfq, viewer) is None:
        raise NotFound(rfq_queries.NO_RFQ)
    now = rfq_queries.database_now(session)
    pdf = to_pdf(request.document(rfq, now=now, is_team=viewer.is_team), now=now)
    return _answer(pdf, f"{rfq.number}.pdf")


@router.get("/rfqs/{rfq_id}/quotes/{quote_id}.pdf", name="quotes.quote_pdf")
def give_quote(session: DbSession, viewer: CurrentViewer, rfq_id: str, quote_id: str) -> Response:
    """Give a quote as PDF: to its vendor always, to the team once it is open."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    found = quote_queries.get_quote(session, quote_id, viewer)
    if found.rfq_id != rfq.id:
        raise NotFound(quote_queries.NO_QUOTE)
    now = rfq_queries.database_now(session)
    pdf = to_pdf(quote.document(rfq, found), now=now)
    return _answer(pdf, f"{rfq.number}-quote-{found.revision}.pdf")


@router.get("/rfqs/{rfq_id}/award.pdf", name="quotes.award_pdf")
def give_award(session: DbSession, viewer: CurrentViewer, rfq_id: str) -> Response:
    """Give the decisions about a request as PDF, to the team."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    comparison.require_team(viewer)
    comparison.require_unsealed(rfq)
    awards = award_queries.list_awards(session, rfq)
    if not awards:
        raise NotFound("No lot of this request is decided yet.")
    now = rfq_queries.database_now(session)
    return _answer(to_pdf(award.document(rfq, awards, now=now), now=now), f"{rfq.number}-award.pdf")


def _answer(pdf: bytes, name: str) -> Response:
    return Response(
        pdf,
        media_type=PDF_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
