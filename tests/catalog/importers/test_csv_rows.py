"""CSV as it comes: encodings, delimiters, quotes, and what is no list at all."""

import io

import pytest

from app.catalog.exchange.items import ImportRefused
from app.catalog.importers import csv_rows
from app.catalog.importers.decoding import decode, find_encoding
from tests.catalog.importers.reading import only, read

LIST = "名称,数量\n中文图书,2500万本\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_a_list_is_read_in_the_encodings_of_chinese_offices(encoding: str) -> None:
    record = only(read(LIST.encode(encoding))).record
    assert record.name_zh == "中文图书"
    assert record.quantities[0].value == 25_000_000


def test_rare_characters_of_gb18030_survive() -> None:
    assert only(read("名称,数量\n㐀𠀀语料,5万条\n".encode("gb18030"))).record.name_zh == "㐀𠀀语料"


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        ("Name;Quantity\nCorpus français, littéraire;500 books\n", "cp1252", "français"),
        ("名稱,數量\n繁體中文圖書語料庫,5000\n臺灣圖書館館藏資料,300\n", "big5", "繁體中文"),
    ],
)
def test_other_encodings_are_guessed_and_said_so(text: str, encoding: str, name: str) -> None:
    decoded = decode(io.BytesIO(text.encode(encoding)))
    assert name in decoded.open().read()
    assert [found.code for found in decoded.findings] == ["encoding_guessed"]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfeodd",
        b"name,quantity\n\xff\xff\xff\xff\xff\xfe\x81\x00\x81",
        "名称".encode()[:-1] + b"\n",
    ],
)
def test_damaged_text_is_refused_or_guessed_but_never_crashes(content: bytes) -> None:
    try:
        encoding, _ = find_encoding(io.BytesIO(content))
    except ImportRefused:
        return
    content.decode(encoding)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，", "；"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = f"名称{delimiter}数量{delimiter}说明\n图书{delimiter}5万本{delimiter}一、二，三\n"
    if delimiter == "，":
        text = text.replace("一、二，三", "一二三")
    record = only(read(text)).record
    assert (record.name_zh, record.quantities[0].value) == ("图书", 50_000)


def test_quoted_cells_may_hold_lines_quotes_and_delimiters() -> None:
    record = only(read('名称,说明\n"图书, ""全集""","第一行\n第二行"\n')).record
    assert record.name_zh == '图书, "全集"'
    assert record.description_zh == "第一行\n第二行"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_line(ending: str) -> None:
    assert len(read(ending.join(["名称,数量", "甲,1本", "乙,2本", ""])).items) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n,,,\n",
        b"\xef\xbb\xbf",
        '名称\n"图书\n'.encode(),
        b"name," + b"a" * 2_000_000,
        b"name\n" + b"a" * 1_500_000 + b"\n",
        ("name" + "," * 300 + "\nx\n").encode(),
    ],
)
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(ImportRefused):
        read(content)


def test_a_bad_row_in_the_middle_stops_the_reading() -> None:
    with pytest.raises(ImportRefused, match="Row 3"):
        read('名称,数量\n甲,1本\n"乙"x,2本\n')


def test_reading_a_long_list_needs_little_memory() -> None:
    import tracemalloc

    raw = io.BytesIO(("名称,数量\n" + "图书,5万本\n" * 100_000).encode())
    decoded = decode(raw)
    tracemalloc.start()
    try:
        count = sum(1 for _row in csv_rows.read_rows(decoded.open(), ","))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 100_001
    assert peak < 2_000_000
