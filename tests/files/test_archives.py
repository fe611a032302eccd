"""Archives are unpacked into nothing before they are kept: bombs of every make are refused."""

import io
import struct
import zipfile

import pytest

from app.errors import InvalidInput
from app.files import archives


def packed(*parts: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return content.getvalue()


def check(content: bytes, name: str = "guide.zip") -> None:
    archives.check_archive(name, len(content), io.BytesIO(content))


def lying(content: bytes, size: int, says: int) -> bytes:
    """Return an archive whose directory and header claim another size of a part."""
    return content.replace(struct.pack("<L", size), struct.pack("<L", says))


def test_what_people_send_passes() -> None:
    text = "第三条，多轮对话须保持人设一致。\n".encode() * 20_000
    check(packed(("guide.txt", text), ("gold/", b""), ("gold/a.jsonl", b'{"a": 1}\n' * 1_000)))
    check(packed(("stored.bin", bytes(range(256)) * 100), method=zipfile.ZIP_STORED))
    # A workbook within a document, as word processors keep them.
    check(packed(("word/embeddings/sheet.xlsx", packed(("xl/workbook.xml", b"<x/>")))))


def test_a_small_file_that_packs_well_harms_nobody() -> None:
    check(packed(("zeros", b"0" * (archives.HARMLESS_BYTES - 1))))


def test_a_bomb_is_refused_by_what_comes_out() -> None:
    content = packed(("zeros", b"0" * 60_000_000))
    assert len(content) < 100_000
    with pytest.raises(InvalidInput, match="zip bomb"):
        check(content)


def test_a_bomb_that_says_it_is_small_is_found_out() -> None:
    content = lying(packed(("zeros", b"0" * 60_000_000)), 60_000_000, 100)
    assert zipfile.ZipFile(io.BytesIO(content)).infolist()[0].file_size == 100
    with pytest.raises(InvalidInput, match="zip bomb"):
        check(content)


def test_a_bomb_in_an_archive_in_an_archive_is_refused() -> None:
    inner = packed(*((f"{n}", b"0" * 8_000_000) for n in range(4)))
    with pytest.raises(InvalidInput, match="zip bomb"):
        check(packed(("inner.zip", inner)))
    with pytest.raises(InvalidInput, match="within archives"):
        check(packed(("a.zip", packed(("b.zip", packed(("c", b"c")))))))


def test_more_than_is_taken_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 20_000)
    with pytest.raises(InvalidInput, match="unpacks to more than"):
        check(packed(("a", bytes(range(256)) * 100), method=zipfile.ZIP_STORED))
    with pytest.raises(InvalidInput, match="files in it"):
        check(packed(*((str(n), b"") for n in range(archives.MAX_PARTS + 1))))


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", packed(("a", b"a" * 999))[:-60]])
def test_what_cannot_be_unpacked_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput, match="damaged"):
        check(content)


def test_a_part_that_does_not_match_its_checksum_is_damaged() -> None:
    content = packed(("a", b"a text that is kept as it is"), method=zipfile.ZIP_STORED)
    with pytest.raises(InvalidInput, match="damaged"):
        check(content.replace(b"is kept", b"was bad"))


def test_what_cannot_be_looked_into_is_refused() -> None:
    with pytest.raises(InvalidInput, match="cannot be checked"):
        check(packed(("a", b"a" * 99), method=zipfile.ZIP_BZIP2))
    locked = bytearray(packed(("a", b"a" * 99)))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(InvalidInput, match="cannot be checked"):
        check(bytes(locked))
