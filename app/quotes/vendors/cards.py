"""A vendor's rate cards on a page."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.accounts.viewers import CurrentViewer, Viewer
from app.db import DbSession
from app.errors import AppError, NotFound
from app.quotes import cards
from app.quotes.cards import CardIn
from app.quotes.comparison import say as amounts
from app.quotes.models.money import RateCard
from app.quotes.pricing.money import COMMON_CURRENCIES
from app.quotes.queries import rate_cards as rate_card_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.vendors.notices import SEE_OTHER, DoneNotice, redirect
from app.quotes.vendors.reading import clean_number
from app.quotes.vendors.words import WORDS, Words
from app.quotes.vocabulary import Task, Unit
from app.quotes.words import options, unit_name
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.templating import render
from app.web.validation import sentence_of

router = APIRouter(include_in_schema=False)

TIERS = 4
_TEXTS = ("task", "unit", "language", "currency", "valid_from", "valid_to", "note")


@dataclass(frozen=True)
class CardsPage:
    """The rate cards of one's organisation, and the form of a new one."""

    cards: Sequence[RateCard]
    tasks: list[tuple[str, str]]
    units: list[tuple[str, str]]
    currencies: list[tuple[str, str]]
    rows: list[int]
    form: FormData
    notice: str | None
    say: Words = WORDS

    def price(self, card: RateCard) -> str:
        """Return what a card says a unit costs."""
        unit = unit_name(card.unit)
        parts = [
            f"{amounts.plain(tier.from_quantity)}+: {card.currency} "
            f"{amounts.plain(tier.unit_price)}"
            for tier in card.tiers
        ]
        if len(parts) == 1:
            return f"{card.currency} {amounts.plain(card.tiers[0].unit_price)} / {unit}"
        return f"{'; '.join(parts)} / {unit}"


@router.get("/quotes/rate-cards", name="vendors.cards")
def show_cards(
    request: Request, session: DbSession, viewer: CurrentViewer, notice: DoneNotice
) -> Response:
    """Show one's own rate cards."""
    if viewer.is_team:
        return RedirectResponse("/rfqs", status_code=SEE_OTHER)
    return _page(request, session, viewer, FormData({}), notice=notice)


@router.post("/quotes/rate-cards", name="vendors.cards.add")
def add_card(request: Request, session: DbSession, viewer: CurrentViewer, form: Form) -> Response:
    """Keep a rate card."""
    if viewer.is_team:
        raise NotFound(rfq_queries.NO_RFQ)
    tiers = [
        {
            "from": clean_number(form.text(f"from{n}")) or "1",
            "unit_price": clean_number(form.text(f"price{n}")),
        }
        for n in range(1, TIERS + 1)
        if form.text(f"price{n}")
    ]
    data = {name: form.text(name) for name in _TEXTS if form.text(name)}
    try:
        body = CardIn.model_validate(
            data | {"tiers": tiers, "tax_included": form.text("tax_included") == "yes"}
        )
        with session.begin_nested():
            cards.add_card(session, body, viewer=viewer)
    except ValidationError as error:
        for problem in error.errors():
            name = str(problem["loc"][0]) if problem["loc"] else "price1"
            form.refuse("price1" if name == "tiers" else name, sentence_of(problem))
        return _page(request, session, viewer, form, status=422)
    except AppError as error:
        form.refuse(error.field or "price1", sentence(error))
        return _page(request, session, viewer, form, status=int(error.status_code))
    return redirect("/quotes/rate-cards", "card-added")


@router.post("/quotes/rate-cards/{card_id}/withdraw", name="vendors.cards.withdraw")
def withdraw_card(session: DbSession, viewer: CurrentViewer, card_id: str) -> Response:
    """Take a rate card back."""
    if viewer.is_team:
        raise NotFound(rfq_queries.NO_RFQ)
    card = rate_card_queries.get_rate_card(session, card_id, viewer)
    cards.withdraw_card(session, card, viewer=viewer)
    return redirect("/quotes/rate-cards", "card-removed")


def _page(
    request: Request,
    session: Session,
    viewer: Viewer,
    form: FormData,
    *,
    status: int = 200,
    notice: str | None = None,
) -> Response:
    page = CardsPage(
        cards=rate_card_queries.list_rate_cards(session, viewer),
        tasks=options(Task),
        units=[(unit.value, unit_name(unit)) for unit in Unit],
        currencies=[(code, code) for code in COMMON_CURRENCIES],
        rows=list(range(1, TIERS + 1)),
        form=form,
        notice=notice,
    )
    # Its method `price` is called by the template.
    return render(
        request, "quotes/vendors/cards.html", {"page": page, "say": WORDS}, status_code=status
    )
