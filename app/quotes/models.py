"""Requests for quotation, their lots, invitations, quotes, awards, events; rate cards and rates."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    UniqueConstraint,
    and_,
    func,
    or_,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.accounts.models import Account, Organisation, new_public_id
from app.db import Base, CreatedAt, HasTimestamps
from app.files.models import StoredFile
from app.quotes.state import InvitationState, LotOutcome, QuoteState, RfqState

# Eight places: prices per character or per token are that small. See docs/decisions/quotes.md.
MONEY = Numeric(24, 8)
AMOUNT = Numeric(20, 3)
RATE = Numeric(20, 10)


def one_of(column: str, values: type) -> str:
    """Return the condition that a column has one of an enumeration's values."""
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"  # type: ignore[attr-defined]


class Rfq(HasTimestamps, Base):
    """
    A request for quotation.

    `revision` counts edits, for ETags; `amendment` counts the changes after it was opened, which
    everybody invited is told of. `terms` is a `content.RequestTerms`. `origin` says what
    shortage or service it came from. `rates` are frozen at closing.
    """

    __tablename__ = "rfq"
    __table_args__ = (
        CheckConstraint(one_of("state", RfqState), name="state"),
        CheckConstraint(
            "state = 'draft' OR state = 'cancelled' OR deadline IS NOT NULL", name="deadline"
        ),
        CheckConstraint("budget >= 0", name="budget"),
        Index("ix_rfq_created_at_id", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    number: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    description: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=RfqState.DRAFT, server_default=sql("'draft'"))
    revision: Mapped[int] = mapped_column(default=1, server_default=sql("1"))
    amendment: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    currency: Mapped[str]
    budget: Mapped[Decimal | None] = mapped_column(MONEY)
    deadline: Mapped[datetime | None] = mapped_column()
    questions_until: Mapped[datetime | None]
    terms: Mapped[dict[str, Any]]
    criteria: Mapped[dict[str, Any] | None]
    origin: Mapped[dict[str, Any] | None]
    rates: Mapped[dict[str, Any] | None]
    owner_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    owner_name: Mapped[str]
    approval_requested_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    opened_by_id: Mapped[int | None]
    opened_by_name: Mapped[str | None]
    closed_at: Mapped[datetime | None] = mapped_column()
    ended_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]

    lots: Mapped[list["Lot"]] = relationship(
        lazy="raise", order_by="Lot.number", back_populates="rfq", cascade="all, delete-orphan"
    )
    invitations: Mapped[list["Invitation"]] = relationship(
        lazy="raise", order_by="Invitation.id", back_populates="rfq"
    )

    # Loaded with every request, by the database's clock: no page asks its own. What was cancelled
    # while it was sealed stays sealed.
    is_due: Mapped[bool] = column_property(
        func.coalesce(deadline <= func.clock_timestamp(), sql("false"))
    )
    is_sealed: Mapped[bool] = column_property(
        or_(
            state == RfqState.DRAFT,
            and_(
                state == RfqState.OPEN,
                func.coalesce(deadline > func.clock_timestamp(), sql("true")),
            ),
            and_(state == RfqState.CANCELLED, closed_at.is_(None)),
        )
    )

    @property
    def effective_state(self) -> RfqState:
        """The state by the database's clock when this was loaded: open ends at the deadline."""
        state = RfqState(self.state)
        return RfqState.CLOSED if state is RfqState.OPEN and self.is_due else state


class Lot(HasTimestamps, Base):
    """One task line of a request; `requirements` is a `content.LotRequirements`."""

    __tablename__ = "rfq_lot"
    __table_args__ = (
        UniqueConstraint("rfq_id", "number", deferrable=True, initially="DEFERRED"),
        UniqueConstraint("rfq_id", "id"),
        CheckConstraint("volume > 0", name="volume"),
        CheckConstraint("labels_per_item > 0", name="labels_per_item"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    rfq_id: Mapped[int] = mapped_column(ForeignKey("rfq.id"))
    number: Mapped[int]
    title: Mapped[str]
    description: Mapped[str | None]
    task: Mapped[str]
    modality: Mapped[str]
    unit: Mapped[str]
    volume: Mapped[Decimal] = mapped_column(AMOUNT)
    volume_min: Mapped[Decimal | None] = mapped_column(AMOUNT)
    volume_max: Mapped[Decimal | None] = mapped_column(AMOUNT)
    labels_per_item: Mapped[int] = mapped_column(default=1, server_default=sql("1"))
    languages: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=sql("'{}'"))
    requirements: Mapped[dict[str, Any]]

    rfq: Mapped[Rfq] = relationship(lazy="raise", back_populates="lots")
    award: Mapped["Award | None"] = relationship(lazy="raise", back_populates="lot")


class Invitation(Base):
    """A vendor that was asked; whose a quote is follows from it, never from what is sent."""

    __tablename__ = "rfq_invitation"
    __table_args__ = (
        UniqueConstraint("rfq_id", "organisation_id"),
        UniqueConstraint("rfq_id", "id"),
        CheckConstraint(one_of("state", InvitationState), name="state"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    rfq_id: Mapped[int] = mapped_column(ForeignKey("rfq.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("account.id", ondelete="SET NULL"), index=True
    )
    state: Mapped[str] = mapped_column(
        default=InvitationState.INVITED, server_default=sql("'invited'")
    )
    invited_at: Mapped[CreatedAt]
    invited_by_id: Mapped[int | None]
    invited_by_name: Mapped[str]
    link_given_at: Mapped[datetime | None]
    viewed_at: Mapped[datetime | None]
    seen_amendment: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
    declined_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None]

    rfq: Mapped[Rfq] = relationship(lazy="raise", back_populates="invitations")
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    account: Mapped[Account | None] = relationship(lazy="raise")
    quotes: Mapped[list["Quote"]] = relationship(
        lazy="raise",
        order_by="Quote.revision",
        back_populates="invitation",
        primaryjoin="Quote.invitation_id == Invitation.id",
        foreign_keys="Quote.invitation_id",
    )


class Quote(HasTimestamps, Base):
    """
    A vendor's answer to a request: a draft, or a revision that never changes again.

    Triggers refuse changes to what was submitted. `version` counts saves of the draft, for
    ETags. `content_hash` is the SHA-256 of the canonical JSON of what was submitted. `amendment`
    is the request's when it was submitted.
    """

    __tablename__ = "quote"
    __table_args__ = (
        ForeignKeyConstraint(
            ["rfq_id", "invitation_id"],
            ["rfq_invitation.rfq_id", "rfq_invitation.id"],
            name="fk_quote_rfq_id_invitation_id_rfq_invitation",
        ),
        UniqueConstraint("invitation_id", "revision"),
        UniqueConstraint("rfq_id", "id"),
        Index(
            "uq_quote_one_draft",
            "invitation_id",
            unique=True,
            postgresql_where=sql("state = 'draft'"),
        ),
        Index(
            "uq_quote_one_submitted",
            "invitation_id",
            unique=True,
            postgresql_where=sql("state = 'submitted'"),
        ),
        CheckConstraint(one_of("state", QuoteState), name="state"),
        CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", name="submitted"),
        CheckConstraint("tax_rate >= 0 AND tax_rate < 1", name="tax_rate"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    rfq_id: Mapped[int] = mapped_column(ForeignKey("rfq.id"))
    invitation_id: Mapped[int]
    revision: Mapped[int]
    state: Mapped[str] = mapped_column(default=QuoteState.DRAFT, server_default=sql("'draft'"))
    version: Mapped[int] = mapped_column(default=1, server_default=sql("1"))
    currency: Mapped[str]
    valid_until: Mapped[datetime | None] = mapped_column()
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))
    tax_included: Mapped[bool | None]
    invoice_type: Mapped[str | None]
    reference: Mapped[str | None]
    payment: Mapped[str | None]
    exceptions: Mapped[str | None]
    note: Mapped[str | None]
    amendment: Mapped[int | None]
    content_hash: Mapped[str | None]
    created_by_id: Mapped[int | None]
    created_by_name: Mapped[str]
    submitted_at: Mapped[datetime | None]
    submitted_by_name: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]

    is_expired: Mapped[bool] = column_property(
        func.coalesce(
            and_(state == QuoteState.SUBMITTED, valid_until <= func.clock_timestamp()),
            sql("false"),
        )
    )

    # Not `raise`: a verb that has locked the request finds it without asking again.
    rfq: Mapped[Rfq] = relationship(lazy="raise_on_sql", foreign_keys="Quote.rfq_id")
    invitation: Mapped[Invitation] = relationship(
        lazy="raise",
        back_populates="quotes",
        primaryjoin="Quote.invitation_id == Invitation.id",
        foreign_keys="Quote.invitation_id",
    )
    lines: Mapped[list["QuoteLine"]] = relationship(
        lazy="raise",
        back_populates="quote",
        cascade="all, delete-orphan",
        primaryjoin="Quote.id == QuoteLine.quote_id",
        foreign_keys="QuoteLine.quote_id",
        order_by="QuoteLine.id",
    )


class QuoteLine(Base):
    """
    A vendor's price and terms for one lot; `terms` is a `content.LineTerms`.

    `price_unit` is the unit that the price is per, where it is not the lot's.
    """

    __tablename__ = "quote_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["rfq_id", "quote_id"],
            ["quote.rfq_id", "quote.id"],
            name="fk_quote_line_rfq_id_quote_id_quote",
        ),
        ForeignKeyConstraint(
            ["rfq_id", "lot_id"],
            ["rfq_lot.rfq_id", "rfq_lot.id"],
            name="fk_quote_line_rfq_id_lot_id_rfq_lot",
        ),
        UniqueConstraint("quote_id", "lot_id"),
        UniqueConstraint("lot_id", "id"),
        CheckConstraint("tier_kind IN ('marginal', 'all_units')", name="tier_kind"),
        CheckConstraint("price_basis IN ('unit', 'label', 'fixed')", name="price_basis"),
        CheckConstraint("setup_fee >= 0", name="setup_fee"),
        CheckConstraint("management_fee >= 0", name="management_fee"),
        CheckConstraint("pilot_fee >= 0", name="pilot_fee"),
        CheckConstraint("moq >= 0", name="moq"),
        CheckConstraint("minimum_order >= 0", name="minimum_order"),
        CheckConstraint("acceptance_rate > 0 AND acceptance_rate <= 1", name="acceptance_rate"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    rfq_id: Mapped[int]
    quote_id: Mapped[int]
    lot_id: Mapped[int]
    tier_kind: Mapped[str] = mapped_column(default="marginal", server_default=sql("'marginal'"))
    price_basis: Mapped[str] = mapped_column(default="unit", server_default=sql("'unit'"))
    price_unit: Mapped[str | None]
    setup_fee: Mapped[Decimal | None] = mapped_column(MONEY)
    management_fee: Mapped[Decimal | None] = mapped_column(MONEY)
    pilot_fee: Mapped[Decimal | None] = mapped_column(MONEY)
    moq: Mapped[Decimal | None] = mapped_column(AMOUNT)
    minimum_order: Mapped[Decimal | None] = mapped_column(MONEY)
    acceptance_rate: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))
    lead_days: Mapped[int | None]
    terms: Mapped[dict[str, Any]]

    quote: Mapped[Quote] = relationship(
        lazy="raise",
        back_populates="lines",
        primaryjoin="QuoteLine.quote_id == Quote.id",
        foreign_keys="QuoteLine.quote_id",
    )
    lot: Mapped[Lot] = relationship(
        lazy="raise", primaryjoin="QuoteLine.lot_id == Lot.id", foreign_keys="QuoteLine.lot_id"
    )
    tiers: Mapped[list["QuoteTier"]] = relationship(
        lazy="raise", order_by="QuoteTier.from_quantity", cascade="all, delete-orphan"
    )


class QuoteTier(Base):
    """A unit price from a quantity on."""

    __tablename__ = "quote_tier"
    __table_args__ = (
        CheckConstraint("unit_price >= 0", name="unit_price"),
        CheckConstraint("from_quantity >= 0", name="from_quantity"),
    )

    line_id: Mapped[int] = mapped_column(
        ForeignKey("quote_line.id", ondelete="CASCADE"), primary_key=True
    )
    from_quantity: Mapped[Decimal] = mapped_column(AMOUNT, primary_key=True)
    unit_price: Mapped[Decimal] = mapped_column(MONEY)


class Award(Base):
    """
    How a lot ended: the one quote line that won it, or declared unawarded with none.

    The primary key is the rule: a second award of a lot cannot be written.
    """

    __tablename__ = "award"
    __table_args__ = (
        ForeignKeyConstraint(
            ["lot_id", "quote_line_id"],
            ["quote_line.lot_id", "quote_line.id"],
            name="fk_award_lot_id_quote_line_id_quote_line",
        ),
        CheckConstraint(one_of("outcome", LotOutcome), name="outcome"),
        CheckConstraint("(outcome = 'awarded') = (quote_line_id IS NOT NULL)", name="quote_line"),
    )

    lot_id: Mapped[int] = mapped_column(
        ForeignKey("rfq_lot.id"), primary_key=True, autoincrement=False
    )
    quote_line_id: Mapped[int | None]
    outcome: Mapped[str]
    reason: Mapped[str | None]
    awarded_at: Mapped[CreatedAt]
    awarded_by_id: Mapped[int | None]
    awarded_by_name: Mapped[str]
    dataset_slug: Mapped[str | None]
    offered_to: Mapped[str | None]

    lot: Mapped[Lot] = relationship(lazy="raise", back_populates="award")
    line: Mapped[QuoteLine | None] = relationship(
        lazy="raise",
        primaryjoin="Award.quote_line_id == QuoteLine.id",
        foreign_keys="Award.quote_line_id",
        viewonly=True,
    )


class Question(Base):
    """A vendor's question; once answered all invited see both, never who asked."""

    __tablename__ = "rfq_question"
    __table_args__ = (CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    rfq_id: Mapped[int] = mapped_column(ForeignKey("rfq.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("rfq_invitation.id"))
    body: Mapped[str]
    asked_at: Mapped[CreatedAt]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by_name: Mapped[str | None]


class Amendment(Base):
    """What was changed after a request was opened: told to everybody who was invited."""

    __tablename__ = "rfq_amendment"

    rfq_id: Mapped[int] = mapped_column(ForeignKey("rfq.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    summary: Mapped[str]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    made_at: Mapped[CreatedAt]
    made_by_name: Mapped[str]


class Attachment(Base):
    """
    A file of a request, a question or a quote. A newer version stands beside the older ones.

    Files of a request are the guideline and its samples; `quote_id` or `question_id` name what
    else it belongs to.
    """

    __tablename__ = "rfq_attachment"
    __table_args__ = (
        CheckConstraint("quote_id IS NULL OR question_id IS NULL", name="owner"),
        CheckConstraint("role IN ('guideline', 'gold_set', 'sample', 'other')", name="role"),
        Index("ix_rfq_attachment_rfq_id", "rfq_id"),
        Index("ix_rfq_attachment_quote_id", "quote_id"),
        Index("ix_rfq_attachment_question_id", "question_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    rfq_id: Mapped[int] = mapped_column(ForeignKey("rfq.id"))
    quote_id: Mapped[int | None] = mapped_column(ForeignKey("quote.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("rfq_question.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    role: Mapped[str]
    series: Mapped[str] = mapped_column(default=new_public_id)
    version: Mapped[int] = mapped_column(default=1, server_default=sql("1"))
    added_at: Mapped[CreatedAt]
    added_by_name: Mapped[str]
    removed_at: Mapped[datetime | None]

    file: Mapped[StoredFile] = relationship(lazy="raise")


class Event(Base):
    """
    One change of state, written with it. A trigger refuses UPDATE, DELETE and TRUNCATE.

    Replaying `object_type`, `object_id` and `after_state` in order gives the current states. No
    row holds an amount. `invitation_id` says whose doing or concern it is: vendors read only
    their own, and until the deadline the team reads none of a vendor's quotes.
    """

    __tablename__ = "rfq_event"
    __table_args__ = (Index("ix_rfq_event_rfq_id_id", "rfq_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[CreatedAt]
    rfq_id: Mapped[int] = mapped_column(ForeignKey("rfq.id"))
    invitation_id: Mapped[int | None]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str]
    before_state: Mapped[str | None]
    after_state: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    request_id: Mapped[str | None]


class RateCard(HasTimestamps, Base):
    """What a vendor usually charges for a task; `language` null is any."""

    __tablename__ = "rate_card"
    __table_args__ = (
        CheckConstraint("tier_kind IN ('marginal', 'all_units')", name="tier_kind"),
        CheckConstraint("valid_from <= valid_to", name="validity"),
        Index("ix_rate_card_task_unit", "task", "unit"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    task: Mapped[str]
    unit: Mapped[str]
    language: Mapped[str | None]
    currency: Mapped[str]
    tier_kind: Mapped[str]
    tax_rate: Mapped[Decimal | None] = mapped_column(Numeric(7, 6))
    tax_included: Mapped[bool] = mapped_column(server_default=sql("false"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    note: Mapped[str | None]
    is_from_vendor: Mapped[bool]
    created_by_name: Mapped[str]
    withdrawn_at: Mapped[datetime | None]

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    tiers: Mapped[list["RateTier"]] = relationship(
        lazy="raise", order_by="RateTier.from_quantity", cascade="all, delete-orphan"
    )


class RateTier(Base):
    """A unit price of a rate card from a quantity on."""

    __tablename__ = "rate_card_tier"
    __table_args__ = (
        CheckConstraint("unit_price >= 0", name="unit_price"),
        CheckConstraint("from_quantity >= 0", name="from_quantity"),
    )

    rate_card_id: Mapped[int] = mapped_column(
        ForeignKey("rate_card.id", ondelete="CASCADE"), primary_key=True
    )
    from_quantity: Mapped[Decimal] = mapped_column(AMOUNT, primary_key=True)
    unit_price: Mapped[Decimal] = mapped_column(MONEY)


class ExchangeRate(Base):
    """How much of `base` one unit of `currency` is worth on a day, with where that is from."""

    __tablename__ = "exchange_rate"
    __table_args__ = (CheckConstraint("rate > 0", name="rate"),)

    currency: Mapped[str] = mapped_column(primary_key=True)
    base: Mapped[str] = mapped_column(primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    rate: Mapped[Decimal] = mapped_column(RATE)
    source: Mapped[str]
    entered_by_name: Mapped[str]
    entered_at: Mapped[CreatedAt]


class QuoteSettings(Base):
    """The one row of rules that administrators set: above which amount an approver opens."""

    __tablename__ = "quote_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("approval_threshold >= 0", name="approval_threshold"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    base_currency: Mapped[str]
    approval_threshold: Mapped[Decimal | None] = mapped_column(MONEY)
    updated_at: Mapped[CreatedAt]


class IdempotencyKey(Base):
    """What an unsafe request with an `Idempotency-Key` was answered, for when it comes again."""

    __tablename__ = "idempotency_key"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    status: Mapped[int]
    body: Mapped[str]
    created_at: Mapped[CreatedAt]
