"""The types of files that uploads may have: extension and content must both agree."""

import codecs
from collections.abc import Callable
from dataclasses import dataclass

from app.files.names import extension

# How much of a file its type is recognised by.
HEAD_BYTES = 4096

# What begins like this is no text, whatever its name says.
_BINARY_STARTS = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"Rar!",
    b"PAR1",
    b"\x7fELF",
    b"MZ",
    b"\xd0\xcf\x11\xe0",
    b"\xca\xfe\xba\xbe",
    b"SQLite format 3",
)
_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Control characters that no text file has.
_CONTROLS = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A, 0x1B}) + b"\x7f"


@dataclass(frozen=True, slots=True)
class FileType:
    """A type of file: what it is called and served as, and how its beginning looks."""

    code: str
    media_type: str
    extensions: tuple[str, ...]
    begins_right: Callable[[bytes], bool]

    def fits(self, name: str, head: bytes) -> bool:
        """Whether both the name and the content are of this type."""
        return extension(name) in self.extensions and self.begins_right(head)


def _starts(*magic: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(magic)


def is_text(head: bytes) -> bool:
    r"""
    Whether a file begins as text does, in an ASCII-like encoding or in UTF-16.

    >>> is_text("名称,数量".encode("gb18030")), is_text("名称,数量\n".encode("utf-16-le"))
    (True, True)
    >>> is_text(b"PK\x03\x04..."), is_text(b"\x7fELF\x02\x01\x01\x00")
    (False, False)
    """
    if not head or head.startswith(_BINARY_STARTS):
        return False
    if head.startswith(_WIDE_BOMS) or _is_wide(head):
        return True
    return not any(byte in _CONTROLS for byte in head)


def _is_wide(head: bytes) -> bool:
    """Whether NULs stand only at even or only at odd places, as in UTF-16 without a mark."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    return len(head) >= 4 and bool(even) != bool(odd)  # noqa: PLR2004  two characters


def _is_json(head: bytes) -> bool:
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return text.startswith((b"{", b"[")) and is_text(head)


CSV = FileType("csv", "text/csv", (".csv", ".tsv", ".txt"), is_text)
XLSX = FileType(
    "xlsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    (".xlsx",),
    _starts(b"PK\x03\x04"),
)
DOCX = FileType(
    "docx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    (".docx",),
    _starts(b"PK\x03\x04"),
)
ZIP = FileType("zip", "application/zip", (".zip",), _starts(b"PK\x03\x04"))
# What is an archive of parts, and looked into where a purpose asks for it.
ARCHIVES = (XLSX, DOCX, ZIP)
MARKDOWN = FileType("markdown", "text/markdown", (".md", ".yaml", ".yml"), is_text)
JSON = FileType("json", "application/json", (".json", ".jsonld"), _is_json)
JSONL = FileType("jsonl", "application/jsonl", (".jsonl", ".ndjson"), _is_json)
TEXT = FileType("text", "text/plain", (".txt",), is_text)
GZIP = FileType(
    "gzip", "application/gzip", (".jsonl.gz", ".txt.gz", ".json.gz"), _starts(b"\x1f\x8b")
)
ZSTD = FileType(
    "zstd",
    "application/zstd",
    (".jsonl.zst", ".txt.zst", ".json.zst"),
    _starts(b"\x28\xb5\x2f\xfd"),
)
PARQUET = FileType("parquet", "application/vnd.apache.parquet", (".parquet",), _starts(b"PAR1"))
PDF = FileType("pdf", "application/pdf", (".pdf",), _starts(b"%PDF-"))
PNG = FileType("png", "image/png", (".png",), _starts(b"\x89PNG\r\n\x1a\n"))
JPEG = FileType("jpeg", "image/jpeg", (".jpg", ".jpeg"), _starts(b"\xff\xd8\xff"))


def recognise(name: str, head: bytes, allowed: tuple[FileType, ...]) -> FileType | None:
    """Return the allowed type that a file's name and first bytes agree on, or None."""
    return next((file_type for file_type in allowed if file_type.fits(name, head)), None)
