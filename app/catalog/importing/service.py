"""
What people do with imports: send a file, read it again, apply it, take it back, throw it away.

A small file is read and written in the request itself; a larger one by a job, whose progress the
page shows. Either way it is one transaction.
"""

import secrets
from typing import IO

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app import audit
from app.accounts.viewers import Viewer
from app.catalog.importing import applying, jobs, previewing, queries, undoing
from app.catalog.importing.models import Import, ImportRow, ImportState
from app.catalog.importing.options import Options
from app.errors import Conflict
from app.files import service as files
from app.files.models import StoredFile
from app.files.names import clean_name
from app.files.storage import FileStorage
from app.files.types import XLSX
from app.jobs import service as job_service
from app.jobs.kinds import JobKind
from app.jobs.models import Job, JobState

# About half a second of reading; a packed file holds much more than its size.
SMALL_BYTES, SMALL_PACKED_BYTES = 100_000, 20_000
SMALL_ROWS = 200
# Reading may go on beside; writing is one after the other.
_APPLY_LOCK = "catalogue.import"


def start_import(
    session: Session, sent: StoredFile, chosen: Options, *, viewer: Viewer, storage: FileStorage
) -> Import:
    """
    Begin an import with a file that was kept, and read it or have it read.

    Raises
    ------
    ImportRefused
        If it is small and cannot be read; a larger one says so in its job.
    """
    found = Import(
        public_id=secrets.token_urlsafe(12),
        created_by_id=viewer.account_id,
        created_by_name=viewer.name,
        file_id=sent.id,
        file=sent,
        name=sent.name,
        size_bytes=sent.size_bytes,
        options=chosen.to_json(),
        state=ImportState.READING,
    )
    session.add(found)
    session.flush()
    _read(session, found, storage)
    return found


def read_local(
    session: Session, name: str, handle: IO[bytes], chosen: Options, *, actor: audit.Actor
) -> Import:
    """
    Read a file of the machine that the portal runs on, which is not stored.

    Raises
    ------
    ImportRefused
        If it cannot be read.
    """
    size = handle.seek(0, 2)
    found = Import(
        public_id=secrets.token_urlsafe(12),
        created_by_id=actor.account_id,
        created_by_name=actor.name,
        name=clean_name(name),
        size_bytes=size,
        options=chosen.to_json(),
        state=ImportState.READING,
    )
    session.add(found)
    session.flush()
    previewing.preview(session, found, handle, lambda _position, _rows: None)
    return found


def read_again(session: Session, found: Import, chosen: Options, *, storage: FileStorage) -> None:
    """
    Make the preview anew: with other choices, or because the catalogue has changed.

    Raises
    ------
    Conflict
        If the import is applied already, or is being worked on.
    """
    _refuse_busy(session, found)
    if found.state in queries.DONE:
        raise Conflict("This import has been applied already. Send the file again.")
    found.options = chosen.to_json()
    found.state = ImportState.READING
    _read(session, found, storage)


def apply_import(session: Session, found: Import, *, viewer: Viewer) -> None:
    """
    Write what the preview shows, or have it written.

    Raises
    ------
    Conflict
        If there is no finished preview, or nothing to write.
    CatalogueMoved
        If it is small and the catalogue has changed since the preview.
    """
    _refuse_busy(session, found)
    if found.state in queries.DONE:
        raise Conflict("This import has been applied already.")
    if found.state == ImportState.READING:
        raise Conflict("The file has not been read, so there is nothing to apply.")
    if not written_count(found):
        raise Conflict("There is nothing to apply: no row creates or changes a dataset.")
    found.state = ImportState.APPLYING
    if written_count(found) <= SMALL_ROWS:
        found.job_id = None
        applying.apply(session, found, actor=viewer, report=lambda _rows: None)
    else:
        _enqueue(session, found, jobs.APPLY, viewer)


def undo_import(session: Session, found: Import, *, viewer: Viewer) -> None:
    """
    Take an applied import back, or have it taken back.

    Raises
    ------
    Conflict
        If it is not applied.
    """
    _refuse_busy(session, found)
    if found.state not in {ImportState.APPLIED, ImportState.UNDOING}:
        raise Conflict("Only an import that was applied can be taken back.")
    if not queries.has_rows(session, found):
        raise Conflict(
            "The rows of this import were cleaned up after 90 days, so it cannot be taken back. "
            "The history of each dataset still knows its earlier states."
        )
    found.state = ImportState.UNDOING
    if written_count(found) <= SMALL_ROWS:
        found.job_id = None
        undoing.undo(session, found, actor=viewer, report=lambda _rows: None)
    else:
        _enqueue(session, found, jobs.UNDO, viewer)


def stop(session: Session, found: Import) -> None:
    """
    Stop the job of an import; nothing of its work stays.

    Raises
    ------
    Conflict
        If there is none that could be stopped.
    """
    job = queries.find_job(session, found)
    if job is None or job.is_final:
        raise Conflict("This import is not being worked on, so there is nothing to stop.")
    job_service.cancel(session, job.public_id)


def discard(session: Session, found: Import) -> None:
    """
    Throw an import away with its file.

    Raises
    ------
    Conflict
        If it was applied: it is part of the history then.
    """
    _refuse_busy(session, found)
    if found.state in queries.DONE:
        raise Conflict("This import has been applied, so it stays in the list.")
    file = found.file
    session.execute(delete(ImportRow).where(ImportRow.import_id == found.id))
    session.delete(found)
    session.flush()
    if file is not None:
        files.let_go(session, file)


def written_count(found: Import) -> int:
    """Return how many rows an import writes."""
    return int(found.counts.get("create", 0)) + int(found.counts.get("change", 0))


def is_busy(job: Job | None) -> bool:
    """Whether a job is still going to do something."""
    return job is not None and not job.is_final


def has_failed(found: Import, job: Job | None) -> bool:
    """Whether the work that an import waits for came to no good end."""
    waits = {ImportState.READING, ImportState.APPLYING, ImportState.UNDOING}
    return (
        found.state in waits
        and (job is None or job.state != JobState.SUCCEEDED)
        and (not is_busy(job))
    )


def _read(session: Session, found: Import, storage: FileStorage) -> None:
    limit = SMALL_PACKED_BYTES if _is_packed(found) else SMALL_BYTES
    if found.size_bytes <= limit:
        found.job_id = None
        jobs.read(session, found, storage)
        return
    job = job_service.enqueue(
        session,
        jobs.read_kind(storage),
        {"import": found.public_id},
        created_by_id=found.created_by_id,
        total=found.size_bytes,
    )
    found.job_id = job.public_id
    session.flush()


def _is_packed(found: Import) -> bool:
    return found.file is not None and found.file.type_code == XLSX.code


def _enqueue(session: Session, found: Import, kind: JobKind, viewer: Viewer) -> None:
    arguments = {
        "import": found.public_id,
        "actor_id": viewer.account_id,
        "actor_name": viewer.name,
    }
    job = job_service.enqueue(
        session,
        kind,
        arguments,
        created_by_id=viewer.account_id,
        total=written_count(found),
        lock=_APPLY_LOCK,
    )
    found.job_id = job.public_id
    session.flush()


def _refuse_busy(session: Session, found: Import) -> None:
    if is_busy(queries.find_job(session, found)):
        raise Conflict("This import is being worked on. Wait until it is done, or stop it.")
