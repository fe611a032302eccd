"""Writing the catalogue by the API: the same services as the forms, with ETag and If-Match."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts import tokens
from app.accounts.models import Role
from app.accounts.permissions import Scope
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.quantities import Quantity
from tests.catalog.editing.stored import dataset, events, main_estimate, rows
from tests.factories import actor, make_account, signed_in

DATASETS = "/api/v1/datasets"
SLUG = "jlw-chinese-books"
BOOKS = f"{DATASETS}/{SLUG}"
NEW: dict[str, Any] = {
    "name": {"zh": "古籍", "en": "Old books"},
    "provider": "baai",
    "category": "books",
    "modality": "text",
    "languages": ["zh"],
    "quantities": [
        {"value": 2_500_000, "unit": "book", "source": {"text": "A list", "grade": "V"}}
    ],
}


def etag(client: TestClient, path: str = BOOKS) -> dict[str, str]:
    return {"If-Match": client.get(path).headers["ETag"]}


def test_create_answers_201_with_all_that_follows(
    planner: TestClient, seeded_session: Session
) -> None:
    response = planner.post(DATASETS, json=NEW)
    assert response.status_code == 201, response.text
    body = response.json()
    assert response.headers["Location"] == f"{DATASETS}/old-books"
    assert body["tokens"]["mid"] == 383_350_000_000
    assert body["quantities"][0]["printed"] == "2500000"
    assert body["quantities"][0]["source"]["text"] == "A list"
    assert response.headers["ETag"] == planner.get(f"{DATASETS}/old-books").headers["ETag"]
    assert events(seeded_session, "old-books")[0].actor_name == "Li Na"


def test_create_of_a_subset(planner: TestClient) -> None:
    response = planner.post(DATASETS, json=NEW | {"parent": "the-pile", "slug": "old"})
    assert response.json()["slug"] == "the-pile/old"
    assert response.json()["parent"] == "the-pile"
    assert planner.post(DATASETS, json=NEW | {"parent": "nothing"}).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"provider": "nobody"}, "provider"),
        ({"category": "nothing"}, "category"),
        ({"name": None}, "name_zh"),
        ({"slug": "the-pile"}, "slug"),
        ({"slug": "history"}, "slug"),
        ({"languages": ["klingonisch"]}, "languages"),
        ({"homepage": "javascript:x"}, "homepage"),
        ({"quantities": [{"value": 1, "unit": "parsec"}]}, "quantities.n1.unit"),
        ({"quantities": [{"value": -1}]}, "quantities.0.value"),
        ({"quantities": [{"value": 1, "source": {"code": "none"}}]}, "quantities.n1.source"),
        ({"estimates": [{"method": "published", "low": 1, "mid": 2}]}, "estimates.n1.high"),
        ({"estimates": [{"method": "converted", "mid": 2}]}, "estimates.0.method"),
        ({"licence_claims": [{"spdx": "None-1.0"}]}, "licence_claims.0.spdx"),
        ({"licence_claims": [{"scope": "decision", "class": "open"}]}, "licence_claims.n1"),
        ({"nonsense": 1}, "nonsense"),
        ({"description": {"en": "a\u0000b"}}, "description.en"),
    ],
)
def test_create_refuses_with_the_field_and_saves_nothing(
    planner: TestClient, seeded_session: Session, change: dict[str, Any], field: str
) -> None:
    response = planner.post(DATASETS, json=NEW | change)
    assert response.status_code == 422, response.text
    assert field in response.json()["error"]["field"]
    assert dataset(seeded_session, "old-books") is None


def test_patch_changes_what_it_names_and_keeps_the_rest(
    planner: TestClient, seeded_session: Session
) -> None:
    before = planner.get(BOOKS).json()
    response = planner.patch(BOOKS, json={"paper": "arXiv 1"}, headers=etag(planner))
    assert response.status_code == 200
    after = response.json()
    assert after["paper"] == "arXiv 1"
    for moved in ("paper", "revision", "updated_at"):
        before.pop(moved)
        after.pop(moved)
    assert after == before
    assert response.headers["ETag"] == planner.get(BOOKS).headers["ETag"]
    cleared = planner.patch(BOOKS, json={"paper": None}, headers=etag(planner)).json()
    assert cleared["paper"] is None
    assert [e.action for e in events(seeded_session, SLUG)][-2:] == ["edited", "edited"]


def test_patch_replaces_a_list_and_keeps_rows_that_stay(
    planner: TestClient, seeded_session: Session
) -> None:
    [old] = rows(seeded_session, Quantity, SLUG)
    stays = {
        "value": 2_500_000,
        "unit": "book",
        "printed": "250万",
        "source": {"code": "jlw_text"},
    }
    body = {"quantities": [stays, {"value": 1.5, "unit": "hour", "is_whole": False}]}
    assert planner.patch(BOOKS, json=body, headers=etag(planner)).status_code == 200
    first, second = rows(seeded_session, Quantity, SLUG)
    assert first.id == old.id
    assert (second.value, second.unit, second.is_whole) == (1.5, "hour", False)
    assert main_estimate(seeded_session, SLUG).mid == 383_350_000_000


def test_a_decision_by_the_api(planner: TestClient, seeded_session: Session) -> None:
    claim = {
        "scope": "decision",
        "class": "contract",
        "note": {"en": "Read."},
        "evidence_url": "https://example.com",
        "checked_by": "Li Na",
        "checked_on": "2026-11-24",
    }
    body = {"licence_claims": [claim]}
    assert planner.patch(BOOKS, json=body, headers=etag(planner)).status_code == 200
    assert dataset(seeded_session, SLUG).licence_class == "contract"
    [stored] = rows(seeded_session, LicenceClaim, SLUG)
    assert stored.checked_on.isoformat() == "2026-11-24"


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_without_if_match_428_and_with_a_stale_one_412(
    planner: TestClient, seeded_session: Session, method: str
) -> None:
    body = {"json": {"paper": "x"}} if method == "PATCH" else {}
    old = etag(planner)
    missing = planner.request(method, BOOKS, **body)
    assert (missing.status_code, missing.json()["error"]["code"]) == (428, "precondition_required")
    planner.patch(BOOKS, json={"released": "2024"}, headers=old)
    stale = planner.request(method, BOOKS, headers=old, **body)
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "stale_version")
    found = dataset(seeded_session, SLUG)
    assert (found.paper, found.archived_at) == (None, None)


def test_delete_archives_and_patch_restores(planner: TestClient) -> None:
    assert planner.delete(BOOKS, headers=etag(planner)).status_code == 204
    slugs = [item["slug"] for item in planner.get(f"{DATASETS}?limit=200").json()["items"]]
    assert SLUG not in slugs
    assert planner.delete(BOOKS, headers=etag(planner)).status_code == 409
    refused = planner.patch(BOOKS, json={"paper": "x"}, headers=etag(planner))
    assert refused.status_code == 409
    body = {"archived": False, "paper": "x"}
    assert planner.patch(BOOKS, json=body, headers=etag(planner)).status_code == 200
    slugs = [item["slug"] for item in planner.get(f"{DATASETS}?limit=200").json()["items"]]
    assert SLUG in slugs


@pytest.mark.parametrize(("role", "status"), [(None, 401), (Role.VIEWER, 403), (Role.VENDOR, 403)])
def test_writing_is_for_planners(
    seeded_client: TestClient, seeded_session: Session, role: Role | None, status: int
) -> None:
    client = signed_in(seeded_client, seeded_session, role) if role else seeded_client
    headers = {"If-Match": "*"}
    assert client.post(DATASETS, json=NEW).status_code == status
    assert client.patch(BOOKS, json={"paper": "x"}, headers=headers).status_code == status
    assert client.delete(BOOKS, headers=headers).status_code == status
    assert dataset(seeded_session, SLUG).paper is None


def test_unknown_is_404(planner: TestClient) -> None:
    headers = {"If-Match": "*"}
    assert planner.patch(f"{DATASETS}/none", json={}, headers=headers).status_code == 404
    assert planner.delete(f"{DATASETS}/none", headers=headers).status_code == 404


def test_a_token_needs_the_scope_to_write(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    account = make_account(seeded_session, role=Role.PLANNER)
    for scope, status in ((Scope.CATALOGUE_READ, 403), (Scope.CATALOGUE_WRITE, 201)):
        secret = tokens.create_token(
            seeded_session, account, name="t", scopes=[scope], days=1, actor=actor(account)
        )
        headers = {"Authorization": f"Bearer {secret}"}
        body = NEW | {"slug": f"by-{scope.name.lower().replace('_', '-')}"}
        response = seeded_client.post(DATASETS, json=body, headers=headers)
        assert response.status_code == status, response.text
