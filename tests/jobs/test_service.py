"""Asking for jobs, and asking them to stop, within the caller's transaction."""

import pytest
from sqlalchemy import text

from app.errors import Conflict, NotFound
from app.jobs import queries, service
from app.jobs.kinds import JobKind
from app.jobs.models import JobState
from tests.jobs.conftest import JobDatabase

KIND = JobKind("test.nothing", lambda _session, _work, _arguments: None)


def queued(jobs: JobDatabase) -> list[str]:
    with jobs.sessions() as session:
        rows = session.execute(text("SELECT status::text FROM procrastinate_jobs ORDER BY id"))
        return [row[0] for row in rows]


def test_a_rollback_takes_the_job_along(jobs: JobDatabase) -> None:
    with jobs.sessions() as session:
        public_id = service.enqueue(session, KIND, {}).public_id
        session.rollback()
    assert queued(jobs) == []
    with pytest.raises(NotFound):
        jobs.job(public_id)


def test_a_commit_queues_the_job_once(jobs: JobDatabase) -> None:
    job = jobs.job(jobs.enqueue(KIND, file="a.csv"))
    assert queued(jobs) == ["todo"]
    assert (job.state, job.arguments, job.share_done) == (JobState.QUEUED, {"file": "a.csv"}, None)


def test_public_ids_cannot_be_guessed(jobs: JobDatabase) -> None:
    ids = {jobs.enqueue(KIND) for _number in range(20)}
    assert len(ids) == 20
    assert all(len(public_id) >= 22 for public_id in ids)


def test_cancelling_a_waiting_job_takes_it_out_of_the_queue(jobs: JobDatabase) -> None:
    public_id = jobs.enqueue(KIND)
    with jobs.sessions.begin() as session:
        service.cancel(session, public_id)
    assert queued(jobs) == ["cancelled"]
    assert jobs.job(public_id).state == JobState.CANCELLED
    with jobs.sessions() as session, pytest.raises(Conflict):
        service.cancel(session, public_id)


def test_a_person_sees_their_own_jobs_newest_first(jobs: JobDatabase) -> None:
    other = JobKind("test.other", KIND.run)
    with jobs.sessions.begin() as session:
        for kind, person in ((KIND, 1), (other, 1), (KIND, 2), (KIND, 1)):
            service.enqueue(session, kind, {}, created_by_id=person)
    with jobs.sessions() as session:
        mine = queries.list_jobs(session, created_by_id=1)
        assert [job.kind for job in mine] == ["test.nothing", "test.other", "test.nothing"]
        assert mine[0].id > mine[2].id
        assert len(queries.list_jobs(session, created_by_id=1, kind="test.other")) == 1
