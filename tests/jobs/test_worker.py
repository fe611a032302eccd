"""Workers as processes: what they do, and what is left when one dies in the middle."""

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from app.jobs import upkeep, worker
from app.jobs.kinds import JobKind, PeriodicJob
from app.jobs.models import JobState
from tests.jobs import slow_worker
from tests.jobs.conftest import JobDatabase

ROOT = Path(__file__).resolve().parents[2]
DRAIN = worker.WorkerOptions(wait=False)


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


@contextmanager
def worker_process(jobs: JobDatabase) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "tests.jobs.slow_worker", jobs.url], cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def rows(jobs: JobDatabase) -> list[int]:
    with jobs.sessions() as session:
        return list(session.scalars(text("SELECT n FROM written ORDER BY n")))


def test_kill_9_in_the_middle_leaves_nothing_half_done(jobs: JobDatabase) -> None:
    with jobs.sessions.begin() as session:
        session.execute(text("CREATE TABLE written (n integer)"))
    public_id = jobs.enqueue(slow_worker.KIND, pause_at=6)
    with jobs.sessions() as gate:
        gate.execute(text("SELECT pg_advisory_xact_lock(:gate)"), {"gate": slow_worker.GATE})
        with worker_process(jobs) as first:
            wait_until(lambda: jobs.job(public_id).done == 6)
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
        assert jobs.job(public_id).state == JobState.RUNNING
        assert rows(jobs) == []
        with worker_process(jobs):
            # The second one writes the same rows, and is let through.
            wait_until(lambda: jobs.job(public_id).attempt == 2)
            gate.rollback()
            wait_until(lambda: jobs.job(public_id).is_final)
    job = jobs.job(public_id)
    assert (job.state, job.attempt, job.result) == (JobState.SUCCEEDED, 2, {"rows": 10})
    assert rows(jobs) == list(range(10))


def test_an_orderly_stop_hands_the_job_on_at_once(jobs: JobDatabase) -> None:
    def run(_session: Session, work: object, _arguments: object) -> None:
        while True:
            work.report(1)
            time.sleep(0.01)

    endless = JobKind("test.endless", run)
    public_id = jobs.enqueue(endless)

    async def start_and_stop() -> None:
        async with worker.in_background(jobs.url, [endless], [], slow_worker.OPTIONS):
            await until(lambda: jobs.job(public_id).state == JobState.RUNNING)

    asyncio.run(start_and_stop())
    assert jobs.job(public_id).state == JobState.QUEUED
    finished = JobKind("test.endless", lambda *_: {"attempt": "second"})
    asyncio.run(worker.work(jobs.url, [finished], [], DRAIN))
    assert jobs.job(public_id).result == {"attempt": "second"}


def test_a_job_starts_as_soon_as_it_is_committed(jobs: JobDatabase) -> None:
    quick = JobKind("test.quick", lambda *_: {})
    rare = worker.WorkerOptions(poll_seconds=60)

    async def measure() -> float:
        async with worker.in_background(jobs.url, [quick], [], rare):
            await asyncio.sleep(0.5)
            started = time.monotonic()
            public_id = jobs.enqueue(quick)
            await until(lambda: jobs.job(public_id).is_final)
            return time.monotonic() - started

    # The queue is asked every minute here; faster means that the notification arrived.
    assert asyncio.run(measure()) < 3


def test_jobs_with_one_lock_run_one_after_the_other(jobs: JobDatabase) -> None:
    from app.jobs import service

    spans: list[tuple[float, float]] = []

    def run(*_: object) -> None:
        started = time.monotonic()
        time.sleep(0.1)
        spans.append((started, time.monotonic()))

    kind = JobKind("test.locked", run)
    with jobs.sessions.begin() as session:
        for _number in range(3):
            service.enqueue(session, kind, {}, lock="catalogue")

    async def until_done() -> None:
        async with worker.in_background(jobs.url, [kind], [], worker.WorkerOptions(concurrency=3)):
            await until(lambda: len(spans) == 3)

    asyncio.run(until_done())
    spans.sort()
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))


@contextmanager
def database_away(jobs: JobDatabase) -> Iterator[None]:
    """Cut every connection to the database and let nobody in."""
    url = make_url(jobs.url)
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = url.database
    jobs.sessions.kw["bind"].dispose()
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": name},
        )
        yield
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    engine.dispose()


def test_the_worker_waits_for_a_database_that_went_away(
    jobs: JobDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "RESTART_SECONDS", 0.2)
    kind = JobKind("test.after", lambda *_: {})

    async def go_on_after_the_outage() -> str:
        async with worker.in_background(jobs.url, [kind], [], slow_worker.OPTIONS):
            before = jobs.enqueue(kind)
            await until(lambda: jobs.job(before).is_final)
            with database_away(jobs):
                await asyncio.sleep(1.5)
            after = jobs.enqueue(kind)
            await until(lambda: jobs.job(after).is_final, seconds=60)
            return after

    assert jobs.job(asyncio.run(go_on_after_the_outage())).state == JobState.SUCCEEDED


def test_periodic_upkeep_runs_and_forgets_old_jobs(jobs: JobDatabase) -> None:
    kind = JobKind("test.old", lambda *_: {})
    old, recent = jobs.enqueue(kind), jobs.enqueue(kind)
    with jobs.sessions.begin() as session:
        session.execute(
            text(
                "UPDATE job SET state = 'succeeded', finished_at = now() - make_interval("
                "days => CASE WHEN public_id = :old THEN 31 ELSE 29 END)"
            ),
            {"old": old},
        )
    every_second = PeriodicJob("test.forget", "* * * * * *", upkeep.forget_old_jobs)

    def remaining() -> list[str]:
        with jobs.sessions() as session:
            return list(session.scalars(text("SELECT public_id FROM job")))

    async def run() -> None:
        async with worker.in_background(jobs.url, [kind], [every_second]):
            await until(lambda: old not in remaining())

    asyncio.run(run())
    assert remaining() == [recent]
