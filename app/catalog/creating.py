"""Writing datasets that are not in the catalogue yet, with COPY."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from app import audit, logs
from app.catalog import bulk, derivation
from app.catalog.columns import (
    DATASET_COLUMNS,
    ESTIMATES,
    JSON_COLUMNS,
    LICENCE_CLAIMS,
    QUANTITIES,
    STATEMENTS,
    ChildKind,
    seeded_form,
)
from app.catalog.derivation import Candidate, DatasetFacts, Derived, QuantityFacts
from app.catalog.estimate_changes import no_estimate_reason
from app.catalog.lookups import Lookups
from app.catalog.models import Dataset, EstimateMethod, Overlap, Quantity, TokenEstimate
from app.catalog.records import DatasetRecord
from app.catalog.tables import ReferenceTables

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
    datasets: list[list[Any]] = []
    quantities: list[tuple[Any, ...]] = []
    own: list[tuple[Any, ...]] = []
    derived: list[tuple[Any, ...]] = []
    paths = reference.category_paths
    quantity_row, estimate_row = _row_maker(QUANTITIES), _row_maker(ESTIMATES)
    for dataset_id, record in zip(ids, records, strict=True):
        category_id = lookups.category_id(record.category)
        its_quantities = [next(quantity_ids) for _ in record.quantities]
        outcome, reason = _derive(record, paths[category_id], reference)
        main = _choose(record, outcome, lookups)
        for position, quantity in enumerate(record.quantities):
            source_id = lookups.source_id(quantity.source)
            quantities.append(
                (
                    its_quantities[position],
                    dataset_id,
                    position,
                    quantity.key,
                    source_id,
                    *quantity_row(quantity),
                )
            )
        for position, estimate in enumerate(record.estimates):
            source_id = lookups.source_id(estimate.source)
            own.append(
                (
                    position == main,
                    dataset_id,
                    position,
                    estimate.key,
                    source_id,
                    *estimate_row(estimate),
                )
            )
        for number, result in enumerate(outcome):
            is_main = len(record.estimates) + number == main
            derived.append(
                _derived_row(record, result, dataset_id, its_quantities, lookups, is_main=is_main)
            )
        no_estimate = no_estimate_reason(
            reason, has_main=main is not None, has_claims=bool(record.estimates)
        )
        datasets.append(
            [
                dataset_id,
                record.slug,
                lookups.dataset_id(record.parent),
                lookups.provider_id(record.provider),
                category_id,
                lookups.source_id(record.source),
                no_estimate,
                json.dumps(seeded_form(record), ensure_ascii=False) if is_seed else None,
                *_values(DATASET_COLUMNS, record),
            ]
        )
    references = ("parent_id", "provider_id", "category_id", "source_id")
    bulk.copy_rows(
        session,
        Dataset,
        ("id", "slug", *references, "no_estimate_reason", "seeded", *DATASET_COLUMNS),
        datasets,
    )
    shared = ("dataset_id", "position", "seed_key", "source_id")
    bulk.copy_rows(session, Quantity, ("id", *shared, *QUANTITIES.columns), quantities)
    bulk.copy_rows(session, TokenEstimate, ("is_main", *shared, *ESTIMATES.columns), own)
    bulk.copy_rows(session, TokenEstimate, _DERIVED_COLUMNS, derived)
    for kind in (LICENCE_CLAIMS, STATEMENTS):
        _copy_children(session, kind, zip(ids, records, strict=True), lookups)
    _note_creation(session, zip(ids, records, strict=True), actor)
    return ids


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


def _derive(
    record: DatasetRecord, path: tuple[str, ...], reference: ReferenceTables
) -> tuple[list[Derived], Any]:
    if any(estimate.is_whole and estimate.mid is not None for estimate in record.estimates):
        return [], None
    facts = DatasetFacts(path, record.languages, record.has_tokens)
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
    record: DatasetRecord,
    derived: Derived,
    dataset_id: int,
    quantity_ids: list[int],
    lookups: Lookups,
    *,
    is_main: bool,
) -> tuple[Any, ...]:
    quantity = record.quantities[derived.index]
    return (
        dataset_id,
        quantity_ids[derived.index],
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
        lookups.source_id(quantity.source),
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


def _row_maker(kind: ChildKind) -> Callable[[object], list[Any]]:
    return lambda child: _values(kind.columns, child)


def _copy_children(
    session: Session,
    kind: ChildKind,
    datasets: Iterable[tuple[int, DatasetRecord]],
    lookups: Lookups,
) -> None:
    rows = [
        (
            dataset_id,
            position,
            child.key,
            lookups.source_id(child.source),
            *_values(kind.columns, child),
        )
        for dataset_id, record in datasets
        for position, child in enumerate(getattr(record, kind.attribute))
    ]
    if rows:
        shared = ("dataset_id", "position", "seed_key", "source_id")
        bulk.copy_rows(session, kind.model, (*shared, *kind.columns), rows)


def _note_creation(
    session: Session, datasets: Iterable[tuple[int, DatasetRecord]], actor: audit.Actor
) -> None:
    """Write the first line of each dataset's history: where it came from."""
    request_id = logs.request_id.get() or None
    bulk.copy_rows(
        session,
        audit.AuditEvent,
        ("actor_id", "actor_name", "action", "object_type", "object_id", "after", "request_id"),
        [
            (
                actor.account_id,
                actor.name,
                "created",
                "dataset",
                str(dataset_id),
                json.dumps(dict(record.origin), ensure_ascii=False),
                request_id,
            )
            for dataset_id, record in datasets
        ],
    )
