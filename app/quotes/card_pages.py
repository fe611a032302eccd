"""Rate cards on a page: a vendor's own, and, for the team, those of every vendor."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.accounts.models import OrganisationKind
from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.errors import AppError
from app.quotes import card_words, cards
from app.quotes.buying.words import vendor as vendor_name
from app.quotes.cards import CardIn
from app.quotes.models.money import RateCard
from app.quotes.pricing.money import COMMON_CURRENCIES
from app.quotes.pricing.tiers import TierKind
from app.quotes.queries import people as people_queries
from app.quotes.queries import rate_cards as rate_card_queries
from app.quotes.vendors.notices import SEE_OTHER, DoneNotice, redirect
from app.quotes.vendors.reading import clean_number
from app.quotes.vendors.words import WORDS, Words
from app.quotes.vocabulary import Task, Unit
from app.quotes.words import options, unit_name
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.templating import render
from app.web.validation import sentence_of

# The team's address comes before those that name a request, so it is a router of its own.
team_router = APIRouter(include_in_schema=False)
vendor_router = APIRouter(include_in_schema=False)

TEAM_PAGE = "/rfqs/rate-cards"
VENDOR_PAGE = "/quotes/rate-cards"
TIERS = 4
_FIELDS = {"tiers": "price1", "tax_rate": "tax_percent"}
_TEXTS = ("vendor", "task", "unit", "language", "currency", "valid_from", "valid_to", "note")


@dataclass(frozen=True)
class CardsPage:
    """Rate cards and the form of a new one; the team says whose it is."""

    cards: Sequence[RateCard]
    tasks: list[tuple[str, str]]
    units: list[tuple[str, str]]
    currencies: list[tuple[str, str]]
    rows: list[int]
    form: FormData
    notice: str | None
    is_team: bool
    can_edit: bool
    vendors: list[tuple[str, str]]
    action: str
    say: Words = WORDS


@team_router.get(TEAM_PAGE, name="quotes.cards")
def show_all_cards(
    request: Request, session: DbSession, viewer: CurrentViewer, notice: DoneNotice
) -> Response:
    """Show the rate cards of every vendor, to the team."""
    if viewer.organisation_kind is OrganisationKind.VENDOR:
        return RedirectResponse(VENDOR_PAGE, status_code=SEE_OTHER)
    return _page(request, session, viewer, FormData({}), notice=notice)


@vendor_router.get(VENDOR_PAGE, name="vendors.cards")
def show_own_cards(
    request: Request, session: DbSession, viewer: CurrentViewer, notice: DoneNotice
) -> Response:
    """Show one's own rate cards."""
    if viewer.is_team:
        return RedirectResponse(TEAM_PAGE, status_code=SEE_OTHER)
    return _page(request, session, viewer, FormData({}), notice=notice)


@team_router.post(TEAM_PAGE, name="quotes.cards.add")
@vendor_router.post(VENDOR_PAGE, name="vendors.cards.add")
def add_card(request: Request, session: DbSession, viewer: CurrentViewer, form: Form) -> Response:
    """Keep a rate card: a vendor its own, a buyer one of any vendor."""
    require(viewer, Permission.EDIT_REQUESTS if viewer.is_team else Permission.ANSWER_REQUESTS)
    tiers = [
        {
            "from": clean_number(form.text(f"from{n}")) or "1",
            "unit_price": clean_number(form.text(f"price{n}")),
            "kind": form.text("tier_kind") or TierKind.MARGINAL,
        }
        for n in range(1, TIERS + 1)
        if form.text(f"price{n}")
    ]
    data = {name: form.text(name) for name in _TEXTS if form.text(name)}
    # A new vendor's short name wins over the choice, as where a vendor is invited.
    vendor_field = "other_vendor" if form.text("other_vendor") else "vendor"
    if form.text(vendor_field):
        data["vendor"] = form.text(vendor_field)
    fields = _FIELDS | {"vendor": vendor_field}
    if rate := clean_number(form.text("tax_percent")):
        data["tax_rate"] = _share(rate)
    try:
        body = CardIn.model_validate(
            data | {"tiers": tiers, "tax_included": form.text("tax_included") == "yes"}
        )
        with session.begin_nested():
            cards.add_card(session, body, viewer=viewer)
    except ValidationError as error:
        for problem in error.errors():
            name = str(problem["loc"][0]) if problem["loc"] else "price1"
            form.refuse(fields.get(name, name), sentence_of(problem))
        return _page(request, session, viewer, form, status=422)
    except AppError as error:
        if error.status_code in {401, 403}:
            raise
        name = error.field or "price1"
        form.refuse(fields.get(name, name), sentence(error))
        return _page(request, session, viewer, form, status=int(error.status_code))
    return redirect(_address(viewer), "card-added")


@team_router.post(TEAM_PAGE + "/{card_id}/withdraw", name="quotes.cards.withdraw")
@vendor_router.post(VENDOR_PAGE + "/{card_id}/withdraw", name="vendors.cards.withdraw")
def withdraw_card(session: DbSession, viewer: CurrentViewer, card_id: str) -> Response:
    """Take a rate card back."""
    card = rate_card_queries.get_rate_card(session, card_id, viewer)
    cards.withdraw_card(session, card, viewer=viewer)
    return redirect(_address(viewer), "card-removed")


def _address(viewer: Viewer) -> str:
    return TEAM_PAGE if viewer.is_team else VENDOR_PAGE


def _share(percent: str) -> str:
    try:
        return f"{Decimal(percent) / 100:f}"
    except ArithmeticError:
        return percent


def _page(
    request: Request,
    session: Session,
    viewer: Viewer,
    form: FormData,
    *,
    status: int = 200,
    notice: str | None = None,
) -> Response:
    can_edit = viewer.can(Permission.EDIT_REQUESTS) or viewer.can(Permission.ANSWER_REQUESTS)
    vendors = people_queries.list_vendors(session) if viewer.is_team and can_edit else []
    page = CardsPage(
        cards=rate_card_queries.list_rate_cards(session, viewer),
        tasks=options(Task),
        units=[(unit.value, unit_name(unit)) for unit in Unit],
        currencies=[(code, code) for code in COMMON_CURRENCIES],
        rows=list(range(1, TIERS + 1)),
        form=form,
        notice=notice,
        is_team=viewer.is_team,
        can_edit=can_edit,
        vendors=[(one.slug, vendor_name(one)) for one in vendors],
        action=_address(viewer),
    )
    return render(
        request,
        "quotes/cards.html",
        {"page": page, "say": WORDS, "cards": card_words, "vendor_name": vendor_name},
        status_code=status,
    )
