"""A worker process that applies imports, for tests: its arguments are a URL and a directory."""

import asyncio
import sys
from pathlib import Path

from app.catalog.importing import jobs
from app.jobs import worker
from tests.catalog.importing.sending import storage_in
from tests.jobs.slow_worker import OPTIONS

if __name__ == "__main__":
    kinds = jobs.kinds(storage_in(Path(sys.argv[2])))
    asyncio.run(worker.work(sys.argv[1], kinds, [], OPTIONS))
