"""
Take an import back: what it made is archived, what it changed is as before.

A dataset that somebody changed since stays as it is and is named: what people did later is worth
more than going back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app import audit
from app.catalog import state
from app.catalog.estimating import estimates
from app.catalog.importing import queries, stored, writing
from app.catalog.importing.comparing import Difference
from app.catalog.importing.models import Import, ImportRow, ImportState, Outcome
from app.catalog.importing.stored import KINDS, Json, Stored
from app.catalog.loading.lookups import Lookups
from app.catalog.models.datasets import Dataset
from app.catalog.search import arrays, indexing

BATCH = 1_000
MAX_KEPT = 200
_LOCK = 7_307_102
# What follows by itself is no change of a person.
_NOT_EDITS = ("created", "estimate")

Report = Callable[[int], None]


@dataclass(slots=True)
class _Undoing:
    session: Session
    actor: audit.Actor
    lookups: Lookups
    note: dict[str, Any]
    archived: int = 0
    restored: int = 0
    kept: list[str] = field(default_factory=list)


def undo(session: Session, found: Import, *, actor: audit.Actor, report: Report) -> None:
    """Take back what `apply` wrote, in the session's transaction."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    note = {"import": found.public_id, "file": found.name}
    state_of = _Undoing(session, actor, Lookups.load(session), note)
    above, done = 0, 0
    while rows := queries.written_rows(session, found, above=above, limit=BATCH):
        above = rows[-1].number
        _restore(state_of, [row for row in rows if row.outcome == Outcome.CHANGE])
        _archive(state_of, [row for row in rows if row.outcome == Outcome.CREATE])
        done += len(rows)
        report(done)
    found.state = ImportState.UNDONE
    found.undone_at = func.clock_timestamp()
    found.undo = {
        "archived": state_of.archived,
        "restored": state_of.restored,
        "kept": len(state_of.kept),
        "kept_slugs": state_of.kept[:MAX_KEPT],
    }
    audit.record(
        session,
        actor=actor,
        action="import_undone",
        object_type="import",
        object_id=found.public_id,
        after={"file": found.name, "archived": state_of.archived, "restored": state_of.restored},
    )
    state.note_change(session)
    session.flush()


def _restore(state_of: _Undoing, rows: Sequence[ImportRow]) -> None:
    """Bring back what was there before, where the import's values still stand."""
    session, ids = state_of.session, [row.dataset_id for row in rows if row.dataset_id]
    if not ids:
        return
    stored.lock(session, ids)
    present = stored.read(session, ids, state_of.lookups)
    differences: dict[int, Difference] = {}
    for row in rows:
        now = present.get(row.dataset_id or 0)
        if now is None or now.is_archived or not _stands(now, row.after or {}):
            state_of.kept.append(row.slug or "")
            continue
        differences[now.dataset_id] = Difference(row.after or {}, _new_keys(row))
    if not differences:
        return
    writing.write(
        session,
        differences,
        state_of.lookups,
        actor=state_of.actor,
        action="import_undone",
        note=state_of.note,
    )
    _follow_up(state_of, list(differences))
    state_of.restored += len(differences)


def _stands(now: Stored, after: Mapping[str, Any]) -> bool:
    """Whether everything that the import wrote is still so."""
    for name, value in after.items():
        if name not in KINDS:
            if now.content[name] != value:
                return False
        elif any(now.content[name].get(key) != row for key, row in value.items()):
            return False
    return True


def _new_keys(row: ImportRow) -> Json:
    """Return what was there before; a row that the import removed comes back under a new id."""
    before, after = dict(row.before or {}), row.after or {}
    for kind in KINDS:
        if kind in before:
            gone = [key for key, value in after[kind].items() if value is None]
            names = {key: f"n{number}" for number, key in enumerate(gone, start=1)}
            before[kind] = {names.get(key, key): value for key, value in before[kind].items()}
    return before


def _archive(state_of: _Undoing, rows: Sequence[ImportRow]) -> None:
    """Take out what the import made, where nobody has worked on it since."""
    session, ids = state_of.session, [row.dataset_id for row in rows if row.dataset_id]
    if not ids:
        return
    stored.lock(session, ids)
    edited = {
        int(object_id)
        for object_id in session.scalars(
            select(audit.AuditEvent.object_id)
            .where(
                audit.AuditEvent.object_type == "dataset",
                arrays.is_one_of_words(audit.AuditEvent.object_id, [str(one) for one in ids]),
                audit.AuditEvent.action.not_in(_NOT_EDITS),
            )
            .distinct()
        )
    }
    state_of.kept += [row.slug or "" for row in rows if row.dataset_id in edited]
    wanted = [one for one in ids if one not in edited]
    session.execute(
        update(Dataset)
        .where(arrays.is_one_of(Dataset.id, wanted))
        .values(
            archived_at=func.clock_timestamp(),
            revision=Dataset.revision + 1,
            updated_at=func.clock_timestamp(),
        )
        .execution_options(synchronize_session=False)
    )
    for dataset_id in wanted:
        audit.record(
            session,
            actor=state_of.actor,
            action="archived",
            object_type="dataset",
            object_id=str(dataset_id),
            before={"is_archived": False},
            after={"is_archived": True, **state_of.note},
        )
    session.flush()
    indexing.index_datasets(session, wanted)
    state_of.archived += len(wanted)


def _follow_up(state_of: _Undoing, ids: list[int]) -> None:
    session = state_of.session
    estimates.derive(session, ids, actor=state_of.actor)
    indexing.index_datasets(session, ids)
