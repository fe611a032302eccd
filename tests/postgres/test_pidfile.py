"""What a crash leaves behind must not keep Postgres from starting."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.errors import Unavailable
from app.postgres import account, pidfile, postmaster
from app.postgres.embedded import Cluster
from tests.postgres.processes import is_alive, postmaster_pid, wait_for


def leave_pid(cluster: Cluster, pid: int) -> None:
    """Leave the files of a Postgres that was killed and had this process id."""
    socket_directory = cluster.home.directory / "socket"
    directory = cluster.home.cluster
    lines = [pid, directory, 1, 5432, socket_directory, "", "1 2", "ready"]
    socket_directory.mkdir(exist_ok=True)
    for path in (directory / "postmaster.pid", socket_directory / ".s.PGSQL.5432.lock"):
        path.write_text("".join(f"{line}\n" for line in lines))
        owner = directory.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


@contextmanager
def other_program(cluster: Cluster) -> Iterator[int]:
    """Run something that is no Postgres, as the account of Postgres."""
    owner = account.owner_of(cluster.home.cluster)
    with subprocess.Popen(
        [*owner.prefix, "/bin/sleep", "60"],
        user=owner.uid,
        group=owner.gid,
        extra_groups=owner.extra_groups,
        cwd="/",
    ) as process:
        yield process.pid
        process.kill()


def test_a_dead_process(cluster: Cluster) -> None:
    with other_program(cluster) as pid:
        pass
    leave_pid(cluster, pid)
    assert cluster.start()


def test_a_number_that_another_program_has_now(cluster: Cluster) -> None:
    with other_program(cluster) as pid:
        leave_pid(cluster, pid)
        assert cluster.start()
        assert is_alive(pid), "which is not our business"


def test_a_process_that_nobody_reaped(cluster: Cluster) -> None:
    with other_program(cluster) as pid:
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not is_alive(pid))
        os.kill(pid, 0)  # the zombie still answers
        leave_pid(cluster, pid)
        assert cluster.start()


def test_a_half_written_file_is_no_server(cluster: Cluster) -> None:
    (cluster.home.cluster / "postmaster.pid").write_text("")
    assert pidfile.read(cluster.home.cluster) is None
    (cluster.home.cluster / "postmaster.pid").write_text("123\n/somewhere\n")
    found = pidfile.read(cluster.home.cluster)
    assert found == pidfile.PidFile(123, None, is_ready=False)
    (cluster.home.cluster / "postmaster.pid").unlink()


def test_a_running_postgres_without_an_owner_is_stopped_first(
    cluster: Cluster, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pidfile, "ORPHAN_GRACE_SECONDS", 0.1)
    cluster.start()
    orphan = postmaster_pid(data_dir)
    successor = Cluster(cluster.home)
    successor.start()
    try:
        assert not is_alive(orphan)
        assert postmaster_pid(data_dir) == successor.pid
    finally:
        successor.stop()


def test_a_postgres_that_is_just_stopping_is_waited_for(cluster: Cluster, data_dir: Path) -> None:
    cluster.start()
    orphan = postmaster_pid(data_dir)
    began = time.monotonic()
    with subprocess.Popen(["/bin/sh", "-c", f"sleep 0.3; kill -INT {orphan}"]):
        successor = Cluster(cluster.home)
        successor.start()
    successor.stop()
    assert 0.2 < time.monotonic() - began < pidfile.ORPHAN_GRACE_SECONDS


def test_processes_that_outlive_a_killed_postgres_are_waited_for_then_named(
    cluster: Cluster, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postmaster, "RETRY_SECONDS", 0.5)
    cluster.start()
    children = Path(f"/proc/{cluster.pid}/task/{cluster.pid}/children").read_text().split()
    backend = int(children[0])
    os.kill(backend, signal.SIGSTOP)
    os.kill(postmaster_pid(data_dir), signal.SIGKILL)
    assert cluster.pid is not None
    try:
        wait_for(lambda: not cluster.is_running())
        with pytest.raises(Unavailable, match=f"still work in .*: {backend}"):
            cluster.start()
    finally:
        os.kill(backend, signal.SIGCONT)
    assert cluster.start()
