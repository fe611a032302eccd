"""What happened to requests, and what was answered to a call that may come again."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, CreatedAt


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
