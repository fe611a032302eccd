"""Datasets as Hugging Face cards."""

from typing import Any

import pytest
import yaml

from app.catalog.exporters.cards import write_card
from app.catalog.loading.records import LicenceRecord, OverlapRecord
from tests.catalog.exporters.items import item
from tests.catalog.importers.reading import only, read
from tests.catalog.importers.test_cards import CARD


def front(content: bytes) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(content.decode()[4:].split("\n---\n")[0])
    return loaded


def test_a_card_comes_back_with_everything_it_had() -> None:
    whole, *subsets = read(CARD, "README.md").items
    content = write_card(whole, subsets)
    again, *again_subsets = read(content, "README.md").items
    assert again.record == whole.record
    assert [one.record for one in again_subsets] == [one.record for one in subsets]
    assert write_card(again, again_subsets) == content
    assert front(content)["language"] == ["no", "zh", "code"]
    assert "'no'" in content.decode()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"licence_spdx": "Apache-2.0"}, {"license": "apache-2.0"}),
        ({"licence_spdx": "PDDL-1.0"}, {"license": "pddl"}),
        (
            {"licence_spdx": "CC-BY-4.0", "licence_stated_en": "CC BY 4.0"},
            {"license": "cc-by-4.0"},
        ),
        (
            {"licence_stated_en": "Custom terms"},
            {"license": "other", "license_name": "Custom terms"},
        ),
        (
            {
                "licence_spdx": "ODC-By-1.0",
                "licence_claims": (LicenceRecord(evidence_url="https://example.org/l"),),
                "licence_stated_en": "ODC-By 1.0",
            },
            {
                "license": "other",
                "license_name": "ODC-By-1.0",
                "license_link": "https://example.org/l",
            },
        ),
        ({}, {"license": "unknown"}),
    ],
)
def test_licences_as_the_hub_names_them(fields: dict[str, Any], expected: dict[str, str]) -> None:
    written = front(write_card(item(**fields)))
    assert {k: v for k, v in written.items() if k.startswith("license")} == expected


def test_a_dataset_that_never_was_a_card() -> None:
    content = write_card(item(description_en="Books | of [all] *kinds*.")).decode()
    assert "# Chinese books / 中文图书" in content
    assert r"Books \| of \[all\] \*kinds\*." in content
    assert "| Quantity | 2500万本 |" in content
    record = only(read(content.replace("license: unknown", "license: mit"), "README.md")).record
    assert (record.name_en, record.languages) == ("Chinese books", ("zh",))


def test_texts_cannot_leave_the_yaml_block() -> None:
    hostile = item(name_en="x\n---\nlicense: mit", licence_stated_en="a: b\n---\n# c")
    written = front(write_card(hostile))
    assert written["pretty_name"] == "x --- license: mit"
    assert written["license"] == "other"


def test_what_a_dataset_was_made_from_comes_back() -> None:
    origin = OverlapRecord(other="fineweb", relation="derived_from")
    content = write_card(item(overlaps=(origin, OverlapRecord(other="c4", relation="contains"))))
    assert front(content)["source_datasets"] == ["fineweb"]
    again = only(read(content, "README.md"))
    assert again.record.overlaps == (origin,)
    assert front(write_card(again))["source_datasets"] == ["fineweb"]


def test_the_hubs_own_words_are_no_datasets() -> None:
    card = "---\npretty_name: A\nlicense: mit\nsource_datasets: [original, extended|c4]\n---\n"
    again = only(read(card, "README.md"))
    assert [one.other for one in again.record.overlaps] == ["c4"]
    assert front(write_card(again))["source_datasets"] == ["original", "extended|c4"]
