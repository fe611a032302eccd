"""Datasets as they are stored, whole and in plain form: what an import compares and changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.editing.content import MODELS as EDITED_MODELS
from app.catalog.editing.content import OVERLAPS, ROW_COLUMNS
from app.catalog.loading.columns import DATASET_COLUMNS, plain
from app.catalog.loading.lookups import Lookups
from app.catalog.models.datasets import Dataset, Overlap
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.quantities import Quantity
from app.catalog.models.statements import Statement
from app.catalog.search import arrays

Json = dict[str, Any]
Row = dict[str, Any]
Child = type[Quantity | TokenEstimate | LicenceClaim | Statement | Overlap]

FIELDS = (*DATASET_COLUMNS, "provider", "category", "source")
STATEMENTS = "statements"
MODELS: Mapping[str, Child] = {
    **EDITED_MODELS,
    STATEMENTS: Statement,
}
KINDS = tuple(MODELS)
# A row's own columns; references stand beside them by code or slug.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    **ROW_COLUMNS,
    STATEMENTS: (
        "text",
        "line_no",
        "verdict",
        "comment_zh",
        "comment_en",
        "is_contradicted",
        "position",
        "seed_key",
    ),
}


@dataclass(frozen=True, slots=True)
class Stored:
    """
    A dataset as it is.

    `content` holds its fields by name, and for each kind of row a mapping from the row's id, as
    a text, to its columns, in their order: the form that the history keeps.
    """

    dataset_id: int
    slug: str
    is_archived: bool
    content: Json


def read(session: Session, dataset_ids: Sequence[int], lookups: Lookups) -> dict[int, Stored]:
    """Return datasets by id, in as many statements for two as for two thousand."""
    providers = {number: slug for slug, number in lookups.providers.items()}
    categories = {number: code for code, number in lookups.categories.items()}
    sources: dict[int | None, str] = {number: code for code, number in lookups.sources.items()}
    columns = [Dataset.__table__.c[name] for name in DATASET_COLUMNS]
    rows = session.execute(
        select(
            Dataset.id,
            Dataset.slug,
            Dataset.archived_at,
            Dataset.provider_id,
            Dataset.category_id,
            Dataset.source_id,
            *columns,
        ).where(arrays.is_one_of(Dataset.id, dataset_ids))
    ).mappings()
    found: dict[int, Stored] = {}
    for row in rows:
        content = {name: plain(row[name]) for name in DATASET_COLUMNS}
        content["provider"] = providers[row["provider_id"]]
        content["category"] = categories[row["category_id"]]
        content["source"] = sources.get(row["source_id"])
        content |= {kind: {} for kind in KINDS}
        is_archived = row["archived_at"] is not None
        found[row["id"]] = Stored(row["id"], row["slug"], is_archived, content)
    for kind in KINDS:
        _read_rows(session, kind, found, sources)
    return found


def lock(session: Session, dataset_ids: Sequence[int]) -> None:
    """Let nobody change these datasets until the transaction ends; always in one order."""
    session.execute(
        select(Dataset.id)
        .where(arrays.is_one_of(Dataset.id, dataset_ids))
        .order_by(Dataset.id)
        .with_for_update()
    )


def _read_rows(
    session: Session,
    kind: str,
    found: Mapping[int, Stored],
    sources: Mapping[int | None, str],
) -> None:
    """Add the rows of one kind to the datasets; a derived estimate is none of them."""
    model = MODELS[kind]
    columns = [model.__table__.c[name] for name in COLUMNS[kind]]
    statement = select(model.id, model.dataset_id, *columns).where(
        arrays.is_one_of(model.dataset_id, list(found))
    )
    if model is Overlap:
        statement = statement.add_columns(Dataset.slug.label("other")).join(
            Dataset, Dataset.id == Overlap.other_id
        )
        statement = statement.order_by(Overlap.id)
    else:
        table = model.__table__
        statement = statement.add_columns(table.c.source_id)
        statement = statement.order_by(table.c.position, table.c.id)
    if model is TokenEstimate:
        statement = statement.where(TokenEstimate.quantity_id.is_(None))
    for row in session.execute(statement).mappings():
        values = {name: _plain(row[name]) for name in COLUMNS[kind]}
        if kind == OVERLAPS:
            values["other"] = row["other"]
        else:
            values["source"] = sources.get(row["source_id"])
        found[row["dataset_id"]].content[kind][str(row["id"])] = values


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return plain(value)
