"""How Postgres ends when the process that started it is killed."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Reads until its standard input ends, which is when the launcher ends, then stops Postgres.
_WATCHDOG = "import os, sys; sys.stdin.read(); os.kill(int(sys.argv[1]), int(sys.argv[2]))"

# Loaded before any fork: a child between fork and exec must not import or allocate much.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> Callable[[], None] | None:
    """
    Return what a child runs before it becomes Postgres, so that it stops when we are killed.

    Linux sends the signal when the *thread* that started the child ends: start Postgres from
    the main thread. Elsewhere there is no such thing; see `watch`.
    """
    if _libc is None:
        return None
    launcher = os.getpid()

    def ask_kernel_for_signal() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != launcher:  # killed just before we asked
            os._exit(1)

    return ask_kernel_for_signal


def watch(pid: int) -> subprocess.Popen[bytes]:
    """
    Start a process that sends SIGINT to `pid` once this process has ended.

    Closing its standard input ends it, and that is also what our own death does.
    """
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _WATCHDOG, str(pid), str(int(signal.SIGINT))],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
