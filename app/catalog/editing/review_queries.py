"""Which datasets wait for a person: no licence, no estimate, an assumed unit, disputed figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.licences import LicenceClass
from app.catalog.models.quantities import Quantity

ENTRIES_PER_PAGE = 50
# A larger queue is only said to be larger: nobody works it off by its exact number.
MAX_COUNTED = 10_000


class Lack(StrEnum):
    """What a dataset lacks, or what a person has to look at."""

    LICENCE = "licence"
    ESTIMATE = "estimate"
    UNIT = "unit"
    DISPUTED = "disputed"


@dataclass(frozen=True)
class Queue:
    """Some of the datasets that wait, and the id that the next page starts above."""

    datasets: list[Dataset]
    next_above: int | None


def list_waiting(
    session: Session,
    lack: Lack,
    *,
    with_subsets: bool,
    above: int | None = None,
    limit: int = ENTRIES_PER_PAGE,
) -> Queue:
    """Return one page of the datasets that lack something, in the order they were entered."""
    statement = _waiting(lack, with_subsets=with_subsets).options(
        joinedload(Dataset.provider),
        selectinload(Dataset.quantities),
        selectinload(Dataset.estimates),
    )
    if above is not None:
        statement = statement.where(Dataset.id > above)
    found = list(session.scalars(statement.order_by(Dataset.id).limit(limit + 1)))
    shown = found[:limit]
    return Queue(shown, shown[-1].id if len(found) > limit else None)


def count_waiting(session: Session, *, with_subsets: bool) -> Mapping[Lack, int]:
    """Return how many datasets lack each thing, up to one more than is counted."""
    counts = {}
    for lack in Lack:
        ids = _waiting(lack, with_subsets=with_subsets).with_only_columns(Dataset.id)
        some = ids.limit(MAX_COUNTED + 1).subquery()
        counts[lack] = session.scalar(select(func.count()).select_from(some)) or 0
    return counts


def _waiting(lack: Lack, *, with_subsets: bool) -> Select[Dataset]:
    statement = select(Dataset).where(Dataset.archived_at.is_(None), _lacks(lack))
    return statement if with_subsets else statement.where(Dataset.parent_id.is_(None))


def _lacks(lack: Lack) -> ColumnElement[bool]:
    conditions = {
        Lack.LICENCE: Dataset.licence_class == LicenceClass.UNKNOWN.value,
        Lack.ESTIMATE: Dataset.has_tokens & Dataset.no_estimate_reason.is_not(None),
        Lack.UNIT: select(Quantity.id)
        .where(
            Quantity.dataset_id == Dataset.id,
            Quantity.unit.is_(None),
            Quantity.assumed_unit.is_not(None),
        )
        .exists(),
        Lack.DISPUTED: select(TokenEstimate.id)
        .where(TokenEstimate.dataset_id == Dataset.id, TokenEstimate.is_disputed)
        .exists(),
    }
    return conditions[lack]
