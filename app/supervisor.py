"""
`peibi serve`: keep Postgres and the web processes running, and stop them in order.

The supervisor answers no request itself. It owns the embedded cluster and the listening
socket, restarts what dies, and whatever it started ends with it, even after `kill -9`.
"""

import errno
import logging
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import FrameType

from app import webserver
from app.errors import AppError, Conflict, InvalidInput, Unavailable
from app.postgres import embedded, locale, urls
from app.settings import Settings

FACTORY = "app.main:create_app_from_environment"
WEB_START_SECONDS = 60
SERVER_WAIT_SECONDS = 30
FIRST_RESTART_SECONDS = 0.1
LONGEST_RESTART_SECONDS = 10.0
# A process that lived this long was well; its next death starts the back-off anew.
HEALTHY_SECONDS = 30
BACKLOG = 2048
# Only one of several portals on one server migrates and seeds at a time.
PREPARE_LOCK = int.from_bytes(b"peibi")
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

logger = logging.getLogger(__name__)


class StopRequested(BaseException):
    """Ctrl-C, SIGTERM or SIGHUP arrived. Not an Exception: no handler of errors may eat it."""


@dataclass
class Restarts:
    """When something that died is started again: soon, then ever later."""

    name: str
    is_running: Callable[[], bool]
    start: Callable[[], object]
    started_at: float = field(default_factory=time.monotonic)
    wait_seconds: float = 0.0
    retry_at: float | None = None

    def tend(self) -> None:
        """Start the thing again if it is down and its time has come."""
        if self.is_running():
            return
        if self.retry_at is None:
            logger.warning("%s ended and will be restarted", self.name)
            self._plan()
        elif time.monotonic() >= self.retry_at:
            self.retry_at, self.started_at = None, time.monotonic()
            try:
                self.start()
            except (AppError, OSError) as error:  # a full disk may have room again
                logger.warning("%s cannot be restarted yet: %s", self.name, error)
                self._plan()
            else:
                logger.warning("%s was restarted", self.name)

    def _plan(self) -> None:
        now = time.monotonic()
        if now - self.started_at >= HEALTHY_SECONDS:
            self.wait_seconds = 0.0
        self.retry_at = now + self.wait_seconds
        self.wait_seconds = min(
            max(FIRST_RESTART_SECONDS, 2 * self.wait_seconds), LONGEST_RESTART_SECONDS
        )


def serve(
    settings: Settings,
    *,
    prepare: Callable[[str], None],
    on_ready: Callable[[str], None],
    factory: str = FACTORY,
) -> int:
    """
    Run the portal until it is told to stop; return the exit code of the command.

    `prepare` migrates and seeds the database whose URL it gets; `on_ready` tells the person
    where the portal is. Raises AppError where the portal cannot start.
    """
    try:
        with _stop_signals_raise(), _waking() as wait, ExitStack() as stack:
            wards, url = _start(settings, stack, prepare, factory)
            on_ready(url)
            while True:
                for ward in wards:
                    ward.tend()
                wait(_seconds_to_next(wards))
    except StopRequested:
        return 0


def _start(
    settings: Settings, stack: ExitStack, prepare: Callable[[str], None], factory: str
) -> tuple[list[Restarts], str]:
    """Start everything in order; `stack` stops it in the opposite order."""
    wards = []
    if settings.database_url is None:
        cluster = stack.enter_context(embedded.own(settings, address=settings.base_url))
        listener = stack.enter_context(_listen(settings))
        url = cluster.start()
        wards.append(Restarts("Postgres", cluster.is_running, cluster.start))
    else:
        listener = stack.enter_context(_listen(settings))
        url = urls.normalise(settings.database_url.get_secret_value())
        _wait_for_server(url)
    locale.check(url, is_embedded=settings.database_url is None)
    with urls.connect(url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [PREPARE_LOCK])
        prepare(url)
    web = WebProcesses(listener, webserver.environment_of(settings, url), factory)
    stack.callback(web.stop)
    for number in range(settings.workers):
        web.start(number)
    for number in range(settings.workers):
        web.require_ready(number)
        wards.append(web.ward(number))
    return wards, url


@dataclass
class WebProcesses:
    """The web processes that share one socket."""

    listener: socket.socket
    environment: dict[str, str]
    factory: str
    running: dict[int, webserver.WebProcess] = field(default_factory=dict)

    def start(self, number: int) -> None:
        """Start one of them, in the place of one that died."""
        if (former := self.running.pop(number, None)) is not None:
            former.lifeline.close()
        self.running[number] = webserver.start(self.listener, self.environment, self.factory)

    def require_ready(self, number: int) -> None:
        """Wait until one of them answers; raises Unavailable if it does not."""
        if not self.running[number].wait_ready(WEB_START_SECONDS):
            raise Unavailable("The web process did not start. The lines above say why.")

    def is_running(self, number: int) -> bool:
        """Tell whether the one in this place runs."""
        return self.running[number].is_running()

    def ward(self, number: int) -> Restarts:
        """Return what restarts one of them."""
        return Restarts(
            "a web process",
            partial(self.is_running, number),
            partial(self.start, number),
        )

    def stop(self) -> None:
        """Let all finish their requests, within bounds, and end them."""
        for process in self.running.values():
            process.ask_to_stop()
        deadline = time.monotonic() + webserver.KILL_SECONDS
        for process in self.running.values():
            process.make_stop(max(0.0, deadline - time.monotonic()))


def _listen(settings: Settings) -> socket.socket:
    """Return the socket that the web processes share; raises AppError if it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Conflict(
                "Port %(port)s is in use by another program. Stop that one, or choose another "
                "port: PEIBI_PORT=%(other)s",
                port=settings.port,
                other=settings.port + 1,
            ) from error
        raise InvalidInput(
            "Peibi cannot listen on %(host)s, port %(port)s: %(why)s. PEIBI_HOST and PEIBI_PORT "
            "set them.",
            host=settings.host,
            port=settings.port,
            why=error.strerror or str(error),
        ) from error


def _wait_for_server(url: str) -> None:
    """Give a database server that starts beside us time to come up."""
    deadline = time.monotonic() + SERVER_WAIT_SECONDS
    while True:
        try:
            urls.connect(url).close()
        except Unavailable:
            if time.monotonic() > deadline:
                raise
            logger.info("waiting for the database server")
            time.sleep(1)
        else:
            return


@contextmanager
def _stop_signals_raise() -> Iterator[None]:
    """Turn the first request to stop into StopRequested; later ones change nothing."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        raise StopRequested

    # `nohup` ignores SIGHUP on purpose.
    before = {
        number: signal.getsignal(number)
        for number in STOP_SIGNALS
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _waking() -> Iterator[Callable[[float], None]]:
    """Yield a sleep that the death of a child ends at once."""
    reader, writer = socket.socketpair()
    with reader, writer:
        reader.settimeout(0)
        writer.settimeout(0)

        def wait(seconds: float) -> None:
            if select.select([reader], [], [], seconds)[0]:
                reader.recv(4096)

        handler = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        descriptor = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
        try:
            yield wait
        finally:
            signal.set_wakeup_fd(descriptor)
            signal.signal(signal.SIGCHLD, handler)


def _seconds_to_next(wards: list[Restarts]) -> float:
    """Return how long nothing needs to be done, unless a child dies."""
    due = [ward.retry_at for ward in wards if ward.retry_at is not None]
    return max(0.0, min(due, default=time.monotonic() + 5) - time.monotonic())
