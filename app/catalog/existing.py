"""Writing records of datasets that are in the catalogue already: a merge, row by row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app import audit
from app.catalog.columns import (
    CHILDREN,
    DATASET_COLUMNS,
    ChildKind,
    children_of,
    fields_of,
    overlaps_of,
    row_fields,
    seeded_form,
)
from app.catalog.lookups import Lookups
from app.catalog.merging import merge_children, merge_fields
from app.catalog.models import Dataset, Overlap, TokenEstimate
from app.catalog.records import DatasetRecord

Json = dict[str, Any]


@dataclass(slots=True)
class Merged:
    """What merging a batch did: the datasets changed, and what was left to people."""

    changed: list[int] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


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
    ids = [lookups.datasets[record.slug] for record in records]
    rows = {
        row["id"]: row
        for row in session.execute(select(*Dataset.__table__.c).where(Dataset.id.in_(ids)))
        .mappings()
        .all()
    }
    codes = _Codes(lookups)
    children = {kind.attribute: _present(session, kind, ids, codes) for kind in CHILDREN}
    overlaps = _present_overlaps(session, ids)
    for record in records:
        dataset_id = lookups.datasets[record.slug]
        row = rows[dataset_id]
        base: Json | None = row["seeded"] if keep_edits else None
        before, after, kept = _merge_row(session, record, row, base, codes, lookups)
        touched = bool(after)
        for kind in CHILDREN:
            outcome = merge_children(
                (base or {}).get(kind.attribute),
                children[kind.attribute].get(dataset_id, {}),
                children_of(kind, record),
            )
            kept += [f"{kind.attribute}.{key}" for key in outcome.kept]
            if outcome.is_change:
                _write_children(session, kind, record, dataset_id, outcome, lookups)
                after[kind.attribute] = sorted({*outcome.inserts, *outcome.updates.values()}) or [
                    "-"
                ]
                touched = True
        touched |= _merge_overlaps(session, record, dataset_id, base, overlaps, lookups)
        form = seeded_form(record)
        if keep_edits and form != row["seeded"]:
            session.execute(update(Dataset).where(Dataset.id == dataset_id).values(seeded=form))
        if touched:
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


class _Codes:
    """Slugs and codes by id: the lookups read backwards."""

    def __init__(self, lookups: Lookups) -> None:
        self.provider = {v: k for k, v in lookups.providers.items()}
        self.category = {v: k for k, v in lookups.categories.items()}
        self.source: dict[int | None, str | None] = {v: k for k, v in lookups.sources.items()}


def _merge_row(
    session: Session,
    record: DatasetRecord,
    row: Mapping[str, Any],
    base: Json | None,
    codes: _Codes,
    lookups: Lookups,
) -> tuple[Json, Json, list[str]]:
    """Merge a dataset's own fields; return what was, what is now, and what was kept."""
    mine = row_fields(DATASET_COLUMNS, row) | {
        "provider": codes.provider[row["provider_id"]],
        "category": codes.category[row["category_id"]],
        "source": codes.source.get(row["source_id"]),
    }
    outcome = merge_fields((base or {}).get("fields"), mine, fields_of(record))
    if outcome.changes:
        values = dict(outcome.changes)
        resolve: dict[str, tuple[str, Callable[[Any], int | None]]] = {
            "provider": ("provider_id", lookups.provider_id),
            "category": ("category_id", lookups.category_id),
            "source": ("source_id", lookups.source_id),
        }
        for name, (column, find) in resolve.items():
            if name in values:
                values[column] = find(values.pop(name))
        session.execute(
            update(Dataset)
            .where(Dataset.id == row["id"])
            .values(**values, revision=Dataset.revision + 1, updated_at=func.clock_timestamp())
        )
    return {name: mine[name] for name in outcome.changes}, dict(outcome.changes), outcome.kept


def _present(
    session: Session, kind: ChildKind, ids: Sequence[int], codes: _Codes
) -> dict[int, dict[str, tuple[int, Json]]]:
    """Return the keyed children of one kind that are there, by dataset and key."""
    table = kind.model.__table__
    statement = select(*table.c).where(table.c.dataset_id.in_(ids), table.c.seed_key.is_not(None))
    if kind.model is TokenEstimate:
        statement = statement.where(table.c.quantity_id.is_(None))
    found: dict[int, dict[str, tuple[int, Json]]] = {}
    for row in session.execute(statement).mappings():
        fields = row_fields(kind.columns, row) | {"source": codes.source.get(row["source_id"])}
        found.setdefault(row["dataset_id"], {})[row["seed_key"]] = (row["id"], fields)
    return found


def _write_children(
    session: Session,
    kind: ChildKind,
    record: DatasetRecord,
    dataset_id: int,
    outcome: Any,
    lookups: Lookups,
) -> None:
    children = getattr(record, kind.attribute)
    by_key = {child.key: (position, child) for position, child in enumerate(children)}

    def values(key: str) -> Json:
        position, child = by_key[key]
        fields = {name: getattr(child, name) for name in kind.columns}
        return fields | {"position": position, "source_id": lookups.source_id(child.source)}

    table = kind.model.__table__
    if outcome.deletes:
        session.execute(delete(kind.model).where(table.c.id.in_(outcome.deletes)))
    for row_id, key in outcome.updates.items():
        changed = values(key)
        if kind.model is TokenEstimate:
            # The choice of the main estimate follows; until then none is.
            changed["is_main"] = False
        session.execute(
            update(kind.model)
            .where(table.c.id == row_id)
            .values(**changed, updated_at=func.clock_timestamp())
        )
    for key in outcome.inserts:
        session.execute(
            insert(kind.model).values(dataset_id=dataset_id, seed_key=key, **values(key))
        )


def _present_overlaps(
    session: Session, ids: Sequence[int]
) -> dict[int, dict[str, tuple[int, Json]]]:
    statement = (
        select(Overlap.id, Overlap.dataset_id, Overlap.seed_key, Dataset.slug.label("other"))
        .add_columns(Overlap.relation, Overlap.note_zh, Overlap.note_en)
        .join(Dataset, Dataset.id == Overlap.other_id)
        .where(Overlap.dataset_id.in_(ids), Overlap.seed_key.is_not(None))
    )
    found: dict[int, dict[str, tuple[int, Json]]] = {}
    for row in session.execute(statement).mappings():
        fields = {name: row[name] for name in ("other", "relation", "note_zh", "note_en")}
        found.setdefault(row["dataset_id"], {})[row["seed_key"]] = (row["id"], fields)
    return found


def _merge_overlaps(
    session: Session,
    record: DatasetRecord,
    dataset_id: int,
    base: Json | None,
    present: dict[int, dict[str, tuple[int, Json]]],
    lookups: Lookups,
) -> bool:
    theirs = overlaps_of(record)
    outcome = merge_children((base or {}).get("overlaps"), present.get(dataset_id, {}), theirs)

    def values(key: str) -> Json:
        fields = dict(theirs[key])
        fields["other_id"] = lookups.dataset_id(fields.pop("other"))
        return fields

    if outcome.deletes:
        session.execute(delete(Overlap).where(Overlap.id.in_(outcome.deletes)))
    for row_id, key in outcome.updates.items():
        session.execute(update(Overlap).where(Overlap.id == row_id).values(**values(key)))
    for key in outcome.inserts:
        session.execute(insert(Overlap).values(dataset_id=dataset_id, seed_key=key, **values(key)))
    return outcome.is_change
