"""Vendors' lists at their worst: what is read, what is left out, and that each is said."""

from dataclasses import replace

import pytest

from app.catalog.importers.heads import Column, read_title
from tests.catalog.importers.reading import CONTEXT, only, read

TRADITIONAL = """資料集名稱,供應商,類別,數量,單位,語言,授權方式,說明,發布日期
法院判決書,司法院,圖書,1.2億,冊,繁體中文,CC BY-NC 4.0,判決書全文,2022
"""


@pytest.mark.parametrize("encoding", ["utf-8", "big5"])
def test_a_list_in_traditional_chinese(encoding: str) -> None:
    result = read(TRADITIONAL.encode(encoding))
    record = only(result).record
    assert (record.name_zh, record.category, record.released) == ("法院判決書", "books", "2022")
    assert record.languages == ("zh-Hant",)
    assert [(q.value, q.unit) for q in record.quantities] == [(120_000_000, "book")]
    assert record.description_zh == "判決書全文"
    assert ("encoding_guessed" in result.codes) == (encoding == "big5")


def test_a_provider_is_known_by_its_name_in_traditional_chinese() -> None:
    assert only(read("名稱,供應商\n語料,景聯文科技")).record.provider == "jinglianwen"


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("資料集", Column.NAME),
        ("資料量（萬筆）", Column.QUANTITY),
        ("檔案大小", Column.SIZE),
        ("授權條款", Column.LICENCE),
        ("發行日期", Column.RELEASED),
    ],
)
def test_titles_in_traditional_chinese(title: str, column: Column) -> None:
    head = read_title(title)
    assert head is not None
    assert head.column is column


def test_a_word_that_counts_anything_is_a_unit_where_the_category_says_of_what() -> None:
    context = replace(CONTEXT, categories=frozenset({"patents", "legal", "mixed"}))
    patents = only(read("名称,类别,数量\n专利全文,专利,3万件", context=context))
    assert patents.record.quantities[0].unit == "patent"
    result = read("名称,类别,数量\n判决书,法律,3万件", context=context)
    assert only(result).record.quantities[0].unit is None
    assert "unit_unknown" in result.codes


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        # Two thousand hours, or twenty million?
        ("数量（万小时）", "2000小时", "amount_scale"),
        ("数量（万）", "1.5亿", "amount_scale"),
        ("Tokens (B)", "1.5T", "amount_scale"),
        ("大小(GB)", "2TB-3TB", "amount_range"),
        ("数量", "3.2亿条；约1.5TB", "amount_several"),
        ("数量", "35%", "amount_share"),
        ("大小", "35%", "amount_share"),
    ],
)
def test_a_number_that_nobody_can_be_sure_of_is_not_read(column: str, cell: str, code: str) -> None:
    result = read(f"名称,{column}\n甲,{cell}\n")
    assert result.codes == [code]
    assert all(q.value is None for item in result.items for q in item.record.quantities)


@pytest.mark.parametrize(("cell", "value"), [("120", 1_200_000), ("120万条", 1_200_000)])
def test_a_scale_said_once_or_twice_alike_is_read(cell: str, value: int) -> None:
    record = only(read(f"名称,数量（万条）\n甲,{cell}\n")).record
    assert [(q.value, q.unit) for q in record.quantities] == [(value, "entry")]
