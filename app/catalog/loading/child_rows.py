"""The rows that belong to datasets, read in plain form and written after a merge."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.catalog.loading.columns import ChildKind, row_fields
from app.catalog.loading.lookups import Lookups
from app.catalog.loading.merging import ChildMerge, Json
from app.catalog.models.datasets import Dataset, Overlap
from app.catalog.models.estimates import TokenEstimate
from app.catalog.search import arrays

# By dataset and key: the id of a row that is there, and its fields in plain form.
Present = dict[int, dict[str, tuple[int, Json]]]

_OVERLAP_FIELDS = ("other", "relation", "note_zh", "note_en")


def read(session: Session, kind: ChildKind, ids: Sequence[int], lookups: Lookups) -> Present:
    """Return the children of one kind that a load wrote, not those that people added."""
    model = kind.model
    statement = select(*model.__table__.c).where(
        arrays.is_one_of(model.dataset_id, ids), model.seed_key.is_not(None)
    )
    found: Present = {}
    for row in session.execute(statement).mappings():
        fields = row_fields(kind.columns, dict(row))
        fields["source"] = lookups.source_code(row["source_id"])
        found.setdefault(row["dataset_id"], {})[row["seed_key"]] = (row["id"], fields)
    return found


def write(  # noqa: PLR0917  where the rows go, and all that is written of them
    session: Session,
    kind: ChildKind,
    children: Sequence[Any],
    dataset_id: int,
    outcome: ChildMerge,
    lookups: Lookups,
) -> None:
    """Insert, update and delete the children of one kind as a merge decided."""
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
            # The main estimate is chosen anew afterwards; until then this is none.
            changed["is_main"] = False
        statement = update(kind.model).where(table.c.id == row_id)
        session.execute(statement.values(**changed, updated_at=func.clock_timestamp()))
    for key in outcome.inserts:
        session.execute(
            insert(kind.model).values(dataset_id=dataset_id, seed_key=key, **values(key))
        )


def read_overlaps(session: Session, ids: Sequence[int]) -> Present:
    """Return the overlaps that a load wrote."""
    statement = (
        select(
            Overlap.id,
            Overlap.dataset_id,
            Overlap.seed_key,
            Overlap.relation,
            Overlap.note_zh,
            Overlap.note_en,
            Dataset.slug.label("other"),
        )
        .join(Dataset, Dataset.id == Overlap.other_id)
        .where(arrays.is_one_of(Overlap.dataset_id, ids), Overlap.seed_key.is_not(None))
    )
    found: Present = {}
    for row in session.execute(statement).mappings():
        fields = {name: row[name] for name in _OVERLAP_FIELDS}
        found.setdefault(row["dataset_id"], {})[row["seed_key"]] = (row["id"], fields)
    return found


def write_overlaps(
    session: Session,
    overlaps: Mapping[str, Json],
    dataset_id: int,
    outcome: ChildMerge,
    lookups: Lookups,
) -> None:
    """Insert, update and delete overlaps as a merge decided."""

    def values(key: str) -> Json:
        fields = dict(overlaps[key])
        fields["other_id"] = lookups.dataset_id(fields.pop("other"))
        return fields

    if outcome.deletes:
        session.execute(delete(Overlap).where(Overlap.id.in_(outcome.deletes)))
    for row_id, key in outcome.updates.items():
        session.execute(update(Overlap).where(Overlap.id == row_id).values(**values(key)))
    for key in outcome.inserts:
        row = {"dataset_id": dataset_id, "seed_key": key} | values(key)
        session.execute(insert(Overlap).values(row))
