"""Token estimates in the database: deriving them, choosing the main one, and what changes them."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import audit
from app.catalog import state
from app.catalog.estimating import estimate_changes, tables
from app.catalog.estimating.derivation import DatasetFacts, QuantityFacts
from app.catalog.estimating.measured_rates import find_rate
from app.catalog.estimating.tables import ReferenceTables
from app.catalog.models.datasets import Dataset
from app.catalog.models.priors import ConversionPrior
from app.catalog.models.quantities import Quantity
from app.catalog.search import indexing

CHUNK = 2000


def derive(
    session: Session,
    dataset_ids: Sequence[int] | None = None,
    *,
    actor: audit.Actor = audit.PORTAL,
    reference: ReferenceTables | None = None,
) -> int:
    """
    Derive the converted estimates of datasets again and choose their main ones.

    Without `dataset_ids`: of all. Writes only what differs, one event for each dataset whose
    main estimate changed, and returns how many datasets changed.
    """
    session.flush()
    reference = reference or tables.load(session)
    ids = (
        session.scalars(select(Dataset.id).order_by(Dataset.id)).all()
        if dataset_ids is None
        else dataset_ids
    )
    changed: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        changes = estimate_changes.find(session, ids[start : start + CHUNK], reference)
        estimate_changes.write(session, changes, actor)
        changed |= changes.dataset_ids
    if changed:
        state.note_change(session)
        indexing.index_datasets(session, sorted(changed))
    return len(changed)


def rederive_for_prior(
    session: Session, prior: ConversionPrior, *, actor: audit.Actor = audit.PORTAL
) -> int:
    """
    Derive again what a changed prior may touch, and return how many datasets changed.

    That is every dataset with a quantity of its unit: a prior that changed may fit now where it
    did not before.
    """
    unit = func.coalesce(Quantity.unit, Quantity.assumed_unit)
    ids = session.scalars(select(Quantity.dataset_id).where(unit == prior.unit).distinct())
    return derive(session, sorted(ids), actor=actor)


def set_unit(session: Session, quantity: Quantity, unit: str, *, actor: audit.Actor) -> int:
    """
    Set the unit that a person read off the source, and derive what follows from it.

    The assumed unit stays beside it, so that the page can say what was assumed before.
    """
    quantity.unit = unit
    quantity.unit_confirmed_by = actor.name
    quantity.unit_confirmed_at = session.scalar(select(func.clock_timestamp()))
    return derive(session, [quantity.dataset_id], actor=actor)


def dataset_facts(dataset: Dataset, reference: ReferenceTables) -> DatasetFacts:
    """Return what a derivation needs to know of a dataset."""
    return DatasetFacts(
        categories=reference.category_paths[dataset.category_id],
        languages=tuple(dataset.languages),
        has_tokens=dataset.has_tokens,
        measured=find_rate((e.method, e.rule) for e in dataset.estimates),
    )


def quantity_facts(quantity: Quantity) -> QuantityFacts:
    """Return what a derivation needs to know of a quantity."""
    return QuantityFacts(
        value=quantity.value,
        unit=quantity.unit,
        assumed_unit=quantity.assumed_unit,
        content=quantity.content,
        is_whole=quantity.is_whole,
    )
