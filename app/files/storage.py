"""Where the bytes lie: a directory, or any object store that fsspec can open."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from app.errors import InvalidInput, NotFound

CHUNK_BYTES = 256 * 1024
_KEY = re.compile(r"[0-9a-f]{32}")


def new_key() -> str:
    """Return a name for a file that nobody can guess."""
    return secrets.token_hex(16)


class FileStorage:
    """
    Bytes under random names.

    A name is written once and never changed, so that a reader sees a whole file or none: its
    row comes after its bytes.
    """

    def __init__(self, file_system: AbstractFileSystem, root: str) -> None:
        self.file_system = file_system
        self.root = root.rstrip("/")

    @classmethod
    def open(cls, url: str | None, default: Path) -> "FileStorage":
        """
        Return the storage at a path or fsspec URL, by default in a directory of the data.

        Raises
        ------
        InvalidInput
            If the URL is of a kind that is not installed.
        """
        if url is None:
            default.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            file_system, root = url_to_fs(url or default.absolute().as_uri())
        except (ValueError, ImportError) as error:
            raise InvalidInput(
                "PEIBI_FILES_URL cannot be opened: %(why)s. Give a directory or an fsspec URL such "
                "as s3://bucket/peibi, and install the package for its kind of store.",
                why=str(error),
            ) from error
        return cls(file_system, root)

    @contextmanager
    def create(self, key: str) -> Iterator[IO[bytes]]:
        """Yield a handle to write a new file; it is on disk when the block ends."""
        path = self._path(key)
        self.file_system.makedirs(path.rpartition("/")[0], exist_ok=True)
        with self.file_system.open(path, "wb") as handle:
            yield handle
        if isinstance(self.file_system, LocalFileSystem):
            _flush(path)
            _flush(path.rpartition("/")[0])

    def read(self, key: str) -> Iterator[bytes]:
        """Yield a file in pieces; raises NotFound before the first one if it is gone."""
        handle = self.open_file(key)
        return self._pieces(handle)

    def open_file(self, key: str) -> IO[bytes]:
        """Return a handle that can seek; the caller closes it."""
        try:
            handle: IO[bytes] = self.file_system.open(self._path(key), "rb")
        except FileNotFoundError:
            raise NotFound(
                "The file is listed but missing from the store. An administrator finds it in the "
                "log of the clean-up."
            ) from None
        return handle

    @staticmethod
    def _pieces(handle: IO[bytes]) -> Iterator[bytes]:
        with handle:
            while piece := handle.read(CHUNK_BYTES):
                yield piece

    def url(self, key: str) -> str:
        """Return the address that fsspec opens, for a reader in another process."""
        return str(self.file_system.unstrip_protocol(self._path(key)))

    def delete(self, key: str) -> None:
        """Remove a file, if it is there."""
        with suppress(FileNotFoundError):
            self.file_system.rm_file(self._path(key))

    def exists(self, key: str) -> bool:
        """Whether the bytes are there."""
        return bool(self.file_system.exists(self._path(key)))

    def folders(self) -> Iterator[tuple[str, dict[str, datetime]]]:
        """Yield, for each beginning that a key can have, the files with when they were written."""
        self.file_system.invalidate_cache()
        for number in range(256):
            prefix = f"{number:02x}"
            found = {}
            with suppress(FileNotFoundError):
                for path in self.file_system.ls(f"{self.root}/{prefix}", detail=False):
                    key = str(path).rpartition("/")[2]
                    if _KEY.fullmatch(key):
                        found[key] = _as_utc(self.file_system.modified(path))
            yield prefix, found

    def _path(self, key: str) -> str:
        if not _KEY.fullmatch(key):
            raise NotFound("There is no such file.")
        return f"{self.root}/{key[:2]}/{key}"


def _flush(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _as_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
