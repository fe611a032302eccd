"""The comparison page: quotes side by side, what if, and the way to an award."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.errors import NotFound
from app.quotes.buying.notices import DoneNotice
from app.quotes.buying.words import WORDS, Words
from app.quotes.comparison import service
from app.quotes.comparison.basis import AcceptanceRule
from app.quotes.comparison.build import Comparison
from app.quotes.comparison.options import read_options
from app.quotes.comparison.scores import CRITERIA
from app.quotes.documents import giving
from app.quotes.documents.giving import Kind
from app.quotes.models.rfq import Invitation
from app.quotes.pricing.offers import TaxBasis
from app.quotes.queries import timeline as timeline_queries
from app.quotes.state import InvitationState
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class ComparisonPage:
    """The quotes of a request on one basis."""

    found: Comparison
    declined: list[Invitation]
    silent: list[Invitation]
    query: Mapping[str, str]
    query_text: str
    event_count: int
    criteria: tuple[str, ...]
    acceptance_rules: tuple[AcceptanceRule, ...]
    tax_bases: tuple[TaxBasis, ...]
    can_award: bool
    notice: str | None
    say: Words = WORDS


@router.get("/rfqs/{rfq_id}/comparison.{kind}", name="quotes.comparison.export")
def export_comparison(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: str, kind: str
) -> Response:
    """Give the comparison as a file: csv, xlsx or pdf, of what the page shows."""
    if kind not in set(Kind):
        raise NotFound("There is no such file. A comparison comes as csv, xlsx or pdf.")
    options = read_options(request.query_params)
    return giving.give_comparison(session, rfq_id, viewer, Kind(kind), options).as_response()


@router.get("/rfqs/{rfq_id}/comparison", name="quotes.comparison")
def show_comparison(
    request: Request, session: DbSession, viewer: CurrentViewer, notice: DoneNotice, rfq_id: str
) -> Response:
    """Show the quotes of a request side by side, once they are open."""
    options = read_options(request.query_params)
    found = service.load(session, rfq_id, viewer, options)
    rfq = found.rfq
    quoted = {vendor.quote.invitation_id for vendor in found.vendors}
    others = [one for one in rfq.invitations if one.id not in quoted]
    chosen = {name: value for name, value in request.query_params.items() if name != "done"}
    page = ComparisonPage(
        found=found,
        declined=[one for one in others if one.state == InvitationState.DECLINED],
        silent=[one for one in others if one.state != InvitationState.DECLINED],
        query=chosen,
        query_text=str(
            request.url.include_query_params(**chosen).remove_query_params("done").query
        ),
        event_count=len(timeline_queries.list_events(session, rfq, viewer)),
        criteria=tuple(CRITERIA),
        acceptance_rules=tuple(AcceptanceRule),
        tax_bases=tuple(TaxBasis),
        can_award=viewer.can(Permission.AWARD_QUOTES),
        notice=notice,
    )
    return render(request, "quotes/comparison.html", page, fragments=("comparison",))
