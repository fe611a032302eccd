"""Read background jobs: one by its public id, those of a person, those that lost their worker."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.jobs.models import Job


def get_job(session: Session, public_id: str, *, for_update: bool = False) -> Job:
    """Return a job; raises NotFound. Whether one may see it is for its owner's domain to say."""
    statement = select(Job).where(Job.public_id == public_id)
    if for_update:
        statement = statement.with_for_update()
    job = session.scalars(statement).one_or_none()
    if job is None:
        raise NotFound("There is no such job, or it was cleaned up after its time.")
    return job


def list_jobs(
    session: Session, *, created_by_id: int, kind: str | None = None, limit: int = 20
) -> list[Job]:
    """Return a person's latest jobs, newest first."""
    statement = select(Job).where(Job.created_by_id == created_by_id)
    if kind is not None:
        statement = statement.where(Job.kind == kind)
    return list(session.scalars(statement.order_by(Job.id.desc()).limit(limit)))
