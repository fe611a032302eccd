"""Where things lie, and sockets whose path is too long."""

import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app.errors import Unavailable
from app.postgres import urls
from app.postgres.account import OURSELVES
from app.postgres.embedded import Cluster
from app.postgres.home import Home, make_socket_directory


@pytest.fixture
def deep(make_home: Callable[[str], Home]) -> Home:
    """A home whose socket would have a longer path than the system takes."""
    return make_home("d" * 100)


def test_the_socket_lies_beside_the_cluster(make_home: Callable[[str], Home]) -> None:
    home = make_home("short")
    socket_directory = make_socket_directory(home, OURSELVES)
    assert socket_directory == home.directory / "socket"
    assert stat.S_IMODE(socket_directory.stat().st_mode) == 0o700


def test_a_long_path_gets_a_short_private_one_that_works(deep: Home) -> None:
    cluster = Cluster(deep, sync=False)
    try:
        with urls.connect(cluster.start()) as connection:
            socket_directory = Path(connection.info.host)
    finally:
        cluster.stop()
    assert len(str(socket_directory)) < 80
    assert stat.S_IMODE(socket_directory.stat().st_mode) == 0o700
    socket_directory.rmdir()


def test_a_directory_that_somebody_else_put_there_is_not_used(
    deep: Home, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = directory / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    first = make_socket_directory(deep, OURSELVES)
    assert make_socket_directory(deep, OURSELVES) == first
    first.chmod(0o777)
    assert make_socket_directory(deep, OURSELVES) != first
    first.rmdir()
    first.symlink_to(directory)
    assert make_socket_directory(deep, OURSELVES) != first


def test_no_short_path_at_all_is_explained(
    deep: Home, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = directory / ("t" * 100)
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with pytest.raises(Unavailable, match="Set PEIBI_DATA_DIR to a shorter path, or TMPDIR"):
        make_socket_directory(deep, OURSELVES)


def test_root_lets_the_account_of_postgres_through_and_others_nobody(
    make_home: Callable[[str], Home],
) -> None:
    home = make_home("new")
    mode = stat.S_IMODE(home.directory.stat().st_mode)
    assert mode == (0o711 if os.geteuid() == 0 else 0o700)
