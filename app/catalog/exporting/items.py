"""Datasets of the database as the items that writers of files take."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.catalog.exchange.items import Item, ProviderRecord, SourceRecord
from app.catalog.exporting import queries
from app.catalog.loading.columns import (
    DATASET_COLUMNS,
    ESTIMATES,
    LICENCE_CLAIMS,
    QUANTITIES,
    STATEMENTS,
    ChildKind,
)
from app.catalog.loading.records import (
    DatasetRecord,
    EstimateRecord,
    LicenceRecord,
    OverlapRecord,
    QuantityRecord,
    StatementRecord,
)
from app.catalog.models.datasets import Dataset
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.statements import Statement

_TUPLES = frozenset(
    {"aliases", "languages", "other_source_lines", "anomalies", "notes", "checks", "figure_fields"}
)
_PROVIDER_COLUMNS = (
    "slug",
    "name_zh",
    "name_en",
    "short_name_zh",
    "short_name_en",
    "description_zh",
    "description_en",
    "homepage",
)
_SOURCE_COLUMNS = ("code", "text", "grade", "note_zh", "note_en")


R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Loaded:
    """An item with what only the database knows of it."""

    id: int
    parent_id: int | None
    item: Item


@dataclass(frozen=True, slots=True)
class _Batch:
    quantities: Mapping[int, Sequence[Any]]
    estimates: Mapping[int, Sequence[Any]]
    licence_claims: Mapping[int, Sequence[Any]]
    statements: Mapping[int, Sequence[Any]]
    overlaps: Mapping[int, Sequence[Any]]
    providers: Mapping[int, ProviderRecord]
    sources: Mapping[int, SourceRecord]

    def code(self, row: Any) -> str | None:  # noqa: ANN401  likewise
        """Return the code of a row's source."""
        found = self.sources.get(row.source_id)
        return found.code if found else None


def load(session: Session, ids: Sequence[int], *, with_team: bool) -> list[Loaded]:
    """Return the items of these datasets; those that one may not know of are left out."""
    rows = queries.read_datasets(session, ids, with_team=with_team)
    if not rows:
        return []
    batch = _read(session, rows, with_team=with_team)
    return [
        Loaded(row.id, row.parent_id, _item(row, batch, row.parent_slug, row.category_code))
        for row in rows
    ]


def of_page(dataset: Dataset) -> Item:
    """Return the item of a dataset that `queries.get_dataset` loaded, without its overlaps."""
    return _of_loaded(dataset, claims=dataset.licence_claims, statements=dataset.statements)


def of_row(dataset: Dataset) -> Item:
    """Return the item of a dataset as lists load it: without claims and statements."""
    return _of_loaded(dataset, claims=[], statements=[])


def _of_loaded(
    dataset: Dataset, *, claims: list[LicenceClaim], statements: list[Statement]
) -> Item:
    children: list[Any] = [*dataset.quantities, *dataset.estimates, *claims, *statements]
    sources = [child.source for child in children if child.source is not None]
    batch = _Batch(
        quantities={dataset.id: dataset.quantities},
        estimates={dataset.id: dataset.estimates},
        licence_claims={dataset.id: claims},
        statements={dataset.id: statements},
        overlaps={},
        providers={dataset.provider_id: _provider(dataset.provider)},
        sources={source.id: _source(source) for source in sources},
    )
    return _item(dataset, batch, None, dataset.category.code)


def _read(session: Session, rows: Sequence[Any], *, with_team: bool) -> _Batch:
    ids = [row.id for row in rows]
    children = {
        kind.attribute: queries.read_children(session, kind.model, ids)
        for kind in (QUANTITIES, ESTIMATES, LICENCE_CLAIMS, STATEMENTS)
    }
    source_ids = {row.source_id for row in rows}
    for found in children.values():
        source_ids |= {row.source_id for part in found.values() for row in part}
    source_ids.discard(None)
    providers = queries.read_providers(session, {row.provider_id for row in rows})
    sources = queries.read_sources(session, source_ids)
    return _Batch(
        **children,
        overlaps=queries.read_overlaps(session, ids, with_team=with_team),
        providers={key: _provider(row) for key, row in providers.items()},
        sources={key: _source(row) for key, row in sources.items()},
    )


def _provider(row: Any) -> ProviderRecord:  # noqa: ANN401  a row or an object of it
    return ProviderRecord(**{name: getattr(row, name) for name in _PROVIDER_COLUMNS})


def _source(row: Any) -> SourceRecord:  # noqa: ANN401  likewise
    return SourceRecord(**{name: getattr(row, name) for name in _SOURCE_COLUMNS})


def _item(row: Any, batch: _Batch, parent: str | None, category: str) -> Item:  # noqa: ANN401  likewise
    provider = batch.providers[row.provider_id]
    estimates = batch.estimates.get(row.id, [])
    # What follows from a quantity is shown, but an import derives it anew.
    own = [estimate for estimate in estimates if estimate.quantity_id is None]
    derived = next((e for e in estimates if e.is_main and e.quantity_id is not None), None)
    quantities = batch.quantities.get(row.id, [])
    claims = batch.licence_claims.get(row.id, [])
    statements = batch.statements.get(row.id, [])
    own_fields: dict[str, Any] = {
        name: tuple(getattr(row, name)) if name in _TUPLES else getattr(row, name)
        for name in DATASET_COLUMNS
    }
    record = DatasetRecord(
        **own_fields,
        slug=row.slug,
        parent=parent,
        provider=provider.slug,
        category=category,
        source=batch.code(row),
        quantities=tuple(_child(QuantityRecord, QUANTITIES, part, batch) for part in quantities),
        estimates=tuple(_child(EstimateRecord, ESTIMATES, part, batch) for part in own),
        licence_claims=tuple(_child(LicenceRecord, LICENCE_CLAIMS, part, batch) for part in claims),
        statements=tuple(_child(StatementRecord, STATEMENTS, part, batch) for part in statements),
        overlaps=tuple(
            OverlapRecord(
                other=part.other_slug,
                relation=part.relation,
                note_zh=part.note_zh,
                note_en=part.note_en,
            )
            for part in batch.overlaps.get(row.id, [])
        ),
    )
    parts = [row, *quantities, *own, *claims, *statements, *([derived] if derived else [])]
    return Item(
        record=record,
        provider=provider,
        sources=_sources(parts, batch),
        main=_child(EstimateRecord, ESTIMATES, derived, batch) if derived else None,
    )


def _child(kind: Callable[..., R], columns: ChildKind, row: Any, batch: _Batch) -> R:  # noqa: ANN401
    values = {name: getattr(row, name) for name in columns.columns}
    return kind(**values, key=row.seed_key, source=batch.code(row))


def _sources(rows: Iterable[Any], batch: _Batch) -> tuple[SourceRecord, ...]:
    """Return the sources that an item names, each once, in the order of their codes."""
    ids = {row.source_id for row in rows} & batch.sources.keys()
    return tuple(sorted((batch.sources[key] for key in ids), key=lambda source: source.code))
