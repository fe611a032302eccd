"""Writing datasets that are not in the catalogue yet, with COPY."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app import audit, logs
from app.catalog.estimating import derivation
from app.catalog.estimating.derivation import Candidate, DatasetFacts, Derived, QuantityFacts
from app.catalog.estimating.estimate_changes import no_estimate_reason
from app.catalog.estimating.measured_rates import find_rate
from app.catalog.estimating.tables import ReferenceTables
from app.catalog.loading import bulk
from app.catalog.loading.columns import (
    DATASET_COLUMNS,
    ESTIMATES,
    JSON_COLUMNS,
    LICENCE_CLAIMS,
    QUANTITIES,
    STATEMENTS,
    ChildKind,
    seeded_form,
)
from app.catalog.loading.lookups import Lookups
from app.catalog.loading.records import DatasetRecord
from app.catalog.models.datasets import Dataset, Overlap
from app.catalog.models.estimates import EstimateMethod, NoEstimateReason, TokenEstimate
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.quantities import Quantity
from app.catalog.models.statements import Statement

_DERIVED_COLUMNS = (
    "dataset_id",
    "quantity_id",
    "position",
    "is_main",
    "method",
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
class _Rows:
    """The rows of one batch, by table, in the order of their columns below."""

    datasets: list[list[Any]] = field(default_factory=list)
    quantities: list[list[Any]] = field(default_factory=list)
    estimates: list[list[Any]] = field(default_factory=list)
    derived: list[tuple[Any, ...]] = field(default_factory=list)
    licence_claims: list[list[Any]] = field(default_factory=list)
    statements: list[list[Any]] = field(default_factory=list)
    events: list[tuple[Any, ...]] = field(default_factory=list)


_REFERENCES = ("parent_id", "provider_id", "category_id", "source_id")
_SHARED = ("dataset_id", "position", "seed_key", "source_id")
_EVENT_COLUMNS = (
    "actor_id",
    "actor_name",
    "action",
    "object_type",
    "object_id",
    "after",
    "request_id",
)


def create(
    session: Session,
    records: Sequence[DatasetRecord],
    lookups: Lookups,
    reference: ReferenceTables,
    *,
    actor: audit.Actor,
    is_seed: bool,
) -> list[int]:
    """Write records whose slugs are free; return their ids in the order of the records."""
    if not records:
        return []
    ids = bulk.next_ids(session, Dataset, len(records))
    lookups.datasets.update(zip((r.slug for r in records), ids, strict=True))
    quantity_ids = iter(
        bulk.next_ids(session, Quantity, sum(len(record.quantities) for record in records))
    )
    rows = _Rows()
    for dataset_id, record in zip(ids, records, strict=True):
        its_quantities = [next(quantity_ids) for _ in record.quantities]
        no_estimate = _add_estimates(rows, record, dataset_id, its_quantities, lookups, reference)
        rows.datasets.append(
            [
                dataset_id,
                record.slug,
                lookups.dataset_id(record.parent),
                lookups.provider_id(record.provider),
                lookups.category_id(record.category),
                lookups.source_id(record.source),
                no_estimate,
                json.dumps(seeded_form(record), ensure_ascii=False) if is_seed else None,
                *_values(DATASET_COLUMNS, record),
            ]
        )
        for row, quantity_id in zip(
            _children(QUANTITIES, record, dataset_id, lookups), its_quantities, strict=True
        ):
            rows.quantities.append([quantity_id, *row])
        rows.licence_claims += _children(LICENCE_CLAIMS, record, dataset_id, lookups)
        rows.statements += _children(STATEMENTS, record, dataset_id, lookups)
        rows.events.append(_creation_event(record, dataset_id, actor))
    _copy(session, rows)
    return ids


def _copy(session: Session, rows: _Rows) -> None:
    dataset_columns = ("id", "slug", *_REFERENCES, "no_estimate_reason", "seeded")
    for model, columns, values in (
        (Dataset, (*dataset_columns, *DATASET_COLUMNS), rows.datasets),
        (Quantity, ("id", *_SHARED, *QUANTITIES.columns), rows.quantities),
        (TokenEstimate, ("is_main", *_SHARED, *ESTIMATES.columns), rows.estimates),
        (TokenEstimate, _DERIVED_COLUMNS, rows.derived),
        (LicenceClaim, (*_SHARED, *LICENCE_CLAIMS.columns), rows.licence_claims),
        (Statement, (*_SHARED, *STATEMENTS.columns), rows.statements),
        (audit.AuditEvent, _EVENT_COLUMNS, rows.events),
    ):
        if values:
            bulk.copy_rows(session, model, columns, values)


def _add_estimates(  # noqa: PLR0917  one dataset's estimates rest on all of these
    rows: _Rows,
    record: DatasetRecord,
    dataset_id: int,
    quantity_ids: list[int],
    lookups: Lookups,
    reference: ReferenceTables,
) -> str | None:
    """Add a record's own and derived estimates; return the reason where there is no main one."""
    path = reference.category_paths[lookups.category_id(record.category)]
    derived, reason = derive_new(record, path, reference)
    main = _choose(record, derived, lookups)
    for position, own in enumerate(_children(ESTIMATES, record, dataset_id, lookups)):
        rows.estimates.append([position == main, *own])
    for position, result in enumerate(derived, start=len(record.estimates)):
        quantity_id = quantity_ids[result.index]
        row = _derived_row(record, result, dataset_id, quantity_id, is_main=position == main)
        source = record.quantities[result.index].source
        rows.derived.append((*row, lookups.source_id(source)))
    return no_estimate_reason(reason, has_main=main is not None, has_claims=bool(record.estimates))


def _creation_event(record: DatasetRecord, dataset_id: int, actor: audit.Actor) -> tuple[Any, ...]:
    """Return the first line of a dataset's history: where it came from."""
    origin = json.dumps(dict(record.origin), ensure_ascii=False)
    request_id = logs.request_id.get() or None
    return (
        actor.account_id,
        actor.name,
        "created",
        "dataset",
        str(dataset_id),
        origin,
        request_id,
    )


def link(session: Session, records: Iterable[DatasetRecord], lookups: Lookups) -> None:
    """Write the overlaps of records that were just created."""
    rows = [(record.slug, overlap) for record in records for overlap in record.overlaps]
    lookups.find_datasets(session, (overlap.other for _, overlap in rows))
    bulk.copy_rows(
        session,
        Overlap,
        ("dataset_id", "other_id", "relation", "note_zh", "note_en", "seed_key"),
        [
            (
                lookups.dataset_id(slug),
                lookups.dataset_id(overlap.other),
                overlap.relation,
                overlap.note_zh,
                overlap.note_en,
                overlap.key,
            )
            for slug, overlap in rows
        ],
    )


def derive_new(
    record: DatasetRecord, path: tuple[str, ...], reference: ReferenceTables
) -> tuple[list[Derived], NoEstimateReason | None]:
    """Return the estimates that follow from a record that has none of its own, or why none do."""
    if any(estimate.is_whole and estimate.mid is not None for estimate in record.estimates):
        return [], None
    measured = find_rate((e.method, e.rule) for e in record.estimates)
    facts = DatasetFacts(path, record.languages, record.has_tokens, measured)
    quantities = [
        QuantityFacts(q.value, q.unit, q.assumed_unit, q.content, q.is_whole)
        for q in record.quantities
    ]
    return derivation.derive(facts, quantities, reference)


def _choose(record: DatasetRecord, derived: list[Derived], lookups: Lookups) -> int | None:
    """Return the position of the main estimate among the record's own and the derived ones."""
    own = [
        Candidate(e.method, lookups.grade(e.source), e.is_whole, e.mid, is_seeded=True, order=i)
        for i, e in enumerate(record.estimates)
    ]
    converted = [
        Candidate(
            EstimateMethod.CONVERTED,
            None,
            d.is_whole,
            d.tokens.mid,
            is_seeded=True,
            order=len(own) + d.index,
        )
        for d in derived
    ]
    return derivation.choose_main([*own, *converted])


def _derived_row(
    record: DatasetRecord, derived: Derived, dataset_id: int, quantity_id: int, *, is_main: bool
) -> tuple[Any, ...]:
    quantity = record.quantities[derived.index]
    return (
        dataset_id,
        quantity_id,
        len(record.estimates) + derived.index,
        is_main,
        EstimateMethod.CONVERTED.value,
        derived.tokenizer,
        derived.tokens.low,
        derived.tokens.mid,
        derived.tokens.high,
        quantity.qualifier_zh,
        quantity.qualifier_en,
        derived.is_whole,
        derived.is_assumed,
        derived.is_scaled,
        json.dumps(derived.rule, ensure_ascii=False),
    )


def _values(columns: Sequence[str], record: object) -> list[Any]:
    """Return a record's values as COPY takes them: JSON as text, arrays as lists."""
    values: list[Any] = []
    for name in columns:
        value = getattr(record, name)
        if name in JSON_COLUMNS and value is not None:
            value = "[]" if value == () else json.dumps(value, ensure_ascii=False)
        elif isinstance(value, tuple):
            value = list(value)
        values.append(value)
    return values


def _children(
    kind: ChildKind, record: DatasetRecord, dataset_id: int, lookups: Lookups
) -> list[list[Any]]:
    """Return the rows of one kind of children: what all kinds share, then their own columns."""
    return [
        [
            dataset_id,
            position,
            child.key,
            lookups.source_id(child.source),
            *_values(kind.columns, child),
        ]
        for position, child in enumerate(getattr(record, kind.attribute))
    ]
