"""What vendors answer, line by line and tier by tier, and which line won a lot."""

from datetime import datetime
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
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.accounts.models import new_public_id
from app.db import Base, CreatedAt, HasTimestamps
from app.quotes.models.columns import AMOUNT, MONEY, one_of
from app.quotes.models.rfq import Invitation, Lot, Rfq
from app.quotes.state import LotOutcome, QuoteState


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
    A vendor's price and terms for one lot; `terms` is a `content.answered.LineTerms`.

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
