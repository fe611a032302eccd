"""Writing records of datasets that are in the catalogue already: a merge, row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import audit
from app.catalog.loading import child_rows
from app.catalog.loading.child_rows import Present
from app.catalog.loading.columns import (
    CHILDREN,
    DATASET_COLUMNS,
    children_of,
    fields_of,
    overlaps_of,
    row_fields,
    seeded_form,
)
from app.catalog.loading.lookups import Lookups
from app.catalog.loading.merging import Json, merge_children, merge_fields
from app.catalog.loading.records import DatasetRecord
from app.catalog.models.datasets import Dataset
from app.catalog.search import arrays


@dataclass(slots=True)
class Merged:
    """What merging a batch did: the datasets changed, and what was left to people."""

    changed: list[int] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is there of the datasets of one batch, read once for all of them."""

    session: Session
    lookups: Lookups
    rows: Mapping[int, Mapping[str, Any]]
    children: Mapping[str, Present]
    overlaps: Present


def merge(
    session: Session,
    records: Sequence[DatasetRecord],
    lookups: Lookups,
    *,
    actor: audit.Actor,
    keep_edits: bool,
) -> Merged:
    """
    Bring datasets that exist up to what the records say.

    With `keep_edits` the last seeded values tell what people changed; that stays.
    """
    merged = Merged()
    if not records:
        return merged
    lookups.find_datasets(session, (o.other for record in records for o in record.overlaps))
    batch = _read(session, records, lookups)
    for record in records:
        dataset_id = lookups.datasets[record.slug]
        seeded: Json | None = batch.rows[dataset_id]["seeded"]
        base = (seeded or {}) if keep_edits else {}
        before, after, kept = _merge_row(batch, record, dataset_id, base.get("fields"))
        after |= _merge_children(batch, record, dataset_id, base, kept)
        if keep_edits and seeded != (form := seeded_form(record)):
            session.execute(update(Dataset).where(Dataset.id == dataset_id).values(seeded=form))
        if after:
            merged.changed.append(dataset_id)
            audit.record(
                session,
                actor=actor,
                action="changed",
                object_type="dataset",
                object_id=str(dataset_id),
                before=before,
                after=after,
            )
        merged.kept += [(record.slug, name) for name in kept]
    return merged


def _read(session: Session, records: Sequence[DatasetRecord], lookups: Lookups) -> _Batch:
    ids = [lookups.datasets[record.slug] for record in records]
    found = session.execute(select(*Dataset.__table__.c).where(arrays.is_one_of(Dataset.id, ids)))
    return _Batch(
        session=session,
        lookups=lookups,
        rows={row["id"]: dict(row) for row in found.mappings()},
        children={
            kind.attribute: child_rows.read(session, kind, ids, lookups) for kind in CHILDREN
        },
        overlaps=child_rows.read_overlaps(session, ids),
    )


def _merge_row(
    batch: _Batch, record: DatasetRecord, dataset_id: int, base: Json | None
) -> tuple[Json, Json, list[str]]:
    """Merge a dataset's own fields; return what was, what is now, and what was kept."""
    row, lookups = batch.rows[dataset_id], batch.lookups
    mine = row_fields(DATASET_COLUMNS, row) | {
        "provider": lookups.provider_slug(row["provider_id"]),
        "category": lookups.category_code(row["category_id"]),
        "source": lookups.source_code(row["source_id"]),
    }
    outcome = merge_fields(base, mine, fields_of(record))
    if outcome.changes:
        values = dict(outcome.changes)
        if "provider" in values:
            values["provider_id"] = lookups.provider_id(values.pop("provider"))
        if "category" in values:
            values["category_id"] = lookups.category_id(values.pop("category"))
        if "source" in values:
            values["source_id"] = lookups.source_id(values.pop("source"))
        batch.session.execute(
            update(Dataset)
            .where(Dataset.id == dataset_id)
            .values(**values, revision=Dataset.revision + 1, updated_at=func.clock_timestamp())
        )
    return {name: mine[name] for name in outcome.changes}, dict(outcome.changes), outcome.kept


def _merge_children(
    batch: _Batch, record: DatasetRecord, dataset_id: int, base: Json, kept: list[str]
) -> Json:
    """Merge what belongs to a dataset; return the keys that changed, by kind."""
    changed: Json = {}
    for kind in CHILDREN:
        outcome = merge_children(
            base.get(kind.attribute),
            batch.children[kind.attribute].get(dataset_id, {}),
            children_of(kind, record),
        )
        kept += [f"{kind.attribute}.{key}" for key in outcome.kept]
        if outcome.is_change:
            children = getattr(record, kind.attribute)
            child_rows.write(batch.session, kind, children, dataset_id, outcome, batch.lookups)
            changed[kind.attribute] = outcome.changed_keys
    overlaps = overlaps_of(record)
    outcome = merge_children(base.get("overlaps"), batch.overlaps.get(dataset_id, {}), overlaps)
    kept += [f"overlaps.{key}" for key in outcome.kept]
    if outcome.is_change:
        child_rows.write_overlaps(batch.session, overlaps, dataset_id, outcome, batch.lookups)
        changed["overlaps"] = outcome.changed_keys
    return changed
