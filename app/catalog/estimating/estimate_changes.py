"""The difference between the estimates that datasets have and those that follow from the facts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app import audit
from app.catalog.estimating import derivation
from app.catalog.estimating.derivation import Candidate, DatasetFacts, Derived, QuantityFacts
from app.catalog.estimating.measured_rates import find_rate
from app.catalog.estimating.tables import ReferenceTables
from app.catalog.models.datasets import Dataset
from app.catalog.models.estimates import EstimateMethod, NoEstimateReason, TokenEstimate
from app.catalog.models.quantities import Quantity
from app.catalog.models.sources import Source
from app.catalog.search import arrays

Values = dict[str, Any]
AnyRow = Row[*tuple[Any, ...]]

# The columns of a derived estimate that a new derivation may change.
_DERIVED_COLUMNS = (
    "position",
    "tokenizer",
    "low",
    "mid",
    "high",
    "scope_zh",
    "scope_en",
    "is_whole",
    "is_assumed",
    "is_scaled",
    "is_main",
    "rule",
    "source_id",
)

# What the history says of a main estimate.
_SUMMARY = ("low", "mid", "high", "method", "tokenizer")


@dataclass(slots=True)
class Changes:
    """What is to be written, over many datasets."""

    inserts: list[Values] = field(default_factory=list)
    updates: list[Values] = field(default_factory=list)
    deletes: list[int] = field(default_factory=list)
    demoted: list[int] = field(default_factory=list)
    promoted: list[int] = field(default_factory=list)
    reasons: list[Values] = field(default_factory=list)
    events: list[tuple[int, Values | None, Values | None]] = field(default_factory=list)
    dataset_ids: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Loaded:
    """One dataset as the derivation reads it."""

    dataset: AnyRow
    quantities: list[AnyRow] = field(default_factory=list)
    estimates: list[Values] = field(default_factory=list)


def find(session: Session, ids: Sequence[int], reference: ReferenceTables) -> Changes:
    """Return how the estimates of these datasets differ from what follows from the facts."""
    changes = Changes()
    for loaded in _load(session, ids):
        _compare(loaded, reference, changes)
    return changes


def write(session: Session, changes: Changes, actor: audit.Actor) -> None:
    """Write the difference, with one event for each dataset whose main estimate changed."""
    estimate_id = TokenEstimate.id
    if changes.deletes:
        session.execute(delete(TokenEstimate).where(arrays.is_one_of(estimate_id, changes.deletes)))
    # At most one estimate of a dataset may be the main one at any moment.
    if changes.demoted:
        demote = update(TokenEstimate).where(arrays.is_one_of(estimate_id, changes.demoted))
        session.execute(demote.values(is_main=False))
    if changes.updates:
        session.execute(update(TokenEstimate), changes.updates)
    if changes.promoted:
        promote = update(TokenEstimate).where(arrays.is_one_of(estimate_id, changes.promoted))
        session.execute(promote.values(is_main=True, updated_at=func.clock_timestamp()))
    if changes.inserts:
        session.execute(insert(TokenEstimate), changes.inserts)
    if changes.reasons:
        session.execute(update(Dataset), changes.reasons)
    if changes.dataset_ids:
        touched = update(Dataset).where(arrays.is_one_of(Dataset.id, changes.dataset_ids))
        session.execute(
            touched.values(revision=Dataset.revision + 1, updated_at=func.clock_timestamp())
        )
    for dataset_id, before, after in changes.events:
        audit.record(
            session,
            actor=actor,
            action="estimate",
            object_type="dataset",
            object_id=str(dataset_id),
            before={"tokens": before},
            after={"tokens": after},
        )
    _forget(session, changes.dataset_ids)


def no_estimate_reason(
    derived_reason: NoEstimateReason | None, *, has_main: bool, has_claims: bool
) -> str | None:
    """Return the reason to store: none with a main estimate, parts where there are only those."""
    if has_main:
        return None
    if has_claims and derived_reason in {None, NoEstimateReason.NO_QUANTITY}:
        return NoEstimateReason.PARTS_ONLY.value
    return (derived_reason or NoEstimateReason.NO_QUANTITY).value


def _load(session: Session, ids: Sequence[int]) -> Iterator[_Loaded]:
    datasets = session.execute(
        select(
            Dataset.id,
            Dataset.category_id,
            Dataset.languages,
            Dataset.has_tokens,
            Dataset.no_estimate_reason,
        ).where(arrays.is_one_of(Dataset.id, ids))
    )
    loaded = {row.id: _Loaded(row) for row in datasets}
    quantities = select(*Quantity.__table__.c).where(arrays.is_one_of(Quantity.dataset_id, ids))
    for row in session.execute(quantities.order_by(Quantity.dataset_id, Quantity.position)):
        loaded[row.dataset_id].quantities.append(row)
    estimates = (
        select(*TokenEstimate.__table__.c, Source.grade)
        .outerjoin(Source, Source.id == TokenEstimate.source_id)
        .where(arrays.is_one_of(TokenEstimate.dataset_id, ids))
        .order_by(TokenEstimate.dataset_id, TokenEstimate.position, TokenEstimate.id)
    )
    for estimate in session.execute(estimates).mappings():
        loaded[estimate["dataset_id"]].estimates.append(dict(estimate))
    return iter(loaded.values())


def _compare(loaded: _Loaded, reference: ReferenceTables, changes: Changes) -> None:
    """Note how one dataset differs."""
    dataset = loaded.dataset
    own = [e for e in loaded.estimates if e["quantity_id"] is None]
    old = {e["quantity_id"]: e for e in loaded.estimates if e["quantity_id"] is not None}
    wanted, reason = _derive(loaded, own, reference)
    rows = [_derived_row(d, loaded.quantities[d.index], len(own)) for d in wanted]
    everything = [*own, *rows]
    main = derivation.choose_main(
        [*(_candidate(e) for e in own), *(_derived_candidate(row) for row in rows)]
    )
    for position, row in enumerate(rows, start=len(own)):
        row["is_main"] = position == main
    before = next((e for e in loaded.estimates if e["is_main"]), None)
    after = None if main is None else everything[main]
    touched = _note_rows(rows, old, changes)
    touched |= _note_own(own, after, changes)
    if _summary(before) != _summary(after):
        changes.events.append((dataset.id, _summary(before), _summary(after)))
    stored = no_estimate_reason(reason, has_main=main is not None, has_claims=bool(own))
    if stored != dataset.no_estimate_reason:
        changes.reasons.append({"id": dataset.id, "no_estimate_reason": stored})
        touched = True
    if touched:
        changes.dataset_ids.add(dataset.id)


def _derive(
    loaded: _Loaded, own: list[Values], reference: ReferenceTables
) -> tuple[list[Derived], NoEstimateReason | None]:
    # A conversion never second-guesses a count that somebody published, measured or stated.
    if any(e["is_whole"] and e["mid"] is not None for e in own):
        return [], None
    dataset = loaded.dataset
    facts = DatasetFacts(
        categories=reference.category_paths[dataset.category_id],
        languages=tuple(dataset.languages),
        has_tokens=dataset.has_tokens,
        measured=find_rate((e["method"], e["rule"]) for e in own),
    )
    quantities = [
        QuantityFacts(q.value, q.unit, q.assumed_unit, q.content, q.is_whole)
        for q in loaded.quantities
    ]
    return derivation.derive(facts, quantities, reference)


def _derived_row(derived: Derived, quantity: AnyRow, offset: int) -> Values:
    return {
        "dataset_id": quantity.dataset_id,
        "quantity_id": quantity.id,
        "method": EstimateMethod.CONVERTED.value,
        "position": offset + derived.index,
        "tokenizer": derived.tokenizer,
        "low": derived.tokens.low,
        "mid": derived.tokens.mid,
        "high": derived.tokens.high,
        "scope_zh": quantity.qualifier_zh,
        "scope_en": quantity.qualifier_en,
        "is_whole": derived.is_whole,
        "is_assumed": derived.is_assumed,
        "is_scaled": derived.is_scaled,
        "rule": derived.rule,
        "source_id": quantity.source_id,
    }


def _candidate(estimate: Values) -> Candidate:
    is_seeded = estimate["seed_key"] is not None
    return Candidate(
        method=estimate["method"],
        grade=estimate["grade"],
        is_whole=estimate["is_whole"],
        mid=estimate["mid"],
        is_seeded=is_seeded,
        order=estimate["position"] if is_seeded else estimate["id"],
    )


def _derived_candidate(row: Values) -> Candidate:
    return Candidate(
        method=row["method"],
        grade=None,
        is_whole=row["is_whole"],
        mid=row["mid"],
        is_seeded=True,
        order=row["position"],
    )


def _note_rows(rows: list[Values], old: dict[int, Values], changes: Changes) -> bool:
    """Note the derived rows to write, update or delete; say whether there are any."""
    touched = False
    for row in rows:
        present = old.pop(row["quantity_id"], None)
        if present is None:
            changes.inserts.append(row)
            touched = True
        elif any(present[name] != row[name] for name in _DERIVED_COLUMNS):
            if present["is_main"]:
                changes.demoted.append(present["id"])
            changes.updates.append(
                {"id": present["id"]} | {name: row[name] for name in _DERIVED_COLUMNS}
            )
            touched = True
    changes.deletes.extend(estimate["id"] for estimate in old.values())
    return touched or bool(old)


def _note_own(own: list[Values], main: Values | None, changes: Changes) -> bool:
    """Note which of a dataset's own estimates becomes the main one, or stops being it."""
    touched = False
    for estimate in own:
        if estimate["is_main"] and estimate is not main:
            changes.demoted.append(estimate["id"])
            touched = True
        elif estimate is main and not estimate["is_main"]:
            changes.promoted.append(estimate["id"])
            touched = True
    return touched


def _summary(estimate: Values | None) -> Values | None:
    return None if estimate is None else {name: estimate[name] for name in _SUMMARY}


def _forget(session: Session, dataset_ids: set[int]) -> None:
    """Make objects that the session holds read again what was written beside them."""
    for instance in list(session.identity_map.values()):
        # What an expired object was cannot be asked without reading it again.
        known = instance.__dict__
        if isinstance(instance, TokenEstimate) and known.get("dataset_id") in dataset_ids:
            session.expire(instance)
        elif isinstance(instance, Dataset) and known.get("id") in dataset_ids:
            session.expire(instance, ["no_estimate_reason", "revision", "updated_at", "estimates"])
