"""Vendors' lists at their worst: what is read, what is left out, and that each is said."""

import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from app.catalog.importers.titles import Column, read_title
from tests.catalog.importers.reading import CONTEXT, only, read
from tests.catalog.importers.workbooks import book, table

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


TWO_ROWS = table(
    ["某公司 2024 年清单", *[None] * 6],
    ["序号", "名称", None, "规模", None, "语言", "备注"],
    [None, "中文", "英文", "数量", "单位", None, None],
    ["一、图书类", *[None] * 6],
    [1, "中文电子书", "Chinese ebooks", "2500万", "本", "中文", "含ISBN"],
    [2, "外文电子书", "Foreign ebooks", "３２０．５", "万册", "英文", None],
    ["二、期刊类", *[None] * 6],
    [3, "中文期刊", "Chinese journals", 1e8, "篇", "中文", None],
    ["合计", None, None, "=SUM(D5:D8)", None, None, None],
    ["注：以上数据截至2024年3月，最终解释权归本公司所有。", *[None] * 6],
    merge=("A1:G1", "A2:A3", "B2:C2", "D2:E2", "F2:F3", "G2:G3", "A4:G4", "A10:G10"),
)
IN_CSV = """某公司清单,,,,
名称,,规模,,语言
中文,英文,数量,单位,
中文电子书,Chinese ebooks,2500万,本,中文
外文电子书,Foreign ebooks,320.5,万册,英文
中文期刊,Chinese journals,1e8,篇,中文
"""


@pytest.mark.parametrize(("content", "name"), [(TWO_ROWS, "a.xlsx"), (IN_CSV, "a.csv")])
def test_a_head_of_two_rows(content: bytes | str, name: str) -> None:
    result = read(content, name)
    found = [
        (item.record.name_zh, item.record.name_en, int(q.value or 0), q.unit)
        for item in result.items
        for q in item.record.quantities
    ]
    assert found == [
        ("中文电子书", "Chinese ebooks", 25_000_000, "book"),
        ("外文电子书", "Foreign ebooks", 3_205_000, "book"),
        ("中文期刊", "Chinese journals", 100_000_000, "article"),
    ]
    assert {item.record.languages for item in result.items} == {("zh",), ("en",)}
    assert "column_repeated" not in result.codes


def test_headings_notes_and_totals_are_left_out_and_named() -> None:
    result = read(TWO_ROWS, "a.xlsx")
    left_out = {(e.row, f.code) for e in result.entries if e.item is None for f in e.findings}
    assert left_out == {(4, "note_row"), (7, "note_row"), (9, "total_row"), (10, "note_row")}


@pytest.mark.parametrize(
    "total", ["合计", "合 计：", "合计：8 项", "总计 3.2亿", "Total: 8", "小計"]
)
def test_totals_in_all_their_ways(total: str) -> None:
    result = read(f"序号,名称,数量\n1,甲,5万本\n,{total},5万\n{total},,5万\n")
    assert result.codes == ["column_unused", "total_row", "total_row"]


@pytest.mark.parametrize("name", ["Total Recall corpus", "说明书语料", "注释语料", "一千零一夜"])
def test_names_that_begin_like_an_aside_are_names(name: str) -> None:
    assert only(read(f"名称,数量,语言\n{name},,\n")).record.name_zh == name


def test_a_row_of_a_table_with_nothing_but_a_name_is_pointed_at() -> None:
    result = read("名称,数量,语言\n图像数据,,\n")
    assert (len(result.items), result.codes) == (1, ["only_a_name"])


def test_a_head_repeated_on_every_page_is_left_out() -> None:
    head = "数据集名称,语种,条数,大小(GB),交付日期,价格（元）"
    result = read(f"{head}\n甲,中文,5,1,,\n{head}\n乙,中文,6,2,,\n")
    assert [item.record.name_zh for item in result.items] == ["甲", "乙"]
    assert result.codes.count("head_repeated") == 1


def test_a_second_table_below_the_first_is_read_by_its_own_head() -> None:
    result = read(
        "名称,数量,语言\n甲,5万本,中文\n,,\n供应商,数据集名称,数量\n景联文科技,乙,6万本\n"
    )
    assert [(i.record.name_zh, i.provider.slug) for i in result.items] == [
        ("甲", "acme"),
        ("乙", "jinglianwen"),
    ]
    assert "head_new" in result.codes


def formatted(cell: Any, number_format: str, title: str = "Volume") -> bytes:
    def fill(sheet: Any) -> None:
        sheet.append(["Dataset", title])
        sheet.append(["A", cell])
        sheet["B2"].number_format = number_format

    return book(fill)


@pytest.mark.parametrize(
    ("cell", "number_format", "value", "unit"),
    [
        # What a person sees is 2500万本, 12.0M rows, 1,200小时, 1.2万.
        (2500, '0"万本"', 25_000_000, "book"),
        (12_000_000, '0.0,,"M"" rows"', 12_000_000, None),
        (1200, '#,##0"小时"', 1200, "hour"),
        (12_000, '0!.0,"万"', 12_000, None),
    ],
)
def test_words_that_a_format_writes_behind_a_number_count(
    cell: int, number_format: str, value: int, unit: str | None
) -> None:
    [quantity] = only(read(formatted(cell, number_format), "a.xlsx")).record.quantities
    assert (quantity.value, quantity.unit) == (value, unit)


def test_a_number_shown_as_a_share_is_no_quantity() -> None:
    assert read(formatted(0.35, "0%"), "a.xlsx").codes == ["amount_share"]
    assert read(formatted(0.355, "0.0%"), "a.xlsx").codes == ["amount_share"]


@pytest.mark.parametrize(
    ("cell", "released"),
    [
        ("20240305", "2024-03-05"),
        ("03/04/2024", "03/04/2024"),
        ("45231", None),
        ("2024-13-45", None),
    ],
)
def test_dates_that_are_none_are_left_out_and_named(cell: str, released: str | None) -> None:
    result = read(f"名称,发布日期\n甲,{cell}\n")
    assert only(result).record.released == released
    assert result.codes == ([] if released else ["date_unread"])


def test_a_hidden_row_is_pointed_at() -> None:
    def fill(sheet: Any) -> None:
        for row in (["名称", "数量"], ["甲", "5万本"], ["乙", "6万本"]):
            sheet.append(row)
        sheet.row_dimensions[3].hidden = True

    result = read(book(fill), "a.xlsx")
    assert [(f.code, f.row) for f in result.findings] == [("row_hidden", 3)]


def sheets(*tables: tuple[str, list[list[str]], str]) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows, state in tables:
        sheet = workbook.create_sheet(name)
        sheet.sheet_state = state
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


LIST = [["名称", "数量"], ["甲", "5万本"]]


def test_the_sheet_with_the_list_is_read_and_not_the_cover_before_it() -> None:
    cover = ("说明", [["填写说明：请勿修改表头"], ["联系人", "张三"]], "visible")
    result = read(sheets(("旧", LIST, "hidden"), cover, ("清单", LIST, "visible")), "a.xlsx")
    assert only(result).record.name_zh == "甲"
    [found] = result.file_findings
    listed = [["说明", 2], ["清单", 2]]
    assert found.code == "other_sheets"
    assert found.params == {"name": "清单", "sheets": 2, "list": listed}


def test_other_lists_of_a_file_are_named_since_they_are_not_read() -> None:
    result = read(sheets(("一", LIST, "visible"), ("二", LIST, "visible")), "a.xlsx")
    [found] = result.file_findings
    assert (found.code, found.params["others"]) == ("other_lists", "二")
    assert found.params["list"] == [["一", 2], ["二", 2]]
    assert len(result.items) == 1
