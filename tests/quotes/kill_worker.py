"""A worker that a test kills: `python -m tests.quotes.kill_worker URL`, quick to take over jobs."""

import asyncio
import sys

from app import worker as portal
from app.jobs import worker
from app.settings import Settings
from tests.jobs.slow_worker import OPTIONS

if __name__ == "__main__":
    asyncio.run(worker.work(sys.argv[1], portal.job_kinds(Settings()), [], OPTIONS))
