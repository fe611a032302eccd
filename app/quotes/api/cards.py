"""Rate cards as JSON: a vendor's own, and for the team all of them."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.quotes import cards
from app.quotes.api.answers.numbers import text_of
from app.quotes.cards import CardIn
from app.quotes.models.money import RateCard
from app.quotes.queries import rate_cards as rate_card_queries
from app.quotes.vocabulary import Task, Unit

router = APIRouter(prefix="/api/v1/rate-cards", tags=["quotes"])

CardId = Annotated[str, Path(max_length=40)]


class CardOut(BaseModel):
    """A rate card; `is_from_vendor` says whether the vendor keeps it itself."""

    id: str
    vendor: str
    task: Task
    unit: Unit
    language: str | None
    currency: str
    tiers: list[dict[str, str]]
    tax_rate: str | None
    tax_included: bool
    valid_from: date
    valid_to: date | None
    note: str | None
    is_from_vendor: bool


class CardList(BaseModel):
    """Rate cards."""

    items: list[CardOut]
    total: int


@router.get("", name="quotes.api.cards")
def list_cards(session: DbSession, viewer: CurrentViewer, task: Task | None = None) -> CardList:
    """List rate cards; to a vendor its own only."""
    found = [
        card_out(card) for card in rate_card_queries.list_rate_cards(session, viewer, task=task)
    ]
    return CardList(items=found, total=len(found))


@router.post("", name="quotes.api.cards.add", status_code=201)
def add_card(session: DbSession, viewer: CurrentViewer, body: CardIn) -> CardOut:
    """Keep a rate card."""
    return card_out(cards.add_card(session, body, viewer=viewer))


@router.delete("/{card_id}", name="quotes.api.cards.withdraw", status_code=204)
def withdraw_card(session: DbSession, viewer: CurrentViewer, card_id: CardId) -> Response:
    """Take a rate card back."""
    card = rate_card_queries.get_rate_card(session, card_id, viewer)
    cards.withdraw_card(session, card, viewer=viewer)
    return Response(status_code=204)


def card_out(card: RateCard) -> CardOut:
    """Return a rate card."""
    return CardOut(
        **cards.to_values(card),
        tax_rate=text_of(card.tax_rate),
        tiers=[
            {
                "from": text_of(tier.from_quantity) or "0",
                "unit_price": text_of(tier.unit_price) or "0",
                "kind": card.tier_kind,
            }
            for tier in card.tiers
        ],
    )
