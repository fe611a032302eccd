"""Which files are measured: paths, patterns, folders and fsspec URLs, with their kind and size."""

import glob
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from fsspec.core import url_to_fs

from app.catalog.measuring.errors import CannotMeasure

# By extension, what a file is and what it is packed with.
_KINDS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".parquet": "parquet",
}
_PACKINGS = {".gz": "gzip", ".zst": "zstd"}
READABLE = ".jsonl, .ndjson, .json (one object a line), .txt, .md, each also .gz or .zst, .parquet"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to measure; `url` is what fsspec opens, `size` its bytes as they are stored."""

    url: str
    kind: str
    packing: str | None
    size: int
    # What people call it, where that is not its address.
    label: str | None = None

    @property
    def stratum(self) -> str:
        """Files of one kind, whose sizes can be compared."""
        return f"{self.kind}.{self.packing}" if self.packing else self.kind


def find(paths: Iterable[str], *, kind: str | None = None) -> list[SourceFile]:
    """
    Return the files that paths name, sorted, each once; a folder is read with all below it.

    Files of other kinds in a folder are passed over; one that is named itself must be readable,
    or `kind` must say what it is.

    Raises
    ------
    CannotMeasure
        If a path leads to nothing that is read.
    """
    found: dict[str, SourceFile] = {}
    for path in paths:
        some = list(_find(path, kind))
        if not some:
            raise CannotMeasure(
                "There is nothing to measure at %(path)s. Read are: %(kinds)s.",
                path=path,
                kinds=READABLE,
            )
        found |= {file.url: file for file in some}
    return [found[url] for url in sorted(found)]


def stored(url: str, name: str, size: int) -> SourceFile:
    """
    Return a file of the portal's store, which has no name of its own.

    Raises
    ------
    CannotMeasure
        If its name is of no kind that is read.
    """
    found = _kind_of(name)
    if found is None:
        raise CannotMeasure(
            "%(path)s is of no kind that is read. Read are: %(kinds)s.", path=name, kinds=READABLE
        )
    return SourceFile(url, *found, size, name)


def open_file(url: str) -> Any:  # noqa: ANN401  a file object of fsspec
    """Return an open file that reads bytes."""
    file_system, path = url_to_fs(url)
    return file_system.open(path, "rb")


def _find(path: str, kind: str | None) -> Iterator[SourceFile]:
    try:
        file_system, root = url_to_fs(path)
        if file_system.isdir(root):
            details = file_system.find(root, detail=True)
            is_named = False
        elif glob.has_magic(root) and not file_system.exists(root):
            details = {
                name: detail
                for name, detail in file_system.glob(root, detail=True).items()
                if detail["type"] == "file"
            }
            is_named = True
        else:
            details = {root: file_system.info(root)}
            is_named = True
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, ValueError, ImportError) as error:
        raise CannotMeasure(
            "%(path)s cannot be opened: %(why)s", path=path, why=str(error)
        ) from error
    for name, detail in details.items():
        found = _kind_of(name)
        if found is None and kind is None:
            if is_named:
                raise CannotMeasure(
                    "%(path)s is of no kind that is read. Read are: %(kinds)s. Say what it is "
                    "with --kind.",
                    path=name,
                    kinds=READABLE,
                )
            continue
        its_kind, packing = found or (kind or "", None)
        size = int(detail.get("size") or 0)
        if size:
            yield SourceFile(file_system.unstrip_protocol(name), kind or its_kind, packing, size)


def _kind_of(name: str) -> tuple[str, str | None] | None:
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes]
    packing = _PACKINGS.get(suffixes[-1]) if suffixes else None
    plain = suffixes[:-1] if packing else suffixes
    kind = _KINDS.get(plain[-1]) if plain else None
    if kind is None or (kind == "parquet" and packing):
        return None
    return kind, packing
