"""A person's own sessions and API tokens."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import tokens
from app.accounts.models import Account, ApiToken, WebSession
from app.accounts.permissions import Scope
from app.accounts.tokens import hash_secret
from app.accounts.words import describe_browser
from app.audit import PORTAL
from tests import factories
from tests.accounts.conftest import events

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"


def open_elsewhere(session: Session, account: Account) -> WebSession:
    web_session = WebSession(
        token_hash=hash_secret(tokens.new_secret()),
        account_id=account.id,
        signed_in_by="password",
        user_agent=FIREFOX,
        address="198.51.100.7",
    )
    session.add(web_session)
    session.flush()
    return web_session


def test_show_account_lists_sessions_in_words(
    person_client: TestClient, session: Session, person: Account, administrator: Account
):
    open_elsewhere(session, person)
    other = open_elsewhere(session, administrator)
    page = person_client.get("/settings/account").text
    assert "Firefox on Windows" in page
    assert "198.51.100.7" in page
    assert page.count("this browser") == 1
    assert other.public_id not in page


def test_end_session_ends_it(person_client: TestClient, session: Session, person: Account):
    web_session = open_elsewhere(session, person)
    answer = person_client.post(f"/settings/account/sessions/{web_session.public_id}/end")
    assert answer.headers["Location"] == "/settings/account?done=session-ended"
    left = session.scalars(select(WebSession.id)).all()
    assert web_session.id not in left
    assert len(left) == 1
    assert events(session, "session.ended")[0].before["address"] == "198.51.100.7"


def test_end_session_knows_nothing_of_other_peoples(
    person_client: TestClient, session: Session, administrator: Account
):
    other = open_elsewhere(session, administrator)
    for public_id in (other.public_id, "unknown"):
        answer = person_client.post(f"/settings/account/sessions/{public_id}/end")
        assert answer.status_code == 404
    assert session.get(WebSession, other.id) is not None


def test_end_other_sessions_keeps_this_one(
    person_client: TestClient, session: Session, person: Account, administrator: Account
):
    open_elsewhere(session, person)
    open_elsewhere(session, person)
    foreign = open_elsewhere(session, administrator)
    person_client.post("/settings/account/end-other-sessions")
    assert person_client.get("/api/v1/me").status_code == 200
    left = set(session.scalars(select(WebSession.account_id)))
    assert left == {person.id, administrator.id}
    assert session.get(WebSession, foreign.id) is not None
    assert events(session, "session.others_ended")[0].before == {"sessions": 2}


def create(client: TestClient, **changes: str | list[str]):
    form = {"token_name": "nightly export", "scopes": ["catalogue:read"], "days": "30"}
    return client.post("/settings/account/tokens/new", data=form | changes)


def test_create_token_shows_it_once_and_stores_its_hash(
    person_client: TestClient, session: Session, person: Account
):
    page = create(person_client)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    (secret,) = re.findall(r"pb_[\w-]{43}", page.text)
    token = session.scalars(select(ApiToken)).one()
    assert token.token_hash == hash_secret(secret)
    assert (token.name, token.scopes, token.hint) == (
        "nightly export",
        ["catalogue:read"],
        secret[:8],
    )
    assert (token.expires_at - token.created_at).days in {29, 30}
    assert secret not in person_client.get("/settings/account").text
    (event,) = events(session, "token.created")
    assert event.object_id == person.public_id
    assert secret not in str(event.after)
    me = person_client.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert me.json()["via"] == "token"


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("token_name", {"token_name": ""}),
        ("token_name", {"token_name": "x" * 101}),
        ("scopes", {"scopes": []}),
        ("scopes", {"scopes": ["people:manage"]}),
        ("days", {"days": "0"}),
        ("days", {"days": "366"}),
        ("days", {"days": "-1"}),
        ("days", {"days": "forever"}),
        ("days", {"days": "٣"}),
    ],
)
def test_create_token_refuses_and_makes_none(
    person_client: TestClient, session: Session, field: str, changes: dict[str, str | list[str]]
):
    answer = create(person_client, **changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert session.scalars(select(ApiToken)).all() == []


def test_new_token_offers_the_scopes_that_the_role_has_use_for(
    client: TestClient, session: Session
):
    page = factories.signed_in(client, session, "vendor").get("/settings/account/tokens/new").text
    offered = re.findall(r'value="(\w+:\w+)"', page)
    assert offered == ["catalogue:read", "quotes:write"]


def make_token(session: Session, account: Account) -> ApiToken:
    tokens.create_token(session, account, actor=PORTAL, name="x", scopes=[*Scope], days=1)
    return session.scalars(select(ApiToken).where(ApiToken.account_id == account.id)).one()


def test_revoke_token_makes_it_worthless(
    person_client: TestClient, session: Session, person: Account
):
    token = make_token(session, person)
    answer = person_client.post(f"/settings/account/tokens/{token.public_id}/revoke")
    assert answer.headers["Location"] == "/settings/account?done=token-revoked"
    session.refresh(token)
    assert token.revoked_at is not None
    assert token.hint not in person_client.get("/settings/account").text
    again = person_client.post(f"/settings/account/tokens/{token.public_id}/revoke")
    assert again.status_code == 404


def test_revoke_token_knows_nothing_of_other_peoples(
    person_client: TestClient, session: Session, administrator: Account
):
    token = make_token(session, administrator)
    answer = person_client.post(f"/settings/account/tokens/{token.public_id}/revoke")
    assert answer.status_code == 404
    session.refresh(token)
    assert token.revoked_at is None


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like "
                "Gecko) Chrome/128.0.0.0 Safari/537.36 Edg/128.0.0.0"
            ),
            "Edge on macOS",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
            ),
            "Safari on iPhone",
        ),
        (
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/128.0.0.0 Mobile Safari/537.36"
            ),
            "Chrome on Android",
        ),
        ("curl/8.5.0", "curl"),
        ("<script>", "unknown program"),
        ("", "unknown program"),
    ],
)
def test_browsers_are_described_in_words(user_agent: str, words: str):
    assert describe_browser(user_agent) == words
