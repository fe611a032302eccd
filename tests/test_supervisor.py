"""The processes of the portal: started in order, restarted, stopped, never left behind."""

import http.client
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app import supervisor, webserver
from app.errors import Conflict, InvalidInput, Unavailable
from app.postgres import embedded, urls
from app.settings import Settings
from app.supervisor import Restarts
from tests.postgres.processes import (
    environment,
    interrupt_group,
    is_alive,
    postmaster_pid,
    read_line,
    wait_for,
)

PROGRAM = """
import sys, time
from app import supervisor
from app.errors import AppError
from app.settings import Settings

def prepare(url):
    print("preparing", flush=True)
    time.sleep(float(sys.argv[2]))

try:
    code = supervisor.serve(
        Settings(), prepare=prepare, on_ready=lambda url: print("ready", flush=True),
        factory="tests.stand_in:" + sys.argv[1])
except AppError as error:
    print(error, flush=True)
    code = 1
sys.exit(code)
"""


@dataclass
class Portal:
    """A portal that runs in processes of its own."""

    process: subprocess.Popen[bytes]
    data_dir: Path
    port: int

    def get(self, path: str = "/", **headers: str) -> tuple[int, dict[str, str]]:
        """Ask the portal; returns the status and what it says about itself."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(
                "GET", path, headers={name.replace("_", "-"): headers[name] for name in headers}
            )
            response = connection.getresponse()
            assert response.getheader("server") is None
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def end(self) -> None:
        """Kill the portal, should it still run, and whatever it failed to take along."""
        pids = self.web_pids() if self.process.poll() is None else set()
        self.process.kill()
        self.process.wait()
        try:
            wait_for(lambda: not any(map(is_alive, pids)))
        finally:
            for pid in filter(is_alive, pids):
                os.kill(pid, signal.SIGKILL)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def web_pids(self) -> set[int]:
        """Return the process ids of the web processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        pids = {int(pid) for pid in children.read_text().split()}
        return {pid for pid in pids if b"app.webserver" in command_line(pid)}

    def postgres_pid(self) -> int:
        """Return the process id of Postgres."""
        return postmaster_pid(self.data_dir)


def command_line(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def make_data_dir() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="peibi-"))
    directory.chmod(0o711)
    return directory


def launch(
    data_dir: Path,
    *,
    factory: str = "create",
    prepare_seconds: float = 0,
    line: str = "ready",
    **variables: str,
) -> Portal:
    """Start a portal and wait until it prints a line."""
    port = int(variables.setdefault("PEIBI_PORT", str(free_port())))
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, factory, str(prepare_seconds)],
        env=environment(data_dir, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while line and (said := read_line(process)) != line:
        assert said, process.communicate()[1].decode()
    return Portal(process, data_dir, port)


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """A data directory that each test finds and leaves without a running Postgres."""
    directory = make_data_dir()
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def start(data_dir: Path) -> Iterator[Callable[..., Portal]]:
    """Start a portal; it is killed after the test if it still runs."""
    started: list[Portal] = []

    def start(**options: Any) -> Portal:
        started.append(launch(data_dir, **options))
        return started[-1]

    yield start
    for portal in started:
        portal.end()
    wait_for(lambda: not (data_dir / "postgres/cluster/postmaster.pid").exists())


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    """A portal that keeps running, whatever the tests do to its processes."""
    directory = make_data_dir()
    portal = launch(directory, PEIBI_WORKERS="2")
    yield portal
    portal.end()
    wait_for(lambda: not (directory / "postgres/cluster/postmaster.pid").exists())
    shutil.rmtree(directory)


def test_it_answers_and_believes_no_proxy(portal: Portal) -> None:
    assert len(portal.web_pids()) == 2
    status, about = portal.get(x_forwarded_for="192.0.2.7", x_forwarded_proto="https")
    assert status == 200
    assert int(about["pid"]) in portal.web_pids()
    assert (about["client"], about["scheme"]) == ("127.0.0.1", "http")


def test_a_killed_postgres_is_restarted_and_the_web_recovers(portal: Portal) -> None:
    web, former = portal.web_pids(), portal.postgres_pid()
    os.kill(former, signal.SIGKILL)
    wait_for(lambda: portal.get()[0] == 200)
    assert portal.postgres_pid() != former
    assert portal.web_pids() == web


def test_a_killed_web_process_is_replaced(portal: Portal) -> None:
    former = portal.web_pids()
    for pid in former:
        os.kill(pid, signal.SIGKILL)
    assert int(portal.get()[1]["pid"]) not in former, "the socket stays open meanwhile"
    wait_for(lambda: len(portal.web_pids()) == 2)
    assert not portal.web_pids() & former


def test_a_second_portal_on_the_directory_is_refused(portal: Portal) -> None:
    second = launch(portal.data_dir, line="")
    output, _errors = second.process.communicate(timeout=20)
    assert second.process.returncode == 1
    assert f"process {portal.process.pid}" in output.decode()
    assert "PEIBI_DATA_DIR" in output.decode()
    assert portal.get()[0] == 200


def test_ctrl_c_stops_everything_in_order(start: Callable[..., Portal]) -> None:
    portal = start()
    pids = portal.web_pids() | {portal.postgres_pid()}
    assert len(pids) == 2
    began = time.monotonic()
    interrupt_group(portal.process)
    output, errors = portal.process.communicate(timeout=10)
    assert portal.process.returncode == 0
    assert time.monotonic() - began < 3
    assert b"Traceback" not in output + errors
    assert not any(map(is_alive, pids))
    with pytest.raises(ConnectionRefusedError):
        portal.get()


def test_requests_in_progress_are_finished(start: Callable[..., Portal]) -> None:
    portal = start(PEIBI_TRUSTED_PROXIES="127.0.0.1, 10.0.0.0/8")
    answers: list[tuple[int, dict[str, str]]] = []
    asking = threading.Thread(
        target=lambda: answers.append(
            portal.get("/slow", x_forwarded_for="192.0.2.7", x_forwarded_proto="https")
        )
    )
    asking.start()
    time.sleep(0.2)
    portal.process.terminate()
    assert portal.process.wait(10) == 0
    asking.join()
    [(status, about)] = answers
    assert status == 200, "Postgres stops after the web processes"
    assert (about["client"], about["scheme"]) == ("192.0.2.7", "https"), "a trusted proxy"


def test_it_stops_while_it_is_still_preparing(start: Callable[..., Portal]) -> None:
    portal = start(prepare_seconds=60, line="preparing")
    pid = portal.postgres_pid()
    portal.process.terminate()
    _output, errors = portal.process.communicate(timeout=10)
    assert portal.process.returncode == 0
    assert b"Traceback" not in errors
    assert not is_alive(pid)


def test_nothing_outlives_a_killed_supervisor(start: Callable[..., Portal]) -> None:
    portal = start(PEIBI_WORKERS="2")
    pids = portal.web_pids() | {portal.postgres_pid()}
    portal.process.kill()
    wait_for(lambda: not any(map(is_alive, pids)))
    start()


def test_a_portal_whose_web_process_cannot_start_gives_up(start: Callable[..., Portal]) -> None:
    portal = start(factory="create_broken", line="preparing")
    pid = portal.postgres_pid()
    output, _errors = portal.process.communicate(timeout=20)
    assert portal.process.returncode == 1
    assert "web process did not start" in output.decode()
    assert not is_alive(pid)


def test_a_port_in_use_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Conflict, match=f"Port {port} is in use.*PEIBI_PORT={port + 1}"):
            supervisor.serve(Settings(data_dir=tmp_path, port=port), prepare=print, on_ready=print)
    assert not (tmp_path / "postgres" / "cluster").exists()


def test_an_address_that_is_not_ours_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"cannot listen on 192\.0\.2\.1"):
        supervisor.serve(
            Settings(data_dir=tmp_path, host="192.0.2.1", port=8101),
            prepare=print,
            on_ready=print,
        )


def test_a_server_that_is_away_is_waited_for_then_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "SERVER_WAIT_SECONDS", 0)
    settings = Settings(
        data_dir=tmp_path,
        port=free_port(),
        database_url=SecretStr("postgresql://peibi@127.0.0.1:8108/peibi"),
    )
    with pytest.raises(Unavailable, match="does not answer"):
        supervisor.serve(settings, prepare=print, on_ready=print)


def test_portals_before_one_server_prepare_one_after_the_other(
    start: Callable[..., Portal],
) -> None:
    with embedded.throwaway() as url:
        first = start(prepare_seconds=60, line="preparing", DATABASE_URL=url)
        second = start(line="", DATABASE_URL=url)
        with urls.connect(url) as connection:
            waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            wait_for(lambda: connection.execute(waiting).fetchone() is not None)
        first.process.kill()
        assert read_line(second.process) == "preparing"
        assert read_line(second.process) == "ready"


def test_settings_reach_the_web_process_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEIBI_PUBLIC_URL", "https://old.example")
    settings = Settings(
        data_dir=Path("/srv/peibi"),
        port=8102,
        workers=3,
        public_url=None,
        trusted_proxies=("10.0.0.1", "192.0.2.0/24"),
        is_catalogue_public=False,
        metrics=True,
    )
    written = webserver.environment_of(settings, "postgresql+psycopg://host/peibi")
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name, value in written.items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings.model_copy(
        update={"database_url": SecretStr("postgresql+psycopg://host/peibi")}
    )


def test_what_keeps_dying_is_restarted_ever_later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    starts = []

    def start() -> None:
        starts.append(now)
        raise Unavailable("No.")

    monkeypatch.setattr(time, "monotonic", lambda: now)
    restarts = Restarts("it", lambda: False, start, started_at=now)
    while now < 60:
        restarts.tend()
        now += 1 / 64
    gaps = [round(later - earlier, 1) for earlier, later in itertools.pairwise(starts)]
    assert gaps[:4] == [0.1, 0.2, 0.4, 0.8]
    assert max(gaps) <= 10.1
    assert starts[0] < 0.2


def test_a_death_after_a_long_life_is_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    starts = []
    monkeypatch.setattr(time, "monotonic", lambda: now)
    restarts = Restarts(
        "it", lambda: False, lambda: starts.append(now), started_at=now, wait_seconds=10.0
    )
    now = 200.0
    restarts.tend()
    restarts.tend()
    assert starts == [200.0]
