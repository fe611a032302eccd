"""
What the catalogue's detail pages read: datasets whole, providers, sources, priors.

Every function that returns a dataset takes `with_team`: without it, a dataset that only the team
may know of does not exist, and neither do its subsets.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    any_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import (
    Session,
    aliased,
    contains_eager,
    defaultload,
    defer,
    joinedload,
    selectinload,
)
from sqlalchemy.sql.base import ExecutableOption

from app.catalog.models.datasets import Category, Dataset, Overlap, Visibility
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.providers import Provider
from app.catalog.models.quantities import Quantity
from app.catalog.models.sources import Source
from app.catalog.models.statements import Statement
from app.catalog.search.models import FacetTally, FacetValue
from app.catalog.search.query import NONE, Facet
from app.errors import NotFound

# The code of a source that people or imports add starts with this.
ADDED_SOURCE = "added-"
# What the seed last wrote is for the next seed alone, and larger than all the rest of a row.
WITHOUT_SEED = (
    defer(Dataset.seeded, raiseload=True),
    defaultload(Dataset.provider).defer(Provider.seeded, raiseload=True),
)

# An array is one parameter however long, so that the database prepares one statement.
IDS = bindparam("ids", type_=ARRAY(BigInteger))
SUBSET_COUNTS = (
    select(Dataset.parent_id, func.count())
    .where(Dataset.parent_id == any_(IDS), Dataset.archived_at.is_(None))
    .group_by(Dataset.parent_id)
)
TOTALS = select(
    FacetTally.top_count,
    FacetTally.all_count,
    FacetTally.public_top_count,
    FacetTally.public_all_count,
).where(FacetTally.value_id == 0, FacetTally.other_id == 0)


@dataclass(frozen=True)
class OverlapSide:
    """An overlap as one of its two datasets sees it."""

    relation: str
    is_outgoing: bool
    other: Dataset
    note_zh: str | None
    note_en: str | None


def visible(*, with_team: bool) -> ColumnElement[bool]:
    """Return the condition that a viewer may know of a dataset, its parent included."""
    if with_team:
        return Dataset.id.is_not(None)
    parent = aliased(Dataset)
    hidden_parent = (
        select(parent.id)
        .where(parent.id == Dataset.parent_id, parent.visibility != Visibility.PUBLIC)
        .exists()
    )
    return (Dataset.visibility == Visibility.PUBLIC) & ~hidden_parent


def get_dataset(
    session: Session, slug: str, *, with_team: bool, also: Sequence[ExecutableOption] = ()
) -> Dataset:
    """
    Return a dataset with all that its page shows, in a fixed number of statements.

    `also` loads more of it.

    Raises
    ------
    NotFound
        If there is none, or the viewer may not know that there is.
    """
    dataset = session.scalar(
        select(Dataset)
        .where(Dataset.slug == slug, visible(with_team=with_team))
        .options(
            *WITHOUT_SEED,
            joinedload(Dataset.provider),
            joinedload(Dataset.category),
            joinedload(Dataset.parent).defer(Dataset.seeded),
            joinedload(Dataset.source),
            selectinload(Dataset.quantities).joinedload(Quantity.source),
            selectinload(Dataset.estimates).joinedload(TokenEstimate.source),
            selectinload(Dataset.licence_claims).joinedload(LicenceClaim.source),
            selectinload(Dataset.statements).joinedload(Statement.source),
            *also,
        )
    )
    if dataset is None:
        raise NotFound("There is no dataset %(slug)s, or you may not see it.", slug=slug)
    return dataset


def get_by_id(session: Session, dataset_id: int) -> Dataset:
    """Return a dataset's own row, for an address to go back to."""
    return session.get_one(Dataset, dataset_id)


def list_by_id(session: Session, ids: Iterable[int]) -> dict[int, Dataset]:
    """Return datasets' own rows by id, without what belongs to them."""
    found = session.scalars(select(Dataset).where(Dataset.id.in_(list(ids))))
    return {dataset.id: dataset for dataset in found}


def main_estimate_counts(session: Session) -> dict[int, int | None]:
    """Return the middle of every main estimate by dataset."""
    rows = session.execute(
        select(TokenEstimate.dataset_id, TokenEstimate.mid).where(TokenEstimate.is_main)
    )
    return {row.dataset_id: row.mid for row in rows}


def list_items(session: Session, ids: Sequence[int]) -> list[Dataset]:
    """Return datasets as lists show them, in the order of `ids`."""
    found = session.scalars(_items_by_id(), {"ids": list(ids)})
    by_id = {dataset.id: dataset for dataset in found}
    return [by_id[dataset_id] for dataset_id in ids if dataset_id in by_id]


@cache
def _items_by_id() -> Select[Dataset]:
    """Return the statement of `list_items`, which costs more to build than its rows to read."""
    return select(Dataset).where(Dataset.id == any_(IDS)).options(*_item_options())


def list_by_slug(session: Session, slugs: Sequence[str], *, with_team: bool) -> list[Dataset]:
    """Return the datasets of these slugs that exist and may be seen, in the order of `slugs`."""
    found = session.scalars(
        select(Dataset)
        .where(Dataset.slug.in_(slugs), visible(with_team=with_team))
        .options(*_item_options())
    )
    by_slug = {dataset.slug: dataset for dataset in found}
    return [by_slug[slug] for slug in dict.fromkeys(slugs) if slug in by_slug]


def list_names(
    session: Session, slugs: Sequence[str], *, with_team: bool
) -> dict[str, tuple[str, str]]:
    """Return the names of these datasets in Chinese and English, by slug."""
    if not slugs:
        return {}
    rows = session.execute(
        select(Dataset.slug, Dataset.name_zh, Dataset.name_en).where(
            Dataset.slug.in_(slugs), visible(with_team=with_team)
        )
    )
    return {row.slug: (row.name_zh, row.name_en) for row in rows}


def list_subsets(session: Session, dataset_id: int, *, with_team: bool) -> list[Dataset]:
    """Return the subsets of a dataset in the order of their source."""
    condition = [] if with_team else [Dataset.visibility == Visibility.PUBLIC]
    return list(
        session.scalars(
            select(Dataset)
            .where(Dataset.parent_id == dataset_id, Dataset.archived_at.is_(None), *condition)
            .order_by(Dataset.position, Dataset.id)
            .options(*_item_options())
        )
    )


def subset_counts(session: Session, ids: Iterable[int]) -> dict[int, int]:
    """Return how many subsets each of these datasets has; those without are left out."""
    rows = session.execute(SUBSET_COUNTS, {"ids": list(ids)})
    return {parent_id: count for parent_id, count in rows if parent_id is not None}


def list_overlaps(session: Session, dataset_id: int, *, with_team: bool) -> list[OverlapSide]:
    """Return what a dataset shares text with, both as it says and as others say of it."""
    rows = session.execute(
        select(Overlap, Dataset)
        .join(
            Dataset,
            or_(
                (Overlap.dataset_id == dataset_id) & (Dataset.id == Overlap.other_id),
                (Overlap.other_id == dataset_id) & (Dataset.id == Overlap.dataset_id),
            ),
        )
        .where(
            or_(Overlap.dataset_id == dataset_id, Overlap.other_id == dataset_id),
            Dataset.archived_at.is_(None),
            visible(with_team=with_team),
        )
        .order_by(Overlap.id)
    )
    return [
        OverlapSide(
            relation=overlap.relation,
            is_outgoing=overlap.dataset_id == dataset_id,
            other=other,
            note_zh=overlap.note_zh,
            note_en=overlap.note_en,
        )
        for overlap, other in rows
    ]


def get_provider(session: Session, slug: str, *, with_team: bool = True) -> Provider:
    """
    Return a provider with its services.

    Raises
    ------
    NotFound
        If there is none, or one may not know of it: a provider that people added is public
        with its first public dataset.
    """
    provider = session.scalar(
        select(Provider).where(Provider.slug == slug).options(selectinload(Provider.services))
    )
    if provider is not None and not with_team and provider.seeded is None:
        is_shown = (Dataset.provider_id == provider.id) & visible(with_team=False)
        if session.scalar(select(Dataset.id).where(is_shown).limit(1)) is None:
            provider = None
    if provider is None:
        raise NotFound("There is no provider %(slug)s.", slug=slug)
    return provider


def list_sources(session: Session, *, with_team: bool) -> list[Source]:
    """
    Return the sources that figures of the catalogue name, best grade first.

    A source that people added is public with the first public dataset that names it.
    """
    statement = select(Source).order_by(Source.grade, Source.code)
    if not with_team:
        naming = [
            select(model.id)
            .join(Dataset, Dataset.id == model.dataset_id)
            .where(model.source_id == Source.id, visible(with_team=False))
            .exists()
            for model in (Quantity, TokenEstimate, LicenceClaim, Statement)
        ]
        statement = statement.where(or_(~Source.code.startswith(ADDED_SOURCE), *naming))
    return list(session.scalars(statement))


def list_of_provider(session: Session, provider_id: int, *, with_team: bool) -> list[Dataset]:
    """Return a provider's datasets without their subsets, by category and place in the source."""
    return list(
        session.scalars(
            select(Dataset)
            .join(Dataset.category)
            .where(
                Dataset.provider_id == provider_id,
                Dataset.parent_id.is_(None),
                Dataset.archived_at.is_(None),
                visible(with_team=with_team),
            )
            .order_by(Category.position, Dataset.position, Dataset.id)
            .options(contains_eager(Dataset.category), *_item_options(with_category=False))
        )
    )


def count_datasets(session: Session, *, with_team: bool) -> tuple[int, int]:
    """
    Return how many datasets and how many subsets there are.

    From the tallies of catalogue search, so that a large catalogue is not counted row by row.
    """
    total = session.execute(TOTALS).one_or_none()
    if total is None:
        return 0, 0
    top, every, public_top, public_every = total
    return (top, every - top) if with_team else (public_top, public_every - public_top)


def count_without_estimate(session: Session, *, with_team: bool) -> int:
    """Return how many datasets and subsets have no estimate."""
    every = FacetTally.all_count if with_team else FacetTally.public_all_count
    found = session.scalar(
        select(every)
        .join(FacetValue, FacetValue.id == FacetTally.other_id)
        .where(FacetTally.value_id == 0, FacetValue.facet == Facet.METHOD, FacetValue.value == NONE)
    )
    return found or 0


def get_quantity(session: Session, quantity_id: int) -> Quantity:
    """
    Return a quantity for a change.

    Raises
    ------
    NotFound
        If there is none.
    """
    quantity = session.scalar(select(Quantity).where(Quantity.id == quantity_id).with_for_update())
    if quantity is None:
        raise NotFound("There is no such quantity.")
    return quantity


def _item_options(*, with_category: bool = True) -> list:  # type: ignore[type-arg]  # loader options are untyped
    options = [
        *WITHOUT_SEED,
        joinedload(Dataset.provider),
        selectinload(Dataset.quantities).joinedload(Quantity.source),
        selectinload(Dataset.estimates).joinedload(TokenEstimate.source),
    ]
    return [*options, joinedload(Dataset.category)] if with_category else options
