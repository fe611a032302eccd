"""
The database of this installation, as a context that yields its address.

`database` serves commands, `own` the portal, `throwaway` the tests.
"""

import logging
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from app.errors import Conflict, Unavailable
from app.postgres import binaries, cluster, locale, lock, pidfile, postmaster, urls
from app.postgres.home import Home, make_socket_directory
from app.postgres.lock import Holder, Role
from app.settings import Settings

DATABASE = "peibi"
JOIN_SECONDS = 60
# Another portal may be just stopping, as when one is restarted by a script.
PORTAL_GRACE_SECONDS = 2
# Connections beside the pools of the web processes: commands, backups, a curious person.
SPARE_CONNECTIONS = 30
UNSAFE_AND_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

logger = logging.getLogger(__name__)


@dataclass
class Cluster:
    """The embedded cluster, for the process that holds its owner lock."""

    home: Home
    postgres_bin: Path | None = None
    options: dict[str, str] = field(default_factory=dict)
    sync: bool = True
    _postmaster: postmaster.Postmaster | None = None

    def start(self) -> str:
        """Start Postgres, after making the cluster and the database if need be; return its URL."""
        found = binaries.find_server(self.postgres_bin)
        account, found = cluster.ensure(self.home, found, sync=self.sync)
        socket_directory = make_socket_directory(self.home, account)
        self._postmaster = postmaster.start(
            postmaster.Command(
                found,
                account,
                self.home.cluster,
                socket_directory,
                self.home.log,
                self.options,
            )
        )
        _create_database(address(socket_directory, "postgres"))
        return address(socket_directory, DATABASE)

    def is_running(self) -> bool:
        """Tell whether Postgres runs; reaps it if it has ended."""
        return self._postmaster is not None and self._postmaster.is_running()

    @property
    def pid(self) -> int | None:
        """The process id of Postgres, once started."""
        return None if self._postmaster is None else self._postmaster.process.pid

    def stop(self) -> None:
        """Stop Postgres cleanly, if it runs."""
        if self._postmaster is not None:
            self._postmaster.stop()
            self._postmaster = None


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """
    Yield the SQLAlchemy URL of the database, for the time of one command.

    It is the server that DATABASE_URL names; else the embedded Postgres that already runs,
    which is left running; else the embedded one is started, and stopped at the end.
    """
    if settings.database_url is not None:
        url = urls.normalise(settings.database_url.get_secret_value())
        locale.check(url)
        yield url
        return
    home = home_of(settings)
    deadline = time.monotonic() + JOIN_SECONDS
    while True:
        with ExitStack() as stack:
            if stack.enter_context(_try_to_own(home, "command")):
                started = Cluster(home, settings.postgres_bin, server_options(settings))
                stack.callback(_stop_after_guests, started)
                url = started.start()
                locale.check(url, is_embedded=True)
                yield url
                return
            if stack.enter_context(lock.share(home.guest_lock)):
                running = running_url(home)
                if running is not None:
                    yield running
                    return
        if time.monotonic() > deadline:
            raise _already_running(home)
        # The owner is just starting or stopping.
        time.sleep(0.05)


@contextmanager
def own(settings: Settings, *, address: str = "") -> Iterator[Cluster]:
    """
    Yield the embedded cluster, not yet started, to the portal that owns it for its life.

    Raises Conflict if another portal has it. Waits for a command that uses it to end.
    """
    home = home_of(settings)
    began = time.monotonic()
    told = False
    while True:
        with _try_to_own(home, "portal", address) as is_ours:
            if is_ours:
                owned = Cluster(home, settings.postgres_bin, server_options(settings))
                try:
                    yield owned
                finally:
                    owned.stop()
                return
        holder = lock.read_holder(home.owner_lock)
        is_portal = holder is not None and holder.role == "portal"
        patience = PORTAL_GRACE_SECONDS if is_portal else JOIN_SECONDS
        if time.monotonic() > began + patience:
            raise _already_running(home)
        if not told and holder is not None and not is_portal:
            logger.info("waiting for another peibi command to end", extra={"pid": holder.pid})
            told = True
        time.sleep(0.05)


@contextmanager
def throwaway(directory: Path | None = None, postgres_bin: Path | None = None) -> Iterator[str]:
    """Yield the URL of a new, fast, crash-unsafe database that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="peibi-test-") as temporary:
        home = Home((directory or Path(temporary)) / "postgres")
        if directory is None:
            # Open to the account that Postgres runs as where we are root.
            Path(temporary).chmod(0o711)
        home.create()
        started = Cluster(home, postgres_bin, dict(UNSAFE_AND_FAST), sync=False)
        try:
            yield started.start()
        finally:
            started.stop()


def _stop_after_guests(started: Cluster) -> None:
    """Stop the cluster once the commands that joined us have ended."""
    # Held while Postgres stops, so that no command joins a Postgres that is going away.
    with lock.wait_alone(started.home.guest_lock):
        started.stop()


def home_of(settings: Settings) -> Home:
    """Return where the embedded cluster of an installation lies."""
    return Home(settings.data_dir.expanduser().absolute() / "postgres")


def address(socket_directory: Path, database: str) -> str:
    """Return the URL of a database in an embedded cluster."""
    return urls.for_socket(str(socket_directory), user=cluster.SUPERUSER, database=database)


def server_options(settings: Settings) -> dict[str, str]:
    """Return what Postgres must be told for the portal of these settings."""
    connections = settings.workers * settings.database_pool + SPARE_CONNECTIONS
    return {"max_connections": str(max(100, connections))}


@contextmanager
def _try_to_own(home: Home, role: Role, address: str = "") -> Iterator[bool]:
    try:
        home.create()
        own_lock = lock.own(home.owner_lock, Holder(os.getpid(), role, address))
        with ExitStack() as stack:
            is_ours = stack.enter_context(own_lock)
            held = stack.pop_all()
    except PermissionError as error:
        raise Conflict(
            "%(directory)s belongs to another user. Run Peibi as that user, or set PEIBI_DATA_DIR "
            "to a directory of your own.",
            directory=str(home.directory),
        ) from error
    with held:
        yield is_ours


def running_url(home: Home) -> str | None:
    """Return the URL of the database that another process runs here, once it answers."""
    found = pidfile.read(home.cluster)
    if found is None or not found.is_ready or found.socket_directory is None:
        return None
    url = address(found.socket_directory, DATABASE)
    with suppress(Unavailable):
        urls.connect(url).close()
        return url
    return None


def _create_database(url: str) -> None:
    """Make our database in a new cluster, or in one that was killed before this."""
    try:
        with urls.connect(url) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if found.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    except psycopg.OperationalError as error:
        raise Unavailable(
            "The embedded Postgres ended just after its start: %(why)s", why=str(error).strip()
        ) from error


def _already_running(home: Home) -> Conflict:
    holder = lock.read_holder(home.owner_lock)
    return Conflict(
        "Peibi already runs on %(directory)s%(address)s as process %(pid)s. Use that one, stop it "
        "with: kill %(pid)s, or set PEIBI_DATA_DIR and PEIBI_PORT to run a second portal beside "
        "it.",
        directory=str(home.directory.parent),
        address=f" ({holder.address})" if holder and holder.address else "",
        pid=holder.pid if holder else "?",
    )
