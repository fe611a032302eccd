"""The catalogue as JSON, on the seeded catalogue."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Dataset
from app.catalog.search.indexing import index_datasets
from tests.factories import signed_in

LIST = "/api/v1/datasets"


def get(client: TestClient, path: str, **params: Any) -> dict[str, Any]:
    response = client.get(path, params=params)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_list_holds_the_91_top_level_datasets(seeded_client: TestClient) -> None:
    page = get(seeded_client, LIST, limit=200)
    assert page["total"] == len(page["items"]) == 91
    assert page["total_capped"] is False
    assert page["next_cursor"] is None
    assert all(item["parent"] is None for item in page["items"])


def test_list_with_subsets_holds_all(seeded_client: TestClient) -> None:
    assert get(seeded_client, LIST, subsets="true")["total"] == 91 + 192


def test_list_of_a_parent_holds_its_subsets(seeded_client: TestClient) -> None:
    page = get(seeded_client, LIST, parent="the-pile", limit=50)
    assert page["total"] == 22
    assert {item["parent"] for item in page["items"]} == {"the-pile"}


def test_an_item_has_the_documented_fields(seeded_client: TestClient) -> None:
    [item] = get(seeded_client, LIST, q="中文书籍")["items"][:1]
    assert item["slug"] == "jlw-chinese-books"
    assert item["name"] == {"zh": "中文书籍", "en": "Chinese books"}
    assert item["provider"]["slug"] == "jinglianwen"
    assert item["licence"] == {"id": None, "stated": None, "class": "unknown"}
    [quantity] = item["quantities"]
    assert quantity["value"] == 2_500_000
    assert quantity["unit"] == "book"
    tokens = item["tokens"]
    assert (tokens["low"], tokens["mid"], tokens["high"]) == (
        202_950_000_000,
        383_350_000_000,
        552_475_000_000,
    )
    assert tokens["method"] == "converted"
    assert tokens["assumed"] is False
    assert item["subset_count"] == 0
    assert item["visibility"] == "public"


def test_no_estimate_is_null_and_sorts_last(seeded_client: TestClient) -> None:
    items = get(seeded_client, LIST, sort="-tokens", limit=200)["items"]
    mids = [item["tokens"] and item["tokens"]["mid"] for item in items]
    numbers = [mid for mid in mids if mid is not None]
    assert mids == numbers + [None] * (len(mids) - len(numbers))
    assert numbers == sorted(numbers, reverse=True)
    assert 0 not in numbers


@pytest.mark.parametrize("sort", ["relevance", "-tokens", "name", "-updated"])
def test_pages_hold_every_dataset_once(seeded_client: TestClient, sort: str) -> None:
    seen: list[str] = []
    params: dict[str, Any] = {"sort": sort, "limit": 40, "subsets": "true"}
    while True:
        page = get(seeded_client, LIST, **params)
        seen += [item["slug"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 283


def test_repeated_values_mean_or_and_facets_narrow(seeded_client: TestClient) -> None:
    one = get(seeded_client, LIST, provider="baai")["total"]
    other = get(seeded_client, LIST, provider="opencsg")["total"]
    both = seeded_client.get(f"{LIST}?provider=baai&provider=opencsg").json()
    assert both["total"] == one + other
    counts = {facet["value"]: facet["count"] for facet in both["facets"]["provider"]}
    assert counts["baai"] == one
    assert counts["opencsg"] == other
    # The provider facet still counts what its own filter leaves out; others do not.
    assert counts["jinglianwen"] == 56
    assert sum(facet["count"] for facet in both["facets"]["licence"]) == both["total"]


def test_facets_have_labels_in_the_language_of_the_request(seeded_client: TestClient) -> None:
    english = get(seeded_client, LIST)["facets"]["provider"]
    response = seeded_client.get(LIST, headers={"Accept-Language": "zh-CN"})
    chinese = response.json()["facets"]["provider"]
    labels = {facet["value"]: facet["label"] for facet in english + chinese[:0]}
    assert labels["jinglianwen"] == "JLW Tech"
    assert {f["value"]: f["label"] for f in chinese}["jinglianwen"] != "JLW Tech"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("no_such_parameter=1", "no_such_parameter"),
        ("provider=no-such-provider", "provider"),
        ("licence=no-such-class", "licence"),
        ("sort=price", "sort"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("cursor=abc", "cursor"),
        ("cursor=WzEsMl0", "cursor"),
        ("parent=no-such-dataset", "parent"),
        ("subsets=perhaps", "subsets"),
        ("q=" + "a" * 201, "q"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(
    seeded_client: TestClient, query: str, field: str
) -> None:
    response = seeded_client.get(f"{LIST}?{query}")
    assert response.status_code == 422
    error = response.json()["error"]
    assert error["field"] == field
    assert error["message"]


def test_show_has_everything(seeded_client: TestClient) -> None:
    response = seeded_client.get(f"{LIST}/the-pile")
    pile = response.json()
    assert response.headers["ETag"] == f'"{pile["revision"]}"'
    assert len(pile["subsets"]) == 22
    assert [code["code"] for code in pile["figure_fields"]][:1]
    assert any(claim["scope"] == "code" for claim in pile["licence_claims"])
    refinedweb = get(seeded_client, f"{LIST}/refinedweb")
    assert any(statement["contradicted"] for statement in refinedweb["statements"])
    assert len(refinedweb["claims"]) >= 2


def test_show_subset_by_its_path(seeded_client: TestClient) -> None:
    subset = get(seeded_client, f"{LIST}/the-pile/pile-cc")
    assert subset["parent"] == "the-pile"


def test_show_unknown_is_404(seeded_client: TestClient) -> None:
    response = seeded_client.get(f"{LIST}/no-such-dataset")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "not_found"


def test_history_says_who_and_what(seeded_client: TestClient) -> None:
    [first] = get(seeded_client, f"{LIST}/jlw-chinese-books/history")["items"][-1:]
    assert first["actor"] == "seed"
    assert first["action"] == "created"


@pytest.mark.parametrize("path", ["", "/history"])
def test_what_only_the_team_may_see_is_404_to_others(
    seeded_client: TestClient, seeded_session: Session, path: str
) -> None:
    seeded_session.execute(update(Dataset).where(Dataset.slug == "roots").values(visibility="team"))
    ids = [row.id for row in seeded_session.query(Dataset).where(Dataset.slug.like("roots%"))]
    index_datasets(seeded_session, ids)
    seeded_session.flush()
    assert seeded_client.get(f"{LIST}/roots{path}").status_code == 404
    assert seeded_client.get(f"{LIST}/roots/akan{path}").status_code == 404
    assert get(seeded_client, LIST, q="roots", subsets="true")["total"] == 0
    bloom = get(seeded_client, LIST, limit=200)
    assert "roots" not in {item["slug"] for item in bloom["items"]}

    signed_in(seeded_client, seeded_session, "viewer")
    assert seeded_client.get(f"{LIST}/roots{path}").status_code == 200
