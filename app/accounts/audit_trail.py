"""The audit trail as administrators read it: newest first, by object or by person."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account, Role
from app.accounts.words import action_name, field_name, role_name
from app.audit import AuditEvent, actor_label

EVENTS_PER_PAGE = 50


@dataclass(frozen=True)
class Filter:
    """Which events to show; "" means any."""

    actor: str = ""
    object_type: str = ""
    object_id: str = ""


# A field's name, its value before and after.
ChangedField = tuple[str, str | None, str | None]


@dataclass(frozen=True)
class Words:
    """
    How a domain above this one speaks of its objects; `create_app` hands these over.

    Without `changes` each recorded field is shown as it is.
    """

    names: Callable[[Session, Sequence[str]], Mapping[str, str]]
    changes: Callable[[AuditEvent], list[ChangedField]] | None = None
    action: Callable[[str], str] = action_name


@dataclass(frozen=True)
class Event:
    """One change; who made it, if they still have an account; what it was made on, in words."""

    event: AuditEvent
    actor_public_id: str | None
    object_name: str | None
    words: Words | None

    @property
    def who(self) -> str:
        """Who made the change."""
        return actor_label(self.event)

    def what(self) -> str:
        """Return what was done."""
        action = self.event.action
        return self.words.action(action) if self.words else action_name(action)

    def changes(self) -> list[ChangedField]:
        """Return each field that changed with its value before and after."""
        if self.words and self.words.changes:
            return self.words.changes(self.event)
        before, after = self.event.before or {}, self.event.after or {}
        return [
            (
                field_name(self.event.object_type, name),
                show_value(before, name),
                show_value(after, name),
            )
            for name in sorted(before.keys() | after.keys())
        ]


def show_value(values: dict[str, Any], name: str) -> str | None:
    """Return a recorded value as text, None where there is none."""
    value = values.get(name)
    if name == "role" and value in set(Role):
        return role_name(value)
    return (
        value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    )


@dataclass(frozen=True)
class EventsPage:
    """Some events, newest first, and the id that the next page starts below."""

    events: list[Event]
    next_below: int | None


def list_events(
    session: Session,
    wanted: Filter,
    below: int | None = None,
    words: Mapping[str, Words] = MappingProxyType({}),
) -> EventsPage:
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
    rows = session.execute(statement).all()
    shown = rows[:EVENTS_PER_PAGE]
    named = {
        kind: one.names(session, sorted({e.object_id for e, *_ in shown if e.object_type == kind}))
        for kind, one in words.items()
    }
    events = [
        Event(
            event,
            actor_public_id,
            account_name or named.get(event.object_type, {}).get(event.object_id),
            words.get(event.object_type),
        )
        for event, actor_public_id, account_name in shown
    ]
    return EventsPage(events, events[-1].event.id if len(rows) > EVENTS_PER_PAGE else None)
