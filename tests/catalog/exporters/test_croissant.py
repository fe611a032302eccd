"""Datasets in JSON-LD: Croissant where all that it requires is there."""

import json
from decimal import Decimal
from typing import Any

import pytest

from app.catalog.exporters.croissant import (
    describe,
    missing_for_croissant,
    signed,
    write_catalogue,
)
from app.catalog.importers.croissant.terms import REQUIRED
from app.catalog.loading.records import (
    EstimateRecord,
    LicenceRecord,
    OverlapRecord,
    QuantityRecord,
)
from tests.catalog.exporters.items import item
from tests.catalog.importers.reading import only, read
from tests.catalog.importers.test_croissant import DOCUMENT, document

FILES = {
    "croissant": {"distribution": [{"@type": "cr:FileObject", "@id": "a", "sha256": "0" * 64}]}
}


def whole(**fields: Any) -> Any:
    return item(
        **{
            "description_en": "Books.",
            "licence_spdx": "MIT",
            "homepage": "https://example.org/books",
            "released": "2024-05",
            "extra": FILES,
        }
        | fields
    )


def test_a_dataset_with_all_that_is_required_is_croissant() -> None:
    described = describe(whole())
    assert described.missing == ()
    assert described.media_type.startswith("application/ld+json; profile=")
    document = json.loads(described.write())
    assert document["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert document["@type"] == "sc:Dataset"
    assert document["@context"]["@language"] == "en"
    assert set(REQUIRED) <= set(document)
    assert document["license"] == "https://spdx.org/licenses/MIT"
    assert document["alternateName"] == ["中文图书"]


@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({"extra": {}}, "distribution"),
        ({"description_en": None}, "description"),
        ({"licence_spdx": None}, "license"),
        ({"homepage": None}, "url"),
        ({"released": "spring 2024"}, "datePublished"),
        ({"released": None}, "datePublished"),
    ],
)
def test_what_is_missing_is_named_and_the_rest_is_schema_org(
    fields: dict[str, Any], missing: str
) -> None:
    described = describe(whole(**fields))
    assert described.missing == (missing,)
    assert described.document["@context"] == "https://schema.org/"
    assert described.document["@type"] == "Dataset"
    assert "conformsTo" not in described.document
    assert described.media_type == "application/ld+json"


def test_the_page_stands_in_for_a_homepage() -> None:
    described = describe(whole(homepage=None), page="https://peibi.example/catalogue/books")
    assert described.is_croissant
    assert described.document["url"] == "https://peibi.example/catalogue/books"


def test_an_imported_document_comes_back_with_what_nobody_read() -> None:
    unknown = {
        "rai:dataBiases": "few",
        "foo": {"bar": [1, 2.5, None]},
        "version": "1.2.3",
        "creator": [{"@type": "Person", "name": "A. Person"}],
        "dct:conformsTo": [
            "http://mlcommons.org/croissant/1.0",
            "http://mlcommons.org/croissant/RAI/1.0",
        ],
        "conformsTo": None,
        "recordSet": [{"@type": "cr:RecordSet", "@id": "r", "field": []}],
    }
    first = describe(only(read(document(**unknown), "a.json")))
    assert first.is_croissant
    for name in ("rai:dataBiases", "foo", "version", "creator", "recordSet"):
        assert first.document[name] == unknown[name]
    assert first.document["conformsTo"] == [
        "http://mlcommons.org/croissant/1.1",
        "http://mlcommons.org/croissant/RAI/1.0",
    ]
    assert "dct:conformsTo" not in first.document
    second = describe(only(read(first.write(), "b.json")))
    assert second.write() == first.write()


def test_the_catalogue_has_the_last_word_on_its_own_fields() -> None:
    imported = only(read(document(), "a.json"))
    changed = item(
        name_en="New name", description_en="New.", licence_spdx="MIT", extra=imported.extra
    )
    described = describe(changed).document
    assert (described["name"], described["description"]) == ("New name", "New.")
    assert described["license"] == "https://spdx.org/licenses/MIT"
    assert described["distribution"] == DOCUMENT["distribution"]


def test_tokens_are_stated_with_method_and_tokenizer() -> None:
    main = EstimateRecord(method="converted", low=1, mid=2, high=3, tokenizer="qwen2-qwen3")
    measured = describe(whole(main=main)).document["variableMeasured"]
    assert measured[0]["unitText"] == "book"
    assert measured[1] == {
        "@type": "PropertyValue",
        "propertyID": "tokens",
        "name": "unique tokens",
        "value": 2,
        "minValue": 1,
        "maxValue": 3,
        "unitText": "token",
        "measurementTechnique": "converted; qwen2-qwen3",
    }


def test_a_quantity_without_unit_or_number_is_not_stated() -> None:
    quantities = (
        QuantityRecord(printed="x", value=Decimal(5)),
        QuantityRecord(printed="y", unit="book"),
    )
    assert "variableMeasured" not in describe(whole(quantities=quantities)).document


def test_a_licence_without_identifier_is_stated_by_its_evidence() -> None:
    claim = LicenceRecord(stated_en="Terms", evidence_url="https://example.org/terms")
    fields = {"licence_spdx": None, "licence_stated_en": "Terms"}
    assert describe(whole(**fields)).document["license"] == "Terms"
    described = describe(whole(**fields, licence_claims=(claim,)))
    assert described.document["license"] == "https://example.org/terms"


def test_empty_values_are_missing_ones() -> None:
    assert missing_for_croissant({"name": "x", "description": "", "distribution": []}) == (
        "description",
        "license",
        "url",
        "creator",
        "datePublished",
        "distribution",
    )


def test_a_catalogue_is_one_document() -> None:
    families = [(whole(), []), (item(slug="b"), [item(slug="b/part", name_en="A part")])]
    written = write_catalogue(families, name="配比", page_of="https://peibi.example/{}".format)
    content = json.loads(b"".join(written))
    assert (content["@type"], content["name"]) == ("DataCatalog", "配比")
    assert [dataset["name"] for dataset in content["dataset"]] == ["Chinese books"] * 2
    croissant, plain = content["dataset"]
    assert croissant["@context"]["cr"] == "http://mlcommons.org/croissant/"
    assert "@context" not in plain
    assert plain["url"] == "https://peibi.example/b"
    assert plain["hasPart"] == [{"@type": "Dataset", "name": "A part"}]
    empty = write_catalogue([], name="x", page_of=str)
    assert json.loads(b"".join(empty))["dataset"] == []


def test_what_a_dataset_was_made_from_comes_back() -> None:
    origin = OverlapRecord(other="fineweb", relation="derived_from")
    described = describe(whole(overlaps=(origin,)))
    assert described.document["isBasedOn"] == [{"@type": "Dataset", "identifier": "fineweb"}]
    again = only(read(described.write(), "a.json"))
    assert again.record.overlaps == (origin,)
    assert describe(again).document["isBasedOn"] == described.document["isBasedOn"]


def test_an_origin_that_only_a_file_knows_is_given_back() -> None:
    foreign = {"@type": "Dataset", "name": "Elsewhere"}
    imported = only(read(document(isBasedOn=[foreign]), "a.json"))
    assert imported.record.overlaps == ()
    assert describe(imported).document["isBasedOn"] == [foreign]


def test_a_number_with_a_fraction_comes_back_as_it_was_written() -> None:
    half = QuantityRecord(key="h", printed="1.5", value=Decimal("1.5"), unit="hour")
    exported = whole(quantities=(half,))
    again = only(read(signed(describe(exported), exported).write(), "a.json"))
    assert "extra" not in again.given
