"""
How an attempt at a job can end early.

Exception
├── JobCancelled      a person asked to stop; a job may catch it and keep what it has so far
├── JobInterrupted    the worker stops; another one starts the job again
├── JobTakenOver      another worker took the job up, so that this attempt may write nothing
└── TryAgain          something was away for a moment; the queue tries again later
"""

from datetime import timedelta


class JobCancelled(Exception):
    """A person asked the job to stop."""


class JobInterrupted(Exception):
    """The worker is stopping; the job starts again on another one."""


class JobTakenOver(Exception):
    """A later attempt runs elsewhere; nothing of this one is kept."""


class TryAgain(Exception):
    """The attempt failed for a reason that may pass; carries how long to wait."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"trying again in {wait}")
        self.wait = wait
