"""One-time links: GET uses up nothing, POST works once."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts import links
from app.accounts.models import Account, LinkPurpose, OneTimeLink, WebSession
from app.main import create_app
from app.settings import Settings
from tests import factories
from tests.accounts.conftest import PASSWORD, events, sign_in


@pytest.fixture
def link(session: Session, person: Account) -> str:
    return make_link(session, person)


@pytest.fixture
def invited(session: Session) -> Account:
    return factories.make_account(
        session, email="new@example.com", name="Wang Fang", has_joined=False
    )


@pytest.fixture
def invitation(session: Session, invited: Account) -> str:
    return make_link(session, invited, LinkPurpose.INVITATION)


def make_link(
    session: Session, account: Account, purpose: LinkPurpose = LinkPurpose.SIGN_IN
) -> str:
    return links.create_link(session, account, purpose, base_url="", lifetime=timedelta(hours=1))


def test_show_link_shows_a_button_and_changes_nothing(
    client: TestClient, session: Session, link: str
):
    for _ in range(2):
        page = client.get(link)
        assert page.status_code == 200
        assert "Sign in as Li Na" in page.text
    assert client.cookies.get("peibi_session") is None
    assert session.scalars(select(OneTimeLink)).one().consumed_at is None
    assert session.scalars(select(WebSession)).all() == []


def test_show_link_keeps_its_address_to_itself(client: TestClient, link: str):
    headers = client.get(link).headers
    assert headers["Cache-Control"] == "no-store"
    # The origin alone, never the path; `no-referrer` would send `Origin: null` with the form.
    assert headers["Referrer-Policy"] == "strict-origin"


def test_use_link_signs_in_once(client: TestClient, session: Session, link: str, person: Account):
    answer = client.post(link)
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/settings/account?done=link",
    )
    assert client.get("/api/v1/me").json()["email"] == person.email
    client.cookies.clear()
    for again in (client.get(link), client.post(link)):
        assert again.status_code == 404
        assert "used already" in again.text
    assert len(session.scalars(select(WebSession)).all()) == 1


def test_use_link_leads_somebody_without_a_password_to_choose_one(
    client: TestClient, session: Session
):
    newcomer = factories.make_account(session, has_joined=False)
    answer = client.post(make_link(session, newcomer))
    assert answer.headers["Location"] == "/settings/welcome"
    assert events(session, "account.joined")[0].object_id == newcomer.public_id


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE one_time_link SET expires_at = now() - interval '1 second'",
        "UPDATE one_time_link SET revoked_at = now()",
    ],
)
def test_an_expired_or_revoked_link_is_unknown(
    client: TestClient, session: Session, link: str, change: str
):
    session.execute(text(change))
    assert client.get(link).status_code == 404
    assert client.post(link).status_code == 404
    assert session.scalars(select(WebSession)).all() == []


def test_a_link_of_a_disabled_account_is_unknown(
    client: TestClient, session: Session, link: str, person: Account
):
    person.is_active = False
    session.flush()
    assert client.get(link).status_code == 404
    assert client.post(link).status_code == 404


def test_a_made_up_link_is_unknown(client: TestClient):
    for path in ("/sign-in/link/made-up", "/invitation/made-up"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404


def test_a_link_serves_its_purpose_only(client: TestClient, link: str, invitation: str):
    assert client.get(link.replace("/sign-in/link/", "/invitation/")).status_code == 404
    assert client.post(invitation.replace("/invitation/", "/sign-in/link/")).status_code == 404


def test_a_new_link_replaces_the_old_one(client: TestClient, session: Session, person: Account):
    old = make_link(session, person)
    new = make_link(session, person)
    assert client.post(old).status_code == 404
    assert client.post(new).status_code == 303


def test_only_the_hash_of_a_link_is_stored(session: Session, link: str):
    secret = link.rpartition("/")[2]
    stored = session.scalars(select(OneTimeLink)).one()
    assert len(secret) == 43  # 256 bits
    assert secret.encode() not in stored.token_hash
    assert len(stored.token_hash) == 32


def test_the_log_does_not_hold_a_links_secret(
    client: TestClient, link: str, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    client.get(link)
    client.post(link)
    ours = [vars(one) for one in caplog.records if one.name.startswith("app.")]
    assert [one["path"] for one in ours if one["msg"] == "request"] == ["/sign-in/link/…"] * 2
    assert link.rpartition("/")[2] not in str(ours)


def test_a_forged_use_of_a_link_is_refused(client: TestClient, link: str):
    answer = client.post(link, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert client.post(link).status_code == 303


def test_show_invitation_shows_a_form(client: TestClient, invitation: str):
    page = client.get(invitation)
    assert page.status_code == 200
    assert "new@example.com" in page.text
    assert 'value="Wang Fang"' in page.text
    assert page.headers["Referrer-Policy"] == "strict-origin"


def accept(client: TestClient, invitation: str, **changes: str):
    form = {"name": "Wang Fang", "password": PASSWORD, "password_again": PASSWORD}
    return client.post(invitation, data=form | changes)


def test_accept_invitation_sets_name_and_password_and_signs_in(
    client: TestClient, session: Session, invitation: str, invited: Account
):
    answer = accept(client, invitation, name="Wang Fang 王芳")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert client.get("/api/v1/me").json()["name"] == "Wang Fang 王芳"
    client.post("/sign-out")
    assert sign_in(client, "new@example.com").status_code == 303
    assert accept(client, invitation).status_code == 404
    assert [event.actor_id for event in events(session, "account.password_changed")] == [invited.id]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 101}),
        ("name", {"name": "Wang\u0007Fang"}),
        ("password_again", {"password_again": "something else"}),
        ("password", {"password": "short", "password_again": "short"}),
        ("password", {"password": "Wang Fang 1", "password_again": "Wang Fang 1"}),
    ],
)
def test_accept_invitation_refuses_at_the_field_and_keeps_the_link_good(
    client: TestClient, session: Session, invitation: str, field: str, changes: dict[str, str]
):
    answer = accept(client, invitation, **changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    session.expire_all()
    invited = session.scalars(select(Account)).one()
    assert (invited.name, invited.password_hash) == ("Wang Fang", None)
    assert session.scalars(select(WebSession)).all() == []
    assert accept(client, invitation).status_code == 303


@pytest.mark.race
def test_of_two_who_use_a_link_at_once_one_wins(
    new_database: Callable[[], str], settings: Settings
):
    app = create_app(settings, new_database())
    with app.state.session_factory.begin() as session:
        link = make_link(session, factories.make_account(session))
    together = threading.Barrier(2)
    statuses: list[int] = []

    def use() -> None:
        client = TestClient(app, follow_redirects=False)
        client.get("/healthz")
        together.wait()
        statuses.append(client.post(link).status_code)

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with app.state.session_factory() as session:
        sessions = session.scalars(select(WebSession)).all()
    app.state.engine.dispose()
    assert sorted(statuses) == [303, 404]
    assert len(sessions) == 1


@pytest.mark.parametrize(
    ("given", "page"),
    [("/quotes/red-teaming", "/quotes/red-teaming"), ("//elsewhere.example", "/")],
)
def test_an_invitation_leads_to_what_it_is_for_and_nowhere_else(
    client: TestClient, invitation: str, given: str, page: str
):
    form = {"name": "Wang Fang", "password": PASSWORD, "password_again": PASSWORD}
    answer = client.post(f"{invitation}?next={given}", data=form, follow_redirects=False)

    assert answer.headers["Location"] == page
