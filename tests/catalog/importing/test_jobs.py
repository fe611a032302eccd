"""Large imports as jobs on committed data: all or nothing, whatever dies or changes meanwhile."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.catalog.importing import jobs, pages, queries, service
from app.catalog.importing.models import Import, ImportState
from app.catalog.models.datasets import Dataset
from app.files.storage import FileStorage
from app.jobs import worker
from app.jobs.models import Job, JobState
from tests.catalog.importing.sending import NOBODY, send

ROOT = Path(__file__).resolve().parents[3]
ROWS = 3_000


def big_list(unit: str = "万篇") -> str:
    rows = (f"语料第{n}号,戊公司,学术,{n}{unit},中文,第 {n} 批" for n in range(1, ROWS + 1))
    return "名称,供应商,类别,数量,语言,说明\n" + "\n".join(rows)


@dataclass
class Portal:
    url: str
    directory: Path
    storage: FileStorage
    sessions: sessionmaker[Session]

    def send(self, content: str) -> str:
        with self.sessions.begin() as session:
            return send(session, self.storage, content).public_id

    def apply(self, public_id: str) -> None:
        with self.sessions.begin() as session:
            found = queries.lock_import(session, public_id, viewer=None)
            service.apply_import(session, found, viewer=NOBODY)

    def work(self) -> None:
        """Run the queue until no job is left; one that waits for its lock comes a moment later."""
        options = worker.WorkerOptions(wait=False)
        deadline = time.monotonic() + 180
        while self.has_waiting():
            assert time.monotonic() < deadline, "a job stays in the queue"
            asyncio.run(worker.work(self.url, jobs.kinds(self.storage), [], options))

    def has_waiting(self) -> bool:
        with self.sessions() as session:
            waiting = select(Job.id).where(Job.state.in_([JobState.QUEUED, JobState.RUNNING]))
            return session.scalar(waiting.limit(1)) is not None

    def get(self, public_id: str) -> tuple[Import, Job]:
        with self.sessions() as session:
            found = queries.get_import(session, public_id, viewer=None)
            job = queries.find_job(session, found)
            assert job is not None
            return found, job

    def count(self) -> int:
        with self.sessions() as session:
            return session.scalar(select(func.count()).select_from(Dataset)) or 0


@pytest.fixture
def portal(
    new_seeded_database: Callable[[], str], storage: FileStorage, tmp_path: Path
) -> Iterator[Portal]:
    url = new_seeded_database()
    engine = create_engine(url)
    yield Portal(url, tmp_path, storage, sessionmaker(engine))
    engine.dispose()


def test_a_large_list_is_read_and_applied_by_jobs_and_again_changes_nothing(
    portal: Portal,
) -> None:
    before = portal.count()
    public_id = portal.send(big_list())
    found, job = portal.get(public_id)
    assert (found.state, pages.stage_of(found, job)) == (ImportState.READING, "working")
    portal.work()
    found, job = portal.get(public_id)
    assert found.counts == {"create": ROWS}
    assert pages.stage_of(found, job) == "preview"
    portal.apply(public_id)
    portal.work()
    found, job = portal.get(public_id)
    assert (found.state, job.state, job.done) == (ImportState.APPLIED, JobState.SUCCEEDED, ROWS)
    assert portal.count() == before + ROWS
    again = portal.send(big_list())
    portal.work()
    assert portal.get(again)[0].counts == {"same": ROWS}


def test_one_dataset_that_moved_keeps_all_of_it_out(portal: Portal) -> None:
    first = portal.send(big_list())
    portal.work()
    portal.apply(first)
    portal.work()
    second = portal.send(big_list("千篇"))
    portal.work()
    assert portal.get(second)[0].counts == {"change": ROWS}
    with portal.sessions.begin() as session:
        slug = session.scalars(
            update(Dataset)
            .where(Dataset.name_zh == f"语料第{ROWS}号")
            .values(archived_at=func.now())
            .returning(Dataset.slug)
        ).one()
    portal.apply(second)
    portal.work()
    found, job = portal.get(second)
    assert job.state == JobState.FAILED
    assert slug in job.message_params["slugs"]
    assert pages.stage_of(found, job) == "preview"
    assert pages.problem_of(found, job)
    with portal.sessions() as session:
        changed = select(func.count()).where(Dataset.revision > 2)
        assert session.scalar(changed) == 0


def test_kill_9_while_applying_leaves_nothing_and_another_worker_finishes(portal: Portal) -> None:
    before = portal.count()
    public_id = portal.send(big_list())
    portal.work()
    portal.apply(public_id)
    command = [sys.executable, "-m", "tests.catalog.importing.import_worker"]
    command += [portal.url, str(portal.directory)]
    with subprocess.Popen(command, cwd=ROOT) as first:
        wait_until(lambda: portal.get(public_id)[1].done >= 1_000)
        os.kill(first.pid, signal.SIGKILL)
    assert portal.get(public_id)[1].state == JobState.RUNNING
    assert portal.count() == before
    with subprocess.Popen(command, cwd=ROOT) as second:
        wait_until(lambda: portal.get(public_id)[1].is_final)
        second.terminate()
    found, job = portal.get(public_id)
    assert (found.state, job.attempt) == (ImportState.APPLIED, 2)
    assert portal.count() == before + ROWS


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
