"""Decide a lot: a page that shows once more what is final, and the button."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.errors import NotFound
from app.quotes import awarding
from app.quotes.buying.notices import redirect
from app.quotes.buying.words import WORDS, Words
from app.quotes.comparison import service
from app.quotes.comparison.build import Comparison, LotComparison, Offered
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class DecidePage:
    """One lot and the offer that is about to get it, or none."""

    found: Comparison
    one: LotComparison
    offer: Offered | None
    form: FormData | None
    needs_reason: bool
    say: Words = WORDS


@router.get("/rfqs/{rfq_id}/lots/{number}/decide", name="quotes.decide")
def show_decide(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    rfq_id: str,
    number: int,
    quote: str = "",
) -> Response:
    """Ask once more before a lot is decided."""
    require(viewer, Permission.AWARD_QUOTES)
    found = service.load(session, rfq_id, viewer)
    return render(request, "quotes/decide.html", _page(found, number, quote, None))


@router.post("/rfqs/{rfq_id}/lots/{number}/decide", name="quotes.decided")
def decide(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    form: Form,
    rfq_id: str,
    number: int,
) -> Response:
    """Award a lot, or declare it unawarded."""
    require(viewer, Permission.AWARD_QUOTES)
    found = service.load(session, rfq_id, viewer)
    quote, reason = form.text("quote"), form.text("reason")
    page = _page(found, number, quote, form)
    if page.needs_reason and not reason:
        form.refuse("reason", _("Say why this quote and not the lowest: the reason is kept."))
        return render(request, "quotes/decide.html", page, status_code=422)
    lot = page.one.lot
    if quote:
        awarding.award_lot(session, found.rfq, lot, quote, viewer=viewer, reason=reason)
    else:
        awarding.declare_unawarded(session, found.rfq, lot, viewer=viewer, reason=reason)
    path = request.url_for("quotes.comparison", rfq_id=rfq_id).path
    return redirect(path, "awarded" if quote else "unawarded", at=f"lot{number}")


def _page(found: Comparison, number: int, quote: str, form: FormData | None) -> DecidePage:
    one = next((lot for lot in found.lots if lot.lot.number == number), None)
    if one is None:
        raise NotFound("The request has no such lot.")
    offer = None
    if quote:
        offer = next((o for o in one.offers if o.vendor.quote.public_id == quote and o.line), None)
        if offer is None:
            raise NotFound("There is no such quote.")
    needs_reason = offer is None or (bool(one.ranking.lowest) and not offer.is_lowest)
    return DecidePage(found, one, offer, form, needs_reason)
