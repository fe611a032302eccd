"""Where a dataset lies for training: by page and by API, for the team alone."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.audit import AuditEvent
from app.catalog import queries as catalog_queries
from app.catalog.locations import queries
from tests.factories import signed_in

SLUG = "the-pile/arxiv"
API = f"/api/v1/datasets/{SLUG}/locations"
PAGE = f"/catalogue/{SLUG}/locations"
LOCATION: dict[str, Any] = {
    "uri": "/data/arxiv_text_document",
    "layout": "megatron",
    "split": "train",
    "tokenizer": "qwen2-qwen3",
    "subset": None,
    "text_field": None,
}
BODY: dict[str, Any] = {
    "locations": [
        LOCATION,
        LOCATION | {"uri": "org/arxiv", "layout": "huggingface", "subset": "en"},
    ],
    "tokens_per_document": 812.5,
    "documents_source": "counted on shard 7",
    "document_tokenizer": "qwen2-qwen3",
}


@pytest.fixture
def planner(seeded_client: TestClient, seeded_session: Session) -> TestClient:
    return signed_in(seeded_client, seeded_session, Role.PLANNER)


def stored(session: Session) -> list[str]:
    session.expire_all()
    dataset = catalog_queries.get_dataset(session, SLUG, with_team=True)
    data = queries.find_training_data(session, dataset.id)
    return [one.uri for one in data.locations] if data else []


def test_put_answers_what_get_then_gives(planner):
    assert planner.get(API).json() == {
        "dataset": SLUG,
        "revision": 0,
        "locations": [],
        "tokens_per_document": None,
        "documents_source": None,
        "document_tokenizer": None,
    }
    answer = planner.put(API, json=BODY)
    assert answer.status_code == 200, answer.text
    assert answer.json() == BODY | {"dataset": SLUG, "revision": 1}
    assert planner.get(API).json() == answer.json()
    assert answer.headers["ETag"] == '"1"'


def test_put_replaces_everything(planner, seeded_session):
    planner.put(API, json=BODY)
    planner.put(API, json={"locations": [LOCATION | {"uri": "/other"}]})
    assert stored(seeded_session) == ["/other"]
    assert planner.get(API).json()["tokens_per_document"] is None


def test_a_stale_put_changes_nothing(planner, seeded_session):
    planner.put(API, json=BODY)
    assert planner.put(API, json={}, headers={"If-Match": '"0"'}).status_code == 412
    assert planner.put(API, json={}, headers={"If-Match": "rubbish"}).status_code == 412
    assert len(stored(seeded_session)) == 2
    assert planner.put(API, json={}, headers={"If-Match": '"1"'}).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"locations": [LOCATION, LOCATION]}, "locations.2.uri"),
        ({"locations": [LOCATION | {"tokenizer": None}]}, "locations.1.tokenizer"),
        ({"locations": [LOCATION | {"tokenizer": "none-such"}]}, "locations.1.tokenizer"),
        ({"locations": [LOCATION | {"uri": "/a\nb"}]}, "locations.1.uri"),
        ({"tokens_per_document": 5}, "documents_source"),
        ({"documents_source": "a card"}, "tokens_per_document"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(planner, seeded_session, change, field):
    answer = planner.put(API, json=change)
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field
    assert stored(seeded_session) == []


def test_viewers_read_and_do_not_change(seeded_client, seeded_session):
    viewer = signed_in(seeded_client, seeded_session, Role.VIEWER)
    assert viewer.get(API).status_code == 200
    assert viewer.put(API, json=BODY).status_code == 403
    assert viewer.get(PAGE).status_code == 200
    assert viewer.post(PAGE, data={"revision": "0"}).status_code == 403


def test_people_outside_the_team_see_nothing(seeded_client, seeded_session):
    assert seeded_client.get(API).status_code == 401
    vendor = signed_in(seeded_client, seeded_session, Role.VENDOR)
    assert vendor.get(API).status_code == 403
    assert vendor.get(PAGE).status_code == 403


def test_a_change_is_in_the_audit_trail_and_not_in_the_public_history(planner, seeded_session):
    planner.put(API, json=BODY)
    event = seeded_session.query(AuditEvent).order_by(AuditEvent.id.desc()).first()
    assert event.action == "dataset.locations_changed"
    assert event.object_type == "training_data"
    planner.cookies.clear()
    assert "arxiv_text_document" not in planner.get(f"/catalogue/{SLUG}").text


def test_an_unknown_dataset_is_404(planner):
    assert planner.get("/api/v1/datasets/none-such/locations").status_code == 404
    assert planner.get("/catalogue/none-such/locations").status_code == 404


def test_the_page_saves_shows_and_says_so(planner, seeded_session):
    fields = {
        "revision": "0",
        "uri": ["/data/arxiv", ""],
        "layout": ["jsonl", ""],
        "split": ["train", "train"],
        "tokenizer": ["", ""],
        "subset": ["", ""],
        "text_field": ["text", ""],
        "tokens_per_document": "1 200.5",
        "documents_source": "card",
        "document_tokenizer": "",
    }
    answer = planner.post(PAGE, data=fields, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    shown = planner.get(answer.headers["Location"]).text
    assert 'value="/data/arxiv"' in shown
    assert "Saved." in shown
    assert stored(seeded_session) == ["/data/arxiv"]
    assert planner.get(API).json()["tokens_per_document"] == 1200.5


def test_another_row_keeps_what_was_typed_and_saves_nothing(planner, seeded_session):
    answer = planner.post(PAGE, data={"do": "row", "revision": "0", "uri": ["/typed"]})
    assert answer.text.count('name="uri"') == 2
    assert 'value="/typed"' in answer.text
    assert stored(seeded_session) == []


def test_a_wrong_row_is_named_and_nothing_is_saved(planner, seeded_session):
    answer = planner.post(
        PAGE, data={"revision": "0", "uri": ["", "/x"], "layout": ["", "npy"], "split": ["", ""]}
    )
    assert answer.status_code == 422
    assert 'id="tokenizer-2-error"' in answer.text
    assert stored(seeded_session) == []


def test_a_page_that_is_stale_saves_nothing(planner, seeded_session):
    planner.put(API, json=BODY)
    answer = planner.post(PAGE, data={"revision": "0", "uri": ["/x"], "layout": ["jsonl"]})
    assert answer.status_code == 412
    assert len(stored(seeded_session)) == 2
