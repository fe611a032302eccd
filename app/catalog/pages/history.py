"""Changes in words: who, when, and what was changed from what to what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.audit import AuditEvent, actor_label
from app.catalog.editing import diffs
from app.web.i18n import gettext as _


@dataclass(frozen=True)
class HistoryRow:
    """One event of a history."""

    at: datetime
    who: str
    what: str
    changes: list[diffs.Change]


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
        "edited": _("Edited."),
        "measured": _("Measured on files."),
        "state_restored": _("An earlier state brought back."),
        "licence_decided": _("Decision on the licence recorded."),
        "imported": _("Changed by an import."),
        "import_undone": _("An import taken back."),
    }
    return words.get(action, action)


def history_rows(events: Sequence[AuditEvent]) -> list[HistoryRow]:
    """Return events for a page, newest first as they come."""
    return [
        HistoryRow(
            at=event.at,
            who=actor_label(event),
            what=action_word(event.action),
            changes=diffs.changes(event.before or {}, event.after or {}, diffs.NO_NAMES),
        )
        for event in events
    ]
