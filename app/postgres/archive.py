"""The file of a backup: a zip with a manifest, a dump of the database, and the stored files."""

import hashlib
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from pydantic import BaseModel, ConfigDict, ValidationError

from app.errors import InvalidInput

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
FILES = "files/"
CHUNK_BYTES = 2**20


class Member(BaseModel):
    """What a part of the archive must be."""

    model_config = ConfigDict(frozen=True)

    size: int
    sha256: str


class Manifest(BaseModel):
    """What a backup holds, and of what; enough to judge it before anything is changed."""

    model_config = ConfigDict(frozen=True)

    format: int
    peibi_version: str
    revision: str | None
    created_at: str
    postgres_version: str
    dump_major: int
    members: dict[str, Member]


class Writer:
    """Writes the parts of a backup, noting the checksum of each."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.members: dict[str, Member] = {}

    def add(self, name: str, source: IO[bytes], *, compress: bool) -> None:
        """Add a part from a stream of unknown length."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self.archive.open(info, "w", force_zip64=True) as target:
            while chunk := source.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        self.members[name] = Member(size=size, sha256=digest.hexdigest())

    def finish(self, manifest: Manifest) -> Manifest:
        """Add the manifest, and to that all that was added before; return it."""
        complete = manifest.model_copy(update={"members": self.members})
        self.archive.writestr(MANIFEST, complete.model_dump_json(indent=2))
        return complete


class Reader:
    """Reads a backup that may be damaged, or not be one."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self.archive = archive
        self.manifest = manifest

    def verify(self) -> None:
        """Raise InvalidInput unless every part is there, is complete and nothing was added."""
        found = set(self.archive.namelist()) - {MANIFEST}
        wanted = set(self.manifest.members)
        if found != wanted or DUMP not in wanted:
            raise InvalidInput("The backup is damaged: it does not hold what its manifest lists.")
        for name, member in self.manifest.members.items():
            if not _is_safe(name) or self._sum(name) != member.sha256:
                raise InvalidInput(
                    "The backup is damaged: the checksum of %(name)s is wrong.", name=name
                )

    def extract(self, name: str, target: Path) -> None:
        """Write one part to a file that only we may read."""
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            self.copy(name, file)

    def copy(self, name: str, target: IO[bytes]) -> None:
        """Write one part to an open file."""
        with self.archive.open(name) as source:
            while chunk := source.read(CHUNK_BYTES):
                target.write(chunk)

    def extract_files(self, directory: Path) -> None:
        """Write all stored files into a new directory."""
        directory.mkdir(mode=0o700)
        for name in self.manifest.members:
            if name.startswith(FILES):
                self.extract(name, directory / name.removeprefix(FILES))

    def _sum(self, name: str) -> str | None:
        digest = hashlib.sha256()
        try:
            with self.archive.open(name) as source:
                while chunk := source.read(CHUNK_BYTES):
                    digest.update(chunk)
        except (zipfile.BadZipFile, EOFError, ValueError):
            return None
        return digest.hexdigest()


@contextmanager
def write(file: Path) -> Iterator[Writer]:
    """Yield what writes a backup; `file` appears, whole, when the context ends without error."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InvalidInput(
            "%(file)s cannot be written: %(why)s.", file=str(file), why=error.strerror
        ) from error
    try:
        with os.fdopen(descriptor, "w+b") as stream:
            with zipfile.ZipFile(stream, "w") as archive:
                yield Writer(archive)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError as error:
        raise InvalidInput(
            "%(file)s cannot be written: %(why)s.", file=str(file), why=error.strerror or str(error)
        ) from error
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def read(file: Path) -> Iterator[Reader]:
    """Yield a reader of a backup whose manifest makes sense; raises InvalidInput otherwise."""
    try:
        archive = zipfile.ZipFile(file)
    except OSError as error:
        raise InvalidInput(
            "%(file)s cannot be read: %(why)s.", file=str(file), why=error.strerror
        ) from error
    except zipfile.BadZipFile as error:
        raise InvalidInput(
            "%(file)s is not a backup of Peibi, or its end is missing.", file=str(file)
        ) from error
    with archive:
        try:
            manifest = Manifest.model_validate_json(archive.read(MANIFEST))
        except (KeyError, zipfile.BadZipFile, ValidationError) as error:
            raise InvalidInput(
                "%(file)s is not a backup of Peibi, or its manifest is damaged.", file=str(file)
            ) from error
        if manifest.format != FORMAT:
            raise InvalidInput(
                "%(file)s has the backup format %(found)s; this version of Peibi reads format "
                "%(ours)s. Restore it with Peibi %(version)s.",
                file=str(file),
                found=manifest.format,
                ours=FORMAT,
                version=manifest.peibi_version,
            )
        yield Reader(archive, manifest)


def list_files(directory: Path) -> Iterator[tuple[str, Path]]:
    """Yield the name in the archive and the path of every stored file."""
    for path in sorted(directory.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield FILES + path.relative_to(directory).as_posix(), path


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    is_inside = not path.is_absolute() and ".." not in path.parts and "\\" not in name
    return name == DUMP or (name.startswith(FILES) and is_inside)
