"""What the audit trail calls datasets and what changed about them, in the words of the history."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.accounts.audit_trail import Words
from app.audit import AuditEvent
from app.catalog import queries
from app.catalog.editing import diffs
from app.catalog.pages.history import action_word
from app.web.i18n import local


def _names(session: Session, ids: Sequence[str]) -> dict[str, str]:
    found = queries.list_by_id(session, [int(one) for one in ids if one.isdecimal()])
    return {
        str(dataset_id): local({"zh": dataset.name_zh, "en": dataset.name_en})
        for dataset_id, dataset in found.items()
    }


def _changes(event: AuditEvent) -> list[tuple[str, str | None, str | None]]:
    changes = diffs.changes(event.before or {}, event.after or {}, diffs.NO_NAMES)
    return [(change.field, change.before, change.after) for change in changes]


DATASET = Words(names=_names, changes=_changes, action=action_word)
