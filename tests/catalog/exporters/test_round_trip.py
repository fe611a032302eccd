"""What is written is read back the same, and written again byte for byte."""

from collections.abc import Callable, Iterable, Iterator

import pytest
from hypothesis import given, settings

from app.catalog.exchange.items import Item
from app.catalog.exporters.own_csv import write_csv
from app.catalog.exporters.own_json import write_json
from app.catalog.exporters.xlsx import write_xlsx
from app.catalog.seed.reading import read_datasets
from tests.catalog.exporters.items import ITEMS
from tests.catalog.importers.reading import ACME, read

Writer = Callable[[Iterable[Item]], Iterator[bytes]]


def written(writer: Writer, items: Iterable[Item]) -> bytes:
    return b"".join(writer(items))


def check(writer: Writer, name: str, items: list[Item]) -> None:
    content = written(writer, items)
    result = read(content, name)
    assert result.codes == []
    assert written(writer, result.items) == content
    assert written(write_json, result.items) == written(write_json, items)


@given(ITEMS)
@settings(max_examples=60)
def test_json(items: list[Item]) -> None:
    check(write_json, "catalogue.json", items)


@given(ITEMS)
@settings(max_examples=60)
def test_csv(items: list[Item]) -> None:
    check(write_csv, "catalogue.csv", items)


@given(ITEMS)
@settings(max_examples=40)
def test_xlsx_gives_back_what_a_spreadsheet_can_hold(items: list[Item]) -> None:
    content = written(write_xlsx, items)
    result = read(content, "catalogue.xlsx")
    assert [item.record.slug for item in result.items] == [item.record.slug for item in items]
    assert written(write_xlsx, result.items) == content


@pytest.mark.parametrize(
    ("writer", "name"), [(write_json, "a.json"), (write_csv, "a.csv"), (write_xlsx, "a.xlsx")]
)
def test_the_whole_seed(writer: Writer, name: str) -> None:
    items = [Item(record=record, provider=ACME) for record in read_datasets()]
    # The provider stands once in an item: its own slug is what counts.
    content = written(writer, items)
    result = read(content, name)
    assert len(result.items) == len(items) > 200
    assert result.codes == []
    assert written(writer, result.items) == content
