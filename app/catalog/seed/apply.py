"""Bringing a database up to the seed: the vendor's catalogue and the open corpora."""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit import SEED
from app.catalog import state
from app.catalog.estimating import estimates
from app.catalog.loading.load import load_records
from app.catalog.seed import files, reading, reference

# Any number that no other advisory lock of the portal uses.
_LOCK = 7_307_101


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What a seed did; `is_current` means that these files were applied already."""

    version: str
    is_current: bool
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    # What people changed and the facts have moved on from, as (row, field).
    kept: list[tuple[str, str]] = field(default_factory=list)


def seed(session: Session, data: Path = files.DATA) -> SeedReport:
    """
    Write the seed where it is new or changed, and leave alone what people changed.

    The files' hash is kept in the catalogue's state, so that a second run reads one row. Two
    processes that start together seed one after the other.
    """
    version = files.version(data)
    if state.seed_version(session) == version:
        return SeedReport(version, is_current=True)
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if state.seed_version(session) == version:
        return SeedReport(version, is_current=True)
    kept = reference.apply(session, data)
    report = load_records(session, reading.read_datasets(data), actor=SEED, keep_edits=True)
    # A prior or a rate may have changed under datasets that did not.
    derived = estimates.derive(session, actor=SEED) if report.unchanged else 0
    state.note_change(session, seed_version=version)
    return SeedReport(
        version,
        is_current=False,
        created=report.created,
        changed=report.changed + derived,
        unchanged=report.unchanged - derived,
        kept=kept + report.kept,
    )
