"""
The one way by which many datasets enter the catalogue: the seed, imports, benchmarks.

Records come as an iterable, are checked, and are written in batches, each dataset with its
children, its derived estimates, its main estimate and a line of its history. New datasets are
written with COPY (`creating.py`); those that exist are merged (`existing.py`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy.orm import Session

from app import audit
from app.catalog import state
from app.catalog.estimating import estimates, tables
from app.catalog.loading import creating, existing
from app.catalog.loading.checking import check_record
from app.catalog.loading.lookups import Lookups
from app.catalog.loading.records import DatasetRecord
from app.catalog.search import indexing

BATCH = 2000


@dataclass(slots=True)
class LoadReport:
    """How many datasets a load made, changed and found as they are; what it left to people."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: list[tuple[str, str]] = field(default_factory=list)


def load_records(
    session: Session,
    records: Iterable[DatasetRecord],
    *,
    actor: audit.Actor,
    keep_edits: bool = False,
    batch_size: int = BATCH,
) -> LoadReport:
    """
    Write datasets with their children, derive their estimates, and report what happened.

    A parent must be in the catalogue or earlier in `records`; an overlap may name any record.
    With `keep_edits`, what people changed since the last such load stays and is reported in
    `kept` where the facts moved as well; without, the records win.
    """
    lookups, reference = Lookups.load(session), tables.load(session)
    report = LoadReport()
    linked: list[DatasetRecord] = []
    present: list[DatasetRecord] = []
    for batch in _batches(records, batch_size):
        for record in batch:
            check_record(record)
        lookups.find_datasets(session, (s for r in batch for s in (r.slug, r.parent) if s))
        fresh = [record for record in batch if record.slug not in lookups.datasets]
        present += [record for record in batch if record.slug in lookups.datasets]
        created = creating.create(
            session, fresh, lookups, reference, actor=actor, is_seed=keep_edits
        )
        indexing.index_datasets(session, created)
        report.created += len(created)
        linked += [record for record in fresh if record.overlaps]
    creating.link(session, linked, lookups)
    # Merging waits for the end: an overlap may name a dataset that this load creates.
    for batch in _batches(present, batch_size):
        merged = existing.merge(session, batch, lookups, actor=actor, keep_edits=keep_edits)
        estimates.derive(session, merged.changed, actor=actor, reference=reference)
        indexing.index_datasets(session, merged.changed)
        report.changed += len(merged.changed)
        report.unchanged += len(batch) - len(merged.changed)
        report.kept += merged.kept
    if report.created or report.changed:
        state.note_change(session)
    return report


def _batches(records: Iterable[DatasetRecord], size: int) -> Iterator[list[DatasetRecord]]:
    iterator = iter(records)
    while batch := list(islice(iterator, size)):
        yield batch
