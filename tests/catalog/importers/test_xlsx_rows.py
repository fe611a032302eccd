"""XLSX: merged cells, formulas, dates, and files that want to do harm."""

import contextlib
import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.exchange.items import ImportRefused
from app.catalog.importers import xlsx_package, xlsx_rows
from app.catalog.importers.grid import FormulaCell, MergedCell, WideCell
from tests.catalog.importers.reading import only, read
from tests.catalog.importers.workbooks import (
    BILLION_LAUGHS,
    EXTERNAL_ENTITY,
    OUTSIDE,
    bomb,
    package,
    sheet,
    table,
)


def cells(content: bytes) -> list[list[object]]:
    return [row.cells for row in xlsx_rows.open_workbook(io.BytesIO(content)).rows(0)]


def test_texts_numbers_dates_and_booleans_are_as_a_person_sees_them() -> None:
    content = table(
        [
            "中文图书",
            25_000_000,
            0.1 + 0.2,
            1e21,
            date(2024, 3, 1),
            datetime.fromisoformat("2024-03-01T12:30"),
        ],
        [True, None, -5, 12.50, "_x0041_", "line\nbreak"],
    )
    assert cells(content) == [
        [
            "中文图书",
            "25000000",
            "0.3",
            "1000000000000000000000",
            "2024-03-01",
            "2024-03-01 12:30:00",
        ],
        ["true", "", "-5", "12.5", "A", "line\nbreak"],
    ]


def test_a_list_with_merged_cells_is_filled() -> None:
    content = table(
        ["供应商数据清单", None, None, None],
        ["类别", "名称", "数量", "供应商"],
        ["图书", "甲", "5万本", "景联文科技"],
        [None, "乙", "6万本", None],
        [None, "丙", "7万本", None],
        merge=("A1:D1", "A3:A5", "D3:D5"),
    )
    result = read(content, "清单.xlsx")
    assert [(i.record.name_zh, i.record.category, i.provider.slug) for i in result.items] == [
        (name, "books", "jinglianwen") for name in ("甲", "乙", "丙")
    ]
    assert result.format == "xlsx"


def test_a_number_merged_over_rows_belongs_to_none_of_them() -> None:
    content = table(["名称", "数量"], ["甲", "5万本"], ["乙", None], merge=("B2:B3",))
    result = read(content, "a.xlsx")
    assert [item.record.quantities for item in result.items] == [(), ()]
    assert result.codes == ["amount_merged", "amount_merged"]


def test_a_merge_across_columns_is_the_first_ones_value() -> None:
    content = table(["名称", "数量", "许可"], ["甲", "5万本", None], merge=("B2:C2",))
    assert cells(content)[1] == ["甲", "5万本", WideCell("5万本")]
    [item] = read(content, "a.xlsx").items
    assert item.record.licence_stated_zh is None


def test_formulas_are_named_and_keep_their_row_out() -> None:
    content = table(["名称", "数量", "备注"], ["甲", "=1+1", ""], ["乙", "5万本", "=NOW()"])
    assert cells(content)[1][1] == FormulaCell("=1+1")
    result = read(content, "a.xlsx")
    assert [item.record.name_zh for item in result.items] == ["乙"]
    [found] = [f for f in result.findings if f.code == "formula"]
    assert (found.row, found.column, found.params) == (2, "数量", {"value": "=1+1"})
    assert "paste" in found.remedy


def test_rows_keep_the_numbers_that_a_person_sees() -> None:
    content = package(
        sheet=sheet(
            '<row r="3"><c r="B3" t="inlineStr"><is><t>名称</t></is></c></row>'
            '<row r="7"><c r="B7" t="inlineStr"><is><t>甲</t></is></c></row>'
        )
    )
    assert [entry.row for entry in read(content, "a.xlsx").entries] == [7]


def test_only_the_first_visible_sheet_is_read_and_the_others_are_mentioned() -> None:
    workbook = openpyxl.Workbook()
    workbook.active.sheet_state = "hidden"
    workbook.active.append(["名称"])
    second, third = workbook.create_sheet("清单"), workbook.create_sheet("价格")
    second.append(["名称"])
    second.append(["甲"])
    third.append(["名称"])
    buffer = io.BytesIO()
    workbook.active = 1
    workbook.save(buffer)
    result = read(buffer.getvalue(), "a.xlsx")
    assert only(result).record.name_zh == "甲"
    [found] = [f for f in result.file_findings if f.code == "other_sheets"]
    assert (found.params["name"], found.params["sheets"]) == ("清单", 2)


def test_errors_of_the_spreadsheet_are_named() -> None:
    row = '<row r="{}"><c t="str"><v>{}</v></c><c t="{}"><v>{}</v></c></row>'
    rows = [("名称", "str", "数量"), ("甲", "e", "#N/A"), ("乙", "e", "#REF!")]
    content = package(sheet=sheet("".join(row.format(n, *r) for n, r in enumerate(rows, 1))))
    result = read(content, "a.xlsx")
    assert [item.record.quantities for item in result.items] == [(), ()]
    assert [(f.code, f.row) for f in result.findings] == [("cell_broken", 3)]


def test_old_macs_count_dates_from_1904() -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    workbook.active.append([date(2024, 3, 1)])
    buffer = io.BytesIO()
    workbook.save(buffer)
    assert cells(buffer.getvalue()) == [["2024-03-01"]]


@pytest.mark.parametrize(
    "content",
    [
        package(sheet=BILLION_LAUGHS),
        package(sheet=EXTERNAL_ENTITY),
        package(strings=BILLION_LAUGHS),
        package(workbook=BILLION_LAUGHS),
        package(sheet="<worksheet><sheetData><row>"),
        package(sheet="not xml"),
        package(sheet=sheet('<row r="1"/><row r="1"/>')),
        package(sheet=sheet('<row r="2000000000"/>')),
        package(sheet=sheet('<row r="-1"/>')),
        package(sheet=sheet('<row r="x"/>')),
        package(sheet=sheet('<row r="1"><c t="s"><v>5</v></c></row>')),
        package(sheet=sheet('<row r="1"><c t="s"><v>-1</v></c></row>')),
        package(sheet=sheet('<row r="1"><c><v>abc</v></c></row>')),
        package(workbook="<workbook/>"),
        package(rels="<Relationships/>"),
        package(rels=OUTSIDE),
        b"PK\x03\x04" + b"\x00" * 100,
        b"not a zip",
        package()[:-30],
    ],
)
def test_damaged_and_hostile_files_are_refused(content: bytes) -> None:
    with pytest.raises(ImportRefused):
        read(content, "a.xlsx")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    content = bomb(50_000_000)
    assert len(content) < 100_000
    with pytest.raises(ImportRefused, match="unpacks to far more"):
        read(content, "a.xlsx")


def test_many_small_parts_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for number in range(xlsx_package.MAX_PARTS + 1):
            archive.writestr(f"{number}.xml", "")
    with pytest.raises(ImportRefused):
        read(buffer.getvalue(), "a.xlsx")


def test_a_merge_of_the_whole_sheet_costs_nothing() -> None:
    merged = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    content = package(
        sheet=sheet(
            '<row r="1"><c t="inlineStr"><is><t>名称</t></is></c></row><row r="9"/>', merged
        )
    )
    rows = cells(content)
    assert len(rows) == 2
    assert rows[1] == [MergedCell("名称"), *[WideCell("名称")] * 199]


def test_too_many_merges_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_rows, "MAX_MERGES", 2)
    merges = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 5))
    with pytest.raises(ImportRefused, match="merged cells"):
        read(package(sheet=sheet("", merges)), "a.xlsx")


def test_cells_far_to_the_right_are_left_out() -> None:
    content = package(
        sheet=sheet('<row r="1"><c r="XFD1"><v>1</v></c><c r="A1"><v>2</v></c></row>')
    )
    assert cells(content) == [["2"]]


FLIPS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(32, 0x3000)), min_size=1, max_size=6)
WHOLE = table(["名称", "数量", "日期"], ["甲", "5万本", date(2024, 3, 1)], ["乙", 7, None])
WHOLE_SHEET = sheet(
    '<row r="1"><c r="A1" t="inlineStr"><is><t>名称</t></is></c>'
    '<c r="B1" t="s"><v>0</v></c></row>'
    '<row r="2"><c r="A2" s="1"><v>45000.5</v></c><c r="B2" t="b"><v>1</v></c></row>',
    '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
)


@given(FLIPS)
def test_no_changed_byte_makes_anything_but_a_refusal(flips: list[tuple[int, int]]) -> None:
    damaged = bytearray(WHOLE)
    for place, value in flips:
        damaged[place % len(damaged)] = value % 256
    with contextlib.suppress(ImportRefused):
        read(bytes(damaged), "a.xlsx")


@given(FLIPS)
def test_no_changed_character_of_a_sheet_makes_anything_but_a_refusal(
    flips: list[tuple[int, int]],
) -> None:
    damaged = list(WHOLE_SHEET)
    for place, value in flips:
        damaged[place % len(damaged)] = chr(value)
    content = package(sheet="".join(damaged), strings="<sst><si><t>数量</t></si></sst>")
    with contextlib.suppress(ImportRefused):
        read(content, "a.xlsx")
