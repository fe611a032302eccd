"""Locks beside a cluster: who starts and stops it, and who is only its guest."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Role = Literal["portal", "command"]


@dataclass(frozen=True)
class Holder:
    """The process that owns a cluster; what another one is told about it."""

    pid: int
    role: Role
    address: str = ""


@contextmanager
def own(path: Path, holder: Holder) -> Iterator[bool]:
    """Hold the lock alone and write into it who we are; False if another process holds it."""
    with _locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB) as descriptor:
        if descriptor is None:
            yield False
            return
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(holder)).encode(), 0)
        try:
            yield True
        finally:
            os.ftruncate(descriptor, 0)


def read_holder(path: Path) -> Holder | None:
    """Return who wrote their name into the lock, if anybody did."""
    with suppress(FileNotFoundError, ValueError, TypeError):
        return Holder(**json.loads(path.read_text()))
    return None


@contextmanager
def share(path: Path) -> Iterator[bool]:
    """Be one of many who hold the lock; False if somebody holds it alone."""
    with _locked(path, fcntl.LOCK_SH | fcntl.LOCK_NB) as descriptor:
        yield descriptor is not None


@contextmanager
def wait_alone(path: Path) -> Iterator[None]:
    """Wait until nobody shares the lock, then hold it alone."""
    with _locked(path, fcntl.LOCK_EX):
        yield


@contextmanager
def _locked(path: Path, mode: int) -> Iterator[int | None]:
    # The kernel drops the lock when the process ends, however it ends. Children do not inherit
    # the descriptor, so that none of them keeps the lock alive.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, mode)
        except BlockingIOError:
            yield None
        else:
            yield descriptor
    finally:
        os.close(descriptor)
