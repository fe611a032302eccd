"""
Look into an archive before it is kept: one that unpacks to far more than it is, is a trap.

What an archive says of its own sizes is not believed: each part is unpacked, piece by piece and
into nothing, until it ends or the most that is taken is reached. Archives within archives are
unpacked too, two deep.
"""

import zipfile
import zlib
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

from app.errors import InvalidInput
from app.web.numbers import megabytes

# 20 MB of tables become 200 MB of text at most times; a bomb becomes gigabytes.
MAX_UNPACKED_BYTES = 300 * 10**6
# Text packs twenty to one, a table of zeros fifty; what fits below this harms nobody.
MAX_RATIO = 100
HARMLESS_BYTES = 10 * 10**6
MAX_PARTS = 10_000
MAX_DEPTH = 2
PIECE_BYTES = 256 * 1024
ENDLESS_BYTES = 2**62
MEMORY_BYTES = 8 * 10**6

_START = b"PK\x03\x04"
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError)


@dataclass(slots=True)
class _Tally:
    """How much came out so far, and how much may."""

    name: str
    packed_bytes: int
    unpacked_bytes: int = 0
    parts: int = 0

    def add(self, size: int) -> None:
        self.unpacked_bytes += size
        if self.unpacked_bytes > MAX_UNPACKED_BYTES:
            raise InvalidInput(
                "%(name)s unpacks to more than %(limit)s MB, the most that is taken here, so it "
                "was not kept. Send fewer files at once, or the largest one by itself.",
                field="file",
                name=self.name,
                limit=megabytes(MAX_UNPACKED_BYTES),
            )
        if (
            self.unpacked_bytes > HARMLESS_BYTES
            and self.unpacked_bytes > MAX_RATIO * self.packed_bytes
        ):
            raise InvalidInput(
                "%(name)s unpacks to more than %(ratio)s times its size, as a zip bomb does, so it "
                "was not kept. Save it again with the program that made it, or send a PDF.",
                field="file",
                name=self.name,
                ratio=MAX_RATIO,
            )

    def add_parts(self, number: int) -> None:
        self.parts += number
        if self.parts > MAX_PARTS:
            raise InvalidInput(
                "%(name)s has more than %(limit)s files in it, the most that is taken here, so it "
                "was not kept.",
                field="file",
                name=self.name,
                limit=MAX_PARTS,
            )


def check_archive(name: str, size_bytes: int, content: IO[bytes]) -> None:
    """
    Unpack an archive into nothing.

    Raises
    ------
    InvalidInput
        If it unpacks to too much, cannot be unpacked, or cannot be looked into.
    """
    _check(_Tally(name, size_bytes), content, depth=1)


def _check(tally: _Tally, content: IO[bytes], *, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise InvalidInput(
            "%(name)s has archives within archives within archives, so it was not kept. Put the "
            "files into one.",
            field="file",
            name=tally.name,
        )
    try:
        with zipfile.ZipFile(content) as archive:
            parts = archive.infolist()
            tally.add_parts(len(parts))
            for part in parts:
                _check_part(tally, archive, part, depth=depth)
    except _DAMAGED:
        raise InvalidInput(
            "%(name)s is damaged: it cannot be unpacked, so it was not kept. Save it again, or "
            "send a PDF.",
            field="file",
            name=tally.name,
        ) from None


def _check_part(
    tally: _Tally, archive: zipfile.ZipFile, part: zipfile.ZipInfo, *, depth: int
) -> None:
    if part.flag_bits & 0x1 or part.compress_type not in _READABLE:
        raise InvalidInput(
            "%(name)s has a part that is locked with a password, or packed in an unusual way, and "
            "cannot be checked, so it was not kept. Send it without a password: only who may read "
            "this request can open it.",
            field="file",
            name=tally.name,
        )
    # It is read to its true end, whatever size it claims.
    part.file_size = ENDLESS_BYTES
    with archive.open(part) as unpacked, SpooledTemporaryFile(MEMORY_BYTES) as kept:
        head = unpacked.read(PIECE_BYTES)
        is_archive = head.startswith(_START)
        piece = head
        while piece:
            tally.add(len(piece))
            if is_archive:
                kept.write(piece)
            piece = unpacked.read(PIECE_BYTES)
        if is_archive:
            kept.seek(0)
            _check(tally, kept, depth=depth + 1)
