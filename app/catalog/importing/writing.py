"""Write differences into the tables: many datasets in a few statements, an event for each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, insert, update
from sqlalchemy.orm import Session

from app import audit, logs
from app.catalog.editing.writing import row_values
from app.catalog.importing.comparing import Difference
from app.catalog.importing.stored import COLUMNS, KINDS, MODELS, STATEMENTS, Json, Row
from app.catalog.loading import bulk
from app.catalog.loading.lookups import Lookups
from app.catalog.models.datasets import Dataset
from app.catalog.search import arrays

_EVENT_COLUMNS = (
    "actor_id",
    "actor_name",
    "action",
    "object_type",
    "object_id",
    "before",
    "after",
    "request_id",
)


@dataclass(slots=True)
class _Rows:
    """What is to be done with the rows of one kind, over all datasets of a batch."""

    deletes: list[int] = field(default_factory=list)
    updates: list[Json] = field(default_factory=list)
    # The dataset, the key in its difference, and the columns.
    inserts: list[tuple[int, str, Row]] = field(default_factory=list)


def write(
    session: Session,
    differences: Mapping[int, Difference],
    lookups: Lookups,
    *,
    actor: audit.Actor,
    action: str,
    note: Json,
) -> dict[int, Difference]:
    """
    Write differences by dataset, one event each, and return them with the keys of the new rows.

    `note` stands in every event. Estimates and search are for the caller to bring up to it.
    """
    fields: list[Json] = []
    rows = {kind: _Rows() for kind in KINDS}
    for dataset_id, difference in differences.items():
        columns = _columns(difference.after, lookups)
        if columns:
            fields.append({"id": dataset_id, **columns})
        for kind in KINDS:
            _sort(kind, dataset_id, difference, rows[kind], lookups)
    if fields:
        session.execute(update(Dataset), fields)
    written = dict(differences)
    for kind in KINDS:
        for dataset_id, keys in _write_rows(session, kind, rows[kind], lookups).items():
            written[dataset_id] = _renamed(written[dataset_id], kind, keys)
    session.execute(
        update(Dataset)
        .where(arrays.is_one_of(Dataset.id, list(differences)))
        .values(revision=Dataset.revision + 1, updated_at=func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )
    bulk.copy_rows(session, audit.AuditEvent, _EVENT_COLUMNS, _events(written, actor, action, note))
    return written


def _columns(after: Json, lookups: Lookups) -> Json:
    """Return the columns of a dataset's own row that change."""
    values = {name: value for name, value in after.items() if name not in KINDS}
    if "provider" in values:
        values["provider_id"] = lookups.provider_id(values.pop("provider"))
    if "category" in values:
        values["category_id"] = lookups.category_id(values.pop("category"))
    if "source" in values:
        values["source_id"] = lookups.source_id(values.pop("source"))
    return values


def _sort(
    kind: str, dataset_id: int, difference: Difference, rows: _Rows, lookups: Lookups
) -> None:
    before, after = difference.before.get(kind, {}), difference.after.get(kind, {})
    for key, row in after.items():
        if row is None:
            rows.deletes.append(int(key))
        elif before.get(key) is None:
            rows.inserts.append((dataset_id, key, row))
        else:
            rows.updates.append({"id": int(key), **_values(kind, row, lookups)})


def _write_rows(
    session: Session, kind: str, rows: _Rows, lookups: Lookups
) -> dict[int, dict[str, str]]:
    """Write the rows of one kind; return by dataset which key became which id."""
    model = MODELS[kind]
    if rows.deletes:
        session.execute(
            delete(model)
            .where(arrays.is_one_of(model.id, rows.deletes))
            .execution_options(synchronize_session=False)
        )
    if rows.updates:
        session.execute(update(model), rows.updates)
    keys: dict[int, dict[str, str]] = {}
    if rows.inserts:
        ids = bulk.next_ids(session, model, len(rows.inserts))
        values = []
        for row_id, (dataset_id, key, row) in zip(ids, rows.inserts, strict=True):
            keys.setdefault(dataset_id, {})[key] = str(row_id)
            own = {"id": row_id, "dataset_id": dataset_id}
            values.append(own | _values(kind, row, lookups))
        session.execute(insert(model), values)
    return keys


def _renamed(difference: Difference, kind: str, keys: Mapping[str, str]) -> Difference:
    """Return a difference whose new rows are named by their ids."""
    before, after = dict(difference.before), dict(difference.after)
    before[kind] = {keys.get(key, key): row for key, row in before[kind].items()}
    after[kind] = {keys.get(key, key): row for key, row in after[kind].items()}
    return Difference(before, after)


def _values(kind: str, row: Row, lookups: Lookups) -> Json:
    """Return a row as its table takes it."""
    if kind != STATEMENTS:
        return row_values(kind, row, lookups)
    values = {name: row[name] for name in COLUMNS[kind]}
    return values | {"source_id": lookups.source_id(row["source"])}


def _events(
    written: Mapping[int, Difference], actor: audit.Actor, action: str, note: Json
) -> Sequence[tuple[Any, ...]]:
    request_id = logs.request_id.get() or None
    return [
        (
            actor.account_id,
            actor.name,
            action,
            "dataset",
            str(dataset_id),
            json.dumps(difference.before, ensure_ascii=False),
            json.dumps(note | difference.after, ensure_ascii=False),
            request_id,
        )
        for dataset_id, difference in written.items()
    ]
