"""
One web process: uvicorn on a socket that the supervisor opened.

Runs as `python -m app.webserver LISTENER_FD LIFELINE_FD FACTORY`, with its settings in the
environment. It ends by itself when the supervisor is gone, however that happened.
"""

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import uvicorn
from pydantic import SecretStr

from app.settings import Settings

READY = b"r"
# Requests in progress get this long to finish when the portal stops.
GRACE_SECONDS = 5
KILL_SECONDS = GRACE_SECONDS + 3
# -P: a directory `app` that happens to be here must not be taken for ours. The columns that a
# traceback could underline are a megabyte.
COMMAND = (sys.executable, "-P", "-X", "no_debug_ranges", "-m", "app.webserver")
# How many new objects make the collector look. Nearly all that are made at the start stay, and
# looking through them as often as Python does by itself is a fifth of the time it takes.
COLLECT_AFTER = (20_000, 50, 100)


@dataclass
class WebProcess:
    """A web process, as the supervisor sees it."""

    process: subprocess.Popen[bytes]
    # The process ends when this closes, which is also what our own death does.
    lifeline: socket.socket

    def wait_ready(self, seconds: float) -> bool:
        """Wait until the process answers requests; False if it ended or took too long."""
        self.lifeline.settimeout(seconds)
        with suppress(TimeoutError, ConnectionError):
            return self.lifeline.recv(1) == READY
        return False

    def is_running(self) -> bool:
        """Tell whether the process runs; reaps it if it has ended."""
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Tell the process to finish its requests and end."""
        if self.is_running():
            self.process.send_signal(signal.SIGTERM)

    def make_stop(self, seconds: float) -> None:
        """Wait for the end of the process, and kill it if that takes too long."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.lifeline.close()


def start(listener: socket.socket, environment: Mapping[str, str], factory: str) -> WebProcess:
    """Start a web process on the shared socket."""
    ours, theirs = socket.socketpair()
    with theirs:
        descriptors = [listener.fileno(), theirs.fileno()]
        process = subprocess.Popen(
            [*COMMAND, *map(str, descriptors), factory],
            env=environment,
            stdin=subprocess.DEVNULL,
            pass_fds=descriptors,
            # Out of reach of Ctrl-C: the supervisor decides the order.
            start_new_session=True,
        )
    return WebProcess(process, ours)


def environment_of(settings: Settings, database_url: str) -> dict[str, str]:
    """Return an environment in which `Settings()` reads these settings, with this database."""
    effective = settings.model_copy(update={"database_url": SecretStr(database_url)})
    environment = dict(os.environ)
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias
        if not isinstance(variable, str):
            variable = f"PEIBI_{name.upper()}"
        value = getattr(effective, name)
        environment.pop(variable, None)
        if value is not None:
            environment[variable] = _written(value)
    return environment


def _written(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value)


def make_config(settings: Settings, factory: str) -> uvicorn.Config:
    """Return how uvicorn serves the application."""
    return uvicorn.Config(
        factory,
        factory=True,
        loop="uvloop",
        # By name: the supervisor, which only starts this, waits for no import of it.
        http="app.web.protocol:Protocol",
        ws="none",
        lifespan="on",
        # The application configures the logs, and writes a line per request itself.
        log_config=None,
        access_log=False,
        server_header=False,
        # Without a trusted proxy these headers are whatever the client likes to claim.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def run(listener: socket.socket, lifeline: socket.socket, factory: str) -> None:
    """Serve until told to stop; says so on the lifeline once requests are answered."""
    threading.Thread(target=_end_with_supervisor, args=[lifeline], daemon=True).start()
    config = make_config(Settings(), factory)
    is_announced = False

    async def announce() -> None:
        nonlocal is_announced
        if not is_announced:
            is_announced = True
            lifeline.send(READY)

    config.callback_notify = announce
    uvicorn.Server(config).run(sockets=[listener])


def _end_with_supervisor(lifeline: socket.socket) -> None:
    """Stop this process when the other end of the lifeline closes."""
    # A reset instead of an end: the supervisor died before it read that we are ready.
    with suppress(OSError):
        lifeline.recv(1)
    os.kill(os.getpid(), signal.SIGTERM)
    # Nobody is left to insist if that gets stuck.
    threading.Event().wait(KILL_SECONDS)
    os._exit(1)


def main() -> None:
    """Run the web process that the command line describes."""
    gc.set_threshold(*COLLECT_AFTER)
    # The logs would load it, 3 MB, and print nothing with it.
    sys.modules["rich"] = None  # type: ignore[assignment]  # how Python marks what is not there
    listener_fd, lifeline_fd, factory = sys.argv[1:]
    run(socket.socket(fileno=int(listener_fd)), socket.socket(fileno=int(lifeline_fd)), factory)


if __name__ == "__main__":
    main()
