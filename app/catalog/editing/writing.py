"""Writing the difference between two contents into the tables, and what follows from it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, update
from sqlalchemy.orm import Session

from app import audit
from app.catalog import state
from app.catalog.editing import queries
from app.catalog.editing.content import (
    ESTIMATES,
    FIELDS,
    KINDS,
    MODELS,
    OVERLAPS,
    QUANTITIES,
    REFERENCES,
    ROW_COLUMNS,
    Content,
    Json,
    Row,
    copy_of,
    difference,
)
from app.catalog.editing.known import KnownSource
from app.catalog.estimating import estimates
from app.catalog.loading.lookups import Lookups
from app.catalog.models.datasets import Dataset
from app.catalog.models.sources import Source
from app.catalog.search import indexing


def ensure_sources(session: Session, sources: Mapping[str, KnownSource]) -> None:
    """Add the sources that a draft names and the catalogue lacks."""
    present = queries.find_sources(session, list(sources)) if sources else {}
    for code, source in sources.items():
        if code not in present:
            session.add(Source(code=code, text=source.text, grade=source.grade))
    session.flush()


def write_content(
    session: Session, dataset_id: int, before: Content, after: Content, *, actor: audit.Actor
) -> tuple[Json, Json]:
    """
    Write what differs and return it, before and after, as the history keeps it.

    New rows get their ids here, so that the history names them by what they are.
    """
    lookups = Lookups.load(session)
    lookups.find_datasets(session, [row["other"] for row in after[OVERLAPS].values()])
    written = copy_of(after)
    for kind in KINDS:
        written[kind] = _write_rows(session, kind, dataset_id, before, after, lookups, actor)
    old, new = difference(before, written)
    if not new:
        return {}, {}
    session.execute(
        update(Dataset)
        .where(Dataset.id == dataset_id)
        .values(
            **_columns({name: new[name] for name in FIELDS if name in new}, lookups),
            revision=Dataset.revision + 1,
            updated_at=func.clock_timestamp(),
        )
    )
    session.expire_all()
    return old, new


def follow_up(session: Session, dataset_ids: list[int], *, actor: audit.Actor) -> None:
    """Derive what rests on changed datasets, and bring search and the version up to them."""
    estimates.derive(session, dataset_ids, actor=actor)
    indexing.index_datasets(session, dataset_ids)
    state.note_change(session)
    session.expire_all()


def _columns(fields: Mapping[str, Any], lookups: Lookups) -> dict[str, Any]:
    values = {name: value for name, value in fields.items() if name not in REFERENCES}
    if "provider" in fields:
        values["provider_id"] = lookups.provider_id(fields["provider"])
    if "category" in fields:
        values["category_id"] = lookups.category_id(fields["category"])
    return values


def _write_rows(  # noqa: PLR0917  where the rows go, and all that is written of them
    session: Session,
    kind: str,
    dataset_id: int,
    before: Content,
    after: Content,
    lookups: Lookups,
    actor: audit.Actor,
) -> dict[str, Row]:
    """Write the rows of one kind; return them by the keys that they have now."""
    model, old, new = MODELS[kind], before[kind], after[kind]
    table = model.__table__
    removed = [key for key in old if key not in new or _is_another(kind, old[key], new[key])]
    if removed:
        session.execute(delete(model).where(table.c.id.in_([int(key) for key in removed])))
    position = max((row.get("position") or 0 for row in old.values()), default=-1)
    written: dict[str, Row] = {}
    for key, wanted in new.items():
        row = dict(wanted)
        if old.get(key) == row:
            written[key] = row
            continue
        if kind == QUANTITIES:
            _note_confirmation(session, old.get(key), row, actor)
        if "position" in row and row["position"] is None:
            position += 1
            row["position"] = position
        values = row_values(kind, row, lookups)
        if key in old and key not in removed:
            if "updated_at" in table.c:
                values["updated_at"] = func.clock_timestamp()
            session.execute(update(model).where(table.c.id == int(key)).values(**values))
            written[key] = row
        else:
            statement = insert(model).values(dataset_id=dataset_id, **values).returning(table.c.id)
            written[str(session.scalar(statement))] = row
    return written


def _is_another(kind: str, old: Row, new: Row) -> bool:
    """Whether a row became another one: an overlap is its two datasets and how they relate."""
    if kind != OVERLAPS:
        return False
    return (old["other"], old["relation"]) != (new["other"], new["relation"])


def _note_confirmation(session: Session, old: Row | None, row: Row, actor: audit.Actor) -> None:
    """Say who set the unit of a number that its source gives without one."""
    if old is None or old["unit"] == row["unit"]:
        return
    if row["unit"] is None:
        row["unit_confirmed_by"] = row["unit_confirmed_at"] = None
    elif old["unit"] is None and row["unit_confirmed_by"] is None:
        now = session.scalar(func.clock_timestamp().select())
        row["unit_confirmed_by"] = actor.name
        row["unit_confirmed_at"] = now.isoformat() if now else None


def row_values(kind: str, row: Row, lookups: Lookups) -> dict[str, Any]:
    """Return a row of a content as its table takes it."""
    values = {name: row[name] for name in ROW_COLUMNS[kind]}
    if kind == OVERLAPS:
        return values | {"other_id": lookups.dataset_id(row["other"])}
    values["source_id"] = lookups.source_id(row["source"])
    if kind == QUANTITIES:
        values["value"] = None if row["value"] is None else Decimal(row["value"])
        confirmed = row["unit_confirmed_at"]
        values["unit_confirmed_at"] = datetime.fromisoformat(confirmed) if confirmed else None
    elif kind == ESTIMATES:
        # The main estimate is chosen anew afterwards; until then this is none.
        values["is_main"] = False
    else:
        checked = row["checked_on"]
        values["checked_on"] = date.fromisoformat(checked) if checked else None
    return values
