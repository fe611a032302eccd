"""Programs that tests start and kill, and questions about processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 15


def wait_for(condition: Callable[[], object], seconds: float = SECONDS) -> None:
    """Wait until the condition holds; fails the test if it takes too long."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def postmaster_pid(data_dir: Path) -> int:
    """Return the process id of the Postgres that runs in a data directory."""
    return int((data_dir / "postgres/cluster/postmaster.pid").read_text().split()[0])


def environment(data_dir: Path, **variables: str) -> dict[str, str]:
    """Return the environment of a program that uses a data directory."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PEIBI_", "DATABASE_URL"))
    }
    return inherited | {
        "PEIBI_DATA_DIR": str(data_dir),
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error",
        **variables,
    }


@contextmanager
def command(data_dir: Path, body: str) -> Iterator[subprocess.Popen[bytes]]:
    """
    Run a program within `embedded.database`, like each command of the command line.

    The body may use `url`; it prints something when it is ready and waits for its input to end.
    """
    program = (
        "import sys\n"
        "from app.postgres import embedded, urls\n"
        "from app.settings import Settings\n"
        "with embedded.database(Settings()) as url:\n"
        f"    {body}\n"
        "    sys.stdin.read()\n"
        "print('ended')\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env=environment(data_dir),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.close()
        process.stdout.close()


def read_line(process: subprocess.Popen[bytes]) -> str:
    """Return the next line that a program prints; "" if it has ended."""
    assert process.stdout is not None
    return process.stdout.readline().decode().strip()


def interrupt_group(process: subprocess.Popen[bytes]) -> None:
    """Do what Ctrl-C on a terminal does: signal the whole process group."""
    os.killpg(process.pid, signal.SIGINT)
