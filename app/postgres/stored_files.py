"""Where the stored files lie, as a backup sees it: a directory, or a store that fsspec opens."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from app.errors import InvalidInput, Unavailable
from app.postgres.archive import FILES, Reader, list_files
from app.settings import Settings

# A name in the archive, and what opens the file.
Member = tuple[str, Callable[[], IO[bytes]]]


class StoredFiles(Protocol):
    """The files that belong to the rows of the database."""

    def members(self) -> Iterator[Member]:
        """Yield every file that is there; opening raises FileNotFoundError if it went since."""

    def staging(self) -> AbstractContextManager[Path]:
        """Yield a private directory to unpack into, which is removed afterwards."""

    def replacing(
        self, reader: Reader, staging: Path
    ) -> AbstractContextManager[Callable[[], None]]:
        """Yield what puts the backup's files in the place of these; undo it if the body fails."""


def of(settings: Settings, home: Path) -> StoredFiles:
    """Return the stored files of a portal; `home` is where there is room to unpack a dump."""
    url = settings.files_url
    if url is None:
        return Directory(settings.data_dir.expanduser().absolute() / "files")
    if "://" in url and not url.startswith(("file://", "local://")):
        return ObjectStore(url, home)
    path = url.partition("://")[2] if "://" in url else url
    return Directory(Path(path).expanduser().absolute())


class Directory:
    """Stored files in a directory: the new ones are unpacked beside it and then swapped in."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def members(self) -> Iterator[Member]:
        """Yield every file that is there."""
        for name, path in list_files(self.path):
            yield name, lambda path=path: path.open("rb")  # type: ignore[misc]

    def staging(self) -> AbstractContextManager[Path]:
        """Yield a private directory on the file system of the stored files."""
        return _staging(self.path)

    @contextmanager
    def replacing(self, reader: Reader, staging: Path) -> Iterator[Callable[[], None]]:
        """Yield what puts the new directory in the place of the old."""
        former, new = staging / "former", staging / "files"
        reader.extract_files(new)
        is_swapped = False

        def swap() -> None:
            nonlocal is_swapped
            is_swapped = True
            if self.path.exists():
                self.path.rename(former)
            new.rename(self.path)

        try:
            yield swap
        except BaseException:
            if is_swapped:
                if not new.exists():
                    self.path.rename(new)
                if former.exists():
                    former.rename(self.path)
            raise


class ObjectStore:
    """
    Stored files in an object store, which knows no renaming of many files at once.

    A file's name is random and its bytes never change, so that files of two states of the
    portal lie beside each other without harm. The backup's are written before the rows that
    name them are committed; those that no row names any more are removed afterwards.
    """

    def __init__(self, url: str, home: Path) -> None:
        try:
            file_system, root = url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise InvalidInput(
                "PEIBI_FILES_URL cannot be opened: %(why)s. Give a directory or an fsspec URL such "
                "as s3://bucket/peibi, and install the package for its kind of store.",
                why=str(error),
            ) from error
        self.file_system: AbstractFileSystem = file_system
        self.root = root.rstrip("/")
        self.home = home

    def members(self) -> Iterator[Member]:
        """Yield every file that is there."""
        for name, path in self._list().items():
            yield name, lambda path=path: self.file_system.open(path, "rb")  # type: ignore[misc]

    def staging(self) -> AbstractContextManager[Path]:
        """Yield a private directory beside the portal's own, for the dump of the database."""
        return _staging(self.home)

    @contextmanager
    def replacing(self, reader: Reader, staging: Path) -> Iterator[Callable[[], None]]:  # noqa: ARG002
        """Write the backup's files; yield what makes sure of them just before the commit."""
        wanted = [name for name in reader.manifest.members if name.startswith(FILES)]
        before = self._list()

        def swap() -> None:
            # The clean-up of a portal that runs takes a file that no row has named for an hour.
            for name in set(wanted) - set(self._list()):
                self._write(reader, name)

        try:
            for name in wanted:
                self._write(reader, name)
            yield swap
        except BaseException:
            self._remove(set(wanted) - set(before))
            raise
        self._remove(set(before) - set(wanted))

    def _list(self) -> dict[str, str]:
        """Return the path of each file by its name in an archive."""
        self.file_system.invalidate_cache()
        start = len(self.root) + 1
        try:
            return {FILES + str(path)[start:]: path for path in self.file_system.find(self.root)}
        except FileNotFoundError:
            return {}

    def _path(self, name: str) -> str:
        return f"{self.root}/{name.removeprefix(FILES)}"

    def _write(self, reader: Reader, name: str) -> None:
        path = self._path(name)
        try:
            self.file_system.makedirs(path.rpartition("/")[0], exist_ok=True)
            with self.file_system.open(path, "wb") as target:
                reader.copy(name, target)
        except OSError as error:
            raise Unavailable(
                "Nothing was changed, for the store refuses the file %(file)s: %(why)s.",
                file=path,
                why=error.strerror or str(error),
            ) from error

    def _remove(self, names: set[str]) -> None:
        for name in names:
            with suppress(OSError):
                self.file_system.rm_file(self._path(name))


@contextmanager
def _staging(beside: Path) -> Iterator[Path]:
    staging = beside.with_name(f"{beside.name}.restore.{os.getpid()}")
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        staging.mkdir(mode=0o700)
        yield staging
    except OSError as error:
        raise Unavailable(
            "Nothing was changed, for the backup cannot be unpacked beside %(directory)s: %(why)s.",
            directory=str(beside),
            why=error.strerror or str(error),
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
