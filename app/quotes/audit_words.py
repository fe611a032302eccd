"""What the audit trail calls requests, rate cards, rates and rules, and what changed of them."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.audit_trail import ChangedField, Words
from app.accounts.words import ACTIONS, action_name
from app.audit import AuditEvent
from app.quotes.buying.event_words import EVENTS
from app.quotes.queries import audited
from app.quotes.state import InvitationState, LotOutcome, RfqState
from app.quotes.vocabulary import Task
from app.quotes.words import word
from app.web.i18n import gettext as _
from app.web.i18n import later

FIELDS = {
    "number": later("number"),
    "state": later("state"),
    "vendor": later("vendor"),
    "task": later("task"),
    "rate": later("rate"),
    "date": later("of the day"),
    "source": later("source"),
    "base_currency": later("currency of the team"),
    "approval_threshold": later("above which an approver opens"),
}
QUESTION_STATES = {"asked": later("asked"), "answered": later("answered")}


def _state(value: str) -> str:
    for kind in (RfqState, InvitationState, LotOutcome):
        if value in set(kind):
            return word(kind(value))
    return _(QUESTION_STATES.get(value, value))


VALUES: dict[str, Callable[[str], str]] = {
    "state": _state,
    "task": lambda value: word(Task(value)),
}


def _action(action: str) -> str:
    """Return what was done; what only a request's own timeline has words for is said in those."""
    if action not in ACTIONS and action in EVENTS:
        return _(EVENTS[action])
    return action_name(action)


def _changes(event: AuditEvent) -> list[ChangedField]:
    before, after = event.before or {}, event.after or {}
    return [
        (_(FIELDS.get(name, name)), _value(before, name), _value(after, name))
        for name in {**FIELDS, **before, **after}
        if (name in before or name in after) and before.get(name) != after.get(name)
    ]


def _value(values: dict[str, Any], name: str) -> str | None:
    if name not in values:
        return None
    value = values[name]
    if value is None:
        return _("none")
    return VALUES[name](value) if name in VALUES else str(value)


def _name_rates(_session: Session, ids: Sequence[str]) -> dict[str, str]:
    return {key: key for key in ids}


def _name_rules(_session: Session, ids: Sequence[str]) -> dict[str, str]:
    return {key: _("of the team") for key in ids}


WORDS = {
    "rfq": Words(names=audited.name_requests, changes=_changes, action=_action),
    "rate_card": Words(names=audited.name_rate_cards, changes=_changes),
    "exchange_rate": Words(names=_name_rates, changes=_changes),
    "quote_settings": Words(names=_name_rules, changes=_changes),
}
