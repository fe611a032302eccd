"""Keep rows and bytes together: what expired goes, orphans go, and what is missing is reported."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from app.files import queries
from app.files.models import StoredFile
from app.files.storage import FileStorage
from app.jobs.kinds import PeriodicJob
from app.settings import Settings

logger = logging.getLogger(__name__)

# An upload whose row is not committed yet is younger than this.
GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CleanUp:
    """What a clean-up did and found."""

    expired: int
    orphans: int
    missing: tuple[str, ...]


def storage_of(settings: Settings) -> FileStorage:
    """Return the store of an installation."""
    return FileStorage.open(settings.files_url, settings.data_dir.expanduser() / "files")


def clean_up(settings: Settings) -> PeriodicJob:
    """Return the hourly job that keeps an installation's store in order."""
    return PeriodicJob(
        "files.clean_up",
        "7 * * * *",
        lambda session: _report(tidy(session, storage_of(settings))),
    )


def tidy(session: Session, storage: FileStorage) -> CleanUp:
    """Remove expired rows, and old bytes without a row; find old rows without bytes."""
    oldest = datetime.now(UTC) - GRACE
    orphans, missing = 0, []
    for prefix, found in storage.folders():
        rows = queries.rows_with_prefix(session, prefix)
        for key in found.keys() - rows.keys():
            if found[key] < oldest:
                storage.delete(key)
                orphans += 1
        missing += [key for key in rows.keys() - found.keys() if rows[key] < oldest]
    # Last: until this is committed their bytes must stay, and the next clean-up finds them.
    expired = session.scalars(
        delete(StoredFile)
        .where(StoredFile.expires_at < func.clock_timestamp())
        .returning(StoredFile.key)
    ).all()
    return CleanUp(len(expired), orphans, tuple(sorted(missing)))


def _report(found: CleanUp) -> None:
    if found.expired or found.orphans:
        logger.info("files cleaned up", extra={"expired": found.expired, "orphans": found.orphans})
    for key in found.missing:
        logger.error("file is missing from the store", extra={"file": key})
