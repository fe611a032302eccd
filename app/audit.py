"""Who changed what and when: one append-only row per change, in the change's own transaction."""

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import logs
from app.db import Base, CreatedAt
from app.web.i18n import gettext as _
from app.web.i18n import later


class AuditEvent(Base):
    """
    One change. A trigger refuses UPDATE, DELETE and TRUNCATE on this table.

    The actor's id has no foreign key, so that the row outlives the account; `actor_name` is
    what they were called then.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_object", "object_type", "object_id", "id"),
        Index("ix_audit_event_actor_id_id", "actor_id", "id"),
    )

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


def actor_label(event: AuditEvent) -> str:
    """Return who made a change, as a page calls them: a person's name then, or the program."""
    if event.actor_id is None and event.actor_name in PROGRAMS:
        return _(PROGRAMS[event.actor_name])
    return event.actor_name


class Actor(Protocol):
    """Whoever makes a change; a signed-in `Viewer` is one."""

    @property
    def account_id(self) -> int | None:
        """The id of their account, None for the portal itself."""

    @property
    def name(self) -> str:
        """What they are called now."""


@dataclass(frozen=True)
class Program:
    """A part of the portal that changes something by itself or for its operator."""

    name: str
    account_id: None = None


COMMAND_LINE = Program("command line")
PORTAL = Program("Peibi")
SEED = Program("seed")
# What people read where a program made the change; the record keeps its name.
PROGRAMS = {
    COMMAND_LINE.name: later("command line"),
    PORTAL.name: later("the portal itself"),
    SEED.name: later("supplied catalogue"),
}


def record(
    session: Session,
    *,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """
    Add one event to the transaction.

    `before` and `after` hold only the fields that changed, as JSON values, and never a secret.
    """
    session.add(
        AuditEvent(
            actor_id=actor.account_id,
            actor_name=actor.name,
            action=action,
            object_type=object_type,
            object_id=object_id,
            before=before,
            after=after,
            request_id=logs.request_id.get() or None,
        )
    )
