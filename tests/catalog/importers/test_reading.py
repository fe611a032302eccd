"""Whatever the bytes and the name: a reading with findings, or a refusal with a sentence."""

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.catalog.exchange.items import ImportRefused
from app.catalog.exporters.own_csv import write_csv
from app.catalog.exporters.own_json import write_json
from app.catalog.importers import problems
from tests.catalog.exporters.items import item
from tests.catalog.importers.reading import Result, read, sentence
from tests.catalog.importers.test_cards import CARD
from tests.catalog.importers.test_croissant import DOCUMENT

NAMES = st.sampled_from(
    ["a.csv", "a.xlsx", "a.json", "a.jsonld", "README.md", "a.yaml", "a", "a.txt"]
)
VALID = [
    CARD.encode(),
    json.dumps(DOCUMENT).encode(),
    b"".join(write_json([item()])),
    b"".join(write_csv([item(), item(slug="b", name_en="=1")])),
    "名称,数量（万本）,单位,语言,类别,许可\n图书,约2500,本,中英,图书,mit\n".encode("gb18030"),
    "名称\t数量\n图书\t5万本\n".encode("utf-16"),
]


def read_or_refuse(content: bytes, name: str) -> Result | None:
    """Read to the end; the only thing that may be raised is a refusal with its sentence."""
    refusal = ""
    result = None
    try:
        result = read(content, name)
    except ImportRefused as error:
        refusal = str(error)
    assert bool(result) != bool(refusal)
    assert "%(" not in refusal
    return result


@given(st.binary(max_size=400), NAMES)
@settings(max_examples=400)
@example(b"\xff\xfe\x00", "a.csv")
@example(b"---\n\x00\n---", "README.md")
@example(b"PK\x05\x06" + b"\x00" * 18, "a.xlsx")
def test_any_bytes(content: bytes, name: str) -> None:
    read_or_refuse(content, name)


@given(st.text(max_size=300), NAMES)
@settings(max_examples=400)
def test_any_text(content: str, name: str) -> None:
    with contextlib.suppress(UnicodeEncodeError):
        read_or_refuse(content.encode(), name)


@given(
    st.sampled_from(VALID),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6),
    st.integers(0, 10**6),
    NAMES,
)
@settings(max_examples=400)
def test_any_damage_to_a_file_that_was_whole(
    content: bytes, changes: list[tuple[int, int]], cut: int, name: str
) -> None:
    damaged = bytearray(content)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    result = read_or_refuse(bytes(damaged[: cut % len(damaged) + 1]), name)
    for found in result.findings if result else []:
        assert "%(" not in sentence(found) or b"%(" in damaged


CELLS = st.text(max_size=30) | st.sampled_from(
    ["2500万本", "=1", "-1", "中英", "mit", "甲", "1e99"]
)
HEADS = ["名称", "数量（万本）", "单位", "Tokens (B)", "大小(GB)", "语言", "类别", "许可", "上级"]


@given(st.lists(st.lists(CELLS, max_size=12), max_size=6))
@settings(max_examples=300)
def test_any_cells_under_a_whole_head(rows: list[list[str]]) -> None:
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADS)
    writer.writerows(rows)
    with contextlib.suppress(UnicodeEncodeError):
        result = read_or_refuse(buffer.getvalue().encode(), "a.csv")
        for found in result.findings if result else []:
            # A placeholder that nobody filled, unless the cell itself looks like one.
            assert "%(" not in sentence(found) or "%(" in buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("list.csv", VALID[4], "csv"),
        ("list.txt", VALID[5], "csv"),
        ("catalogue.csv", VALID[3], "csv"),
        ("README.md", VALID[0], "hf"),
        ("pasted", VALID[0], "hf"),
        ("croissant.json", VALID[1], "croissant"),
        ("pasted", VALID[1], "croissant"),
        ("catalogue.json", VALID[2], "json"),
        ("pasted", VALID[2], "json"),
    ],
)
def test_the_format_follows_from_name_and_content(name: str, content: bytes, expected: str) -> None:
    result = read(content, name)
    assert result.format == expected
    assert result.items


def test_an_old_spreadsheet_is_refused_with_what_to_do() -> None:
    with pytest.raises(ImportRefused, match="XLSX"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "list.xlsx")


def test_every_problem_is_met_by_some_test_of_the_readers() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    named = [code for code in problems.codes() if code not in tests]
    assert named == []
