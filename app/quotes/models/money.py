"""What vendors usually charge, what currencies are worth, and the team's rules."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, new_public_id
from app.db import Base, CreatedAt, HasTimestamps
from app.quotes.models.columns import AMOUNT, MONEY, RATE


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
