"""Our own JSON and CSV, as people change them by hand."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.catalog.exchange.items import ImportRefused
from app.catalog.exporters.own_csv import write_csv
from app.catalog.exporters.own_json import write_json
from tests.catalog.exporters.items import item
from tests.catalog.importers.reading import CONTEXT, only, read, sentence


def own(*datasets: object, **head: object) -> str:
    return json.dumps({"format": "peibi.catalogue", "version": 1} | head | {"datasets": datasets})


DATASET: dict[str, Any] = {
    "slug": "books",
    "name": {"zh": "图书", "en": "Books"},
    "provider": {"slug": "acme", "name": {"zh": "甲", "en": "Acme"}},
    "category": "books",
    "modality": "text",
}


def test_the_least_that_a_dataset_needs() -> None:
    record = only(read(own(DATASET), "a.json")).record
    assert (record.slug, record.name_zh, record.visibility) == ("books", "图书", "public")


def test_numbers_are_exact() -> None:
    quantities = [
        {"printed": "1", "value": 2500000},
        {"printed": "2", "value": 0.1},
        {"printed": "3", "value": "12345678901234567.891"},
    ]
    record = only(read(own(DATASET | {"quantities": quantities}), "a.json")).record
    assert [q.value for q in record.quantities] == [
        Decimal(2_500_000),
        Decimal("0.1"),
        Decimal("12345678901234567.891"),
    ]


@pytest.mark.parametrize(
    ("changes", "code", "key"),
    [
        ({"slug": None}, "wrong_type", "slug"),
        ({"slug": 5}, "wrong_type", "slug"),
        ({"name": "图书"}, "wrong_type", "name"),
        ({"name": {"fr": "Livres"}}, "wrong_type", "name"),
        ({"aliases": "x"}, "wrong_type", "aliases"),
        ({"aliases": [1]}, "wrong_type", "aliases[0]"),
        ({"position": "1"}, "wrong_type", "position"),
        ({"position": True}, "wrong_type", "position"),
        ({"has_tokens": 1}, "wrong_type", "has_tokens"),
        ({"quantities": [{"printed": "x", "value": "many"}]}, "wrong_type", "quantities[0].value"),
        ({"quantities": [{"value": 1}]}, "key_missing", "quantities[0].printed"),
        ({"quantities": {}}, "wrong_type", "quantities"),
        ({"figures": []}, "wrong_type", "figures"),
        ({"notes": ["x"]}, "wrong_type", "notes[0]"),
        ({"provider": "acme"}, "wrong_type", "provider"),
        ({"provider": {"slug": "acme"}}, "key_missing", "provider.name_zh"),
        ({"homepage": "a\0b"}, "unreadable_text", "homepage"),
        ({"homepage": "\ud800"}, "unreadable_text", "homepage"),
        ({"figures": {"\ud800": 1}}, "unreadable_text", "figures"),
        ({"description": {"en": "x" * 200_000}}, "text_long", "description_en"),
        ({"extra": []}, "wrong_type", "extra"),
    ],
)
def test_each_wrong_value_is_named_by_its_key(changes: dict[str, Any], code: str, key: str) -> None:
    result = read(own(DATASET | changes), "a.json")
    assert result.items == []
    assert (code, key) in [(found.code, found.column) for found in result.findings]


def test_an_unknown_key_is_named_and_left_out() -> None:
    result = read(own(DATASET | {"colour": "red"}), "a.json")
    assert only(result).record.slug == "books"
    assert [(found.code, found.column) for found in result.findings] == [("key_unknown", "colour")]


@pytest.mark.parametrize(
    "changes",
    [
        {"slug": "Not A Slug"},
        {"modality": "hologram"},
        {"quantities": [{"printed": "x", "unit": "crate"}]},
        {"estimates": [{"method": "stated", "low": 5, "mid": 4, "high": 3}]},
    ],
)
def test_what_the_catalogue_does_not_take_is_refused_with_its_reason(
    changes: dict[str, Any],
) -> None:
    result = read(own(DATASET | changes), "a.json")
    assert (result.items, result.codes) == ([], ["record_refused"])
    assert "%(" not in sentence(result.findings[0])
    assert result.findings[0].column in {"slug", "modality", "unit", "tokens"}


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "{}",
        "[]",
        "null",
        '{"format": "peibi.catalogue"}',
        '{"format": "peibi.catalogue", "version": 2, "datasets": []}',
        '{"format": "other", "version": 1, "datasets": []}',
        '{"format": "peibi.catalogue", "version": 1, "datasets": {}}',
        '{"format": "peibi.catalogue", "version": 1, "datasets": [',
        '{"format": "peibi.catalogue", "version": 1, "datasets": [{}',
        '{"format": "peibi.catalogue", "version": 1, "datasets": [{} {}]}',
        '{"format": "peibi.catalogue", "version": 1, "datasets": [{}]',
        '{"format": "peibi.catalogue", "version": 1, "datasets": [{}]} x',
        '{"format": "peibi.catalogue", "version": 1, "datasets": [NaN]}',
        '{"format": "peibi.catalogue", "version": 1, "datasets": [' + "[" * 100_000 + "]}",
        '{"format": "peibi.catalogue", "version": 1, "datasets": ["' + "x" * 5_000_000 + '"]}',
    ],
)
def test_what_is_none_of_our_files_is_refused(content: str) -> None:
    with pytest.raises(ImportRefused):
        read(content, "a.json")


def test_layout_and_keys_around_the_datasets_do_not_matter() -> None:
    catalogue = {"version": 1, "format": "peibi.catalogue", "made": {"at": [1]}}
    pretty = json.dumps(catalogue | {"datasets": [DATASET], "z": 1}, indent=4)
    assert only(read("\ufeff" + pretty, "a.json")).record.slug == "books"


def test_a_large_file_is_read_in_pieces() -> None:
    datasets = [DATASET | {"slug": f"books-{n}", "homepage": "x" * 900} for n in range(2_000)]
    assert len(read(own(*datasets), "a.json").items) == 2_000
    with pytest.raises(ImportRefused, match="more than 10 rows"):
        read(own(*datasets), "a.json", replace(CONTEXT, max_rows=10))


def test_the_same_dataset_twice_is_refused() -> None:
    assert read(own(DATASET, DATASET), "a.json").codes == ["duplicate"]


def edited(old: str, new: str, **fields: Any) -> Any:
    content = b"".join(write_csv([item(**fields)])).decode("utf-8-sig")
    assert old in content
    return read(content.replace(old, new, 1), "a.csv")


def test_what_a_person_changes_in_the_table_counts() -> None:
    record = only(
        edited(
            "2500000",
            "3000000",
            quantities=(
                replace(item().record.quantities[0], value=Decimal(2_500_000), unit_printed="本"),
            ),
        )
    ).record
    assert record.quantities[0].value == 3_000_000
    assert record.quantities[0].unit_printed == "本"
    assert only(edited('"Chinese books"', '"Books, Chinese"')).record.name_en == "Books, Chinese"


def test_an_emptied_cell_is_an_emptied_field() -> None:
    record = only(edited('"https://example.org"', '""', homepage="https://example.org")).record
    assert record.homepage is None


def test_a_broken_rest_is_named_and_the_table_is_read() -> None:
    result = edited('"{""', '"x{""')
    assert "value_unread" in result.codes


def test_a_table_that_lost_its_rest_is_a_list_like_any_other() -> None:
    content = b"".join(write_csv([item()])).decode("utf-8-sig")
    rows = [line.rpartition(',"{')[0] if '"{' in line else line for line in content.split("\r\n")]
    rows[0] = rows[0].removesuffix(',"more"')
    result = read("\r\n".join(rows), "a.csv")
    record = only(result).record
    assert (record.slug, record.name_zh) == ("acme-books", "中文图书")
    assert record.quantities[0].value == 25_000_000


def test_json_is_never_altered_for_spreadsheets() -> None:
    content = b"".join(write_json([item(name_en="=1+1")]))
    assert b'"en":"=1+1"' in content
