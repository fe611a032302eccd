"""A process that makes one attempt, for tests: `python -m tests.jobs.slow_child URL JOB`."""

import os
import sys
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from app.jobs import apart
from app.jobs.kinds import JobKind
from app.jobs.work import Work
from tests.jobs import slow_worker


def write_and_sign(session: Session, work: Work, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do the slow work, and say in which process."""
    return slow_worker.write_ten_rows(session, work, arguments) | {"pid": os.getpid()}


def report_for_ever(_session: Session, work: Work, _arguments: dict[str, Any]) -> None:
    """Report until told to stop; the number reported is the process's."""
    while True:
        work.report(os.getpid())


WRITING = JobKind("test.write_apart", write_and_sign, is_heavy=True)
ENDLESS = JobKind("test.endless_apart", report_for_ever, is_heavy=True)

if __name__ == "__main__":
    _, url, public_id = sys.argv
    kinds = {kind.code: kind for kind in (WRITING, ENDLESS)}
    sys.exit(apart.attempt(sessionmaker(create_engine(url)), kinds, public_id))
