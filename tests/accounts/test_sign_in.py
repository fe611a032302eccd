"""Signing in with a password, and out."""

import logging
from pathlib import Path

import argon2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from app.accounts import passwords
from app.accounts.models import Account, WebSession
from app.accounts.passwords import HASHER, NOBODYS_HASH
from app.accounts.tokens import hash_secret
from app.settings import Settings
from tests import factories
from tests.accounts.conftest import PASSWORD, sign_in
from tests.conftest import make_app


def test_sign_in_shows_a_form_that_works_without_javascript(client: TestClient):
    page = client.get("/sign-in?next=/catalogue").text
    assert '<form method="post" action="/sign-in">' in page
    assert 'name="next" value="/catalogue"' in page
    assert 'autocomplete="current-password"' in page


def test_sign_in_shows_its_page_in_chinese(client: TestClient):
    page = client.get("/sign-in", headers={"Accept-Language": "zh"}).text
    assert "<h1>登录</h1>" in page


def test_sign_in_opens_a_session_and_goes_where_it_was_headed(
    client: TestClient, session: Session, person: Account
):
    answer = sign_in(client, "Li.Na@Example.com", next="/catalogue?q=law")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/catalogue?q=law"
    assert client.get("/api/v1/me").json()["email"] == "li.na@example.com"
    stored = session.scalars(select(WebSession)).one()
    assert stored.token_hash == hash_secret(client.cookies["peibi_session"])
    assert stored.signed_in_by == "password"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_sign_in_never_leads_to_another_site(client: TestClient, person: Account, elsewhere: str):
    assert sign_in(client, person.email, next=elsewhere).headers["Location"] == "/"


def test_sign_in_refuses_a_wrong_password_and_opens_nothing(
    client: TestClient, session: Session, person: Account
):
    answer = sign_in(client, person.email, "not the password")
    assert answer.status_code == 401
    assert "do not go together" in answer.text
    assert 'value="li.na@example.com"' in answer.text
    assert "not the password" not in answer.text
    assert "peibi_session" not in client.cookies
    assert session.scalars(select(WebSession)).all() == []


def test_sign_in_says_the_same_of_an_unknown_address_a_disabled_and_a_passwordless_account(
    client: TestClient, session: Session, person: Account, password_hash: str
):
    factories.make_account(
        session, email="gone@example.com", is_active=False, password_hash=password_hash
    )
    factories.make_account(session, email="new@example.com")
    answers = [
        sign_in(client, email).text.replace(email, "")
        for email in ("nobody@example.com", "gone@example.com", "new@example.com")
    ]
    answers.append(sign_in(client, person.email, "wrong").text.replace(person.email, ""))
    assert len(set(answers)) == 1


class HasherSpy:
    """A password hasher that remembers which hashes it checked."""

    def __init__(self) -> None:
        self.checked: list[str] = []

    def verify(self, stored: str, password: str) -> bool:
        self.checked.append(stored)
        return HASHER.verify(stored, password)

    def check_needs_rehash(self, stored: str) -> bool:
        return HASHER.check_needs_rehash(stored)


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> HasherSpy:
    spy = HasherSpy()
    monkeypatch.setattr(passwords, "HASHER", spy)
    return spy


def test_sign_in_checks_one_hash_for_everybody_and_for_nobody(
    client: TestClient, session: Session, person: Account, hasher: HasherSpy
):
    factories.make_account(session, email="new@example.com")
    for email in ("nobody@example.com", "new@example.com", person.email):
        sign_in(client, email, "wrong")
    assert hasher.checked == [NOBODYS_HASH, NOBODYS_HASH, person.password_hash]


def test_sign_in_makes_a_better_hash_where_parameters_grew(
    client: TestClient, session: Session, person: Account
):
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1)
    person.password_hash = weak.hash(PASSWORD)
    session.flush()
    assert sign_in(client, person.email).status_code == 303
    session.refresh(person)
    assert not passwords.needs_rehash(person.password_hash or "")
    assert passwords.is_right(person.password_hash, PASSWORD)


def test_sign_in_gives_a_new_secret_and_ends_the_planted_one(
    client: TestClient, session: Session, person: Account
):
    """Session fixation: what an attacker put into the browser is worth nothing afterwards."""
    attacker = factories.make_account(session)
    planted = factories.sign_in(client, session, attacker).cookies["peibi_session"]
    sign_in(client, person.email)
    assert client.cookies["peibi_session"] != planted
    factories.set_session_cookie(client, planted)
    assert client.get("/api/v1/me").status_code == 401


def test_sign_in_ignores_a_made_up_cookie(client: TestClient, session: Session, person: Account):
    factories.set_session_cookie(client, "chosen-by-an-attacker")
    sign_in(client, person.email)
    hashes = session.scalars(select(WebSession.token_hash)).all()
    assert hash_secret("chosen-by-an-attacker") not in hashes


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: TestClient, person: Account):
    cookie = cookies_of(sign_in(client, person.email))["peibi_session"]
    assert {"httponly", "path=/", "samesite=lax"} <= cookie
    assert f"max-age={14 * 24 * 3600}" in cookie
    assert not any(part.startswith("domain") for part in cookie)


def test_the_cookie_is_bound_to_the_host_over_https(
    connection: Connection, session: Session, person: Account, tmp_path: Path
):
    settings = Settings(data_dir=tmp_path, public_url="https://peibi.example")
    client = TestClient(
        make_app(connection, settings), base_url="https://peibi.example", follow_redirects=False
    )
    answer = sign_in(client, person.email)
    for name in ("__Host-peibi", "__Host-peibi-device"):
        cookie = cookies_of(answer)[name]
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= cookie
        assert not any(part.startswith("domain") for part in cookie)
    assert client.get("/api/v1/me").status_code == 200


def cookies_of(answer) -> dict[str, set[str]]:
    """Return each cookie that an answer sets, with its attributes in lower case."""
    cookies = {}
    for line in answer.headers.get_list("Set-Cookie"):
        first, *attributes = line.split("; ")
        cookies[first.partition("=")[0]] = {attribute.lower() for attribute in attributes}
    return cookies


def test_sign_in_speaks_the_language_of_the_account(
    client: TestClient, session: Session, person: Account
):
    person.locale = "zh_CN"
    session.flush()
    sign_in(client, person.email)
    assert client.cookies["peibi_locale"] == "zh_CN"


def test_show_sign_in_goes_on_where_somebody_is_signed_in(person_client: TestClient):
    answer = person_client.get("/sign-in?next=/catalogue")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/catalogue")


def test_sign_out_ends_the_session_on_the_server(
    client: TestClient, session: Session, person: Account
):
    sign_in(client, person.email)
    secret = client.cookies["peibi_session"]
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?done=signed-out")
    assert "storage" in answer.headers["Clear-Site-Data"]
    assert "peibi_session" not in client.cookies
    assert session.scalars(select(WebSession)).all() == []
    factories.set_session_cookie(client, secret)
    assert client.get("/api/v1/me").status_code == 401


def test_sign_out_is_no_link(person_client: TestClient):
    assert person_client.get("/sign-out").status_code == 405
    assert person_client.get("/api/v1/me").status_code == 200


def test_sign_in_from_another_site_is_refused(client: TestClient, person: Account):
    answer = client.post(
        "/sign-in",
        data={"email": person.email, "password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert "peibi_session" not in client.cookies


def test_the_log_tells_sign_ins_and_failures_without_what_was_typed(
    client: TestClient, person: Account, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    sign_in(client, person.email, "a wrong password")
    sign_in(client, "my password typed here", "x")
    sign_in(client, person.email)
    lines = {record.getMessage(): vars(record) for record in caplog.records}
    assert lines["signed in"]["account_id"] == person.id
    assert lines["signed in"]["address"] == "testclient"
    failures = [vars(one) for one in caplog.records if one.getMessage() == "sign-in failed"]
    assert [failure["account_id"] for failure in failures] == [person.id, None]
    everything = str([vars(record) for record in caplog.records])
    assert "a wrong password" not in everything
    assert "my password typed here" not in everything
