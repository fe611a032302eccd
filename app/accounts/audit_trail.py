"""The audit trail as administrators read it: newest first, by object or by person."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.audit import AuditEvent

EVENTS_PER_PAGE = 50


@dataclass(frozen=True)
class Filter:
    """Which events to show; "" means any."""

    actor: str = ""
    object_type: str = ""
    object_id: str = ""


@dataclass(frozen=True)
class Event:
    """One change; who made it, if they still have an account; whose account was changed."""

    event: AuditEvent
    actor_public_id: str | None
    account_name: str | None

    def changes(self) -> Iterator[tuple[str, str | None, str | None]]:
        """Yield each field that changed with its value before and after."""
        before, after = self.event.before or {}, self.event.after or {}
        for name in sorted(before.keys() | after.keys()):
            yield name, show_value(before, name), show_value(after, name)


def show_value(values: dict[str, Any], name: str) -> str | None:
    """Return a recorded value as text, None where there is none."""
    value = values.get(name)
    return (
        value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    )


@dataclass(frozen=True)
class EventsPage:
    """Some events, newest first, and the id that the next page starts below."""

    events: list[Event]
    next_below: int | None


def list_events(session: Session, wanted: Filter, below: int | None = None) -> EventsPage:
    """Return one page of the audit trail."""
    changed = aliased(Account)
    is_changed = and_(
        AuditEvent.object_type == "account", AuditEvent.object_id == changed.public_id
    )
    statement = (
        select(AuditEvent, Account.public_id, changed.name)
        .join(Account, Account.id == AuditEvent.actor_id, isouter=True)
        .join(changed, is_changed, isouter=True)
        .order_by(AuditEvent.id.desc())
        .limit(EVENTS_PER_PAGE + 1)
    )
    if below is not None:
        statement = statement.where(AuditEvent.id < below)
    if wanted.actor:
        actor = select(Account.id).where(Account.public_id == wanted.actor).scalar_subquery()
        statement = statement.where(AuditEvent.actor_id == actor)
    if wanted.object_type:
        statement = statement.where(AuditEvent.object_type == wanted.object_type)
    if wanted.object_id:
        statement = statement.where(AuditEvent.object_id == wanted.object_id)
    events = [Event(*row) for row in session.execute(statement)]
    shown = events[:EVENTS_PER_PAGE]
    return EventsPage(shown, shown[-1].event.id if len(events) > EVENTS_PER_PAGE else None)
