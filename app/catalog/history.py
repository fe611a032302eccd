"""The changes of a dataset, as far as one may know of the datasets that they name."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import AuditEvent
from app.catalog.models.datasets import Dataset
from app.catalog.queries import visible
from app.catalog.search import arrays

Json = dict[str, Any]
MAX_SHOWN = 200
# The rows of an event that name another dataset.
RELATED = "overlaps"


def list_newest(session: Session, dataset_id: int, *, with_team: bool) -> list[AuditEvent]:
    """Return the newest changes of a dataset, newest first."""
    statement = (
        select(AuditEvent)
        .where(AuditEvent.object_type == "dataset", AuditEvent.object_id == str(dataset_id))
        .order_by(AuditEvent.id.desc())
        .limit(MAX_SHOWN)
    )
    events = list(session.scalars(statement))
    if not with_team:
        hide_datasets(session, events)
    return events


def hide_datasets(session: Session, events: Sequence[AuditEvent]) -> None:
    """Take what names a dataset of the team out of events, which are the session's no more."""
    named = {
        row["other"]
        for event in events
        for side in (event.before, event.after)
        for row in _related(side).values()
        if isinstance(row, dict) and "other" in row
    }
    if not named:
        return
    public = session.scalars(
        select(Dataset.slug).where(
            arrays.is_one_of_words(Dataset.slug, sorted(named)), visible(with_team=False)
        )
    )
    hidden = named - set(public)
    for event in events if hidden else ():
        session.expunge(event)
        event.before, event.after = (_without(side, hidden) for side in (event.before, event.after))


def _related(side: Json | None) -> Json:
    rows = (side or {}).get(RELATED)
    return rows if isinstance(rows, dict) else {}


def _without(side: Json | None, hidden: Collection[str]) -> Json | None:
    rows = _related(side)
    if side is None or not rows:
        return side
    return side | {
        RELATED: {
            key: row for key, row in rows.items() if not row or row.get("other") not in hidden
        }
    }
