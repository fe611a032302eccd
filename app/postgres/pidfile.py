"""What `postmaster.pid` says, and what to do with one that a crash left behind."""

import logging
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.errors import Unavailable
from app.postgres.home import SOCKET_NAME

ORPHAN_GRACE_SECONDS = 10
STOP_SECONDS = 30
# Linux tells of each process here; elsewhere `ps` does.
PROCESSES = Path("/proc")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PidFile:
    """The lines of `postmaster.pid` that matter to us."""

    pid: int
    socket_directory: Path | None
    is_ready: bool


def read(cluster: Path) -> PidFile | None:
    """Return what the file says, or None where there is none or it is not yet written."""
    try:
        lines = (cluster / "postmaster.pid").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    try:
        pid = abs(int(lines[0]))
    except (IndexError, ValueError):
        return None
    lines += [""] * (8 - len(lines))
    directory = lines[4].strip()
    return PidFile(pid, Path(directory) if directory else None, lines[7].strip() == "ready")


def clear_stale(cluster: Path) -> None:
    """
    Remove the leftovers of a Postgres that is gone, so that a new one can start.

    Only for the holder of the owner lock: nobody else starts a Postgres here meanwhile.
    Postgres itself takes any living process with the noted pid for its predecessor, be it a
    zombie or, after a restart of the machine, something else altogether.
    """
    found = read(cluster)
    if found is None:
        return
    if is_postgres_of(found.pid, cluster):
        _end_orphan(found.pid, cluster)
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    if found.socket_directory is not None:
        for name in (SOCKET_NAME, SOCKET_NAME + ".lock"):
            (found.socket_directory / name).unlink(missing_ok=True)


def is_postgres_of(pid: int, cluster: Path) -> bool:
    """Tell whether a process is a Postgres at work in this very directory."""
    if (PROCESSES / "self").exists():
        process = PROCESSES / str(pid)
        # A zombie has no directory; it is dead, whoever failed to reap it.
        with suppress(OSError):
            return (process / "cwd").samefile(cluster) and _is_postgres(process)
        return False
    answer = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return "postgres" in answer.stdout and str(cluster) in answer.stdout


def list_processes(cluster: Path) -> list[int]:
    """Return the pids of every Postgres process at work in the directory (Linux only)."""
    pids = [int(entry.name) for entry in PROCESSES.glob("[0-9]*")]
    return sorted(pid for pid in pids if is_postgres_of(pid, cluster))


def _is_postgres(process: Path) -> bool:
    return "postgres" in (process / "comm").read_text()


def _end_orphan(pid: int, cluster: Path) -> None:
    """End a Postgres whose launcher was killed: give it time, then ask it to stop."""
    # It was told to stop when its launcher died, and may still be writing its checkpoint.
    if _is_gone_within(ORPHAN_GRACE_SECONDS, pid, cluster):
        return
    logger.warning("stopping a Postgres that nobody owns", extra={"pid": pid})
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    if not _is_gone_within(STOP_SECONDS, pid, cluster):
        raise Unavailable(
            "A Postgres that Peibi started earlier (process %(pid)s) still runs in %(cluster)s and "
            "does not stop. Stop it with: kill -INT %(pid)s",
            pid=pid,
            cluster=str(cluster),
        )


def _is_gone_within(seconds: float, pid: int, cluster: Path) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not is_postgres_of(pid, cluster):
            return True
        time.sleep(0.02)
    return False
