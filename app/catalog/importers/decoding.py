"""Bytes to text: which encoding a file is in, and a reader that fails clearly where it is not."""

import codecs
import io
from dataclasses import dataclass
from typing import IO

from app.catalog.exchange.items import Finding, ImportRefused, Severity
from app.web.i18n import later

SAMPLE_BYTES = 64 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What lists come in besides UTF-8 and GB 18030, which are recognised without a guess.
_GUESSES = ["big5", "shift_jis", "euc_jp", "euc_kr", "cp1252", "cp1251", "cp949"]
# Of the two-byte characters of a GB text this part lies in the rows of GB 2312; of a Big5
# text read as GB, hardly more than half does.
_GB_SHARE = 0.8
_LIST_WORDS = ("名称", "数据", "数量", "数据集", "供应商", "单位", "语言", "许可", "序号", "备注")
_FIRST_GB, _LAST_GB, _FIRST_TRAIL = 0xA1, 0xF7, 0xA1
_ASCII = 0x80


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file whose encoding is known. Of the texts that `open` gave, use only the latest."""

    handle: IO[bytes]
    encoding: str
    findings: tuple[Finding, ...]

    def open(self) -> io.TextIOWrapper:
        """Return the text; what decides on the ends of lines is the reader of the format."""
        self.handle.seek(0)
        raw = io.BufferedReader(_Unclosed(self.handle))
        return io.TextIOWrapper(raw, encoding=self.encoding, newline="")


def decode(handle: IO[bytes]) -> Decoded:
    """
    Find out how a file is encoded.

    Raises
    ------
    ImportRefused
        If no encoding that lists come in fits the whole file.
    """
    handle.seek(0)
    encoding, is_guess = find_encoding(handle)
    findings: tuple[Finding, ...] = ()
    if is_guess:
        findings = (
            Finding(
                Severity.WARNING,
                "encoding_guessed",
                later(
                    "The file does not say how its text is encoded; it was read as %(encoding)s."
                ),
                {"encoding": encoding},
                later("If names look wrong, save the file as UTF-8 and send it again."),
            ),
        )
    return Decoded(handle, encoding, findings)


def find_encoding(handle: IO[bytes]) -> tuple[str, bool]:
    """Return the encoding of a file, and whether it is only the likeliest; reads all of it."""
    sample = handle.read(SAMPLE_BYTES)
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return _checked(handle, encoding), False
    if (wide := _wide_encoding(sample)) and _fits(handle, wide):
        return wide, False
    if _fits(handle, "utf-8"):
        return "utf-8", False
    is_gb = _gb_share(sample) >= _GB_SHARE or _has_list_words(sample, "gb18030")
    if is_gb and _fits(handle, "gb18030"):
        return "gb18030", False
    import charset_normalizer  # noqa: PLC0415  large, and seldom needed

    best = charset_normalizer.from_bytes(sample, cp_isolation=[*_GUESSES, "gb18030"]).best()
    if best is not None and _fits(handle, best.encoding):
        return best.encoding, True
    raise _unknown()


def _checked(handle: IO[bytes], encoding: str) -> str:
    if not _fits(handle, encoding):
        raise _unknown()
    return encoding


def _unknown() -> ImportRefused:
    return ImportRefused(
        "The text of this file is in no encoding that is known here, or it is damaged. Save it as "
        "UTF-8 and send it again."
    )


def _fits(handle: IO[bytes], encoding: str) -> bool:
    """Whether the whole file is valid in an encoding."""
    handle.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        while piece := handle.read(1024 * 1024):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _wide_encoding(sample: bytes) -> str | None:
    """Return UTF-16 without a mark: its ASCII characters have NULs on one side."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    # A single NUL is an accident.
    if odd > 1 and not even:
        return "utf-16-le"
    if even > 1 and not odd:
        return "utf-16-be"
    return None


def _has_list_words(sample: bytes, encoding: str) -> bool:
    """Whether words that heads of lists are made of appear; in a wrong encoding none does."""
    text = sample.decode(encoding, "ignore")
    return any(word in text for word in _LIST_WORDS)


def _gb_share(sample: bytes) -> float:
    """Return which part of the two-byte characters lies in the rows of GB 2312."""
    inside = outside = index = 0
    while index < len(sample) - 1:
        lead, trail = sample[index], sample[index + 1]
        if lead < _ASCII:
            index += 1
            continue
        if _FIRST_GB <= lead <= _LAST_GB and trail >= _FIRST_TRAIL:
            inside += 1
        else:
            outside += 1
        index += 2
    return inside / (inside + outside) if inside + outside else 0.0


class _Unclosed(io.RawIOBase):
    """Reads a handle that stays its owner's to close, whatever becomes of the text stream."""

    def __init__(self, handle: IO[bytes]) -> None:
        self._handle = handle

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = self._handle.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)
