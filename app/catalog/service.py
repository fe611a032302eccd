"""
What people change in the catalogue: the unit of a quantity, a conversion prior.

Each change writes its audit event and derives what depends on it, in one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func
from sqlalchemy.orm import Session

from app import audit
from app.catalog import queries, reference
from app.catalog.estimating import estimates
from app.catalog.models.datasets import Dataset
from app.catalog.models.priors import ConversionPrior
from app.catalog.words.units import is_unit
from app.errors import Conflict, InvalidInput, StaleVersion

PRIOR_FIELDS = ("low", "mid", "high", "grade", "source_text", "note_zh", "note_en")
MAX_PREVIEWED = 12


@dataclass(frozen=True)
class PriorValues:
    """The values of a prior that an administrator may change."""

    low: Decimal | None
    mid: Decimal
    high: Decimal | None
    grade: str
    source_text: str
    note_zh: str | None
    note_en: str | None


@dataclass(frozen=True)
class EstimateChange:
    """How the main estimate of one dataset would change."""

    slug: str
    name_zh: str
    name_en: str
    before: int | None
    after: int | None


@dataclass(frozen=True)
class PriorPreview:
    """What a change of a prior would do: how many datasets it touches, and the largest of them."""

    changed: int
    largest: list[EstimateChange]


def confirm_unit(session: Session, quantity_id: int, unit: str, *, actor: audit.Actor) -> Dataset:
    """
    Set the unit of a quantity that its source gives without one, and return its dataset.

    Raises
    ------
    NotFound
        If there is no such quantity.
    InvalidInput
        If the unit is not one of the list.
    Conflict
        If the source states the unit, or somebody has set it meanwhile.
    """
    quantity = queries.get_quantity(session, quantity_id)
    if not is_unit(unit):
        raise InvalidInput("%(unit)s is not a unit of the list.", field="unit", unit=unit or "“”")
    if quantity.unit is not None:
        raise Conflict("The unit is known already, so nothing was changed.")
    action = "unit_confirmed" if unit == quantity.assumed_unit else "unit_corrected"
    audit.record(
        session,
        actor=actor,
        action=action,
        object_type="dataset",
        object_id=str(quantity.dataset_id),
        before={"unit": None, "assumed_unit": quantity.assumed_unit},
        after={"unit": unit, "quantity_id": quantity.id},
    )
    estimates.set_unit(session, quantity, unit, actor=actor)
    return queries.get_by_id(session, quantity.dataset_id)


def change_prior(
    session: Session, code: str, values: PriorValues, *, revision: int, actor: audit.Actor
) -> int:
    """
    Change a conversion prior, derive what depends on it, and return how many datasets changed.

    Raises
    ------
    NotFound
        If there is no such prior.
    InvalidInput
        If the range is not in order.
    StaleVersion
        If somebody changed it since `revision` was read.
    """
    prior = reference.get_prior(session, code)
    if prior.revision != revision:
        raise StaleVersion(
            "Somebody changed this prior since you opened it, so nothing was saved. "
            "Look at the new values and try again."
        )
    check_range(values)
    before, after = _difference(prior, values)
    if not after:
        return 0
    for name in after:
        setattr(prior, name, getattr(values, name))
    prior.revision += 1
    prior.updated_at = func.clock_timestamp()
    audit.record(
        session,
        actor=actor,
        action="prior_changed",
        object_type="prior",
        object_id=prior.code,
        before=before,
        after=after,
    )
    session.flush()
    return estimates.rederive_for_prior(session, prior, actor=actor)


def preview_prior(session: Session, code: str, values: PriorValues) -> PriorPreview:
    """Return what a change of a prior would do, without doing it."""
    prior = reference.get_prior(session, code)
    check_range(values)
    before = queries.main_estimate_counts(session)
    savepoint = session.begin_nested()
    prior.low, prior.mid, prior.high = values.low, values.mid, values.high
    session.flush()
    estimates.rederive_for_prior(session, prior)
    session.flush()
    after = queries.main_estimate_counts(session)
    savepoint.rollback()
    changed = {i for i in before.keys() | after.keys() if before.get(i) != after.get(i)}
    return PriorPreview(
        changed=len(changed),
        largest=_largest_changes(session, changed, before, after),
    )


def check_range(values: PriorValues) -> None:
    """Refuse a range that is not in order: the same rule as the database's constraint."""
    if values.mid <= 0:
        raise InvalidInput("The middle must be above 0.", field="mid")
    if (values.low is None) != (values.high is None):
        raise InvalidInput(
            "Give low and high together, or leave both empty where no spread is known.",
            field="low" if values.low is None else "high",
        )
    if values.low is not None and values.high is not None:
        if values.low <= 0 or values.low > values.mid:
            raise InvalidInput("Low must be above 0 and not above the middle.", field="low")
        if values.high < values.mid:
            raise InvalidInput("High must not be below the middle.", field="high")


def _difference(
    prior: ConversionPrior, values: PriorValues
) -> tuple[dict[str, str | None], dict[str, str | None]]:
    changed = [
        name
        for name in PRIOR_FIELDS
        if _comparable(getattr(prior, name)) != _comparable(getattr(values, name))
    ]
    return (
        {name: _json(getattr(prior, name)) for name in changed},
        {name: _json(getattr(values, name)) for name in changed},
    )


def _comparable(value: object) -> object:
    return value.normalize() if isinstance(value, Decimal) else value or None


def _json(value: object) -> str | None:
    if value is None:
        return None
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _largest_changes(
    session: Session,
    changed: set[int],
    before: Mapping[int, int | None],
    after: Mapping[int, int | None],
) -> list[EstimateChange]:
    ordered = sorted(changed, key=lambda i: -max(before.get(i) or 0, after.get(i) or 0))
    shown = ordered[:MAX_PREVIEWED]
    by_id = queries.list_by_id(session, shown)
    return [
        EstimateChange(
            slug=by_id[i].slug,
            name_zh=by_id[i].name_zh,
            name_en=by_id[i].name_en,
            before=before.get(i),
            after=after.get(i),
        )
        for i in shown
    ]
