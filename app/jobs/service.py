"""Ask for background jobs, and ask them to stop; part of the caller's transaction."""

import secrets
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.jobs import queries, queue
from app.jobs.kinds import JobKind
from app.jobs.models import Job, JobState


def enqueue(
    session: Session,
    kind: JobKind,
    arguments: dict[str, Any],
    *,
    created_by_id: int | None = None,
    total: int | None = None,
    lock: str | None = None,
) -> Job:
    """
    Ask for a job; a worker sees it once the session commits, never if it rolls back.

    `arguments` is JSON. Of the jobs with the same `lock` one runs at a time, in their order.
    """
    job = Job(
        public_id=secrets.token_urlsafe(16),
        kind=kind.code,
        arguments=arguments,
        state=JobState.QUEUED,
        total=total,
        tries_left=kind.tries,
        created_by_id=created_by_id,
    )
    session.add(job)
    session.flush()
    job.queue_id = queue.put(session, kind=kind.code, public_id=job.public_id, lock=lock)
    session.flush()
    return job


def cancel(session: Session, public_id: str) -> Job:
    """
    Ask a job to stop: at once where it waits, at its next report where it runs.

    Raises
    ------
    Conflict
        If it has ended already.
    """
    job = queries.get_job(session, public_id, for_update=True)
    if job.is_final:
        raise Conflict("This job has ended already, so there is nothing to stop.")
    job.cancel_requested_at = func.clock_timestamp()
    if job.state == JobState.QUEUED:
        job.state = JobState.CANCELLED
        job.finished_at = func.clock_timestamp()
        if job.queue_id is not None:
            queue.take_back(session, job.queue_id)
    session.flush()
    return job
