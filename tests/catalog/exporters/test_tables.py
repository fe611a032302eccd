"""CSV and XLSX for spreadsheets: nothing computes, numbers stay numbers, memory stays small."""

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

import openpyxl
import pytest

from app.catalog.exchange.items import Item
from app.catalog.exporters import xlsx
from app.catalog.exporters.own_csv import write_csv
from app.catalog.exporters.own_json import write_json
from app.catalog.exporters.xlsx import write_xlsx
from app.catalog.importers.own_csv import COLUMNS
from app.catalog.loading.records import EstimateRecord, QuantityRecord
from tests.catalog.exporters.items import item
from tests.catalog.importers.reading import read

RISKY = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "'x"]
MAIN = EstimateRecord(
    method="converted", low=100, mid=123_456_789_012_345_678, high=2**62, tokenizer="qwen2-qwen3"
)


def rows(*items: Item) -> list[dict[str, str]]:
    text = b"".join(write_csv(items)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sheet(*items: Item) -> list[dict[str, object]]:
    """Return the rows as another program reads them."""
    book = openpyxl.load_workbook(io.BytesIO(b"".join(write_xlsx(items))))
    head, *body = book.active.iter_rows()
    return [{h.value: cell for h, cell in zip(head, row, strict=True)} for row in body]


def test_excel_is_told_that_the_csv_is_utf8() -> None:
    content = b"".join(write_csv([item()]))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 2
    assert content.endswith(b"\r\n")


@pytest.mark.parametrize("text", RISKY)
def test_no_text_of_a_csv_begins_a_formula(text: str) -> None:
    [row] = rows(item(name_en=text, description_en=f"x{text}"))
    assert row["name_en"] == f"'{text}"
    assert row["description_en"] == f"x{text}"


def test_every_text_is_quoted_and_no_number_is() -> None:
    line = b"".join(write_csv([item(main=MAIN)])).decode().split("\r\n")[1]
    assert '"中文图书","Chinese books"' in line
    assert ',25000000,"book",' in line
    assert ",100,123456789012345678,4611686018427387904," in line


def test_a_separator_in_a_text_starts_no_new_cell() -> None:
    [row] = rows(item(name_en='a","=1+1","b', description_zh="一\r\n二"))
    assert row["name_en"] == 'a","=1+1","b'
    assert row["description_zh"] == "一\r\n二"


@pytest.mark.parametrize("text", [*RISKY, "_x0041_", "a\x0bb", "<b>&</b>", "]]>", "  x  "])
def test_every_text_of_a_workbook_is_a_text(text: str) -> None:
    [row] = sheet(item(name_en=text))
    cell = row["name_en"]
    assert cell.data_type == "s"
    expected = text.replace("\x0b", "\ufffd")
    assert (cell.value or "").replace("_x000D_", "\r") == expected.replace(
        "_x0041_", "_x005F_x0041_"
    )
    read_back = read(b"".join(write_xlsx([item(name_en=text)])), "a.xlsx").items[0].record
    assert read_back.name_en == expected


def test_numbers_of_a_workbook_are_numbers_as_far_as_they_are_exact() -> None:
    [row] = sheet(item(main=MAIN, quantities=(QuantityRecord(printed="x", value=Decimal("0.5")),)))
    assert (row["quantity"].value, row["quantity"].data_type) == (0.5, "n")
    assert (row["tokens_low"].value, row["tokens_low"].data_type) == (100, "n")
    # A spreadsheet would make it 123456789012346000.
    assert (row["tokens"].value, row["tokens"].data_type) == ("123456789012345678", "s")


def test_the_head_names_every_column() -> None:
    [row] = sheet(item())
    assert tuple(row) == COLUMNS
    assert tuple(rows(item())[0]) == COLUMNS


def test_a_cell_too_long_for_a_spreadsheet_is_cut_and_says_so() -> None:
    long = item(description_en="x" * 40_000, notes=({"en": "y" * 40_000},))
    [row] = sheet(long)
    assert len(row["description_en"].value) == 32_767
    assert row["description_en"].value.endswith("…")
    assert not row["more"].value
    assert len(rows(long)[0]["description_en"]) == 40_000


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS", 4)
    items = [item(slug=f"d-{number}") for number in range(7)]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(write_xlsx(items))))
    assert [len(list(page.rows)) for page in book] == [4, 4, 2]
    assert [page.title for page in book] == ["datasets", "datasets 2", "datasets 3"]


@pytest.mark.parametrize("writer", [write_csv, write_json, write_xlsx])
def test_nothing_at_all_is_a_file_with_a_head(
    writer: Callable[[Iterable[Item]], Iterator[bytes]],
) -> None:
    name = {write_csv: "a.csv", write_json: "a.json", write_xlsx: "a.xlsx"}[writer]
    assert read(b"".join(writer([])), name).entries == []


def test_the_same_data_are_the_same_bytes() -> None:
    assert b"".join(write_xlsx([item()])) == b"".join(write_xlsx([item()]))
    with zipfile.ZipFile(io.BytesIO(b"".join(write_xlsx([item()])))) as package:
        assert package.testzip() is None


@pytest.mark.parametrize("writer", [write_csv, write_json, write_xlsx])
def test_an_export_streams(writer: Callable[[Iterable[Item]], Iterator[bytes]]) -> None:
    made = 0

    def many() -> Iterator[Item]:
        nonlocal made
        for number in range(20_000):
            made += 1
            yield item(slug=f"d-{number}", description_zh="说明文字" * 50)

    pieces = writer(many())
    next(pieces)
    next(pieces)
    # The first bytes leave long before the last row is made.
    assert made < 10_000
    tracemalloc.start()
    try:
        size = sum(len(piece) for piece in pieces)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 500_000
    assert peak < 3_000_000
