"""What uploads are for: the types and sizes each purpose takes, and who may have them back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request
from sqlalchemy.orm import Session

from app.files.models import StoredFile
from app.files.storage import FileStorage
from app.files.types import FileType

# Raises NotFound where the person who asks may not know of the file.
DownloadCheck = Callable[[Request, Session, StoredFile], None]


@dataclass(frozen=True, slots=True)
class Purpose:
    """
    A use of files, named by the domain that owns them.

    `may_download` is that domain's rule. `keep` is how long a file stays that nothing holds on
    to; None is for good. With `looks_into_archives` what unpacks to far more than it is, is
    refused; a domain that unpacks them itself has limits of its own.
    """

    code: str
    types: tuple[FileType, ...]
    max_bytes: int
    may_download: DownloadCheck
    keep: timedelta | None = None
    looks_into_archives: bool = False

    @property
    def extensions(self) -> str:
        """The extensions it takes, for a sentence or an `accept` attribute."""
        return ", ".join(dict.fromkeys(end for kind in self.types for end in kind.extensions))


@dataclass(frozen=True, slots=True)
class FileStore:
    """What routes need to take and give files: made once, at the composition root."""

    storage: FileStorage
    purposes: Mapping[str, Purpose]
    quota_bytes: int
    scan_command: str | None = None
