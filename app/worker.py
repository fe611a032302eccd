"""
`peibi worker`: a process that runs background jobs, on as many machines as wanted.

Also the list of everything that runs in the background: a domain's jobs are named here once.
"""

import asyncio
import contextlib
import signal
import sys
from contextlib import AbstractAsyncContextManager

from sqlalchemy.orm import sessionmaker

from app import webserver
from app.accounts import upkeep as accounts_upkeep
from app.catalog.importing import jobs as import_jobs
from app.catalog.importing import upkeep as import_upkeep
from app.catalog.measuring import uploads as measuring
from app.db import make_engine
from app.files import upkeep as files_upkeep
from app.jobs import apart, worker
from app.jobs import upkeep as jobs_upkeep
from app.jobs.apart import Child
from app.jobs.kinds import JobKind, PeriodicJob
from app.logs import configure_logs
from app.mail import sending
from app.quotes import upkeep as quotes_upkeep
from app.settings import Settings
from app.web import dates

# Not `-m app.worker`: whatever a job starts would import that module again, and all it needs.
CHILD = (
    sys.executable,
    "-P",
    "-c",
    "import sys; from app import worker; sys.exit(worker.make_attempt())",
)

# Jobs that need no settings; `job_kinds` adds those that do.
KINDS: tuple[JobKind, ...] = ()


def job_kinds(settings: Settings) -> tuple[JobKind, ...]:
    """Return every kind of job that a worker of this installation can do."""
    storage = files_upkeep.storage_of(settings)
    return (
        *KINDS,
        sending.job_kind(settings),
        *import_jobs.kinds(storage),
        measuring.kind(storage),
    )


def periodic_jobs(settings: Settings) -> tuple[PeriodicJob, ...]:
    """Return the upkeep that every worker takes part in."""
    return (
        jobs_upkeep.FORGET_OLD_JOBS,
        files_upkeep.clean_up(settings),
        sending.FORGET_OLD_MAILS,
        import_upkeep.FORGET_OLD_IMPORTS,
        accounts_upkeep.FORGET_OLD_LINKS,
        quotes_upkeep.CLOSE_DUE_REQUESTS,
        quotes_upkeep.FORGET_OLD_KEYS,
    )


def run(settings: Settings, database_url: str, *, concurrency: int, drain: bool = False) -> None:
    """Run jobs until SIGTERM or Ctrl-C, or with `drain` until none is left."""
    dates.use_zone(settings.time_zone)
    options = worker.WorkerOptions(concurrency=concurrency, wait=not drain)
    asyncio.run(_until_stopped(settings, database_url, options))


def in_process(settings: Settings, database_url: str) -> AbstractAsyncContextManager[None]:
    """Return the worker of a web process, or nothing where the settings turn it off."""
    if not settings.jobs_in_process:
        return contextlib.nullcontext()
    child = Child(CHILD, webserver.environment_of(settings, database_url))
    options = worker.WorkerOptions(child=child)
    return worker.in_background(database_url, job_kinds(settings), periodic_jobs(settings), options)


def make_attempt() -> int:
    """Make one attempt at the job that the command line names, as a web process asks for it."""
    settings = Settings()
    configure_logs(settings)
    dates.use_zone(settings.time_zone)
    if settings.database_url is None:  # pragma: no cover  the web process has one
        raise RuntimeError("A job needs DATABASE_URL.")
    # A job holds one connection and reports its progress on a second.
    engine = make_engine(settings.database_url.get_secret_value(), pool_size=2)
    try:
        kinds = {kind.code: kind for kind in job_kinds(settings)}
        return apart.attempt(sessionmaker(engine), kinds, sys.argv[-1])
    finally:
        engine.dispose()


async def _until_stopped(
    settings: Settings, database_url: str, options: worker.WorkerOptions
) -> None:
    task = asyncio.create_task(
        worker.work(database_url, job_kinds(settings), periodic_jobs(settings), options),
        name="job worker",
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
