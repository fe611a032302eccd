"""Extension and content must agree."""

import io
import zipfile

import pytest

from app.files import types
from app.files.types import recognise

LISTS = (types.CSV, types.XLSX)
CHINESE = "名称,数量\n中文图书,2500万本\n"


def zip_bytes() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le"]
)
def test_text_in_every_encoding_that_vendors_use(encoding: str) -> None:
    assert recognise("list.csv", CHINESE.encode(encoding), LISTS) is types.CSV


def test_a_spreadsheet() -> None:
    assert recognise("清单.XLSX", zip_bytes(), LISTS) is types.XLSX


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("list.csv", zip_bytes()),
        ("list.xlsx", CHINESE.encode()),
        ("list.csv", b"\x7fELF\x02\x01\x01\x00"),
        ("list.csv", b"MZ\x90\x00\x03"),
        ("list.csv", b"\x00\x00\x00\x00\x00\x00"),
        ("list.csv", b"name\x07bell"),
        ("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("list.html", b"<script>alert(1)</script>"),
        ("list.csv.exe", CHINESE.encode()),
        ("list", CHINESE.encode()),
    ],
)
def test_what_pretends_is_refused(name: str, head: bytes) -> None:
    assert recognise(name, head, LISTS) is None


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("card.md", b"---\nlicense: mit\n---\n", types.MARKDOWN),
        ("a.json", b'\xef\xbb\xbf {"a": 1}', types.JSON),
        ("a.jsonl", b'{"text": "x"}\n', types.JSONL),
        ("a.jsonl.gz", b"\x1f\x8b\x08", types.GZIP),
        ("a.jsonl.zst", b"\x28\xb5\x2f\xfd\x00", types.ZSTD),
        ("a.parquet", b"PAR1\x15", types.PARQUET),
        ("a.json", b"not json", None),
        ("a.parquet", b"PAR2", None),
    ],
)
def test_other_types(name: str, head: bytes, expected: types.FileType | None) -> None:
    allowed = (
        types.MARKDOWN,
        types.JSON,
        types.JSONL,
        types.GZIP,
        types.ZSTD,
        types.PARQUET,
    )
    assert recognise(name, head, allowed) is expected
