"""
Run one attempt at a job: take it up, do it in one transaction, and write what came of it.

A crash at any moment leaves the job either as it was before the attempt or done: its writes
and its success are one commit, and a later attempt's number refuses an earlier one's.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg.errors
from sqlalchemy import case, func, or_, update
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from app import logs
from app.errors import AppError, Unavailable
from app.jobs import queue
from app.jobs.errors import JobCancelled, JobInterrupted, JobTakenOver, TryAgain
from app.jobs.kinds import JobKind, Json
from app.jobs.models import Job, JobState
from app.jobs.work import Work, allow_long_statements
from app.web.i18n import later

logger = logging.getLogger(__name__)

TRIES_EXHAUSTED = later(
    "The job was started several times and never came to an end. It may be too large for the "
    "machine; the log of the worker says more."
)
FAILED_INSIDE = later("The job failed for a reason on our side, which was recorded: %(job)s")
STILL_AWAY = later(
    "Something that the job needs stayed away, so it was given up after several tries."
)
WAITING = later("Something that the job needs is away for a moment; it starts again by itself.")

# Errors that the same work may not meet again. OSError: a remote store, a full connection table.
PASSING_ERRORS = (OperationalError, InterfaceError, PoolTimeout, Unavailable, OSError)
PASSING_STATES = (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected)


@contextmanager
def _kept_in_the_queue() -> Iterator[None]:
    """
    Have the queue hand a job out again where what is to be written of it cannot be.

    The queue has a connection of its own, so it may call a job failed while the database takes
    no new ones; the job's page would then say forever that it runs.
    """
    try:
        yield
    except PASSING_ERRORS as error:
        raise TryAgain(queue.FIRST_WAIT) from error


def run_job(
    session_factory: sessionmaker[Session],
    kinds: Mapping[str, JobKind],
    public_id: str,
    *,
    should_stop: Callable[[], bool] = lambda: False,
) -> None:
    """
    Make one attempt at a job.

    Raises
    ------
    TryAgain
        If the queue should hand the job out again.
    """
    work = _take_up(session_factory, public_id, should_stop)
    if work is None:
        return
    before = logs.request_id.set(f"job-{public_id}")
    settled = False
    try:
        _do(session_factory, kinds, work)
        settled = True
    except JobCancelled:
        settled = True
        _settle(work, JobState.CANCELLED)
    except JobTakenOver:
        logger.warning("job taken over by another worker", extra={"job": public_id})
        settled = True
    except JobInterrupted:
        settled = True
        _put_back(work, gives_back_try=True)
        raise TryAgain(queue.FIRST_WAIT * 0) from None
    except AppError as error:
        settled = True
        if not isinstance(error, Unavailable):
            _settle(work, JobState.FAILED, error.message, _json(error.params))
        else:
            _try_again(work, error)
    except (*PASSING_ERRORS, DBAPIError) as error:
        if isinstance(error, PASSING_ERRORS) or isinstance(
            getattr(error, "orig", None), PASSING_STATES
        ):
            settled = True
            _try_again(work, error)
        raise
    finally:
        logs.request_id.reset(before)
        if not settled:
            # A defect: the queue logs it with its traceback, the page names the job.
            _settle(work, JobState.FAILED, FAILED_INSIDE, {"job": public_id})


def _do(session_factory: sessionmaker[Session], kinds: Mapping[str, JobKind], work: Work) -> None:
    with session_factory.begin() as session:
        allow_long_statements(session)
        job = session.query(Job).filter_by(public_id=work.public_id).one()
        kind, arguments = kinds[job.kind], job.arguments
        session.expunge(job)
        result = kind.run(session, work, arguments)
        session.flush()
        state = JobState.CANCELLED if work.was_cancelled else JobState.SUCCEEDED
        _write_end(session, work, state, result=result)


@_kept_in_the_queue()
def _take_up(
    session_factory: sessionmaker[Session], public_id: str, should_stop: Callable[[], bool]
) -> Work | None:
    """Begin an attempt; None where the job has ended, was cancelled or used up its tries."""
    with session_factory.begin() as session:
        row = session.execute(
            update(Job)
            .where(
                Job.public_id == public_id,
                Job.state.in_([JobState.QUEUED, JobState.RUNNING]),
            )
            .values(
                state=case(
                    (Job.cancel_requested_at.is_not(None), JobState.CANCELLED),
                    (Job.tries_left <= 0, JobState.FAILED),
                    else_=JobState.RUNNING,
                ),
                message=case((Job.tries_left <= 0, TRIES_EXHAUSTED)),
                message_params={},
                finished_at=case(
                    (
                        or_(Job.cancel_requested_at.is_not(None), Job.tries_left <= 0),
                        func.clock_timestamp(),
                    )
                ),
                attempt=Job.attempt + 1,
                tries_left=Job.tries_left - 1,
                done=0,
                started_at=func.clock_timestamp(),
                heartbeat_at=func.clock_timestamp(),
            )
            .returning(Job.attempt, Job.state, Job.created_by_id)
        ).one_or_none()
    if row is None or row.state != JobState.RUNNING:
        return None
    return Work(
        session_factory,
        public_id,
        row.attempt,
        should_stop=should_stop,
        created_by_id=row.created_by_id,
    )


def _write_end(
    session: Session,
    work: Work,
    state: JobState,
    *,
    message: str | None = None,
    params: Json | None = None,
    result: Json | None = None,
) -> None:
    """Write the end of the attempt; raises JobTakenOver if it is not the latest any more."""
    row = session.execute(
        update(Job)
        .where(
            Job.public_id == work.public_id,
            Job.attempt == work.attempt,
            Job.state == JobState.RUNNING,
        )
        .values(
            state=state,
            message=message,
            message_params=params or {},
            result=result,
            finished_at=func.clock_timestamp(),
            heartbeat_at=func.clock_timestamp(),
            **work.progress,
        )
        .returning(Job.id)
    ).one_or_none()
    if row is None:
        raise JobTakenOver


@_kept_in_the_queue()
def _settle(
    work: Work, state: JobState, message: str | None = None, params: Json | None = None
) -> None:
    with work.session_factory.begin() as session:
        _write_end(session, work, state, message=message, params=params)


@_kept_in_the_queue()
def _put_back(work: Work, *, gives_back_try: bool) -> int:
    """Put the job back in the line; return how many tries it has left, 0 if it is not ours."""
    with work.session_factory.begin() as session:
        left = session.execute(
            update(Job)
            .where(
                Job.public_id == work.public_id,
                Job.attempt == work.attempt,
                Job.state == JobState.RUNNING,
            )
            .values(
                state=JobState.QUEUED,
                message=None if gives_back_try else WAITING,
                message_params={},
                tries_left=Job.tries_left + int(gives_back_try),
            )
            .returning(Job.tries_left)
        ).scalar_one_or_none()
    return left or 0


def _try_again(work: Work, error: Exception) -> None:
    logger.warning("job will be tried again", extra={"job": work.public_id}, exc_info=error)
    if _put_back(work, gives_back_try=False) > 0:
        raise TryAgain(queue.wait_before(work.attempt)) from error
    with work.session_factory.begin() as session:
        session.execute(
            update(Job)
            .where(Job.public_id == work.public_id, Job.attempt == work.attempt)
            .values(state=JobState.FAILED, message=STILL_AWAY, finished_at=func.clock_timestamp())
        )


def _json(params: Mapping[str, Any]) -> Json:
    return {
        name: value if isinstance(value, (int, float, str)) else str(value)
        for name, value in params.items()
    }
