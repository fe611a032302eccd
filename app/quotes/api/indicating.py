"""What a request would cost by the vendors' rate cards, as JSON."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.quotes import indicating
from app.quotes.api.cards import CardOut, card_out
from app.quotes.api.rfqs import Id
from app.quotes.pricing.money import Money
from app.quotes.queries import rfqs as rfq_queries

router = APIRouter(prefix="/api/v1/rfqs/{rfq_id}", tags=["quotes"])


class MoneyOut(BaseModel):
    """An exact amount."""

    amount: str
    currency: str


class RangeOut(BaseModel):
    """The least and the most that the cards say."""

    low: MoneyOut
    high: MoneyOut


class IndicationOut(BaseModel):
    """A card that fits the lot; `total` is null where its currency has no rate."""

    card: CardOut
    total: MoneyOut | None
    rate: dict[str, Any] | None


class LotIndicationOut(BaseModel):
    """One lot."""

    lot: str
    lot_number: int
    range: RangeOut | None
    cards: list[IndicationOut]


class IndicatedOut(BaseModel):
    """Every lot, and the sums over the `priced` ones."""

    currency: str
    range: RangeOut | None
    priced: int
    lots: list[LotIndicationOut]


@router.get("/indication", name="quotes.api.rfq.indication")
def show_indication(session: DbSession, viewer: CurrentViewer, rfq_id: Id) -> IndicatedOut:
    """Return what the rate cards that count today say of a request; no vendor sees it."""
    found = indicating.load(session, rfq_queries.get_rfq(session, rfq_id, viewer), viewer)
    return IndicatedOut(
        currency=found.currency,
        range=_range(found.range),
        priced=found.priced,
        lots=[
            LotIndicationOut(
                lot=one.lot.public_id,
                lot_number=one.lot.number,
                range=_range(one.range),
                cards=[_indication(each) for each in one.found],
            )
            for one in found.lots
        ],
    )


def _indication(one: indicating.Indication) -> IndicationOut:
    rate = one.rate
    return IndicationOut(
        card=card_out(one.card),
        total=_money(one.total) if one.total is not None else None,
        rate=None
        if rate is None
        else {"rate": f"{rate.per_unit:f}", "date": rate.on.isoformat(), "source": rate.source},
    )


def _range(found: tuple[Money, Money] | None) -> RangeOut | None:
    return RangeOut(low=_money(found[0]), high=_money(found[1])) if found else None


def _money(money: Money) -> MoneyOut:
    return MoneyOut(amount=f"{money.rounded():f}", currency=money.currency)
