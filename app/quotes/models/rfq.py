"""Requests for quotation, their lots, and whom they ask."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
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
from app.quotes.models.columns import AMOUNT, MONEY, one_of
from app.quotes.state import InvitationState, RfqState

if TYPE_CHECKING:
    from app.quotes.models.quote import Award


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
