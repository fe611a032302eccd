"""Data directories with a cluster in them, and a server beside them."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.postgres import embedded
from app.postgres.embedded import Cluster
from app.postgres.home import Home
from app.settings import Settings


def make_directory() -> Path:
    """Return a new directory with a short path that every account can enter."""
    directory = Path(tempfile.mkdtemp(prefix="peibi-"))
    directory.chmod(0o711)
    return directory


@pytest.fixture
def directory() -> Iterator[Path]:
    """An empty directory with a short path that every account can enter."""
    directory = make_directory()
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """
    A data directory with a stopped cluster that holds the database `peibi`.

    Each test of a module finds it stopped and leaves it whole: initdb takes half a second.
    """
    directory = make_directory()
    home = Home(directory / "postgres")
    home.create()
    cluster = Cluster(home, sync=False)
    cluster.start()
    cluster.stop()
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """The settings of a portal in a data directory of its own."""
    return Settings(data_dir=data_dir)


@pytest.fixture
def cluster(data_dir: Path) -> Iterator[Cluster]:
    """A cluster, not started; stopped after the test."""
    cluster = Cluster(Home(data_dir / "postgres"))
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a database on a server that stands for one named by DATABASE_URL."""
    with embedded.throwaway() as url:
        yield url


@pytest.fixture
def make_home(directory: Path) -> Callable[[str], Home]:
    """Return the home of a cluster in a directory of the given name, made if need be."""

    def make(name: str) -> Home:
        home = Home(directory / name / "postgres")
        home.create()
        return home

    return make
