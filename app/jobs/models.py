"""Background jobs as people see them: what was asked for, how far it is, what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, CreatedAt


class JobState(StrEnum):
    """Where a job is; `queued` comes back where an attempt ended early and another will follow."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL_STATES = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})


class Job(Base):
    """
    One piece of work outside a request; the queue's own row only says who runs it.

    `public_id` stands in addresses. `attempt` counts the times a worker took the job up: what
    an earlier attempt still tries to write is refused, so that a worker that only seemed dead
    changes nothing. `tries_left` goes down with each attempt that was not ended by a worker's
    orderly stop. `message` is an English msgid with `message_params`. `created_by_id` is an
    account's id without a key.
    """

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="state"
        ),
        CheckConstraint("done >= 0 AND total >= 0", name="progress"),
        Index("ix_job_created_by_id_id", "created_by_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    queue_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default=sql("'queued'"))
    done: Mapped[int] = mapped_column(BigInteger, server_default=sql("0"))
    total: Mapped[int | None] = mapped_column(BigInteger)
    message: Mapped[str | None]
    message_params: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    result: Mapped[dict[str, Any] | None]
    attempt: Mapped[int] = mapped_column(server_default=sql("0"))
    tries_left: Mapped[int]
    created_by_id: Mapped[int | None]
    created_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to the job."""
        return self.state in FINAL_STATES

    @property
    def share_done(self) -> float | None:
        """The done part of the whole, 0 to 1; None where the whole is not known."""
        return min(1.0, self.done / self.total) if self.total else None
