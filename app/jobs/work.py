"""What a running job holds: it reports progress with it, and learns that it should stop."""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import bindparam, func, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, sessionmaker

from app.jobs.errors import JobCancelled, JobInterrupted, JobTakenOver
from app.jobs.models import Job, JobState

REPORT_SECONDS = 0.5

_REPORT = (
    update(Job)
    .where(
        Job.public_id == bindparam("job"),
        Job.attempt == bindparam("this_attempt"),
        Job.state == JobState.RUNNING,
    )
    .values(
        done=func.coalesce(bindparam("new_done"), Job.done),
        total=func.coalesce(bindparam("new_total"), Job.total),
        message=func.coalesce(bindparam("new_message"), Job.message),
        message_params=bindparam("new_params", type_=JSONB),
        heartbeat_at=func.clock_timestamp(),
    )
    .returning(Job.cancel_requested_at)
)


class Work:
    """
    One attempt at a job.

    Progress is written in transactions of its own, so that pages see it while the job's own
    transaction is open, and it stays when that one is rolled back.
    """

    def __init__(
        self,
        session_factory: sessionmaker[Session],
        public_id: str,
        attempt: int,
        *,
        should_stop: Callable[[], bool] = lambda: False,
        created_by_id: int | None = None,
    ) -> None:
        self.session_factory = session_factory
        self.public_id = public_id
        self.attempt = attempt
        self.created_by_id = created_by_id
        self.was_cancelled = False
        self._should_stop = should_stop
        self._reported_at = 0.0
        self._done: int | None = None
        self._total: int | None = None
        self._message: str | None = None
        self._params: dict[str, Any] = {}

    def report(
        self,
        done: int | None = None,
        *,
        total: int | None = None,
        message: str | None = None,
        **params: object,
    ) -> None:
        """
        Say how far the job is; written at most twice a second, so call it as often as you like.

        `message` is an English msgid, marked with `later("...")`, with its params.

        Raises
        ------
        JobCancelled
            If a person asked to stop. A job that can keep a part catches it and returns.
        JobInterrupted
            If the worker is stopping.
        JobTakenOver
            If another worker has the job now.
        """
        self._done = done if done is not None else self._done
        self._total = total if total is not None else self._total
        if message is not None:
            self._message, self._params = message, dict(params)
        if self._should_stop():
            raise JobInterrupted
        now = time.monotonic()
        if now - self._reported_at < REPORT_SECONDS:
            return
        self._reported_at = now
        self._write()

    def _write(self) -> None:
        values = {
            "job": self.public_id,
            "this_attempt": self.attempt,
            "new_done": self._done,
            "new_total": self._total,
            "new_message": self._message,
            "new_params": self._params,
        }
        with self.session_factory.begin() as session:
            row = session.connection().execute(_REPORT, values).one_or_none()
        if row is None:
            raise JobTakenOver
        if row.cancel_requested_at is not None:
            self.was_cancelled = True
            raise JobCancelled

    @property
    def progress(self) -> dict[str, Any]:
        """What was reported last, for the row's final state."""
        return {
            name: value
            for name, value in {"done": self._done, "total": self._total}.items()
            if value is not None
        }


def allow_long_statements(session: Session) -> None:
    """Give the statements of a job ten minutes instead of a request's thirty seconds."""
    session.execute(text("SET LOCAL statement_timeout = '10min'"))
