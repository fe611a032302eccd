"""
The worker: takes jobs from the queue and runs them, in the web process or in one of its own.

Sync jobs run in threads. A worker says every few seconds that it lives; the jobs of one that
stopped saying so are handed out again by any other.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Job as QueuedJob
from sqlalchemy.orm import Session, sessionmaker

from app.db import make_engine
from app.jobs import runner
from app.jobs.apart import Child
from app.jobs.errors import TryAgain
from app.jobs.kinds import UPKEEP_QUEUE, WORK_QUEUE, JobKind, PeriodicJob
from app.postgres import urls

logger = logging.getLogger(__name__)

RESTART_SECONDS = 5
# The sixth field is the seconds.
RESCUE_CRON = "* * * * * */15"


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How one worker works; the defaults suit a portal, tests want shorter times."""

    concurrency: int = 2
    heartbeat_seconds: float = 5
    # A worker silent for this long is taken for dead.
    stalled_seconds: float = 30
    rescue_cron: str = RESCUE_CRON
    stop_seconds: float = 5
    # A new job is announced; one that waited for a lock is only found by asking.
    poll_seconds: float = 1
    # How long a database that is away is waited for before the worker starts anew.
    patience_seconds: float = 10
    # False: end when the queue is empty.
    wait: bool = True
    # Where heavy jobs run; None: in this process.
    child: Child | None = None


class _QueueRetries(BaseRetryStrategy):
    """The runner decides whether and when; the queue only carries it out."""

    def get_retry_decision(
        self, *, exception: BaseException, job: QueuedJob
    ) -> RetryDecision | None:
        del job
        if not isinstance(exception, TryAgain):
            return None
        return RetryDecision(retry_in={"seconds": round(exception.wait.total_seconds())})


def make_queue_app(
    url: str,
    session_factory: sessionmaker[Session],
    kinds: Iterable[JobKind],
    periodic: Iterable[PeriodicJob],
    options: WorkerOptions,
) -> App:
    """Return the queue's application with every kind of job in it."""
    connector = PsycopgConnector(
        conninfo=urls.for_libpq(url),
        min_size=1,
        # The two queues' workers fetch, beat, poll and finish jobs on these.
        max_size=4,
        timeout=options.patience_seconds,
        kwargs={"application_name": "peibi worker", "options": "-c timezone=UTC"},
    )
    app = App(connector=connector)
    by_code = {kind.code: kind for kind in kinds}

    def run(context: JobContext, *, public_id: str) -> None:
        runner.run_job(session_factory, by_code, public_id, should_stop=context.should_abort)

    def run_apart(child: Child, context: JobContext, *, public_id: str) -> None:
        child.run_job(public_id, context.job.attempts, should_stop=context.should_abort)

    for kind in by_code.values():
        do = partial(run_apart, options.child) if options.child and kind.is_heavy else run
        app.task(name=kind.code, queue=WORK_QUEUE, pass_context=True, retry=_QueueRetries())(do)
    for upkeep in periodic:
        app.periodic(cron=upkeep.cron)(
            app.task(name=upkeep.code, queue=UPKEEP_QUEUE)(
                partial(_run_upkeep, session_factory, upkeep)
            )
        )
    rescue = partial(_rescue_stalled, app, options.stalled_seconds)
    app.periodic(cron=options.rescue_cron)(app.task(name="jobs.rescue", queue=UPKEEP_QUEUE)(rescue))
    return app


def _run_upkeep(
    session_factory: sessionmaker[Session], upkeep: PeriodicJob, *, timestamp: int
) -> None:
    del timestamp
    with session_factory.begin() as session:
        upkeep.run(session)


async def _rescue_stalled(app: App, stalled_seconds: float, *, timestamp: int) -> None:
    """Hand out again what the workers that died had taken."""
    del timestamp
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=stalled_seconds):
        logger.warning("job of a dead worker starts again", extra={"queue_job": job.id})
        # Another rescuer may have been faster, which the queue refuses.
        with contextlib.suppress(ProcrastinateException):
            await app.job_manager.retry_job(job)
    await app.job_manager.prune_stalled_workers(stalled_seconds * 4)


async def work(
    url: str,
    kinds: Iterable[JobKind],
    periodic: Iterable[PeriodicJob],
    options: WorkerOptions | None = None,
) -> None:
    """
    Run jobs until cancelled; where the database goes away, wait for it and go on.

    With `options.wait` false, return once the queue is empty.
    """
    options = options or WorkerOptions()
    # A job holds one connection and reports its progress on a second.
    engine = make_engine(url, pool_size=2 * options.concurrency + 1)
    session_factory = sessionmaker(engine)
    kinds, periodic = tuple(kinds), tuple(periodic)
    try:
        while True:
            app = make_queue_app(url, session_factory, kinds, periodic, options)
            try:
                async with app.open_async():
                    await _work_once(app, options)
            # Two workers in a group fail as a group.
            except* (ProcrastinateException, psycopg.Error, OSError):
                logger.exception("the job worker lost its database and starts again")
            if not options.wait:
                return
            await asyncio.sleep(RESTART_SECONDS)
    finally:
        engine.dispose()


async def _work_once(app: App, options: WorkerOptions) -> None:
    """Run one worker per queue until either ends; both stop together."""
    common: dict[str, Any] = {
        "install_signal_handlers": False,
        "shutdown_graceful_timeout": options.stop_seconds,
        "update_heartbeat_interval": options.heartbeat_seconds,
        "stalled_worker_timeout": options.stalled_seconds * 4,
        "fetch_job_polling_interval": options.poll_seconds,
        "delete_jobs": "successful",
        "wait": options.wait,
    }
    async with asyncio.TaskGroup() as group:
        workers = [
            group.create_task(
                app.run_worker_async(
                    queues=[WORK_QUEUE], concurrency=options.concurrency, name="work", **common
                )
            ),
            group.create_task(
                app.run_worker_async(
                    queues=[UPKEEP_QUEUE],
                    concurrency=1,
                    name="upkeep",
                    listen_notify=False,
                    **common,
                )
            ),
        ]
        await asyncio.wait(workers, return_when=asyncio.FIRST_COMPLETED)
        if options.wait:
            for worker in workers:
                worker.cancel()


@contextlib.asynccontextmanager
async def in_background(
    url: str,
    kinds: Iterable[JobKind],
    periodic: Iterable[PeriodicJob],
    options: WorkerOptions | None = None,
) -> AsyncIterator[None]:
    """Run a worker beside whatever the block does, and stop it in order afterwards."""
    task = asyncio.create_task(work(url, kinds, periodic, options), name="job worker")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
