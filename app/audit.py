"""Who changed what and when: one append-only row per change, in the change's own transaction."""

from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Base, CreatedAt


class AuditEvent(Base):
    """
    One change. A trigger refuses UPDATE, DELETE and TRUNCATE on this table.

    The actor's id has no foreign key, so that the row outlives the account; `actor_name` is
    what they were called then.
    """

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_object", "object_type", "object_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[CreatedAt]
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    request_id: Mapped[str | None]


def record(  # noqa: PLR0913  the columns of one row
    session: Session,
    *,
    actor_id: int | None,
    actor_name: str,
    action: str,
    object_type: str,
    object_id: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    request_id: str | None = None,
) -> None:
    """
    Add one event to the transaction.

    `before` and `after` hold only the fields that changed, as JSON values.
    """
    session.add(
        AuditEvent(
            actor_id=actor_id,
            actor_name=actor_name,
            action=action,
            object_type=object_type,
            object_id=object_id,
            before=before,
            after=after,
            request_id=request_id,
        )
    )
