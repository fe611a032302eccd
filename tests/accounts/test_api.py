"""GET /api/v1/me."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.permissions import ROLE_PERMISSIONS
from app.settings import Settings
from tests import factories
from tests.conftest import make_app


def test_get_me_tells_who_a_session_stands_for(person_client: TestClient, person: Account):
    me = person_client.get("/api/v1/me").json()
    assert me | {"permissions": [], "joined_at": None} == {
        "email": "li.na@example.com",
        "name": "Li Na",
        "role": "viewer",
        "organisation": {
            "slug": "team",
            "kind": "team",
            "name": {"zh": "本团队", "en": "The data team"},
        },
        "via": "session",
        "scopes": [],
        "permissions": [],
        "joined_at": None,
    }
    assert set(me["permissions"]) == set(ROLE_PERMISSIONS["viewer"])


def test_get_me_asks_nobody_to_sign_in(client: TestClient):
    answer = client.get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_signed_in"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "WWW-Authenticate" not in client.get("/settings/people").headers


@pytest.mark.parametrize("is_public", [True, False])
def test_what_a_private_catalogue_shows_to_whom(
    connection, session: Session, settings: Settings, is_public: bool
):
    private = settings.model_copy(update={"is_catalogue_public": is_public})
    client = TestClient(make_app(connection, private), follow_redirects=False)
    nobody = client.get("/catalogue").status_code
    vendor = factories.signed_in(client, session, "vendor").get("/catalogue").status_code
    assert (nobody, vendor) == ((200, 200) if is_public else (401, 200))
