"""The reference reader of Croissant accepts what is exported as Croissant."""

import json
import logging
import warnings
from pathlib import Path
from typing import Any

import pytest

from app.catalog.exporters.croissant import describe, signed
from app.catalog.loading.records import LicenceRecord
from tests.catalog.exporters.items import item
from tests.catalog.importers.reading import only, read
from tests.catalog.importers.test_croissant import DOCUMENT, document

FILES = {
    "distribution": [
        {
            "@type": "cr:FileObject",
            "@id": "books.parquet",
            "name": "books.parquet",
            "contentUrl": "https://example.org/books.parquet",
            "encodingFormat": "application/x-parquet",
            "sha256": "0" * 64,
        }
    ],
    "recordSet": [
        {
            "@type": "cr:RecordSet",
            "@id": "default",
            "name": "default",
            "field": [
                {
                    "@type": "cr:Field",
                    "@id": "default/text",
                    "name": "default/text",
                    "dataType": "sc:Text",
                    "source": {
                        "fileObject": {"@id": "books.parquet"},
                        "extract": {"column": "text"},
                    },
                }
            ],
        }
    ],
}


def referee(content: Any, folder: Path) -> Any:
    """Read a document with mlcroissant; the warnings of its libraries are not its answers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mlcroissant

        path = folder / "croissant.json"
        path.write_text(json.dumps(content))
        return mlcroissant.Dataset(path).metadata


@pytest.mark.parametrize("licence", ["MIT", None])
def test_a_dataset_of_the_catalogue(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, licence: str | None
) -> None:
    whole = item(
        description_en="Books.",
        licence_spdx=licence,
        licence_stated_en=None if licence else "Terms of the vendor",
        licence_claims=(LicenceRecord(evidence_url="https://example.org/terms"),),
        homepage="https://example.org/books",
        released="2024-05-01",
        paper="https://arxiv.org/abs/2101.00027",
        extra={"croissant": FILES},
    )
    described = signed(describe(whole, [item(slug="acme-books/part", name_en="A part")]), whole)
    assert described.is_croissant
    with caplog.at_level(logging.WARNING):
        found = referee(described.document, tmp_path)
    assert found.name == "Chinese books"
    assert [one.id for one in found.record_sets] == ["default"]
    assert "http://mlcommons.org/croissant/1.1" in str(found.conforms_to)
    # It would warn of a missing licence, date or a version that it cannot read.
    assert not [record for record in caplog.records if "croissant" in record.name.lower()]


def test_an_imported_document_that_goes_out_again(tmp_path: Path) -> None:
    again = describe(only(read(document(**FILES), "croissant.json")))
    assert again.is_croissant
    found = referee(again.document, tmp_path)
    assert found.name == DOCUMENT["name"]
