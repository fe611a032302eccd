"""Croissant 1.0 and 1.1, and schema.org/Dataset as pages carry it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from app.catalog.exchange.items import ImportRefused
from app.catalog.importers.licence_addresses import spdx_of_address
from tests.catalog.importers.reading import CONTEXT, only, read

DOCUMENT: dict[str, Any] = {
    "@context": {"@language": "en", "@vocab": "https://schema.org/"},
    "@type": "sc:Dataset",
    "conformsTo": "http://mlcommons.org/croissant/1.1",
    "name": "Demo",
    "description": "A demo.",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "url": "https://example.org/demo",
    "creator": {"@type": "Organization", "name": "Lab X", "url": "https://lab.example"},
    "datePublished": "2024-05-01",
    "distribution": [
        {"@type": "cr:FileObject", "@id": "a", "contentSize": "1.5 GB", "contentUrl": "a.zip"},
        {"@type": "cr:FileObject", "@id": "b", "contentSize": "25585843 B"},
        {"@type": "cr:FileSet", "containedIn": {"@id": "a"}, "contentSize": "9 GB"},
    ],
}


def document(**changes: object) -> str:
    merged = {name: value for name, value in (DOCUMENT | changes).items() if value is not None}
    return json.dumps(merged, ensure_ascii=False)


def catalogue(*datasets: dict[str, Any]) -> str:
    return json.dumps({"@type": "DataCatalog", "name": "All", "dataset": datasets})


def test_the_required_properties_become_fields() -> None:
    result = read(document(), "croissant.json")
    item = only(result)
    record = item.record
    assert (record.slug, record.name_en, record.provider) == ("acme-demo", "Demo", "acme")
    assert (record.licence_spdx, record.licence_class) == ("CC-BY-4.0", "open")
    assert (record.homepage, record.released) == ("https://example.org/demo", "2024-05-01")
    [size] = record.quantities
    assert (size.value, size.unit, size.content) == (1_500_000_000 + 25_585_843, "byte", None)
    assert result.codes == []
    assert result.format == "croissant"


@pytest.mark.parametrize(
    "schema", ["http://schema.org/", "https://schema.org/", "sc:", "schema:", ""]
)
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_every_spelling_of_schema_org_is_the_same(schema: str, version: str) -> None:
    spelled = {f"{schema}{name}": value for name, value in DOCUMENT.items() if name[0] != "@"}
    spelled |= {
        "@context": {},
        "@type": f"{schema}Dataset",
        "dct:conformsTo": f"http://mlcommons.org/croissant/{version}",
    }
    del spelled[f"{schema}conformsTo"]
    record = only(read(json.dumps(spelled), "a.json")).record
    assert (record.name_en, record.licence_spdx) == ("Demo", "CC-BY-4.0")


def test_names_and_texts_in_two_languages() -> None:
    tagged = [{"@value": "示例", "@language": "zh-CN"}, {"@value": "Demo", "@language": "en"}]
    for name in (tagged, {"zh": "示例", "en": "Demo"}):
        record = only(read(document(name=name, description=name), "a.json")).record
        assert (record.name_zh, record.name_en) == ("示例", "Demo")
        assert (record.description_zh, record.description_en) == ("示例", "Demo")
    record = only(read(document(alternateName=["示例语料", "Demo"]), "a.json")).record
    assert (record.name_zh, record.name_en, record.aliases) == ("示例语料", "Demo", ())


def test_unknown_keys_are_kept_and_named() -> None:
    unknown = {"rai:dataBiases": "few", "foo": {"bar": [1, 2.5, None]}, "version": "1.0.0"}
    result = read(document(**unknown), "a.json")
    kept = only(result).extra["croissant"]
    assert {name: kept[name] for name in unknown} == unknown
    assert kept["distribution"] == DOCUMENT["distribution"]
    assert {f.column for f in result.findings if f.code == "kept_unread"} == set(unknown)


def test_record_sets_are_subsets_unless_there_is_one_or_they_list_splits() -> None:
    sets = [
        {"@type": "cr:RecordSet", "@id": "en", "name": "English part", "field": [{"a": 1}]},
        {"@type": "cr:RecordSet", "@id": "zh", "description": "中文部分"},
        {"@type": "cr:RecordSet", "@id": "splits", "dataType": "cr:Split"},
    ]
    _, english, chinese = read(document(recordSet=sets), "a.json").items
    assert english.record.slug == "acme-demo/english-part"
    assert (chinese.record.name_en, chinese.record.description_zh) == ("zh", "中文部分")
    assert english.extra["croissant"]["recordSet"]["field"] == [{"a": 1}]
    assert len(read(document(recordSet=sets[:1]), "a.json").items) == 1


def test_the_provider_is_one_that_is_known_or_chosen_or_the_creator() -> None:
    known = read(document(creator=[{"name": "Somebody"}, {"name": "AI2"}]), "a.json")
    assert only(known).provider.slug == "ai2"
    nobody = replace(CONTEXT, default_provider=None)
    new = read(document(), "a.json", nobody)
    assert only(new).provider.slug == "lab-x"
    assert only(new).provider.homepage == "https://lab.example"
    assert "provider_new" in new.codes
    assert read(document(creator=None), "a.json", nobody).items == []


@pytest.mark.parametrize(
    ("licence", "spdx", "code"),
    [
        ("https://spdx.org/licenses/MIT.html", "MIT", None),
        ("apache-2.0", "Apache-2.0", None),
        (
            {
                "@type": "CreativeWork",
                "name": "x",
                "url": "https://www.apache.org/licenses/LICENSE-2.0",
            },
            "Apache-2.0",
            None,
        ),
        ("https://example.org/terms", None, "licence_unread"),
        (["MIT", "https://creativecommons.org/licenses/by-nc/4.0/"], None, None),
        (None, None, "licence_missing"),
    ],
)
def test_licences_by_address_or_name(licence: object, spdx: str | None, code: str | None) -> None:
    result = read(document(license=licence), "a.json")
    assert only(result).record.licence_spdx == spdx
    assert [f.code for f in result.findings if f.code.startswith("licence")] == (
        [code] if code else []
    )


def test_the_most_restrictive_of_several_licences_counts() -> None:
    licence = ["MIT", "https://creativecommons.org/licenses/by-nc/4.0/"]
    assert only(read(document(license=licence), "a.json")).record.licence_class == "non_commercial"


@pytest.mark.parametrize(
    ("address", "spdx"),
    [
        ("https://creativecommons.org/licenses/by-sa/3.0/legalcode", "CC-BY-SA-3.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://opendatacommons.org/licenses/odbl/1-0/", "ODbL-1.0"),
        ("https://choosealicense.com/licenses/mit/", "MIT"),
        ("https://opensource.org/licenses/MIT", "MIT"),
        ("https://creativecommons.org/licenses/", None),
        ("https://evil.example/spdx.org/licenses/MIT", None),
    ],
)
def test_addresses_of_licences(address: str, spdx: str | None) -> None:
    assert spdx_of_address(address) == spdx


@pytest.mark.parametrize("name", ["description", "url", "creator", "datePublished", "distribution"])
def test_what_croissant_requires_and_is_missing_is_named(name: str) -> None:
    result = read(document(**{name: None}), "a.json")
    assert [f.params for f in result.findings if f.code == "required_missing"] == [{"key": name}]
    assert len(result.items) == 1


def test_a_graph_holds_its_dataset() -> None:
    graph = {"@context": {}, "@graph": [{"@type": "Person"}, DOCUMENT]}
    assert only(read(json.dumps(graph), "a.jsonld")).record.name_en == "Demo"


def test_an_address_that_is_none_is_left_out() -> None:
    result = read(document(url="javascript:alert(1)"), "a.json")
    assert only(result).record.homepage is None
    assert "address_refused" in result.codes


@pytest.mark.parametrize(
    "content",
    [
        '{"@context": {}, "@type": "Person"}',
        '{"@type": ["x"], "name": "Demo"}',
        '{"@context": ',
        '{"@context": NaN}',
        '{"@context": ' + "[" * 100_000,
        '{"@context": ' + "1" * 5_000 + "}",
        '{"@context": {}, "@graph": {"@type": "Dataset"}}',
    ],
)
def test_what_describes_no_dataset_is_refused(content: str) -> None:
    with pytest.raises(ImportRefused):
        read(content, "a.json")


@pytest.mark.parametrize(
    "changes",
    [
        {"name": {"@value": 5}},
        {"name": ["a", ["b"]]},
        {"creator": [[], {}, 5, "Somebody"]},
        {"distribution": "x"},
        {"distribution": [{"contentSize": "many"}, 5]},
        {"recordSet": [1, {}, {"name": []}, {"name": "x"}]},
        {"inLanguage": {"name": "Klingon"}},
        {"license": [{}, [], 5]},
        {"datePublished": {"@value": "x" * 1000}},
        {"alternateName": [None, {"@value": None}]},
        {"foo": "\ud800"},
        {"foo\x00bar": 1},
    ],
)
def test_values_of_any_form_are_read_or_named(changes: dict[str, Any]) -> None:
    result = read(json.dumps(DOCUMENT | changes), "a.json")
    assert result.items or any(f.severity == "error" for f in result.findings)


def test_a_catalogue_is_read_dataset_by_dataset() -> None:
    sets = [{"@type": "cr:RecordSet", "name": name} for name in ("news", "books")]
    result = read(
        catalogue(DOCUMENT, {"@type": "Person"}, DOCUMENT | {"name": "Two", "recordSet": sets}),
        "all.jsonld",
    )
    assert [(entry.row, entry.item.record.slug) for entry in result.entries if entry.item] == [
        (1, "acme-demo"),
        (2, "acme-two"),
        (3, "acme-two/news"),
        (4, "acme-two/books"),
    ]


def test_a_dataset_that_a_catalogue_lists_twice_is_refused_at_its_row() -> None:
    result = read(catalogue(DOCUMENT, DOCUMENT, DOCUMENT | {"name": None}), "all.jsonld")
    assert [entry.row for entry in result.entries] == [1, 2, 3]
    assert {(found.code, found.row) for found in result.findings} == {
        ("duplicate", 2),
        ("name_missing", 3),
    }


@pytest.mark.parametrize("damage", [slice(0, -20), slice(0, -3)])
def test_a_catalogue_that_breaks_off_is_refused(damage: slice) -> None:
    with pytest.raises(ImportRefused):
        read(catalogue(DOCUMENT)[damage], "all.jsonld")


def test_a_catalogue_without_datasets_is_refused() -> None:
    with pytest.raises(ImportRefused, match="lists no dataset"):
        read('{"@type": "DataCatalog", "name": "Empty"}', "all.jsonld")


def test_a_catalogue_of_too_many_datasets_is_refused() -> None:
    with pytest.raises(ImportRefused):
        read(catalogue(DOCUMENT, DOCUMENT), "all.jsonld", replace(CONTEXT, max_rows=1))
