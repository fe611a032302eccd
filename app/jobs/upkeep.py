"""Keep the jobs' own tables small."""

from datetime import timedelta

from sqlalchemy import delete, func, text
from sqlalchemy.orm import Session

from app.jobs.kinds import PeriodicJob
from app.jobs.models import FINAL_STATES, Job

# Long enough to come back to a result after a holiday.
KEEP = timedelta(days=30)

# The queue's own rows of jobs that failed or were taken back; those that went well are gone.
_FORGET_QUEUED = text(
    "DELETE FROM procrastinate_jobs WHERE status IN ('failed', 'cancelled', 'aborted') "
    "AND NOT EXISTS (SELECT 1 FROM procrastinate_events WHERE job_id = procrastinate_jobs.id "
    "AND at > now() - CAST(:keep AS interval))"
)


def forget_old_jobs(session: Session) -> None:
    """Delete jobs that ended long ago."""
    session.execute(
        delete(Job).where(
            Job.state.in_(FINAL_STATES), Job.finished_at < func.clock_timestamp() - KEEP
        )
    )
    session.execute(_FORGET_QUEUED, {"keep": KEEP})


FORGET_OLD_JOBS = PeriodicJob("jobs.forget_old", "17 3 * * *", forget_old_jobs)
