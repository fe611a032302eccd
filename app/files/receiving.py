"""Take in one file piece by piece: counted, hashed, recognised and limited on its way to disk."""

import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO

from app.errors import InvalidInput, TooLarge
from app.files.names import clean_name
from app.files.purposes import Purpose
from app.files.storage import FileStorage, new_key
from app.files.types import HEAD_BYTES, FileType, recognise
from app.web.numbers import megabytes


@dataclass(slots=True)
class ReceivedFile:
    """
    Bytes that are in the store but have no row yet; `service.keep_file` gives them one.

    `quota_bytes` is the most that all files of who sent it may take up.
    """

    key: str
    purpose: Purpose
    name: str
    file_type: FileType
    size_bytes: int
    sha256: str
    quota_bytes: int | None = None
    is_kept: bool = False


class Receiver:
    """
    Writes one file of a purpose to the store; call `write` for each piece, then `finish`.

    Nothing is stored before the first bytes were recognised. Whatever is refused, or not
    finished, is removed by `discard`.
    """

    def __init__(
        self, storage: FileStorage, purpose: Purpose, name: str | None, *, max_bytes: int
    ) -> None:
        self.storage = storage
        self.purpose = purpose
        self.name = clean_name(name)
        self.max_bytes = max_bytes
        self.key = new_key()
        self.size_bytes = 0
        self._hash = hashlib.sha256()
        self._head = b""
        self._type: FileType | None = None
        self._stack = ExitStack()
        self._handle: IO[bytes] | None = None

    def write(self, piece: bytes) -> None:
        """
        Take the next bytes.

        Raises
        ------
        TooLarge
            If there are more than the purpose takes.
        InvalidInput
            If name and content do not agree on a type that the purpose takes.
        """
        self.size_bytes += len(piece)
        if self.size_bytes > self.max_bytes:
            raise TooLarge(
                "The file is larger than %(limit)s MB, the most that is taken here.",
                limit=megabytes(self.max_bytes),
            )
        self._hash.update(piece)
        if self._handle is not None:
            self._handle.write(piece)
            return
        self._head += piece
        if len(self._head) >= HEAD_BYTES:
            self._begin()

    def finish(self) -> ReceivedFile:
        """Return the whole file, which is on disk now; raises as `write` does."""
        if self._handle is None:
            self._begin()
        self._stack.close()
        if self._type is None:  # pragma: no cover  _begin sets it or raises
            raise RuntimeError("a file without a type")
        return ReceivedFile(
            key=self.key,
            purpose=self.purpose,
            name=self.name,
            file_type=self._type,
            size_bytes=self.size_bytes,
            sha256=self._hash.hexdigest(),
        )

    def discard(self) -> None:
        """Remove what was written."""
        was_begun = self._handle is not None
        self._stack.close()
        if was_begun:
            self.storage.delete(self.key)

    def _begin(self) -> None:
        if not self._head:
            raise InvalidInput("The file %(name)s is empty.", field="file", name=self.name)
        self._type = recognise(self.name, self._head[:HEAD_BYTES], self.purpose.types)
        if self._type is None:
            raise InvalidInput(
                "%(name)s is not a file that is taken here, or its content is of another type than "
                "its name says. Taken are: %(extensions)s",
                field="file",
                name=self.name,
                extensions=self.purpose.extensions,
            )
        self._handle = self._stack.enter_context(self.storage.create(self.key))
        self._handle.write(self._head)
        self._head = b""


def receive(
    storage: FileStorage, purpose: Purpose, name: str, read: Callable[[int], bytes]
) -> ReceivedFile:
    """Take in a file that the portal or a command reads itself, within the purpose's limit."""
    receiver = Receiver(storage, purpose, name, max_bytes=purpose.max_bytes)
    try:
        while piece := read(1024 * 1024):
            receiver.write(piece)
        return receiver.finish()
    except BaseException:
        receiver.discard()
        raise
