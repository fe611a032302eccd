"""Requests on paper."""

from fastapi import APIRouter, Response

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.errors import NotFound
from app.quotes import queries
from app.quotes.documents.paper import PDF_TYPE, to_pdf
from app.quotes.documents.request import document

router = APIRouter(include_in_schema=False)


@router.get("/rfqs/{rfq_id}/request.pdf", name="quotes.request_pdf")
def give_request(session: DbSession, viewer: CurrentViewer, rfq_id: str) -> Response:
    """Give a request as PDF: to the team, and to a vendor that it is addressed to."""
    rfq = queries.get_rfq(session, rfq_id, viewer)
    if not viewer.is_team and queries.find_invitation(session, rfq, viewer) is None:
        raise NotFound(queries.NO_RFQ)
    now = queries.database_now(session)
    return Response(
        to_pdf(document(rfq, now=now, is_team=viewer.is_team), now=now),
        media_type=PDF_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{rfq.number}.pdf"',
            "Cache-Control": "private, no-store",
        },
    )
