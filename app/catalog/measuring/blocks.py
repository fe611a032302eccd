"""Bytes of a file in blocks that end where a line ends, whatever the file's size and packing."""

import gzip
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from typing import IO, Any, cast

from app.catalog.measuring.sources import SourceFile, open_file
from app.catalog.measuring.units import Unit

BLOCK_BYTES = 4 * 1024 * 1024
# A line, or a text without a line break, is held in memory up to this size.
MAX_LINE_BYTES = 64 * 1024 * 1024
# How far a range looks for a place to begin.
_LOOK_BYTES = 1024 * 1024
_NEWLINE = b"\n"


class Broken(Exception):
    """A stream that ends or errs before its end; what came before was read."""


def unpacked(file: SourceFile, limit: int | None = None) -> Iterator[bytes]:
    """
    Yield the unpacked content of a file in pieces, at most `limit` bytes.

    Raises
    ------
    Broken
        If it is damaged from some place on, or goes on beyond the limit.
    """
    try:
        with closing(open_file(file.url)) as raw, closing(_unpack(raw, file.packing)) as handle:
            yield from _limited(handle, limit)
    except (OSError, EOFError, zlib.error) as error:
        raise Broken(str(error)) from error
    except Exception as error:
        # The module, and so its error, depends on the version of Python.
        if isinstance(error, Broken) or not isinstance(error, _zstd().ZstdError):
            raise
        raise Broken(str(error)) from error


def _limited(handle: IO[bytes], limit: int | None) -> Iterator[bytes]:
    left = limit
    while piece := handle.read(BLOCK_BYTES):
        if left is not None and (left := left - len(piece)) < 0:
            message = f"it unpacks to more than {limit:,} bytes"
            raise Broken(message)
        yield piece


def in_lines(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    """
    Yield blocks of whole lines, each with how many lines before it were too long to hold.

    The last block may lack its line break.
    """
    waiting: list[bytes] = []
    held = too_long = 0
    is_skipping = False
    for piece in pieces:
        rest = piece
        if is_skipping:
            _line, found, rest = rest.partition(_NEWLINE)
            if not found:
                continue
            is_skipping = False
        cut = rest.rfind(_NEWLINE) + 1
        if cut:
            yield b"".join([*waiting, rest[:cut]]), too_long
            waiting, held, too_long = [rest[cut:]], len(rest) - cut, 0
        else:
            waiting.append(rest)
            held += len(rest)
        if held > MAX_LINE_BYTES:
            waiting, held, too_long, is_skipping = [], 0, too_long + 1, True
    if held or too_long:
        yield b"".join(waiting), too_long


def of_range(unit: Unit, *, is_text: bool) -> Iterator[tuple[bytes, int]]:
    """Yield the blocks of whole lines that begin within a range, as `in_lines` does."""
    with closing(open_file(unit.file.url)) as handle:
        find = _text_place if is_text else _line_place
        start = find(handle, unit.start, unit.file.size)
        end = find(handle, unit.end, unit.file.size)
        yield from in_lines(_between(handle, start, end))


def _between(handle: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    handle.seek(start)
    left = end - start
    while left > 0 and (piece := handle.read(min(BLOCK_BYTES, left))):
        left -= len(piece)
        yield piece


def _line_place(handle: IO[bytes], at: int, size: int) -> int:
    """Return where the first line begins that begins at or after a byte."""
    if at <= 0 or at >= size:
        return min(max(at, 0), size)
    handle.seek(at - 1)
    place = at - 1
    while piece := handle.read(_LOOK_BYTES):
        found = piece.find(_NEWLINE)
        if found >= 0:
            return place + found + 1
        place += len(piece)
    return size


def _text_place(handle: IO[bytes], at: int, size: int) -> int:
    """
    Return where a text can be cut at or after a byte: the same for both ranges that meet there.

    Before a letter that begins a line, else a line, else a character.
    """
    if at <= 0 or at >= size:
        return min(max(at, 0), size)
    handle.seek(at - 1)
    window = handle.read(_LOOK_BYTES)
    found = window.find(_NEWLINE)
    first = found
    while found >= 0:
        if found + 1 < len(window) and _begins_word(window[found + 1]):
            return at + found
        found = window.find(_NEWLINE, found + 1)
    if first >= 0:
        return at + first
    for offset in range(1, min(len(window), 5)):
        if window[offset] & 0xC0 != 0x80:  # noqa: PLR2004  a byte that continues a character
            return at - 1 + offset
    # Too few bytes are left to begin another character.
    return size if at + len(window) > size else at


def _begins_word(byte: int) -> bool:
    """Whether a byte begins a Latin letter, a digit or a Chinese character of the main block."""
    return chr(byte).isalnum() if byte < 0x80 else 0xE4 < byte <= 0xE9  # noqa: PLR2004  UTF-8


def _unpack(raw: Any, packing: str | None) -> IO[bytes]:  # noqa: ANN401  a file of fsspec
    stream: IO[bytes] = raw
    if packing == "gzip":
        stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    elif packing == "zstd":
        stream = _zstd().open(raw, "rb")
    return stream


def _zstd() -> Any:  # noqa: ANN401  the module of the standard library, or its backport
    if sys.version_info >= (3, 14):
        from compression import zstd  # noqa: PLC0415
    else:
        from backports import zstd  # noqa: PLC0415
    return zstd
