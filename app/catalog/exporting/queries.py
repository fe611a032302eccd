"""What an export reads: datasets with all that belongs to them, a batch in eight statements."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.catalog.models.datasets import Category, Dataset, Overlap
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.providers import Provider
from app.catalog.models.quantities import Quantity
from app.catalog.models.sources import Source
from app.catalog.models.statements import Statement
from app.catalog.queries import visible
from app.catalog.search import arrays
from app.errors import NotFound

AnyRow = Row[*tuple[Any, ...]]
Child = type[Quantity] | type[TokenEstimate] | type[LicenceClaim] | type[Statement]

_NOT_EXPORTED = frozenset({"seeded"})
_DATASET_COLUMNS = [c for c in Dataset.__table__.c if c.name not in _NOT_EXPORTED]


def read_datasets(session: Session, ids: Sequence[int], *, with_team: bool) -> list[AnyRow]:
    """Return the rows of these datasets that one may know of, in the order of `ids`."""
    parent = aliased(Dataset)
    found = session.execute(
        select(
            *_DATASET_COLUMNS,
            parent.slug.label("parent_slug"),
            Category.code.label("category_code"),
        )
        .join(Category, Category.id == Dataset.category_id)
        .outerjoin(parent, parent.id == Dataset.parent_id)
        .where(arrays.is_one_of(Dataset.id, ids), visible(with_team=with_team))
    )
    by_id = {row.id: row for row in found}
    return [by_id[dataset_id] for dataset_id in ids if dataset_id in by_id]


def read_children(session: Session, model: Child, ids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """Return the rows of one kind by their dataset, in their order."""
    found = session.execute(
        select(*model.__table__.c)
        .where(arrays.is_one_of(model.dataset_id, ids))
        .order_by(model.dataset_id, model.position, model.id)
    )
    return _by_dataset(found.all())


def read_overlaps(
    session: Session, ids: Sequence[int], *, with_team: bool
) -> dict[int, list[AnyRow]]:
    """Return what these datasets say to share text with, as far as one may know of the others."""
    found = session.execute(
        select(
            Overlap.dataset_id,
            Overlap.relation,
            Overlap.note_zh,
            Overlap.note_en,
            Dataset.slug.label("other_slug"),
        )
        .join(Dataset, Dataset.id == Overlap.other_id)
        .where(
            arrays.is_one_of(Overlap.dataset_id, ids),
            Dataset.archived_at.is_(None),
            visible(with_team=with_team),
        )
        .order_by(Overlap.dataset_id, Overlap.id)
    )
    return _by_dataset(found.all())


def read_providers(session: Session, ids: Collection[int]) -> Mapping[int, AnyRow]:
    """Return providers by id."""
    return _by_id(session, Provider.id, Provider, ids)


def read_sources(session: Session, ids: Collection[int]) -> Mapping[int, AnyRow]:
    """Return sources by id."""
    return _by_id(session, Source.id, Source, ids)


def subset_ids(session: Session, ids: Sequence[int], *, with_team: bool) -> dict[int, list[int]]:
    """Return the ids of the subsets of these datasets that one may know of, in their order."""
    found = session.execute(
        select(Dataset.parent_id, Dataset.id)
        .where(
            arrays.is_one_of(Dataset.parent_id, ids),
            Dataset.archived_at.is_(None),
            visible(with_team=with_team),
        )
        .order_by(Dataset.position, Dataset.id)
    )
    subsets: dict[int, list[int]] = {}
    for parent_id, dataset_id in found:
        if parent_id is not None:
            subsets.setdefault(parent_id, []).append(dataset_id)
    return subsets


def ids_of_slugs(session: Session, slugs: Sequence[str], *, with_team: bool) -> list[int]:
    """
    Return the ids of these datasets in the order of `slugs`.

    Raises
    ------
    NotFound
        If one of them does not exist, or one may not know that it does.
    """
    rows = session.execute(
        select(Dataset.slug, Dataset.id).where(
            arrays.is_one_of_words(Dataset.slug, slugs), visible(with_team=with_team)
        )
    )
    ids = {row.slug: row.id for row in rows}
    for slug in slugs:
        if slug not in ids:
            raise NotFound("There is no dataset %(slug)s, or you may not see it.", slug=slug)
    return [ids[slug] for slug in dict.fromkeys(slugs)]


def _by_id(
    session: Session,
    column: InstrumentedAttribute[int],
    model: type[Provider] | type[Source],
    ids: Collection[int],
) -> dict[int, AnyRow]:
    columns = [c for c in model.__table__.c if c.name not in _NOT_EXPORTED]
    found = session.execute(select(*columns).where(arrays.is_one_of(column, ids)))
    return {row.id: row for row in found}


def _by_dataset(rows: Sequence[AnyRow]) -> dict[int, list[AnyRow]]:
    grouped: dict[int, list[AnyRow]] = {}
    for row in rows:
        grouped.setdefault(row.dataset_id, []).append(row)
    return grouped
