"""What a request would cost by the vendors' rate cards: an indication before anything is sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import NotFound
from app.quotes import cards
from app.quotes.comparison import basis
from app.quotes.models.money import RateCard
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.pricing.exchange import Rate, RateSet
from app.quotes.pricing.money import Money
from app.quotes.queries import rate_cards as rate_card_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries import rules as rule_queries


@dataclass(frozen=True, slots=True)
class Indication:
    """
    What a vendor's card says of a lot.

    `total` is for the volume, in the request's currency, incl. tax as the card states it; None
    where there is no rate. `rate` is what it was converted at, None for the same currency.
    """

    card: RateCard
    total: Money | None
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class LotIndication:
    """A lot with every card that fits it, the least first; cards without a total come last."""

    lot: Lot
    found: Sequence[Indication]

    @property
    def range(self) -> tuple[Money, Money] | None:
        """The least and the most of the totals."""
        totals = [one.total for one in self.found if one.total is not None]
        if not totals:
            return None
        ordered = sorted(totals, key=lambda one: one.amount)
        return ordered[0], ordered[-1]


@dataclass(frozen=True, slots=True)
class Indicated:
    """All lots of a request, and the sums over those that some card prices."""

    currency: str
    lots: Sequence[LotIndication]

    @property
    def range(self) -> tuple[Money, Money] | None:
        """The least and the most over the lots that have an indication; None where none has."""
        ranges = [one.range for one in self.lots if one.range is not None]
        if not ranges:
            return None
        least = sum((low.amount for low, _high in ranges), Decimal(0))
        most = sum((high.amount for _low, high in ranges), Decimal(0))
        return Money(least, self.currency), Money(most, self.currency)

    @property
    def priced(self) -> int:
        """How many lots some card prices."""
        return sum(1 for one in self.lots if one.range is not None)


def load(session: Session, rfq: Rfq, viewer: Viewer) -> Indicated:
    """
    Return what a request would cost by the rate cards that count today, for the team.

    Raises
    ------
    NotFound
        For a vendor: what others charge is not theirs to know.
    """
    if not viewer.is_team:
        raise NotFound(rfq_queries.NO_RFQ)
    require(viewer, Permission.READ_QUOTES)
    rates = basis.current_rates(rfq.currency, rule_queries.latest_rates(session, rfq.currency))
    found = rate_card_queries.list_rate_cards(session, viewer, is_current=True)
    return Indicated(rfq.currency, [_of_lot(lot, found, rates) for lot in rfq.lots])


def _of_lot(lot: Lot, found: Iterable[RateCard], rates: RateSet) -> LotIndication:
    fitting = [
        Indication(card, cards.indicative_price(card, lot, rates), rates.rates.get(card.currency))
        for card in found
        if cards.fits(card, lot)
    ]
    return LotIndication(
        lot,
        sorted(
            fitting,
            key=lambda one: (one.total is None, Fraction(one.total.amount) if one.total else 0),
        ),
    )
