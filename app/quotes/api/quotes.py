"""Quotes as JSON: a vendor's drafts, what it submits, revises, withdraws; what the team reads."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.quotes import answering, quote_body
from app.quotes.api.answers.quotes import QuoteList, QuoteOut, quote_out
from app.quotes.api.once import answer, etag, once, read_if_match
from app.quotes.api.rfqs import Id
from app.quotes.content.answered import LineIn, QuoteIn
from app.quotes.content.values import Currency, Line, Moment, Strict, TaxRate, Text
from app.quotes.models.quote import Quote
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.vocabulary import InvoiceType

router = APIRouter(prefix="/api/v1", tags=["quotes"])

QuoteId = Annotated[str, Path(max_length=40)]


class QuotePatch(Strict):
    """What is to change of a draft; what is left out stays, null takes away. `lines` are all."""

    currency: Currency | None = None
    valid_until: Moment | None = None
    tax_rate: TaxRate | None = None
    tax_included: bool | None = None
    invoice_type: InvoiceType | None = None
    reference: Line | None = None
    payment: Line | None = None
    exceptions: Text | None = None
    note: Text | None = None
    lines: Annotated[list[LineIn], Field(max_length=50)] | None = None


@router.get("/rfqs/{rfq_id}/quotes", name="quotes.api.quotes")
def list_quotes(session: DbSession, viewer: CurrentViewer, rfq_id: Id) -> QuoteList:
    """List one's own quotes, or, for the team, those that stand once the request is closed."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    found = quote_queries.list_quotes(session, rfq, viewer)
    is_hidden = viewer.is_team and rfq.is_sealed
    return QuoteList(
        items=[quote_out(quote) for quote in found],
        total=quote_queries.count_quotes(session, [rfq.id]).get(rfq.id, 0)
        if is_hidden
        else len(found),
        is_sealed=rfq.is_sealed,
    )


@router.post(
    "/rfqs/{rfq_id}/quotes",
    name="quotes.api.quotes.create",
    status_code=201,
    response_model=QuoteOut,
)
def create_quote(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: Id, body: QuoteIn
) -> Response:
    """Begin an answer to a request as a draft."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)

    def change() -> Response:
        quote = answering.draft_quote(session, rfq, body, viewer=viewer)
        response = _quote(quote, 201)
        response.headers["Location"] = f"/api/v1/quotes/{quote.public_id}"
        return response

    return once(request, session, viewer, body, change)


@router.get("/quotes/{quote_id}", name="quotes.api.quote")
def show_quote(
    response: Response, session: DbSession, viewer: CurrentViewer, quote_id: QuoteId
) -> QuoteOut:
    """Return a quote; its ETag may go back as If-Match with a change."""
    quote = quote_queries.get_quote(session, quote_id, viewer)
    response.headers["ETag"] = etag(quote.version)
    return quote_out(quote)


@router.patch("/quotes/{quote_id}", name="quotes.api.quote.change", response_model=QuoteOut)
def change_quote(
    request: Request, session: DbSession, viewer: CurrentViewer, quote_id: QuoteId, body: QuotePatch
) -> Response:
    """Change a draft; what was submitted is revised instead."""
    quote = quote_queries.get_quote(session, quote_id, viewer)
    require(viewer, Permission.ANSWER_REQUESTS)
    sent: dict[str, Any] = body.model_dump(exclude_unset=True, by_alias=True)
    if sent.get("lines", ()) is None:
        sent["lines"] = []
    current = quote_body.body_of(quote).model_dump(by_alias=True)
    return _quote(
        answering.save_quote(
            session,
            quote,
            QuoteIn.model_validate(current | sent),
            viewer=viewer,
            version=read_if_match(request),
        )
    )


@router.delete("/quotes/{quote_id}", name="quotes.api.quote.discard", status_code=204)
def discard_quote(session: DbSession, viewer: CurrentViewer, quote_id: QuoteId) -> None:
    """Throw a draft away."""
    quote = quote_queries.get_quote(session, quote_id, viewer)
    answering.discard_draft(session, quote, viewer=viewer)


@router.post("/quotes/{quote_id}/submit", name="quotes.api.quote.submit", response_model=QuoteOut)
def submit_quote(
    request: Request, session: DbSession, viewer: CurrentViewer, quote_id: QuoteId
) -> Response:
    """Submit a draft before the deadline: it never changes from now on."""
    quote = quote_queries.get_quote(session, quote_id, viewer)

    def change() -> Response:
        return _quote(answering.submit_quote(session, quote, viewer=viewer))

    return once(request, session, viewer, None, change)


@router.post(
    "/quotes/{quote_id}/withdraw", name="quotes.api.quote.withdraw", response_model=QuoteOut
)
def withdraw_quote(
    request: Request, session: DbSession, viewer: CurrentViewer, quote_id: QuoteId
) -> Response:
    """Take a submitted quote back, before the deadline."""
    quote = quote_queries.get_quote(session, quote_id, viewer)

    def change() -> Response:
        return _quote(answering.withdraw_quote(session, quote, viewer=viewer))

    return once(request, session, viewer, None, change)


@router.post(
    "/quotes/{quote_id}/revise",
    name="quotes.api.quote.revise",
    status_code=201,
    response_model=QuoteOut,
)
def revise_quote(
    request: Request, session: DbSession, viewer: CurrentViewer, quote_id: QuoteId
) -> Response:
    """Begin a new revision as a draft; the submitted one stands until that is submitted."""
    quote = quote_queries.get_quote(session, quote_id, viewer)

    def change() -> Response:
        revision = answering.revise_quote(session, quote, viewer=viewer)
        response = _quote(revision, 201)
        response.headers["Location"] = f"/api/v1/quotes/{revision.public_id}"
        return response

    return once(request, session, viewer, None, change)


def _quote(quote: Quote, status: int = 200) -> Response:
    return answer(quote_out(quote), status, version=quote.version)
