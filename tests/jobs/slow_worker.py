"""A worker process for tests: `python -m tests.jobs.slow_worker URL`; its job waits for a lock."""

import asyncio
import sys
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.jobs import worker
from app.jobs.kinds import JobKind
from app.jobs.work import Work

GATE = 4711
OPTIONS = worker.WorkerOptions(
    heartbeat_seconds=0.2,
    stalled_seconds=1,
    rescue_cron="* * * * * *",
    stop_seconds=0.5,
    patience_seconds=0.3,
)


def write_ten_rows(session: Session, work: Work, arguments: dict[str, Any]) -> dict[str, Any]:
    """Write ten rows; stop in the middle while somebody holds the gate."""
    for number in range(10):
        session.execute(text("INSERT INTO written VALUES (:n)"), {"n": number})
        if number == arguments["pause_at"]:
            work.report(number, total=10)
            session.execute(text("SELECT pg_advisory_xact_lock(:gate)"), {"gate": GATE})
    return {"rows": 10}


KIND = JobKind("test.write_ten_rows", write_ten_rows)

if __name__ == "__main__":
    asyncio.run(worker.work(sys.argv[1], [KIND], [], OPTIONS))
