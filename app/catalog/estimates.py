"""Token estimates in the database: deriving them, choosing the main one, and what changes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.orm import Session

from app import audit
from app.catalog import derivation, search_index, state, tables
from app.catalog.derivation import Candidate, DatasetFacts, Derived, QuantityFacts
from app.catalog.models import (
    ConversionPrior,
    Dataset,
    EstimateMethod,
    NoEstimateReason,
    Quantity,
    Source,
    TokenEstimate,
)
from app.catalog.tables import ReferenceTables
from app.planning.tokens import Tokens

CHUNK = 2000

# The columns of a derived estimate that a new derivation may change.
DERIVED_COLUMNS = (
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
    "rule",
    "source_id",
)


@dataclass(slots=True)
class _Loaded:
    """One dataset as the derivation reads it."""

    dataset: Row[Any]
    quantities: list[Row[Any]] = field(default_factory=list)
    estimates: list[Row[Any]] = field(default_factory=list)


@dataclass(slots=True)
class _Changes:
    """What a derivation writes, over all datasets of a chunk."""

    inserts: list[dict[str, Any]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    deletes: list[int] = field(default_factory=list)
    demoted: list[int] = field(default_factory=list)
    promoted: list[int] = field(default_factory=list)
    reasons: list[dict[str, Any]] = field(default_factory=list)
    events: list[tuple[int, Any, Any]] = field(default_factory=list)
    dataset_ids: set[int] = field(default_factory=set)


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
        list(session.scalars(select(Dataset.id).order_by(Dataset.id)))
        if dataset_ids is None
        else list(dataset_ids)
    )
    changed: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        changed |= _derive_chunk(session, ids[start : start + CHUNK], reference, actor)
    if changed:
        state.note_change(session)
        search_index.index_datasets(session, sorted(changed))
    return len(changed)


def rederive_for_prior(
    session: Session, prior: ConversionPrior, *, actor: audit.Actor = audit.PORTAL
) -> int:
    """Derive again what a changed prior may touch: every dataset with a quantity of its unit."""
    unit = func.coalesce(Quantity.unit, Quantity.assumed_unit)
    ids = session.scalars(
        select(Quantity.dataset_id).where(unit == prior.unit).distinct().order_by("dataset_id")
    )
    return derive(session, list(ids), actor=actor)


def set_unit(session: Session, quantity: Quantity, unit: str, *, actor: audit.Actor) -> int:
    """
    Set the unit that a person read off the source, and derive what follows from it.

    The assumed unit stays beside it, so that the page can say what was assumed before.
    """
    quantity.unit = unit
    quantity.unit_confirmed_by = actor.name
    quantity.unit_confirmed_at = session.scalar(select(func.clock_timestamp()))
    return derive(session, [quantity.dataset_id], actor=actor)


def under_tokenizers(
    estimate_quantity: QuantityFacts, dataset: DatasetFacts, reference: ReferenceTables
) -> list[tuple[str, Derived]]:
    """Return what one quantity comes to under every tokenizer that was measured, by name."""
    converted = (
        (t.name, derivation.derive_one(0, estimate_quantity, dataset, reference, t))
        for t in reference.tokenizers.values()
    )
    return [(name, outcome) for name, outcome in converted if isinstance(outcome, Derived)]


def dataset_facts(dataset: Dataset, reference: ReferenceTables) -> DatasetFacts:
    """Return what a derivation needs to know of a dataset."""
    return DatasetFacts(
        categories=reference.category_paths[dataset.category_id],
        languages=tuple(dataset.languages),
        has_tokens=dataset.has_tokens,
    )


def quantity_facts(quantity: Quantity | Row[Any]) -> QuantityFacts:
    """Return what a derivation needs to know of a quantity."""
    return QuantityFacts(
        value=quantity.value,
        unit=quantity.unit,
        assumed_unit=quantity.assumed_unit,
        content=quantity.content,
        is_whole=quantity.is_whole,
    )


def has_own(estimates: Sequence[Any]) -> bool:
    """Return whether a dataset has a count of its own, which no conversion may second-guess."""
    return any(e.quantity_id is None and e.is_whole and e.mid is not None for e in estimates)


def no_estimate_reason(
    derived_reason: NoEstimateReason | None, *, has_main: bool, has_claims: bool
) -> str | None:
    """Return the reason to store: none with a main estimate, parts where there are only those."""
    if has_main:
        return None
    if has_claims and derived_reason is NoEstimateReason.NO_QUANTITY:
        return NoEstimateReason.PARTS_ONLY.value
    return (derived_reason or NoEstimateReason.NO_QUANTITY).value


def _derive_chunk(
    session: Session, ids: Sequence[int], reference: ReferenceTables, actor: audit.Actor
) -> set[int]:
    changes = _Changes()
    for loaded in _load(session, ids):
        _plan(loaded, reference, changes)
    _write(session, changes, actor)
    return changes.dataset_ids


def _load(session: Session, ids: Sequence[int]) -> Iterator[_Loaded]:
    datasets = session.execute(
        select(
            Dataset.id,
            Dataset.category_id,
            Dataset.languages,
            Dataset.has_tokens,
            Dataset.no_estimate_reason,
        ).where(Dataset.id.in_(ids))
    )
    loaded = {row.id: _Loaded(row) for row in datasets}
    quantities = select(*Quantity.__table__.c).where(Quantity.dataset_id.in_(ids))
    for row in session.execute(quantities.order_by(Quantity.dataset_id, Quantity.position)):
        loaded[row.dataset_id].quantities.append(row)
    estimates = (
        select(*TokenEstimate.__table__.c, Source.grade)
        .outerjoin(Source, Source.id == TokenEstimate.source_id)
        .where(TokenEstimate.dataset_id.in_(ids))
        .order_by(TokenEstimate.dataset_id, TokenEstimate.position, TokenEstimate.id)
    )
    for row in session.execute(estimates):
        loaded[row.dataset_id].estimates.append(row)
    return iter(loaded.values())


def _plan(loaded: _Loaded, reference: ReferenceTables, changes: _Changes) -> None:
    """Compare what should be with what is, and note the difference."""
    dataset, present = loaded.dataset, loaded.estimates
    facts = DatasetFacts(
        categories=reference.category_paths[dataset.category_id],
        languages=tuple(dataset.languages),
        has_tokens=dataset.has_tokens,
    )
    wanted: list[Derived] = []
    reason: NoEstimateReason | None = None
    if not has_own(present):
        wanted, reason = derivation.derive(
            facts, [quantity_facts(q) for q in loaded.quantities], reference
        )
    own = [e for e in present if e.quantity_id is None]
    old = {e.quantity_id: e for e in present if e.quantity_id is not None}
    rows = [_derived_row(d, loaded.quantities[d.index], len(own)) for d in wanted]
    main = derivation.choose_main(
        chain(
            (_candidate(e, e.grade) for e in own),
            (
                Candidate(
                    method=EstimateMethod.CONVERTED,
                    grade=None,
                    is_whole=row["is_whole"],
                    mid=row["mid"],
                    is_seeded=True,
                    order=row["position"],
                )
                for row in rows
            ),
        )
    )
    before = next((e for e in present if e.is_main), None)
    touched = _note_derived(
        rows, old, changes, dataset.id, None if main is None else main - len(own)
    )
    touched |= _note_main(own, before, main, changes)
    after = _summary(None if main is None else [*own, *map(_Row, rows)][main])
    if _summary(before) != after:
        changes.events.append((dataset.id, _summary(before), after))
    new_reason = no_estimate_reason(
        reason, has_main=main is not None, has_claims=any(e.mid or e.low for e in own)
    )
    if new_reason != dataset.no_estimate_reason:
        changes.reasons.append({"id": dataset.id, "no_estimate_reason": new_reason})
        touched = True
    if touched:
        changes.dataset_ids.add(dataset.id)


class _Row:
    """A row that is not written yet, read like one that is."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


def _derived_row(derived: Derived, quantity: Row[Any], offset: int) -> dict[str, Any]:
    tokens: Tokens = derived.tokens
    return {
        "dataset_id": quantity.dataset_id,
        "quantity_id": quantity.id,
        "method": EstimateMethod.CONVERTED.value,
        "position": offset + derived.index,
        "tokenizer": derived.tokenizer,
        "low": tokens.low,
        "mid": tokens.mid,
        "high": tokens.high,
        "scope_zh": quantity.qualifier_zh,
        "scope_en": quantity.qualifier_en,
        "is_whole": derived.is_whole,
        "is_assumed": derived.is_assumed,
        "is_scaled": derived.is_scaled,
        "rule": derived.rule,
        "source_id": quantity.source_id,
    }


def _candidate(estimate: Row[Any], grade: str | None) -> Candidate:
    return Candidate(
        method=estimate.method,
        grade=grade,
        is_whole=estimate.is_whole,
        mid=estimate.mid,
        is_seeded=estimate.seed_key is not None,
        order=estimate.position if estimate.seed_key is not None else estimate.id,
    )


def _note_derived(
    rows: list[dict[str, Any]],
    old: dict[int, Row[Any]],
    changes: _Changes,
    dataset_id: int,
    main: int | None,
) -> bool:
    """Note the derived rows to write, update or delete; say whether there are any."""
    touched = False
    for position, row in enumerate(rows):
        present = old.pop(row["quantity_id"], None)
        row["is_main"] = position == main
        if present is None:
            changes.inserts.append(row)
        elif present.is_main != row["is_main"] or any(
            getattr(present, name) != row[name] for name in DERIVED_COLUMNS
        ):
            if present.is_main:
                changes.demoted.append(present.id)
            changes.updates.append(
                {"id": present.id, "is_main": row["is_main"]}
                | {name: row[name] for name in DERIVED_COLUMNS}
            )
        else:
            continue
        touched = True
    changes.deletes.extend(estimate.id for estimate in old.values())
    return touched or bool(old)


def _note_main(
    own: list[Row[Any]], before: Row[Any] | None, main: int | None, changes: _Changes
) -> bool:
    """Note which of a dataset's own estimates becomes the main one, or stops being it."""
    chosen = own[main] if main is not None and main < len(own) else None
    if before is not None and before.quantity_id is None and before is not chosen:
        changes.demoted.append(before.id)
    if chosen is not None and not chosen.is_main:
        changes.promoted.append(chosen.id)
        return True
    return before is not None and before.quantity_id is None and before is not chosen


def _summary(estimate: Any) -> dict[str, Any] | None:
    """Return what the history says of a main estimate."""
    if estimate is None:
        return None
    names = ("low", "mid", "high", "method", "tokenizer")
    return {name: getattr(estimate, name) for name in names}


def _write(session: Session, changes: _Changes, actor: audit.Actor) -> None:
    if changes.deletes:
        session.execute(delete(TokenEstimate).where(TokenEstimate.id.in_(changes.deletes)))
    # At most one estimate of a dataset may be the main one at any moment.
    if changes.demoted:
        session.execute(
            update(TokenEstimate).where(TokenEstimate.id.in_(changes.demoted)).values(is_main=False)
        )
    if changes.updates:
        session.execute(update(TokenEstimate), changes.updates)
    if changes.promoted:
        session.execute(
            update(TokenEstimate)
            .where(TokenEstimate.id.in_(changes.promoted))
            .values(is_main=True, updated_at=func.clock_timestamp())
        )
    if changes.inserts:
        session.execute(insert(TokenEstimate), changes.inserts)
    if changes.reasons:
        session.execute(update(Dataset), changes.reasons)
    if changes.dataset_ids:
        session.execute(
            update(Dataset)
            .where(Dataset.id.in_(changes.dataset_ids))
            .values(revision=Dataset.revision + 1, updated_at=func.clock_timestamp())
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


def _forget(session: Session, dataset_ids: set[int]) -> None:
    """Make objects that the session holds read again what was written beside them."""
    for instance in list(session.identity_map.values()):
        if isinstance(instance, TokenEstimate):
            if instance.dataset_id in dataset_ids:
                session.expire(instance)
        elif isinstance(instance, Dataset) and instance.id in dataset_ids:
            session.expire(instance, ["no_estimate_reason", "revision", "updated_at", "estimates"])
