"""Requests, quotes, comparisons and awards as files, for who may read them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fastapi import Response
from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.catalog.exporters import xlsx
from app.errors import NotFound
from app.quotes.comparison import service as comparison
from app.quotes.comparison import table
from app.quotes.comparison.build import NO_OPTIONS, Comparison, Options
from app.quotes.documents import award, quote, request
from app.quotes.documents.comparison import document
from app.quotes.documents.paper import PDF_TYPE, to_pdf
from app.quotes.queries import awards as award_queries
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries


class Kind(StrEnum):
    """What a comparison comes as."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file that was made for its reader, and never lies in a cache."""

    name: str
    media_type: str
    content: bytes

    def as_response(self) -> Response:
        """Return it as a download."""
        headers = {
            "Content-Disposition": f'attachment; filename="{self.name}"',
            "Cache-Control": "private, no-store",
        }
        return Response(self.content, media_type=self.media_type, headers=headers)


def give_request(session: Session, rfq_id: str, viewer: Viewer) -> GivenFile:
    """Give a request as PDF: to the team, and to a vendor that it is addressed to."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    if not viewer.is_team and invitation_queries.find_invitation(session, rfq, viewer) is None:
        raise NotFound(rfq_queries.NO_RFQ)
    now = rfq_queries.database_now(session)
    pdf = to_pdf(request.document(rfq, now=now, is_team=viewer.is_team), now=now)
    return GivenFile(f"{rfq.number}.pdf", PDF_TYPE, pdf)


def give_quote(
    session: Session, quote_id: str, viewer: Viewer, *, rfq_id: str | None = None
) -> GivenFile:
    """Give a quote, of that request, as PDF: to its vendor always, to the team once it is open."""
    found = quote_queries.get_quote(session, quote_id, viewer)
    rfq = rfq_queries.get_rfq(session, rfq_id or found.rfq.public_id, viewer)
    if found.rfq_id != rfq.id:
        raise NotFound(quote_queries.NO_QUOTE)
    now = rfq_queries.database_now(session)
    pdf = to_pdf(quote.document(rfq, found), now=now)
    return GivenFile(f"{rfq.number}-quote-{found.revision}.pdf", PDF_TYPE, pdf)


def give_award(session: Session, rfq_id: str, viewer: Viewer) -> GivenFile:
    """Give the decisions about a request as PDF, to the team."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    comparison.require_team(viewer)
    comparison.require_unsealed(rfq)
    awards = award_queries.list_awards(session, rfq)
    if not awards:
        raise NotFound("No lot of this request is decided yet.")
    now = rfq_queries.database_now(session)
    pdf = to_pdf(award.document(rfq, awards, now=now), now=now)
    return GivenFile(f"{rfq.number}-award.pdf", PDF_TYPE, pdf)


def give_comparison(
    session: Session, rfq_id: str, viewer: Viewer, kind: Kind, options: Options = NO_OPTIONS
) -> GivenFile:
    """Give a comparison as it would show with these options; raises as `comparison.load` does."""
    found = comparison.load(session, rfq_id, viewer, options)
    media_type, write = _WRITERS[kind]
    content = write(found, rfq_queries.database_now(session))
    return GivenFile(f"{found.rfq.number}-comparison.{kind}", media_type, content)


_WRITERS: dict[Kind, tuple[str, Callable[[Comparison, datetime], bytes]]] = {
    Kind.CSV: (table.CSV_TYPE, lambda found, _now: table.as_csv(found)),
    Kind.XLSX: (xlsx.MEDIA_TYPE, lambda found, _now: table.as_xlsx(found)),
    Kind.PDF: (PDF_TYPE, lambda found, now: to_pdf(document(found, now=now), now=now)),
}
