"""Heavy jobs in processes of their own: what they do, and what is left when one of two dies."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app import webserver
from app import worker as portal_worker
from app.jobs import queue, worker
from app.jobs.apart import Child
from app.jobs.kinds import JobKind
from app.jobs.models import JobState
from app.settings import Settings
from tests.jobs import slow_child, slow_worker
from tests.jobs.conftest import JobDatabase
from tests.jobs.test_worker import rows, until, wait_until

ROOT = Path(__file__).resolve().parents[2]


def child_of(jobs: JobDatabase) -> Child:
    command = (sys.executable, "-m", "tests.jobs.slow_child", jobs.url)
    return Child(command, os.environ | {"PYTHONPATH": str(ROOT)})


@asynccontextmanager
async def working(jobs: JobDatabase, kind: JobKind) -> AsyncIterator[None]:
    options = replace(slow_worker.OPTIONS, child=child_of(jobs))
    async with worker.in_background(jobs.url, [kind], [], options):
        yield


def is_running(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_a_heavy_job_runs_in_a_process_of_its_own(jobs: JobDatabase) -> None:
    with jobs.sessions.begin() as session:
        session.execute(text("CREATE TABLE written (n integer)"))
    public_id = jobs.enqueue(slow_child.WRITING, pause_at=3)

    async def run() -> None:
        async with working(jobs, slow_child.WRITING):
            await until(lambda: jobs.job(public_id).is_final)

    asyncio.run(run())
    job = jobs.job(public_id)
    assert (job.state, job.attempt, job.result["rows"]) == (JobState.SUCCEEDED, 1, 10)
    assert job.result["pid"] != os.getpid()
    assert not is_running(job.result["pid"])
    assert rows(jobs) == list(range(10))


def test_a_job_whose_process_is_killed_starts_again(
    jobs: JobDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "FIRST_WAIT", queue.FIRST_WAIT * 0)
    public_id = jobs.enqueue(slow_child.ENDLESS)

    async def kill_and_stop() -> None:
        async with working(jobs, slow_child.ENDLESS):
            await until(lambda: bool(jobs.job(public_id).done))
            first = jobs.job(public_id).done
            os.kill(first, signal.SIGKILL)
            await until(lambda: jobs.job(public_id).done not in {0, None, first})
            assert jobs.job(public_id).attempt == 2

    asyncio.run(kill_and_stop())
    # An orderly stop hands it on, with its try.
    job = jobs.job(public_id)
    assert (job.state, job.tries_left) == (JobState.QUEUED, slow_child.ENDLESS.tries - 1)
    assert not is_running(job.done)


def test_the_portal_starts_such_a_process_for_an_import(jobs: JobDatabase, tmp_path: Path) -> None:
    gone = portal_worker.job_kinds(Settings())[1]
    public_id = jobs.enqueue(gone, **{"import": "no-such"})
    settings = Settings(data_dir=tmp_path)
    child = Child(portal_worker.CHILD, webserver.environment_of(settings, jobs.url))
    assert gone.is_heavy
    child.run_job(public_id, 0)
    assert jobs.job(public_id).state == JobState.FAILED


def test_a_job_outlives_nobody_who_started_it(jobs: JobDatabase) -> None:
    public_id = jobs.enqueue(slow_child.ENDLESS)
    code = (
        "import sys; from app.jobs.apart import Child; import os; "
        "Child((sys.executable, '-m', 'tests.jobs.slow_child', sys.argv[1]), os.environ)"
        ".run_job(sys.argv[2], 0)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code, jobs.url, public_id], cwd=ROOT)
    wait_until(lambda: bool(jobs.job(public_id).done))
    pid = jobs.job(public_id).done
    starter.kill()
    starter.wait()
    wait_until(lambda: jobs.job(public_id).state == JobState.QUEUED)
    wait_until(lambda: not is_running(pid))
