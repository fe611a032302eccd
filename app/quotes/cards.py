"""Rate cards: what a vendor usually charges, kept by the vendor itself or by a buyer."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import func
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import Conflict, InvalidInput
from app.quotes import naming
from app.quotes.content.answered import TierIn
from app.quotes.content.values import MAX_TIERS, Currency, Day, Language, Line, Strict, TaxRate
from app.quotes.models.money import RateCard, RateTier
from app.quotes.models.rfq import Lot
from app.quotes.pricing.exchange import RateSet
from app.quotes.pricing.money import Money
from app.quotes.pricing.tiers import Tier, TierKind, TierTable
from app.quotes.queries import rate_cards as rate_card_queries
from app.quotes.requests import check_currency
from app.quotes.vocabulary import Task, Unit
from app.web.i18n import later

MAX_CARDS = 500


class CardIn(Strict):
    """A rate card; `vendor` is for buyers alone, who keep cards of vendors that keep none."""

    vendor: Annotated[str, Field(max_length=100)] | None = None
    task: Task
    unit: Unit
    language: Language | None = None
    currency: Currency = "CNY"
    tiers: Annotated[list[TierIn], Field(min_length=1, max_length=MAX_TIERS)]
    tax_rate: TaxRate | None = None
    tax_included: bool = False
    valid_from: Day
    valid_to: Day | None = None
    note: Line | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        self.tiers.sort(key=lambda tier: tier.from_)
        starts = [tier.from_ for tier in self.tiers]
        if len(set(starts)) < len(starts):
            raise PydanticCustomError(
                "tiers_twice", later("Two tiers start at the same quantity. Keep one of them.")
            )
        if len({tier.kind for tier in self.tiers}) > 1:
            raise PydanticCustomError(
                "tiers_mixed",
                later("The tiers of a line are either all marginal or all for all units."),
            )
        if starts[0] > 1:
            raise PydanticCustomError(
                "tiers_start", later("The first price counts from the first unit on: from 1.")
            )
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise PydanticCustomError(
                "validity", later("A rate card ends on the day it begins, or later.")
            )
        return self


def add_card(session: Session, body: CardIn, *, viewer: Viewer) -> RateCard:
    """
    Keep a rate card: a vendor its own, a buyer one of any vendor.

    Raises
    ------
    InvalidInput
        If a buyer names no vendor, or a vendor another one.
    Conflict
        If the vendor has too many.
    """
    check_currency(body.currency)
    if viewer.is_team:
        require(viewer, Permission.EDIT_REQUESTS)
        if not body.vendor:
            raise InvalidInput("Name the vendor whose rates these are.", field="vendor")
        organisation = naming.ensure_vendor(session, body.vendor, actor=viewer)
        organisation_id, slug = organisation.id, organisation.slug
    else:
        require(viewer, Permission.ANSWER_REQUESTS)
        if body.vendor not in {None, viewer.organisation_slug}:
            raise InvalidInput("These are your own rates: name no vendor.", field="vendor")
        organisation_id, slug = viewer.organisation_id or 0, viewer.organisation_slug or ""
    if rate_card_queries.count_rate_cards(session, organisation_id) >= MAX_CARDS:
        raise Conflict(
            "A vendor has at most %(most)s rate cards. Take one back first.", most=MAX_CARDS
        )
    card = RateCard(
        organisation_id=organisation_id,
        tier_kind=body.tiers[0].kind,
        tiers=[RateTier(from_quantity=one.from_, unit_price=one.unit_price) for one in body.tiers],
        is_from_vendor=not viewer.is_team,
        created_by_name=viewer.name,
        **body.model_dump(exclude={"vendor", "tiers"}),
    )
    session.add(card)
    session.flush()
    if viewer.is_team:
        audit.record(
            session,
            actor=viewer,
            action="rate_card.added",
            object_type="rate_card",
            object_id=card.public_id,
            after={"vendor": slug, "task": body.task},
        )
    return rate_card_queries.get_rate_card(session, card.public_id, viewer)


def withdraw_card(session: Session, card: RateCard, *, viewer: Viewer) -> None:
    """
    Take a rate card back: it counts for no request from now on.

    Raises
    ------
    Forbidden
        If a buyer wants to take back what a vendor keeps itself.
    """
    if viewer.is_team:
        require(viewer, Permission.EDIT_REQUESTS)
        if card.is_from_vendor:
            raise Conflict("The vendor keeps this rate card itself, and takes it back itself.")
    else:
        require(viewer, Permission.ANSWER_REQUESTS)
    card.withdrawn_at = func.clock_timestamp()
    session.flush()


def fits(card: RateCard, lot: Lot) -> bool:
    """Whether a card prices a lot: its task and unit, and one of its languages or any."""
    is_same = card.task == lot.task and card.unit == lot.unit
    return is_same and (card.language is None or card.language in lot.languages)


def indicative_price(card: RateCard, lot: Lot, rates: RateSet) -> Money | None:
    """
    Return what a lot would cost by a rate card in the base currency, incl. tax.

    None where its unit, language, or currency do not fit.
    """
    if not fits(card, lot):
        return None
    table = TierTable(
        tuple(Tier(one.from_quantity, one.unit_price) for one in card.tiers),
        TierKind(card.tier_kind),
    )
    net = Money(table.amount_for(lot.volume), card.currency)
    gross = net if card.tax_included else net * (1 + (card.tax_rate or Decimal(0)))
    if card.currency != rates.base and card.currency not in rates.rates:
        return None
    return rates.to_base(gross)


def is_current(card: RateCard, today: date) -> bool:
    """Whether a card counts on a day."""
    return card.valid_from <= today and (card.valid_to is None or today <= card.valid_to)


def to_values(card: RateCard) -> dict[str, Any]:
    """Return a card's own fields."""
    return {
        "id": card.public_id,
        "vendor": card.organisation.slug,
        "task": card.task,
        "unit": card.unit,
        "language": card.language,
        "currency": card.currency,
        "tax_included": card.tax_included,
        "valid_from": card.valid_from,
        "valid_to": card.valid_to,
        "note": card.note,
        "is_from_vendor": card.is_from_vendor,
    }
