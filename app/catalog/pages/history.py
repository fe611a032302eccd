"""Changes in words: who, when, and what was changed from what to what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.audit import AuditEvent
from app.catalog.pages import parts
from app.web import numbers
from app.web.i18n import gettext as _


@dataclass(frozen=True)
class Change:
    """One field that changed."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class HistoryRow:
    """One event of a history."""

    at: datetime
    who: str
    what: str
    changes: list[Change]


def action_word(action: str) -> str:
    """Return what happened, as a sentence."""
    words = {
        "created": _("Entered into the catalogue."),
        "changed": _("Facts updated."),
        "archived": _("Taken out of the catalogue."),
        "restored": _("Put back into the catalogue."),
        "estimate": _("Estimate derived again."),
        "unit_confirmed": _("Assumed unit confirmed."),
        "unit_corrected": _("Unit set."),
        "prior_changed": _("Conversion prior changed."),
    }
    return words.get(action, action)


def field_word(name: str) -> str:
    """Return the word for a field that a change names."""
    words = {
        "unit": _("Unit"),
        "assumed_unit": _("Assumed unit"),
        "tokens": _("Unique tokens, mid"),
        "mid": _("Mid"),
        "low": _("Low"),
        "high": _("High"),
        "grade": _("Grade"),
        "source": _("Source"),
        "source_text": _("Source"),
        "origin": _("From"),
        "line_no": _("Line"),
        "file": _("File"),
        "name_zh": _("Name in Chinese"),
        "name_en": _("Name in English"),
        "note_zh": _("Note in Chinese"),
        "note_en": _("Note in English"),
        "quantities": _("Quantities"),
        "estimates": _("Published counts"),
        "licence_claims": _("Licence claims"),
        "statements": _("Statements"),
        "licence_class": _("Class of the stated licence"),
    }
    return words.get(name, name)


def history_rows(events: Sequence[AuditEvent]) -> list[HistoryRow]:
    """Return events for a page, newest first as they come."""
    return [
        HistoryRow(
            at=event.at,
            who=event.actor_name,
            what=action_word(event.action),
            changes=_changes(event),
        )
        for event in events
    ]


def _changes(event: AuditEvent) -> list[Change]:
    before, after = event.before or {}, event.after or {}
    return [
        Change(
            field=field_word(name), before=_shown(before.get(name)), after=_shown(after.get(name))
        )
        for name in dict.fromkeys([*before, *after])
        if before.get(name) is not None or after.get(name) is not None
    ]


def _shown(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, dict):
        return _estimate(value) if "mid" in value else ", ".join(map(str, value.values()))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return numbers.whole(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return _origin(str(value))


def _origin(value: str) -> str:
    words = {
        "published_sources": _("published sources"),
        "vendor_text": _("the vendor's catalogue text"),
    }
    return words.get(value, value)


def _estimate(value: dict[str, object]) -> str:
    """Return an estimate in short: 383B, converted, 203B–552B."""
    mid, low, high = value.get("mid"), value.get("low"), value.get("high")
    shown = numbers.short(mid) if isinstance(mid, int) else _("no estimate")
    words = [shown, parts.method_word(str(value["method"]))]
    if isinstance(low, int) and isinstance(high, int):
        words.append(f"{numbers.short(low)}–{numbers.short(high)}")
    return ", ".join(words)
