"""
Write what a preview showed, all of it or nothing.

What the preview compared with must still be there: each dataset is locked, compared again and
must differ from its row as it did then. So two people, or the file and a person, never overwrite
each other without somebody having seen it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg.errors
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.catalog import state
from app.catalog.editing import queries as editing_queries
from app.catalog.editing.content import OVERLAPS
from app.catalog.editing.known import Known
from app.catalog.estimating import estimates, tables
from app.catalog.estimating.tables import ReferenceTables
from app.catalog.exchange.items import Item
from app.catalog.exchange.record_json import Decoder
from app.catalog.importing import queries, stored, writing
from app.catalog.importing.comparing import Difference, compare
from app.catalog.importing.models import Import, ImportRow, ImportState, Outcome
from app.catalog.loading import bulk, creating
from app.catalog.loading.lookups import Lookups
from app.catalog.models.providers import Provider
from app.catalog.models.sources import Source
from app.catalog.search import indexing
from app.errors import StaleVersion
from app.web.i18n import later

BATCH = 1_000
MAX_NAMED = 5
MOVED = later(
    "The catalogue has changed since this preview was made, so nothing was applied: %(slugs)s. "
    "Read the file again and look at the new preview."
)
# One import is written at a time; the number is any that no other lock has.
_LOCK = 7_307_102

# Called with the number of rows written so far; may raise to stop.
Report = Callable[[int], None]


class CatalogueMoved(StaleVersion):
    """Datasets of an import changed since its preview; nothing was written."""

    def __init__(self, slugs: Sequence[str]) -> None:
        named = ", ".join(slugs[:MAX_NAMED]) + (", …" if len(slugs) > MAX_NAMED else "")
        super().__init__(MOVED, slugs=named)


@dataclass(slots=True)
class _Applying:
    """What one application holds from batch to batch."""

    session: Session
    found: Import
    actor: audit.Actor
    known: Known
    lookups: Lookups
    reference: ReferenceTables
    # What stands in every event that the import writes.
    note: dict[str, Any]
    # Numbers of the rows that name other datasets.
    with_overlaps: list[int] = field(default_factory=list)
    written: int = 0


def apply(session: Session, found: Import, *, actor: audit.Actor, report: Report) -> None:
    """
    Write the rows of an import that `get_import` locked, in the session's transaction.

    Raises
    ------
    CatalogueMoved
        If a dataset is not any more as the preview found it.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    _add_sources(session, found.sources)
    _add_providers(session, found.providers, actor)
    state_of = _Applying(
        session,
        found,
        actor,
        editing_queries.load_known(session),
        Lookups.load(session),
        tables.load(session),
        {"import": found.public_id, "file": found.name},
    )
    _each_batch(state_of, report)
    # An overlap may name a dataset that the import itself makes.
    for start in range(0, len(state_of.with_overlaps), BATCH):
        numbers = state_of.with_overlaps[start : start + BATCH]
        rows = queries.numbered_rows(session, found, numbers)
        _write_batch(state_of, rows, is_last=True)
        _forget(session, rows)
        report(state_of.written)
    audit.record(
        session,
        actor=actor,
        action="import_applied",
        object_type="import",
        object_id=found.public_id,
        after={"file": found.name, **{k: found.counts.get(k, 0) for k in ("create", "change")}},
    )
    found.state = ImportState.APPLIED
    found.applied_at = func.clock_timestamp()
    state.note_change(session)
    session.flush()


def _each_batch(state_of: _Applying, report: Report) -> None:
    above = 0
    while rows := queries.written_rows(state_of.session, state_of.found, above=above, limit=BATCH):
        above = rows[-1].number
        _write_batch(state_of, rows, is_last=False)
        _forget(state_of.session, rows)
        report(state_of.written)


def _forget(session: Session, rows: Sequence[ImportRow]) -> None:
    """Keep rows that are written out of memory: there are many thousands."""
    session.flush()
    for row in rows:
        session.expunge(row)


def _write_batch(state_of: _Applying, rows: Sequence[ImportRow], *, is_last: bool) -> None:
    session, lookups = state_of.session, state_of.lookups
    items = {row.number: item_of(row) for row in rows}
    slugs = [s for item in items.values() for s in (item.record.slug, item.record.parent) if s]
    lookups.find_datasets(session, slugs)
    if not is_last:
        parents = {item.record.parent for item in items.values() if item.record.parent}
        if gone := queries.archived_slugs(session, sorted(parents)):
            raise CatalogueMoved(sorted(gone))
        _create(state_of, [r for r in rows if r.outcome == Outcome.CREATE], items)
    changes = []
    for row in rows:
        if not is_last and items[row.number].record.overlaps:
            state_of.with_overlaps.append(row.number)
        elif row.outcome == Outcome.CHANGE:
            changes.append(row)
    _change(state_of, changes, items)
    if is_last:
        made = [items[row.number].record for row in rows if row.outcome == Outcome.CREATE]
        lookups.find_datasets(session, [o.other for record in made for o in record.overlaps])
        creating.link(session, made, lookups)


def item_of(row: ImportRow) -> Item:
    """Return what a row of a preview says."""
    item = Decoder(row.row).item(row.item)
    if item is None:  # pragma: no cover  what was encoded here is decoded here
        message = f"row {row.id} of an import cannot be read"
        raise RuntimeError(message)
    return replace(item, given=frozenset(row.given))


def _create(state_of: _Applying, rows: Sequence[ImportRow], items: Mapping[int, Item]) -> None:
    session, lookups = state_of.session, state_of.lookups
    taken = [row.slug for row in rows if row.slug and row.slug in lookups.datasets]
    if taken:
        raise CatalogueMoved(taken)
    missing = {items[row.number].record.parent for row in rows} - {None}
    missing -= lookups.datasets.keys() | {row.slug for row in rows}
    if missing:
        raise CatalogueMoved(sorted(str(slug) for slug in missing))
    records = []
    for row in rows:
        record = items[row.number].record
        origin = {"origin": state_of.found.format, "row": row.row, **state_of.note}
        records.append(replace(record, origin=origin))
    try:
        ids = creating.create(
            session, records, lookups, state_of.reference, actor=state_of.actor, is_seed=False
        )
    except (IntegrityError, psycopg.errors.UniqueViolation):
        # Somebody took a name between the look and the leap.
        raise CatalogueMoved([record.slug for record in records]) from None
    for row, dataset_id in zip(rows, ids, strict=True):
        row.dataset_id = dataset_id
    session.flush()
    indexing.index_datasets(session, ids)
    state_of.written += len(rows)


def _change(state_of: _Applying, rows: Sequence[ImportRow], items: Mapping[int, Item]) -> None:
    if not rows:
        return
    session, lookups = state_of.session, state_of.lookups
    ids = [row.dataset_id for row in rows if row.dataset_id is not None]
    stored.lock(session, ids)
    present = stored.read(session, ids, lookups)
    differences: dict[int, Difference] = {}
    moved: list[str] = []
    for row in rows:
        now = present.get(row.dataset_id or 0)
        if now is None or now.is_archived or now.slug != row.slug:
            moved.append(row.slug or "")
            continue
        others = {overlap.other for overlap in items[row.number].record.overlaps}
        found = compare(now.content, items[row.number], state_of.known, is_known=others)
        if (found.before, found.after) != (row.before, row.after):
            moved.append(row.slug or "")
        differences[now.dataset_id] = found
    if moved:
        raise CatalogueMoved(moved)
    for difference in differences.values():
        others = {row["other"] for row in difference.after.get(OVERLAPS, {}).values() if row}
        lookups.find_datasets(session, others)
    written = writing.write(
        session, differences, lookups, actor=state_of.actor, action="imported", note=state_of.note
    )
    for row in rows:
        # With the keys that the new rows have now: what taking the import back starts from.
        difference = written[row.dataset_id or 0]
        row.before, row.after = difference.before, difference.after
    session.flush()
    estimates.derive(session, ids, actor=state_of.actor, reference=state_of.reference)
    indexing.index_datasets(session, ids)
    state_of.written += len(rows)


def _add_sources(session: Session, sources: Sequence[Mapping[str, Any]]) -> None:
    """Add the sources that the file describes, unless they came in meanwhile."""
    present = set(session.scalars(select(Source.code)))
    for source in sources:
        if source["code"] not in present:
            note = source.get("note", {})
            session.add(
                Source(
                    code=source["code"],
                    text=source["text"],
                    grade=source["grade"],
                    note_zh=note.get("zh"),
                    note_en=note.get("en"),
                )
            )
    session.flush()


def _add_providers(
    session: Session, providers: Sequence[Mapping[str, Any]], actor: audit.Actor
) -> None:
    """Add the providers that the file names, unless they came in meanwhile."""
    present = bulk.ids_by(session, Provider, "slug")
    for provider in providers:
        slug = provider["slug"]
        if slug in present:
            continue
        name, short = provider["name"], provider.get("short_name", {})
        about = provider.get("description", {})
        values = {
            "name_zh": name["zh"],
            "name_en": name["en"],
            "short_name_zh": short.get("zh") or name["zh"],
            "short_name_en": short.get("en") or name["en"],
            "description_zh": about.get("zh"),
            "description_en": about.get("en"),
            "homepage": provider.get("homepage"),
        }
        added = Provider(slug=slug, **values)
        session.add(added)
        session.flush()
        audit.record(
            session,
            actor=actor,
            action="created",
            object_type="provider",
            object_id=str(added.id),
            after={key: value for key, value in values.items() if value},
        )
    session.flush()
