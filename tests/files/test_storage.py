"""Bytes under random names, in a directory and in an object store."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import InvalidInput, NotFound
from app.files.storage import FileStorage, new_key


def put(storage: FileStorage, content: bytes) -> str:
    key = new_key()
    with storage.create(key) as handle:
        handle.write(content)
    return key


def test_what_was_written_is_read_back_in_pieces(storage: FileStorage) -> None:
    content = bytes(range(256)) * 3_000
    pieces = list(storage.read(put(storage, content)))
    assert len(pieces) == 3
    assert b"".join(pieces) == content


def test_a_deleted_file_is_gone_and_may_be_deleted_again(storage: FileStorage) -> None:
    key = put(storage, b"x")
    assert storage.exists(key)
    storage.delete(key)
    storage.delete(key)
    assert not storage.exists(key)
    with pytest.raises(NotFound):
        storage.read(key)


@pytest.mark.parametrize("key", ["../../etc/passwd", "ab", "A" * 32, "", "0" * 31 + "/"])
def test_only_names_of_the_store_lead_anywhere(storage: FileStorage, key: str) -> None:
    with pytest.raises(NotFound):
        storage.read(key)


def test_folders_hold_every_file_and_its_time(storage: FileStorage) -> None:
    keys = {put(storage, b"x") for _number in range(20)}
    found = {key: at for _prefix, files in storage.folders() for key, at in files.items()}
    assert found.keys() == keys
    assert all(abs(datetime.now(UTC) - at) < timedelta(minutes=1) for at in found.values())


def test_names_are_random_and_long() -> None:
    assert len({new_key() for _number in range(1_000)}) == 1_000
    assert len(new_key()) == 32


def test_the_default_directory_is_for_the_owner_alone(tmp_path: Path) -> None:
    FileStorage.open(None, tmp_path / "files")
    assert stat.S_IMODE((tmp_path / "files").stat().st_mode) == 0o700


def test_a_store_of_an_unknown_kind_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="PEIBI_FILES_URL"):
        FileStorage.open("nosuch://bucket", tmp_path)
