"""The comparison of quotes for programs, with what if, and what the portal gives as files."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AfterValidator, Field

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.errors import InvalidInput
from app.quotes.api.quotes import QuoteId
from app.quotes.api.rfqs import Id
from app.quotes.comparison import service as comparison
from app.quotes.comparison.basis import AcceptanceRule
from app.quotes.comparison.build import Options
from app.quotes.comparison.figures import as_json
from app.quotes.comparison.options import read_options
from app.quotes.comparison.scores import CRITERIA
from app.quotes.content.values import MAX_LOTS, readable
from app.quotes.documents import giving
from app.quotes.documents.giving import Kind
from app.quotes.pricing.offers import TaxBasis

router = APIRouter(prefix="/api/v1", tags=["quotes"])

Pair = Annotated[str, Field(max_length=60), AfterValidator(readable)]
Pairs = Annotated[list[Pair], Field(max_length=MAX_LOTS)]


def read_chosen(
    *,
    volume: Annotated[
        Pairs, Query(description="What if: a lot's number and a volume, such as `1:50000`.")
    ] = [],  # noqa: B006  FastAPI copies it
    weight: Annotated[
        Pairs,
        Query(description=f"A criterion and its weight, as `price:3`. Of {', '.join(CRITERIA)}."),
    ] = [],  # noqa: B006  FastAPI copies it
    acceptance: AcceptanceRule = AcceptanceRule.QUOTED,
    tax: TaxBasis = TaxBasis.INCLUDED,
    names: Annotated[
        Literal["shown", "hidden"], Query(description="Whether files name the vendors.")
    ] = "shown",
) -> Options:
    """Return on which basis a program compares."""
    chosen: dict[str, str] = {"acceptance": acceptance, "tax": tax, "names": names}
    for name, pairs in (("volume", volume), ("weight", weight)):
        for pair in pairs:
            key, colon, value = pair.partition(":")
            is_known = key in CRITERIA if name == "weight" else key.isascii() and key.isdecimal()
            if not (is_known and colon and value.strip()):
                raise InvalidInput(
                    "“%(pair)s” names no lot or criterion with its number, as in “1:50000” or "
                    "“price:3”.",
                    field=name,
                    pair=pair,
                )
            chosen[f"{name}_{key}"] = value
    return read_options(chosen)


Chosen = Annotated[Options, Depends(read_chosen)]


def _files(*media_types: str) -> dict[int | str, dict[str, Any]]:
    content = {one: {"schema": {"type": "string", "format": "binary"}} for one in media_types}
    return {200: {"description": "The file.", "content": content}}


PDF = _files("application/pdf")
ANY_KIND = _files(
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/pdf",
)


@router.get("/rfqs/{rfq_id}/comparison", name="quotes.api.rfq.comparison")
def compare(
    session: DbSession, viewer: CurrentViewer, rfq_id: Id, chosen: Chosen
) -> dict[str, Any]:
    """Compare the quotes on one basis, exactly; 409 while they are sealed."""
    return as_json(comparison.load(session, rfq_id, viewer, chosen))


@router.get(
    "/rfqs/{rfq_id}/comparison.{kind}",
    name="quotes.api.rfq.comparison.export",
    response_class=Response,
    responses=ANY_KIND,
)
def export_comparison(
    session: DbSession, viewer: CurrentViewer, rfq_id: Id, kind: Kind, chosen: Chosen
) -> Response:
    """Give the comparison as a file; 409 while the quotes are sealed."""
    return giving.give_comparison(session, rfq_id, viewer, kind, chosen).as_response()


@router.get(
    "/rfqs/{rfq_id}/request.pdf",
    name="quotes.api.rfq.pdf",
    response_class=Response,
    responses=PDF,
)
def give_request(session: DbSession, viewer: CurrentViewer, rfq_id: Id) -> Response:
    """Give a request as PDF."""
    return giving.give_request(session, rfq_id, viewer).as_response()


@router.get(
    "/rfqs/{rfq_id}/award.pdf",
    name="quotes.api.rfq.award_pdf",
    response_class=Response,
    responses=PDF,
)
def give_award(session: DbSession, viewer: CurrentViewer, rfq_id: Id) -> Response:
    """Give the decisions about a request as PDF, to the team."""
    return giving.give_award(session, rfq_id, viewer).as_response()


@router.get(
    "/quotes/{quote_id}/quote.pdf",
    name="quotes.api.quote.pdf",
    response_class=Response,
    responses=PDF,
)
def give_quote(session: DbSession, viewer: CurrentViewer, quote_id: QuoteId) -> Response:
    """Give a quote as PDF: to its vendor always, to the team once it is open."""
    return giving.give_quote(session, quote_id, viewer).as_response()
