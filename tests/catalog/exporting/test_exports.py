"""The catalogue as files: what they hold, who gets what, how they are named and streamed."""

import csv
import io
import json
import zipfile
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.catalog.exporters.own_json import write_json
from app.catalog.exporting import batches
from app.catalog.exporting.batches import in_pieces
from app.catalog.models.datasets import Dataset
from app.catalog.search.indexing import index_datasets
from tests.catalog.importers.reading import read
from tests.factories import signed_in

LIST = "/api/v1/exports/datasets"
FORMATS = ("csv", "xlsx", "json", "croissant", "hf")
ALL = 91 + 192


def download(client: TestClient, path: str, **params: Any) -> bytes:
    response = client.get(path, params=params)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    return response.content


def slugs_of(content: bytes) -> list[str]:
    return [dataset["slug"] for dataset in json.loads(content)["datasets"]]


def hide(session: Session, slug: str) -> None:
    dataset = session.scalars(select(Dataset).where(Dataset.slug == slug)).one()
    session.execute(update(Dataset).where(Dataset.id == dataset.id).values(visibility="team"))
    subsets = session.scalars(select(Dataset.id).where(Dataset.parent_id == dataset.id))
    index_datasets(session, [dataset.id, *subsets])
    session.expire_all()


def test_json_holds_the_whole_catalogue_parents_first(seeded_client: TestClient) -> None:
    slugs = slugs_of(download(seeded_client, LIST, format="json", subsets="true"))
    assert len(slugs) == len(set(slugs)) == ALL
    for slug in slugs:
        if "/" in slug:
            assert slugs.index(slug.partition("/")[0]) < slugs.index(slug)


def test_batches_join_without_a_seam(
    seeded_client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = download(seeded_client, LIST, format="json", subsets="true")
    monkeypatch.setattr(batches, "BATCH", 7)
    assert download(seeded_client, LIST, format="json", subsets="true") == whole


@pytest.mark.parametrize("name", ["json", "csv"])
def test_what_is_exported_reads_back_whole(seeded_client: TestClient, name: str) -> None:
    content = download(seeded_client, LIST, format=name, subsets="true")
    result = read(content, f"catalogue.{name}")
    assert result.codes == []
    as_json = download(seeded_client, LIST, format="json", subsets="true")
    assert b"".join(write_json(result.items)) == as_json


def test_csv_and_xlsx_hold_the_same_rows(seeded_client: TestClient) -> None:
    text = download(seeded_client, LIST, format="csv", q="books").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    book = openpyxl.load_workbook(
        io.BytesIO(download(seeded_client, LIST, format="xlsx", q="books"))
    )
    sheet = list(book["datasets"].iter_rows(values_only=True))
    assert [row["slug"] for row in rows] == [row[0] for row in sheet[1:]] != []
    found = seeded_client.get("/api/v1/datasets", params={"q": "books"}).json()
    assert sorted(row["slug"] for row in rows) == sorted(i["slug"] for i in found["items"])


def test_a_filter_and_a_parent_narrow_the_file(seeded_client: TestClient) -> None:
    of_parent = slugs_of(download(seeded_client, LIST, format="json", parent="the-pile"))
    assert len(of_parent) == 22
    assert all(slug.startswith("the-pile/") for slug in of_parent)
    code = slugs_of(download(seeded_client, LIST, format="json", category="code"))
    listed = seeded_client.get("/api/v1/datasets", params={"category": "code", "limit": 200})
    assert sorted(code) == sorted(item["slug"] for item in listed.json()["items"])


def test_a_mistyped_word_is_corrected_as_in_the_list(seeded_client: TestClient) -> None:
    right = download(seeded_client, LIST, format="json", q="wikipedia")
    assert download(seeded_client, LIST, format="json", q="wikipediaa") == right


def test_a_selection_is_exported_in_its_order(seeded_client: TestClient) -> None:
    chosen = ["the-pile", "jlw-chinese-books"]
    assert slugs_of(download(seeded_client, LIST, format="json", dataset=chosen)) == chosen
    with_subsets = download(seeded_client, LIST, format="json", dataset=chosen, subsets="true")
    assert len(slugs_of(with_subsets)) == 2 + 22


def test_one_dataset_comes_with_its_subsets(seeded_client: TestClient) -> None:
    content = download(seeded_client, "/api/v1/datasets/the-pile/export", format="json")
    slugs = slugs_of(content)
    assert slugs[0] == "the-pile"
    assert len(slugs) == 23


@pytest.mark.parametrize("name", FORMATS)
def test_team_only_datasets_are_in_no_file_of_a_stranger(
    seeded_client: TestClient, seeded_session: Session, name: str
) -> None:
    hide(seeded_session, "the-pile")
    content = download(seeded_client, LIST, format=name, subsets="true")
    if zipfile.is_zipfile(io.BytesIO(content)):
        package = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(part.encode() + package.read(part) for part in package.namelist())
    # Nor as the other side of an overlap.
    assert b'"the-pile' not in content
    assert b"the-pile/" not in content
    for path in ("/api/v1/datasets/the-pile/export", "/api/v1/datasets/the-pile/arxiv/export"):
        assert seeded_client.get(path, params={"format": name}).status_code == 404
    refused = seeded_client.get(LIST, params={"format": name, "dataset": "the-pile"})
    assert refused.status_code == 404


def test_the_team_gets_what_is_the_teams(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    hide(seeded_session, "the-pile")
    client = signed_in(seeded_client, seeded_session, "viewer")
    slugs = slugs_of(download(client, LIST, format="json", subsets="true"))
    assert len(slugs) == ALL
    page = client.get("/catalogue/export?subsets=true")
    assert "23 of these datasets are for the team alone" in page.text


def test_a_dataset_hidden_while_the_file_is_written_is_left_out(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    dataset = seeded_session.scalars(select(Dataset).where(Dataset.slug == "the-pile")).one()
    factory = seeded_client.app.state.session_factory  # type: ignore[attr-defined]
    export = batches.Export(factory, [dataset.id], with_team=False)
    assert [item.record.slug for item in export.items()] == ["the-pile"]
    hide(seeded_session, "the-pile")
    seeded_session.flush()
    assert list(export.items()) == []


def test_cards_are_a_folder_each_with_the_subsets_as_configs(seeded_client: TestClient) -> None:
    content = download(seeded_client, LIST, format="hf", subsets="true")
    package = zipfile.ZipFile(io.BytesIO(content))
    assert package.testzip() is None
    assert len(package.namelist()) == 91
    card = package.read("the-pile/README.md").decode()
    assert card.count("config_name:") == 22
    assert download(seeded_client, "/api/v1/datasets/the-pile/export", format="hf") == (
        card.encode()
    )


def test_croissant_of_many_is_one_catalogue(seeded_client: TestClient) -> None:
    response = seeded_client.get(LIST, params={"format": "croissant"})
    assert response.headers["Content-Type"] == "application/ld+json"
    content = response.json()
    assert content["@type"] == "DataCatalog"
    assert len(content["dataset"]) == 91


def test_a_file_is_named_in_its_script(seeded_client: TestClient) -> None:
    path = "/api/v1/datasets/jlw-chinese-books/export"
    headers = {"Accept-Language": "zh-CN"}
    response = seeded_client.get(path, params={"format": "csv"}, headers=headers)
    assert f"filename*=UTF-8''{quote('中文书籍')}.csv" in response.headers["Content-Disposition"]
    assert response.headers["Content-Type"].startswith("text/csv; charset=utf-8")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    listed = seeded_client.get(LIST, params={"format": "xlsx"}, headers=headers)
    assert quote("数据集") + ".xlsx" in listed.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("params", "status", "field"),
    [
        ({}, 422, "format"),
        ({"format": "pdf"}, 422, "format"),
        ({"format": "csv", "colour": "red"}, 422, "colour"),
        ({"format": "csv", "category": "nonsense"}, 422, "category"),
        ({"format": "csv", "dataset": "the-pile", "q": "x"}, 422, "dataset"),
        ({"format": "csv", "dataset": "no-such"}, 404, None),
    ],
)
def test_what_cannot_be_exported_says_why(
    seeded_client: TestClient, params: dict[str, str], status: int, field: str | None
) -> None:
    response = seeded_client.get(LIST, params=params)
    assert response.status_code == status
    assert response.json()["error"]["field"] == field


def test_pieces_hold_the_same_bytes() -> None:
    chunks = [bytes([number % 256]) * 1000 for number in range(300)]
    pieces = list(in_pieces(iter(chunks)))
    assert b"".join(pieces) == b"".join(chunks)
    assert len(pieces) < 10


def test_the_page_of_one_says_what_croissant_lacks(seeded_client: TestClient) -> None:
    html = seeded_client.get("/catalogue/jlw-chinese-books/export").text
    assert 'action="/api/v1/datasets/jlw-chinese-books/export"' in html
    assert "What is missing for Croissant 1.1" in html
    assert "files: at least one with its address" in html
    assert all(f'value="{name}"' in html for name in FORMATS)


def test_the_pages_lead_to_their_exports(seeded_client: TestClient) -> None:
    assert "/catalogue/the-pile/export" in seeded_client.get("/catalogue/the-pile").text
    listed = seeded_client.get("/catalogue?category=code&sort=name").text
    assert 'href="/catalogue/export?category=code"' in listed
    compared = seeded_client.get("/compare?d=the-pile&d=jlw-chinese-books").text
    assert "/catalogue/export?dataset=the-pile&amp;dataset=jlw-chinese-books" in compared


def test_the_page_of_a_list_names_the_filter_and_keeps_it(seeded_client: TestClient) -> None:
    html = seeded_client.get("/catalogue/export?category=code&q=stack").text
    assert "Export the results" in html
    assert "Search: stack" in html
    assert '<input type="hidden" name="category" value="code">' in html
    assert "The whole catalogue" in seeded_client.get("/catalogue/export").text


def test_the_page_of_a_selection_holds_it(seeded_client: TestClient) -> None:
    html = seeded_client.get("/catalogue/export?dataset=the-pile&dataset=no-such").text
    assert '<input type="hidden" name="dataset" value="the-pile">' in html
    assert html.count('name="dataset"') == 1


def structured(html: str) -> dict[str, Any]:
    opening = '<script type="application/ld+json">'
    assert html.count(opening) == 1
    found: dict[str, Any] = json.loads(html.partition(opening)[2].partition("</script>")[0])
    return found


def test_the_head_of_a_public_dataset_is_structured_data(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    name = "A </script><script>alert(1)</script> corpus"
    statement = update(Dataset).where(Dataset.slug == "the-pile").values(name_en=name)
    seeded_session.execute(statement)
    seeded_session.expire_all()
    found = structured(seeded_client.get("/catalogue/the-pile").text)
    assert (found["@type"], found["name"]) == ("Dataset", name)
    assert len(found["hasPart"]) == 22


def test_structured_data_tells_nobody_of_what_is_the_teams(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    hide(seeded_session, "the-pile/arxiv")
    client = signed_in(seeded_client, seeded_session, "viewer")
    found = structured(client.get("/catalogue/the-pile").text)
    assert len(found["hasPart"]) == 21
    assert "ld+json" not in client.get("/catalogue/the-pile/arxiv").text
    hide(seeded_session, "the-pile")
    assert "ld+json" not in client.get("/catalogue/the-pile").text


def test_the_head_names_what_a_dataset_was_made_from(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    found = structured(seeded_client.get("/catalogue/fineweb-edu").text)
    assert found["isBasedOn"] == [{"@type": "Dataset", "identifier": "fineweb"}]
    hide(seeded_session, "fineweb")
    client = signed_in(seeded_client, seeded_session, "viewer")
    assert "isBasedOn" not in structured(client.get("/catalogue/fineweb-edu").text)
