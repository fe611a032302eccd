"""The queue under the jobs: procrastinate, on the caller's own connection and transaction."""

from datetime import timedelta
from typing import Any

from procrastinate import SyncPsycopgConnector
from procrastinate.jobs import Job as QueuedJob
from procrastinate.manager import JobManager
from psycopg import Connection
from sqlalchemy.orm import Session

from app.jobs.kinds import WORK_QUEUE

# Never opened: every call brings the connection of its session.
_MANAGER = JobManager(SyncPsycopgConnector())

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)


def put(session: Session, *, kind: str, public_id: str, lock: str | None) -> int:
    """Queue a job in the session's transaction; return the queue's own number for it."""
    queued = _MANAGER.defer_job(
        QueuedJob(
            id=None,
            queue=WORK_QUEUE,
            task_name=kind,
            task_kwargs={"public_id": public_id},
            lock=lock,
            queueing_lock=None,
        ),
        connection=_driver_connection(session),
    )
    if queued.id is None:  # pragma: no cover  the queue's promise
        raise RuntimeError("The queue gave a job no number.")
    return queued.id


def take_back(session: Session, queue_id: int) -> None:
    """Take a job out of the queue, unless a worker has it already."""
    _MANAGER.cancel_job_by_id(queue_id, connection=_driver_connection(session))


def wait_before(attempt: int) -> timedelta:
    """
    Return how long to wait before trying again after an attempt that failed.

    >>> [int(wait_before(attempt).total_seconds()) for attempt in (1, 2, 3, 4, 9)]
    [5, 20, 80, 320, 600]
    """
    factor: int = 4 ** min(attempt - 1, 10)
    return min(FIRST_WAIT * factor, LONGEST_WAIT)


def _driver_connection(session: Session) -> Connection[Any]:
    # session.connection() first: it begins the transaction that a rollback then ends.
    connection = session.connection().connection.driver_connection
    if not isinstance(connection, Connection):
        raise TypeError(f"not a psycopg connection: {connection!r}")
    return connection
