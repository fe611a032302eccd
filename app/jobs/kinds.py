"""What kinds of background jobs there are: a function, and how it is queued and retried."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from app.jobs.work import Work

Json = dict[str, Any]

# Jobs that people wait for, and the short ones that keep the portal in order. Each queue has
# workers of its own, so that housekeeping never waits behind an hour of measuring.
WORK_QUEUE = "work"
UPKEEP_QUEUE = "upkeep"


@dataclass(frozen=True, slots=True)
class JobKind:
    """
    A kind of job.

    `run(session, work, arguments)` does it. What it writes in `session` is committed together
    with the job's success, or not at all; it returns the result to show. It raises AppError to
    fail with a sentence for people. `work` reports progress and notices a wish to stop. What
    `is_heavy` takes much memory: a web process starts another one for it.
    """

    code: str
    run: Callable[[Session, "Work", Json], Json | None]
    tries: int = 5
    is_heavy: bool = False


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """Upkeep that one worker of all does at each tick of `cron` (a sixth field is the seconds)."""

    code: str
    cron: str
    run: Callable[[Session], None]
