"""Who a request is taken to come from, and what finding that out costs."""

import logging

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, text, update
from sqlalchemy.orm import Session

from app.accounts import tokens
from app.accounts.models import Account, ApiToken, Role, WebSession
from app.accounts.permissions import Scope
from app.audit import PORTAL
from app.settings import Settings
from tests import factories
from tests.conftest import make_app
from tests.counting import counted_statements


def make_token(session: Session, account: Account, *scopes: Scope) -> str:
    return tokens.create_token(
        session, account, actor=PORTAL, name="test", scopes=scopes or Scope, days=1
    )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_nobody_costs_no_query(client: TestClient, connection: Connection):
    with counted_statements(connection) as statements:
        assert client.get("/sign-in").status_code == 200
    assert statements == []


def test_somebody_costs_one_query(person_client: TestClient, connection: Connection):
    with counted_statements(connection) as statements:
        assert person_client.get("/sign-in").status_code == 303
    assert len(statements) == 1


def test_a_session_is_touched_at_most_once_a_minute(
    person_client: TestClient, session: Session, connection: Connection, person: Account
):
    session.execute(
        update(WebSession).values(last_seen_at=text("clock_timestamp() - interval '61 seconds'"))
    )
    for expected in (3, 1):
        with counted_statements(connection) as statements:
            person_client.get("/sign-in")
        assert len(statements) == expected
    session.refresh(person)
    assert person.last_seen_at is not None


@pytest.mark.parametrize(
    "timeout",
    [
        "UPDATE web_session SET last_seen_at = now() - interval '31 minutes'",
        "UPDATE web_session SET created_at = now() - interval '3 hours'",
    ],
)
def test_a_session_ends_idle_or_old(
    connection: Connection, session: Session, person: Account, settings: Settings, timeout: str
):
    strict = settings.model_copy(update={"session_idle_minutes": 30, "session_lifetime_hours": 2})
    client = TestClient(make_app(connection, strict), follow_redirects=False)
    factories.sign_in(client, session, person)
    assert client.get("/api/v1/me").status_code == 200
    session.execute(text(timeout))
    assert client.get("/api/v1/me").status_code == 401


def test_a_disabled_account_is_nobody_at_once(
    person_client: TestClient, session: Session, person: Account
):
    token = make_token(session, person)
    person.is_active = False
    session.flush()
    assert person_client.get("/api/v1/me").status_code == 401
    person_client.cookies.clear()
    assert person_client.get("/api/v1/me", headers=bearer(token)).status_code == 401


def test_another_role_counts_from_the_next_request_on(
    person_client: TestClient, session: Session, person: Account
):
    assert person_client.get("/settings/people").status_code == 403
    person.role = Role.ADMINISTRATOR
    session.flush()
    assert person_client.get("/settings/people").status_code == 200


def test_a_token_has_its_role_and_its_scopes(client: TestClient, session: Session, person: Account):
    person.role = Role.PLANNER
    token = make_token(session, person, Scope.CATALOGUE_READ, Scope.QUOTES_WRITE)
    me = client.get("/api/v1/me", headers=bearer(token)).json()
    assert me["via"] == "token"
    assert me["scopes"] == ["catalogue:read", "quotes:write"]
    assert me["permissions"] == ["catalogue.browse_public", "catalogue.browse_team"]


@pytest.mark.parametrize("is_public", [True, False])
def test_a_token_sees_no_less_than_nobody(
    connection: Connection, session: Session, person: Account, settings: Settings, is_public: bool
):
    app = make_app(connection, settings.model_copy(update={"is_catalogue_public": is_public}))
    token = make_token(session, person, Scope.QUOTES_READ)
    me = TestClient(app).get("/api/v1/me", headers=bearer(token)).json()
    assert ("catalogue.browse_public" in me["permissions"]) == is_public


def test_a_token_notes_that_it_was_used(client: TestClient, session: Session, person: Account):
    token = make_token(session, person)
    client.get("/api/v1/me", headers=bearer(token))
    session.expire_all()
    assert session.query(ApiToken).one().last_used_at is not None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE api_token SET expires_at = now() - interval '1 second'",
        "UPDATE api_token SET revoked_at = now()",
    ],
)
def test_an_expired_or_revoked_token_is_refused(
    client: TestClient, session: Session, person: Account, change: str
):
    token = make_token(session, person)
    assert client.get("/api/v1/me", headers=bearer(token)).status_code == 200
    session.execute(text(change))
    answer = client.get("/api/v1/me", headers=bearer(token))
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_signed_in"


@pytest.mark.parametrize("header", ["Bearer pb_unknown", "bearer ", "Bearer \u00e9\u00e9"])
def test_an_unknown_token_is_refused_even_beside_a_good_cookie(
    person_client: TestClient, header: str, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.WARNING)
    headers = {"Authorization": header.encode(), "Sec-Fetch-Site": "same-origin"}
    assert person_client.get("/api/v1/me", headers=headers).status_code == 401
    refused = [one for one in caplog.records if one.getMessage() == "token refused"]
    assert [vars(one)["address"] for one in refused] == ["testclient"]
    assert "pb_unknown" not in str([vars(one) for one in caplog.records])


def test_a_token_opens_no_page(client: TestClient, session: Session, administrator: Account):
    token = make_token(session, administrator)
    assert client.get("/settings/people", headers=bearer(token)).status_code == 401


def test_another_scheme_of_authorization_is_a_proxys_affair(person_client: TestClient):
    headers = {"Authorization": "Basic dXNlcjpwYXNz"}
    assert person_client.get("/api/v1/me", headers=headers).status_code == 200


def test_a_refusal_is_logged(person_client: TestClient, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.WARNING)
    person_client.get("/settings/audit")
    refused = [vars(one) for one in caplog.records if one.getMessage() == "access refused"]
    assert [(one["permission"], one["role"]) for one in refused] == [("audit.read", "viewer")]


def test_the_header_shows_who_is_signed_in(person_client: TestClient, client: TestClient):
    page = person_client.get("/settings/account").text
    assert "Li Na</a>" in page
    assert ">Sign out</button>" in page
