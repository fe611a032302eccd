"""The background jobs of imports: read a file, write what it says, take it back."""

from typing import Any

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.catalog.importing import applying, previewing, queries, undoing
from app.catalog.importing.models import Import, ImportState
from app.errors import Conflict, NotFound
from app.files.storage import FileStorage
from app.jobs.kinds import JobKind
from app.jobs.work import Work
from app.web.i18n import later

Json = dict[str, Any]

ROWS_WRITTEN = later("%(rows)s rows written.")
ROWS_UNDONE = later("%(rows)s rows taken back.")
_GONE = later("The file of this import was cleaned up after its time. Send it again.")


def read_kind(storage: FileStorage) -> JobKind:
    """Return the job that reads a file and makes the preview."""

    def run(session: Session, work: Work, arguments: Json) -> Json:
        found = _lock(session, arguments, ImportState.READING)
        read(session, found, storage, work)
        return {"import": found.public_id}

    return JobKind("catalogue.import.read", run, is_heavy=True)


def read(session: Session, found: Import, storage: FileStorage, work: Work | None = None) -> None:
    """Read the file of an import; raises NotFound where it is gone."""
    if found.file is None:
        raise NotFound(_GONE)
    size = found.file.size_bytes

    def report(position: int, rows: int) -> None:
        if work is not None:
            work.report(position, total=size, message=previewing.ROWS_READ, rows=rows)

    with storage.open_file(found.file.key) as handle:
        previewing.preview(session, found, handle, report)


def _apply(session: Session, work: Work, arguments: Json) -> Json:
    found = _lock(session, arguments, ImportState.APPLYING)

    def report(rows: int) -> None:
        work.report(rows, message=ROWS_WRITTEN, rows=rows)

    applying.apply(session, found, actor=_actor(arguments), report=report)
    return {"import": found.public_id}


def _undo(session: Session, work: Work, arguments: Json) -> Json:
    found = _lock(session, arguments, ImportState.UNDOING)

    def report(rows: int) -> None:
        work.report(rows, message=ROWS_UNDONE, rows=rows)

    undoing.undo(session, found, actor=_actor(arguments), report=report)
    return {"import": found.public_id}


APPLY = JobKind("catalogue.import.apply", _apply, is_heavy=True)
UNDO = JobKind("catalogue.import.undo", _undo, is_heavy=True)


def kinds(storage: FileStorage) -> tuple[JobKind, ...]:
    """Return all kinds of jobs of imports."""
    return (read_kind(storage), APPLY, UNDO)


def _lock(session: Session, arguments: Json, state: ImportState) -> Import:
    """Return the import of a job, if it still waits for it."""
    found = queries.lock_import(session, arguments["import"], viewer=None)
    if found.state != state:
        raise Conflict("This import went on without this job, so it did nothing.")
    return found


def _actor(arguments: Json) -> Viewer:
    return Viewer(account_id=arguments["actor_id"], name=arguments["actor_name"])
