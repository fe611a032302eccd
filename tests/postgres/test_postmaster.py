"""Postgres and the process that started it, when one of them is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import Unavailable
from app.postgres import postmaster, urls
from app.postgres.embedded import Cluster
from tests.postgres.processes import (
    ROOT,
    command,
    interrupt_group,
    is_alive,
    postmaster_pid,
    read_line,
    wait_for,
)


def test_committed_rows_survive_a_killed_postgres(cluster: Cluster) -> None:
    url = cluster.start()
    for _ in range(3):
        with urls.connect(url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS counted (id int)")
            connection.execute("INSERT INTO counted SELECT generate_series(1, 300)")
        assert cluster.pid is not None
        os.kill(cluster.pid, signal.SIGKILL)
        wait_for(lambda: not cluster.is_running())
        cluster.start()
    with urls.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM counted").fetchone() == (900,)


def test_a_killed_launcher_takes_postgres_along(data_dir: Path) -> None:
    with command(data_dir, "print('ready', flush=True)") as launcher:
        assert read_line(launcher) == "ready"
        pid = postmaster_pid(data_dir)
        launcher.kill()
        wait_for(lambda: not is_alive(pid))
    assert not (data_dir / "postgres/cluster/postmaster.pid").exists(), "it shut down cleanly"


def test_ctrl_c_stops_a_command_and_its_postgres(data_dir: Path) -> None:
    with command(data_dir, "print('ready', flush=True)") as launcher:
        assert read_line(launcher) == "ready"
        pid = postmaster_pid(data_dir)
        interrupt_group(launcher)
        launcher.wait(10)
        assert not is_alive(pid)
        assert not (data_dir / "postgres/cluster/postmaster.pid").exists()


def test_open_connections_do_not_hold_up_the_stop(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(postmaster, "STOP_SECONDS", 5)
    with urls.connect(cluster.start()) as connection:
        connection.execute("SELECT 1")
        cluster.stop()
        assert not cluster.is_running()
    assert "is made to" not in caplog.text


def test_a_postgres_that_does_not_start_says_why(cluster: Cluster) -> None:
    cluster.options = {"shared_buffers": "nonsense"}
    with pytest.raises(Unavailable, match='invalid value for parameter "shared_buffers"'):
        cluster.start()


def test_a_silent_postgres_is_given_up(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postmaster, "READY_SECONDS", 0.2)
    monkeypatch.setattr(postmaster.pidfile, "read", lambda _cluster: None)
    with pytest.raises(Unavailable, match=r"was silent for 0\.2 seconds"):
        cluster.start()


def test_a_log_that_grew_large_is_put_aside(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postmaster, "LOG_ROTATE_BYTES", 10)
    cluster.home.log.write_text("something older\n")
    cluster.start()
    assert cluster.home.log.with_suffix(".log.1").read_text() == "something older\n"


def test_the_watchdog_interrupts_once_its_starter_is_gone() -> None:
    """What systems other than Linux rely on."""
    with subprocess.Popen(["/bin/sleep", "60"]) as watched:
        program = (
            "import sys; from app.postgres import parent\n"
            f"dog = parent.watch({watched.pid}); print('ready', flush=True); sys.stdin.read()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as starter:
            assert read_line(starter) == "ready"
            assert watched.poll() is None
            starter.kill()
        assert watched.wait(5) == -signal.SIGINT
