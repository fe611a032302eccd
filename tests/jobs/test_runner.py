"""One attempt at a job: what is kept, what is tried again, what a person reads."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.errors import InvalidInput, Unavailable
from app.jobs import runner, service, work
from app.jobs.errors import JobCancelled, JobInterrupted, TryAgain
from app.jobs.kinds import JobKind
from app.jobs.models import Job, JobState
from app.jobs.work import Work
from tests.jobs.conftest import JobDatabase

Run = Callable[[Session, Work, dict[str, Any]], dict[str, Any] | None]


@pytest.fixture(autouse=True)
def _report_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "REPORT_SECONDS", 0)


def attempt(jobs: JobDatabase, public_id: str, run: Run, **options: Any) -> Job:
    kind = JobKind("test.job", run)
    runner.run_job(jobs.sessions, {kind.code: kind}, public_id, **options)
    return jobs.job(public_id)


def enqueue(jobs: JobDatabase, *, tries: int = 5, **arguments: object) -> str:
    return jobs.enqueue(JobKind("test.job", lambda *_: None, tries=tries), **arguments)


def mark(session: Session) -> None:
    """Write something that shows whether the job's transaction was kept."""
    session.execute(text("INSERT INTO catalogue_state (id) VALUES (1)"))


def is_marked(jobs: JobDatabase) -> bool:
    with jobs.sessions() as session:
        return session.scalar(text("SELECT count(*) FROM catalogue_state")) == 1


def test_writes_and_success_are_one_commit(jobs: JobDatabase) -> None:
    public_id = enqueue(jobs, rows=3)

    def run(session: Session, work: Work, arguments: dict[str, Any]) -> dict[str, Any]:
        mark(session)
        work.report(2, total=3)
        seen = jobs.job(public_id)
        assert (seen.state, seen.done, seen.total) == (JobState.RUNNING, 2, 3)
        assert not is_marked(jobs)
        return {"rows": arguments["rows"]}

    job = attempt(jobs, public_id, run)
    assert (job.state, job.result, job.attempt) == (JobState.SUCCEEDED, {"rows": 3}, 1)
    assert is_marked(jobs)
    assert job.finished_at is not None


def test_a_refusal_fails_with_its_sentence_and_keeps_nothing(jobs: JobDatabase) -> None:
    def run(session: Session, _work: Work, _arguments: dict[str, Any]) -> None:
        mark(session)
        raise InvalidInput("Row %(row)s has no name.", row=7)

    job = attempt(jobs, enqueue(jobs), run)
    assert (job.state, job.message) == (JobState.FAILED, "Row %(row)s has no name.")
    assert job.message_params == {"row": 7}
    assert not is_marked(jobs)


def passing() -> Exception:
    return OperationalError("SELECT 1", {}, Exception("server closed the connection"))


@pytest.mark.parametrize("error", [passing(), Unavailable("The store is away."), OSError("reset")])
def test_what_may_pass_is_tried_again_ever_later(jobs: JobDatabase, error: Exception) -> None:
    public_id = enqueue(jobs, tries=3)

    def run(session: Session, _work: Work, _arguments: dict[str, Any]) -> None:
        mark(session)
        raise error

    waits = []
    for _attempt in range(2):
        with pytest.raises(TryAgain) as raised:
            attempt(jobs, public_id, run)
        waits.append(raised.value.wait)
        assert jobs.job(public_id).state == JobState.QUEUED
    assert waits == [timedelta(seconds=5), timedelta(seconds=20)]
    if isinstance(error, Unavailable):
        attempt(jobs, public_id, run)
    else:
        with pytest.raises(type(error)):
            attempt(jobs, public_id, run)
    job = jobs.job(public_id)
    assert (job.state, job.message, job.attempt) == (JobState.FAILED, runner.STILL_AWAY, 3)
    assert not is_marked(jobs)


@pytest.mark.parametrize("error", [passing(), JobInterrupted(), InvalidInput("No."), ValueError()])
def test_the_end_of_an_attempt_that_cannot_be_written_is_tried_again(
    jobs: JobDatabase, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    public_id = enqueue(jobs)

    def run(session: Session, _work: Work, _arguments: dict[str, Any]) -> None:
        mark(session)
        # From here on the database takes no new connection.
        monkeypatch.setattr(jobs.sessions, "begin", lambda: (_ for _ in ()).throw(passing()))
        raise error

    with pytest.raises(TryAgain):
        attempt(jobs, public_id, run)
    with pytest.raises(TryAgain):
        attempt(jobs, public_id, run)
    monkeypatch.undo()
    monkeypatch.setattr(work, "REPORT_SECONDS", 0)
    assert jobs.job(public_id).state == JobState.RUNNING
    assert attempt(jobs, public_id, lambda *_: None).state == JobState.SUCCEEDED


def test_a_deadlock_is_tried_again_but_a_violated_constraint_is_not(jobs: JobDatabase) -> None:
    public_id = enqueue(jobs)

    def deadlock(session: Session, _work: Work, _arguments: dict[str, Any]) -> None:
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$"))

    with pytest.raises(TryAgain):
        attempt(jobs, public_id, deadlock)

    def violate(session: Session, _work: Work, _arguments: dict[str, Any]) -> None:
        mark(session)
        mark(session)

    with pytest.raises(IntegrityError):
        attempt(jobs, public_id, violate)
    job = jobs.job(public_id)
    assert (job.state, job.message) == (JobState.FAILED, runner.FAILED_INSIDE)
    assert job.message_params == {"job": public_id}


def test_a_job_that_kills_its_workers_is_given_up(jobs: JobDatabase) -> None:
    public_id = enqueue(jobs, tries=2)

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    for _attempt in range(2):
        with pytest.raises(Killed):
            attempt(jobs, public_id, die)
        # As if the process had not come to write the failure.
        with jobs.sessions.begin() as session:
            session.execute(text("UPDATE job SET state = 'running', finished_at = NULL"))
    job = attempt(jobs, public_id, lambda *_: {"never": True})
    assert (job.state, job.message, job.result) == (JobState.FAILED, runner.TRIES_EXHAUSTED, None)


def test_an_attempt_that_was_taken_over_changes_nothing(jobs: JobDatabase) -> None:
    public_id = enqueue(jobs)

    def run_slowly(session: Session, _work: Work, _arguments: dict[str, Any]) -> dict[str, Any]:
        # Meanwhile this worker is taken for dead, and another one does the job.
        attempt(jobs, public_id, lambda *_: {"by": "second"})
        mark(session)
        return {"by": "first"}

    job = attempt(jobs, public_id, run_slowly)
    assert (job.state, job.result, job.attempt) == (JobState.SUCCEEDED, {"by": "second"}, 2)
    assert not is_marked(jobs)


def test_an_attempt_ends_in_nothing_while_a_later_one_is_running(jobs: JobDatabase) -> None:
    public_id = enqueue(jobs)

    def run_slowly(session: Session, _work: Work, _arguments: dict[str, Any]) -> dict[str, Any]:
        assert runner._take_up(jobs.sessions, public_id, lambda: False) is not None
        mark(session)
        return {"by": "first"}

    job = attempt(jobs, public_id, run_slowly)
    assert (job.state, job.result, job.attempt) == (JobState.RUNNING, None, 2)
    assert not is_marked(jobs)


def cancel(jobs: JobDatabase, public_id: str) -> None:
    with jobs.sessions.begin() as session:
        service.cancel(session, public_id)


def test_cancelling_a_running_job_rolls_it_back(jobs: JobDatabase) -> None:
    public_id = enqueue(jobs)

    def run(session: Session, work: Work, _arguments: dict[str, Any]) -> None:
        mark(session)
        cancel(jobs, public_id)
        work.report(1)
        raise AssertionError("the report must not return")

    assert attempt(jobs, public_id, run).state == JobState.CANCELLED
    assert not is_marked(jobs)


def test_a_job_may_keep_what_it_had_when_it_was_cancelled(jobs: JobDatabase) -> None:
    public_id = enqueue(jobs)

    def run(session: Session, work: Work, _arguments: dict[str, Any]) -> dict[str, Any]:
        mark(session)
        cancel(jobs, public_id)
        try:
            work.report(1)
        except JobCancelled:
            return {"counted": 1}
        return {"counted": 2}

    job = attempt(jobs, public_id, run)
    assert (job.state, job.result) == (JobState.CANCELLED, {"counted": 1})
    assert is_marked(jobs)


def test_a_stopping_worker_gives_the_job_and_its_try_back(jobs: JobDatabase) -> None:
    public_id = enqueue(jobs)

    def run(_session: Session, work: Work, _arguments: dict[str, Any]) -> None:
        work.report(1)

    with pytest.raises(TryAgain) as raised:
        attempt(jobs, public_id, run, should_stop=lambda: True)
    job = jobs.job(public_id)
    assert (job.state, job.tries_left, raised.value.wait) == (JobState.QUEUED, 5, timedelta(0))


def test_a_job_that_ended_is_not_run_again(jobs: JobDatabase) -> None:
    public_id = enqueue(jobs)
    attempt(jobs, public_id, lambda *_: {"first": True})
    assert attempt(jobs, public_id, lambda *_: {"first": False}).result == {"first": True}
