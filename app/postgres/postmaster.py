"""Start Postgres on a cluster, wait until it takes connections, and stop it."""

import logging
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from app.errors import Unavailable
from app.postgres import parent, pidfile
from app.postgres.account import ENVIRONMENT, Account
from app.postgres.binaries import Binaries
from app.postgres.home import PORT

READY_SECONDS = 60
RETRY_SECONDS = 10
STOP_SECONDS = 30
QUIT_SECONDS = 5
LOG_ROTATE_BYTES = 10 * 2**20
LOG_TAIL_BYTES = 4_000
LOG_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND
# Postgres says one of these when a predecessor has not quite gone.
PREDECESSOR = ("pre-existing shared memory block", "already exists")

logger = logging.getLogger(__name__)


@dataclass
class Postmaster:
    """A Postgres that this process started and must stop."""

    process: subprocess.Popen[bytes]
    cluster: Path
    watchdog: subprocess.Popen[bytes] | None = None

    def is_running(self) -> bool:
        """Tell whether it still runs; reaps it if it does not."""
        return self.process.poll() is None

    def stop(self) -> None:
        """Stop it cleanly: clients are cut off, everything committed is on disk."""
        if self.is_running():
            # Fast shutdown. SIGTERM would wait for every client to leave.
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                logger.warning("Postgres did not stop in time and is made to")
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(QUIT_SECONDS)
        if self.watchdog is not None:
            self.watchdog.kill()
            self.watchdog.wait()


@dataclass(frozen=True)
class Command:
    """All that is needed to run one cluster."""

    binaries: Binaries
    account: Account
    cluster: Path
    socket_directory: Path
    log: Path
    options: dict[str, str]

    def arguments(self) -> list[str]:
        """Return the command line; `trust` is safe, for only the socket's owner gets to it."""
        options = {
            **self.options,
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_directory),
            "logging_collector": "off",
            # The details of an error carry values of rows, which are nobody's business here.
            "log_error_verbosity": "terse",
        }
        command = [self.binaries.program("postgres"), "-D", str(self.cluster), "-p", str(PORT)]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        return [*self.account.prefix, *command]


def start(command: Command) -> Postmaster:
    """Start Postgres and return it once it takes connections; raises Unavailable if it does not."""
    _rotate(command.log)
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        pidfile.clear_stale(command.cluster)
        log_start = command.log.stat().st_size if command.log.exists() else 0
        postmaster = _spawn(command)
        try:
            is_ready = _wait_ready(postmaster, command.log)
        except BaseException:
            postmaster.stop()
            raise
        if is_ready:
            return postmaster
        postmaster.stop()
        said = _tail(command.log, log_start)
        is_predecessor = any(text in said for text in PREDECESSOR)
        if is_predecessor and time.monotonic() < deadline:
            # Processes of a Postgres that was killed notice it within moments.
            time.sleep(0.2)
            continue
        if is_predecessor and (pids := pidfile.list_processes(command.cluster)):
            raise Unavailable(
                "Processes of an earlier Postgres still work in %(cluster)s: %(pids)s. Wait until "
                "they end, or end them with: kill -QUIT %(pids)s",
                cluster=str(command.cluster),
                pids=" ".join(map(str, pids)),
            )
        raise Unavailable(
            "The embedded Postgres does not start. The end of %(log)s says:\n%(said)s",
            log=str(command.log),
            said=said.strip(),
        )


def _spawn(command: Command) -> Postmaster:
    with os.fdopen(os.open(command.log, LOG_FLAGS, 0o600), "ab") as log:
        process = subprocess.Popen(
            command.arguments(),
            user=command.account.uid,
            group=command.account.gid,
            extra_groups=command.account.extra_groups,
            env=ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # A session of its own: Ctrl-C reaches us alone, and we decide the order.
            start_new_session=True,
            # A command and the supervisor have no threads that could hold a lock at the fork.
            preexec_fn=parent.die_with_parent(),  # noqa: PLW1509
        )
    watchdog = None if sys.platform == "linux" else parent.watch(process.pid)
    return Postmaster(process, command.cluster, watchdog)


def _wait_ready(postmaster: Postmaster, log: Path) -> bool:
    """Wait until Postgres says that it is ready; False if it ended instead."""
    deadline, log_size = 0.0, -1
    while postmaster.is_running():
        found = pidfile.read(postmaster.cluster)
        if found is not None and found.is_ready and found.pid == postmaster.process.pid:
            return True
        # A long recovery reports its progress every ten seconds: not stuck, only busy.
        if (size := log.stat().st_size) != log_size:
            deadline, log_size = time.monotonic() + READY_SECONDS, size
        if time.monotonic() > deadline:
            raise Unavailable(
                "The embedded Postgres was silent for %(seconds)s seconds and is not ready. The "
                "end of %(log)s says:\n%(said)s",
                seconds=READY_SECONDS,
                log=str(log),
                said=_tail(log, 0).strip(),
            )
        time.sleep(0.005)
    return False


def _tail(log: Path, start: int) -> str:
    """Return what the log says from `start` on, or its end if that is long."""
    with log.open("rb") as file:
        file.seek(max(start, log.stat().st_size - LOG_TAIL_BYTES))
        return file.read().decode(errors="replace")


def _rotate(log: Path) -> None:
    """Keep one older log, so that it cannot fill the disk over years of restarts."""
    if log.exists() and log.stat().st_size > LOG_ROTATE_BYTES:
        log.replace(log.with_suffix(".log.1"))
