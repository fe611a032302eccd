"""Who may start and stop a cluster, and who is a guest."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from app.postgres import lock
from app.postgres.lock import Holder

OURS = Holder(os.getpid(), "portal", "http://127.0.0.1:8000")


def test_the_lock_is_held_once_and_names_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "owner.lock"
    with lock.own(path, OURS) as first, lock.own(path, Holder(1, "command")) as second:
        assert first
        assert not second
        assert lock.read_holder(path) == OURS
    assert lock.read_holder(path) is None
    with lock.own(path, OURS) as again:
        assert again


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "owner.lock"
    program = (
        "import os, sys; from pathlib import Path; from app.postgres import lock\n"
        "with lock.own(Path(sys.argv[1]), lock.Holder(os.getpid(), 'portal')) as held:\n"
        "    print(held, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        with lock.own(path, OURS) as is_ours:
            assert not is_ours
            assert lock.read_holder(path) == Holder(holder.pid, "portal")
        holder.kill()
    with lock.own(path, OURS) as is_ours:
        assert is_ours


def test_guests_share_and_the_last_one_lets_the_owner_go(tmp_path: Path) -> None:
    path = tmp_path / "guest.lock"
    is_alone, may_end = threading.Event(), threading.Event()

    def wait_alone() -> None:
        with lock.wait_alone(path):
            is_alone.set()
            may_end.wait(5)

    with lock.share(path) as first:
        with lock.share(path) as second:
            assert first
            assert second
        owner = threading.Thread(target=wait_alone)
        owner.start()
        assert not is_alone.wait(0.1)
    assert is_alone.wait(5)
    with lock.share(path) as late:
        assert not late
    may_end.set()
    owner.join()
