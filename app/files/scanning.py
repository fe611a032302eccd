"""The hook for a virus scanner: a command that reads the file and answers with its exit code."""

import logging
import shlex
import subprocess
from collections.abc import Iterator

from app.errors import InvalidInput, Unavailable

logger = logging.getLogger(__name__)

SCAN_SECONDS = 300
CLEAN, INFECTED = 0, 1


def scan(command: str | None, content: Iterator[bytes]) -> None:
    """
    Let the operator's scanner read a file from standard input; without a command do nothing.

    Exit code 0 is clean and 1 is infected, as clamdscan answers. Anything else is no answer,
    and a file that could not be checked is not taken.

    Raises
    ------
    InvalidInput
        If the scanner found something.
    Unavailable
        If the scanner cannot be run, takes too long or fails.
    """
    if command is None:
        return
    code = _exit_code(command, content)
    if code == INFECTED:
        raise InvalidInput("The virus scanner found something in this file, so it was not kept.")
    if code != CLEAN:
        logger.error("virus scanner failed", extra={"exit_code": code})
        raise Unavailable(
            "Files cannot be checked for viruses at the moment, so none are taken. Please try "
            "again later."
        )


def _exit_code(command: str, content: Iterator[bytes]) -> int | None:
    """Return how the scanner ended, None if it could not be run or took too long."""
    try:
        process = subprocess.Popen(
            shlex.split(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        logger.exception("virus scanner cannot be started")
        return None
    with process:
        try:
            if process.stdin is not None:  # always, with PIPE
                for piece in content:
                    process.stdin.write(piece)
                process.stdin.close()
        except BrokenPipeError:
            # It had seen enough.
            pass
        try:
            return process.wait(SCAN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return None
