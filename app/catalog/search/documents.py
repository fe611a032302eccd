"""What search knows of a dataset: read from the catalogue's tables, put into terms."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session, aliased

from app.catalog.models.datasets import Category, Dataset, Visibility
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.providers import Provider
from app.catalog.models.quantities import Quantity
from app.catalog.search import arrays, facets, terms
from app.catalog.search.query import NONE, Facet

# Long enough to sort by, short enough for an index entry.
MAX_NAME = 200
# A multiplicative hash of ids, and below what of it a dataset is in which sample.
HASH_FACTOR, HASH_RANGE = 2_654_435_761, 2**32
SAMPLES = ((2, 2**24), (1, 2**28))


@dataclass(frozen=True, slots=True)
class Document:
    """A dataset as search sees it; `names` and `body` are padded."""

    dataset_id: int
    parent_id: int | None
    tokens: int | None
    updated_at: datetime
    is_public: bool
    values: frozenset[tuple[Facet, str]]
    name_zh: str
    name_en: str
    names: str
    body: str


def sample(dataset_id: int) -> int:
    """Return 2 for one dataset in 256, 1 for the rest of one in sixteen, else 0."""
    place = dataset_id * HASH_FACTOR % HASH_RANGE
    return next((level for level, below in SAMPLES if place < below), 0)


def read(session: Session, dataset_ids: Collection[int]) -> list[Document]:
    """Return those of these datasets that search may find: not archived, nor their parent."""
    parent = aliased(Dataset)
    units = (
        select(func.array_agg(Quantity.unit.distinct()))
        .where(Quantity.dataset_id == Dataset.id, Quantity.unit.is_not(None))
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Dataset.id,
            Dataset.parent_id,
            Dataset.slug,
            Dataset.name_zh,
            Dataset.name_en,
            Dataset.aliases,
            Dataset.description_zh,
            Dataset.description_en,
            Dataset.source_line,
            Dataset.source_heading,
            Dataset.other_source_lines,
            Dataset.category_id,
            Dataset.modality,
            Dataset.languages,
            Dataset.licence_class,
            Dataset.updated_at,
            and_(
                Dataset.visibility == Visibility.PUBLIC,
                func.coalesce(parent.visibility, Visibility.PUBLIC) == Visibility.PUBLIC,
            ).label("is_public"),
            Provider.slug.label("provider"),
            func.concat_ws(
                " ",
                Provider.name_zh,
                Provider.name_en,
                Provider.short_name_zh,
                Provider.short_name_en,
            ).label("provider_names"),
            TokenEstimate.method,
            TokenEstimate.mid,
            units.label("units"),
        )
        .join(Provider, Provider.id == Dataset.provider_id)
        .outerjoin(parent, parent.id == Dataset.parent_id)
        .outerjoin(
            TokenEstimate,
            and_(TokenEstimate.dataset_id == Dataset.id, TokenEstimate.is_main),
        )
        .where(
            arrays.is_one_of(Dataset.id, dataset_ids),
            Dataset.archived_at.is_(None),
            parent.archived_at.is_(None),
        )
        .order_by(Dataset.id)
    ).all()
    categories = _category_paths(session) if rows else {}
    return [_document(row, categories[row.category_id]) for row in rows]


def _document(row: Row[*tuple[Any, ...]], categories: Iterable[str]) -> Document:
    values = {
        *((Facet.CATEGORY, code) for code in categories),
        (Facet.MODALITY, row.modality),
        *((Facet.LANGUAGE, tag) for tag in facets.languages(row.languages)),
        (Facet.LICENCE, row.licence_class),
        (Facet.PROVIDER, row.provider),
        *((Facet.UNIT, unit) for unit in row.units or [NONE]),
        (Facet.METHOD, row.method or NONE),
        (Facet.SIZE, facets.size(row.mid)),
    }
    name_zh, name_en = terms.normalise(row.name_zh), terms.normalise(row.name_en)
    own_slug = row.slug.rpartition("/")[2]
    names = " ".join([name_zh, name_en, terms.normalise("\n".join([own_slug, *row.aliases]))])
    texts = [
        row.slug,
        row.provider_names,
        row.source_line,
        row.source_heading,
        *(line["text"] for line in row.other_source_lines),
        row.description_zh,
        row.description_en,
    ]
    body = terms.normalise("\n".join(text for text in texts if text))
    return Document(
        dataset_id=row.id,
        parent_id=row.parent_id,
        tokens=row.mid,
        updated_at=row.updated_at,
        is_public=row.is_public,
        values=frozenset(values),
        name_zh=name_zh[:MAX_NAME],
        name_en=name_en[:MAX_NAME],
        names=terms.padded(names),
        body=terms.padded(f"{names} {body}"),
    )


def _category_paths(session: Session) -> dict[int, list[str]]:
    """Return the codes of each category and of all above it, by its id."""
    rows = session.execute(select(Category.id, Category.code, Category.parent_id))
    tree = {category_id: (code, parent_id) for category_id, code, parent_id in rows}

    def path(category_id: int | None) -> list[str]:
        if category_id is None:
            return []
        code, parent_id = tree[category_id]
        return [code, *path(parent_id)]

    return {category_id: path(category_id) for category_id in tree}
