"""A store in a temporary directory and one that is no directory at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from app.files.storage import FileStorage


@pytest.fixture
def local_storage(tmp_path: Path) -> FileStorage:
    return FileStorage.open(None, tmp_path / "files")


@pytest.fixture(params=["directory", "object store"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FileStorage]:
    if request.param == "directory":
        yield FileStorage.open(None, tmp_path / "files")
        return
    yield FileStorage.open("memory://peibi", tmp_path)
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]
