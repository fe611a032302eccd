"""
One attempt at a job in a process of its own, which takes its memory with it when it ends.

The process that started it holds the other end of the job's standard input: when that closes,
in order or because its holder died, the job stops and goes back into the queue.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from app.jobs import queue, runner
from app.jobs.errors import TryAgain
from app.jobs.kinds import JobKind

# The exit code of an attempt that should be made again; how soon is on its standard output.
TRY_AGAIN = os.EX_TEMPFAIL
POLL_SECONDS = 0.2
# A job that is told to stop and does not report for so long is ended.
STOP_SECONDS = 4


@dataclass(frozen=True, slots=True)
class Child:
    """How to start a process that makes one attempt: its command, to which the job's id comes."""

    command: tuple[str, ...]
    environment: Mapping[str, str]

    def run_job(
        self, public_id: str, tried: int, *, should_stop: Callable[[], bool] = lambda: False
    ) -> None:
        """
        Make one attempt at a job that was begun `tried` times before.

        Raises
        ------
        TryAgain
            If the queue should hand the job out again: the attempt says so, or it died.
        """
        try:
            process = subprocess.Popen(
                [*self.command, public_id],
                env=dict(self.environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # A group of its own: what the job starts is ended with it.
                start_new_session=True,
            )
        except OSError as error:
            raise TryAgain(queue.wait_before(tried + 1)) from error
        with process:
            said = _wait(process, should_stop)
        if process.returncode == TRY_AGAIN and said:
            raise TryAgain(timedelta(seconds=float(said)))
        if process.returncode:
            raise TryAgain(queue.wait_before(tried + 1))


def _wait(process: subprocess.Popen[bytes], should_stop: Callable[[], bool]) -> bytes:
    """Wait for the end of a process, told to stop when it should; return what it said."""
    while not should_stop():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(POLL_SECONDS)
            break
    # Closes its standard input, and reads to the end.
    return process.communicate()[0]


def attempt(
    session_factory: sessionmaker[Session], kinds: Mapping[str, JobKind], public_id: str
) -> int:
    """Make the attempt that this process was started for; return its exit code."""
    is_stopping = threading.Event()
    threading.Thread(target=_listen, args=[is_stopping], daemon=True).start()
    try:
        runner.run_job(session_factory, kinds, public_id, should_stop=is_stopping.is_set)
    except TryAgain as error:
        sys.stdout.write(str(error.wait.total_seconds()))
        return TRY_AGAIN
    return 0


def _listen(is_stopping: threading.Event) -> None:
    """Stop the job when standard input closes, and then everything that it started."""
    # Not `sys.stdin`: its lock would be held here when the interpreter ends.
    os.read(0, 1)
    is_stopping.set()
    time.sleep(STOP_SECONDS)
    os.killpg(os.getpgrp(), signal.SIGKILL)
