"""Names of files: cleaned for the database, encoded for a header."""

import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.files.names import MAX_NAME_BYTES, clean_name, content_disposition, extension


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("语料清单（2026）.xlsx", "语料清单（2026）.xlsx"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("a\r\nSet-Cookie: x=1.csv", "aSet-Cookie_ x=1.csv"),
        ("invoice\u202exslx.exe", "invoicexslx.exe"),
        ("\u2067right\u2069.csv", "right.csv"),
        ('quote".csv', "quote_.csv"),
        (". .", "unnamed"),
        ("", "unnamed"),
        (None, "unnamed"),
        ("e\u0301.csv", "é.csv"),
    ],
)
def test_names_keep_their_words_and_lose_their_traps(given_name: str | None, kept: str) -> None:
    assert clean_name(given_name) == kept


def test_a_long_name_keeps_its_extension_and_whole_characters() -> None:
    name = clean_name("语" * 300 + ".jsonl.gz")
    assert name.endswith("语.jsonl.gz")
    assert len(name.encode()) <= MAX_NAME_BYTES


@given(st.text())
def test_no_name_can_hide_end_or_reorder_anything(name: str) -> None:
    cleaned = clean_name(name)
    assert cleaned
    assert "/" not in cleaned
    assert not {unicodedata.category(c) for c in cleaned} & {"Cc", "Cf", "Cs"}
    assert len(cleaned.encode()) <= MAX_NAME_BYTES
    assert clean_name(cleaned) == cleaned


@given(st.text(min_size=1))
def test_the_header_is_one_ascii_line_that_names_the_file(name: str) -> None:
    header = content_disposition(name)
    match = re.fullmatch(
        r"attachment; filename=\"[ !#$&-\[\]-~]*\"; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]*)",
        header,
    )
    assert match, header
    assert unquote(match[1]) == clean_name(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.CSV", ".csv"), ("a.b.jsonl.zst", ".jsonl.zst"), ("a.tar.xz", ".xz"), ("README", "")],
)
def test_extensions(name: str, expected: str) -> None:
    assert extension(name) == expected
