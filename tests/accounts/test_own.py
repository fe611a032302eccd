"""A person's own account: name, language, e-mail address and password."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts import links, newcomers, passwords, queries
from app.accounts.first_run import FIRST_EMAIL
from app.accounts.models import Account, LinkPurpose, OneTimeLink, SignInMethod, WebSession
from app.accounts.routes_own import get_owner
from app.accounts.tokens import hash_secret
from app.accounts.viewers import Viewer
from app.errors import NotSignedIn
from tests import factories
from tests.accounts.conftest import PASSWORD, event_count, events, sign_in

NEW_PASSWORD = "nine louder herons"  # noqa: S105  of people who exist in tests only


@pytest.mark.parametrize(
    "path",
    [
        "/settings/account",
        "/settings/account/email",
        "/settings/account/password",
        "/settings/account/tokens/new",
        "/settings/welcome",
    ],
)
def test_own_pages_ask_nobody_to_sign_in(client: TestClient, path: str):
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 401
        assert "Please sign in" in answer.text


def test_a_session_that_ends_meanwhile_is_nobodys(session: Session, person: Account):
    viewer = Viewer(account_id=person.id, session_id=2**31 - 1, via="session")
    with pytest.raises(NotSignedIn):
        get_owner(viewer, session)


def test_settings_lead_to_the_first_of_them(client: TestClient):
    answer = client.get("/settings")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/account")


@pytest.mark.parametrize("role", ["viewer", "vendor", "administrator"])
def test_show_account_shows_everybody_their_own(client: TestClient, session: Session, role: str):
    account = factories.make_account(session, role=role, name="Sun Li", email="sun@example.com")
    factories.make_account(session, email="other@example.com")
    page = factories.sign_in(client, session, account).get("/settings/account")
    assert page.status_code == 200
    assert "sun@example.com" in page.text
    assert "other@example.com" not in page.text
    assert ("/settings/people" in page.text) == (role == "administrator")


def test_change_profile_saves_name_and_language(
    person_client: TestClient, session: Session, person: Account
):
    form = {"name": " Li Na\u3000李娜 ", "locale": "zh_CN"}
    answer = person_client.post("/settings/account", data=form)
    assert answer.headers["Location"] == "/settings/account?done=profile"
    assert person_client.cookies["peibi_locale"] == "zh_CN"
    session.refresh(person)
    assert (person.name, person.locale) == ("Li Na 李娜", "zh_CN")
    (event,) = events(session, "account.profile_changed")
    assert (event.actor_id, event.actor_name) == (person.id, "Li Na")
    assert event.before == {"name": "Li Na", "locale": None}
    assert event.after == {"name": "Li Na 李娜", "locale": "zh_CN"}
    assert event.request_id is not None
    assert "姓名和语言已保存" in person_client.get(answer.headers["Location"]).text


def test_change_profile_that_changes_nothing_records_nothing(
    person_client: TestClient, session: Session
):
    person_client.post("/settings/account", data={"name": "Li Na", "locale": ""})
    assert events(session, "account.profile_changed") == []


@pytest.mark.parametrize(
    ("form", "field"),
    [({"name": ""}, "name"), ({"name": "Li Na", "locale": "fr"}, "locale")],
)
def test_change_profile_refuses_and_saves_nothing(
    person_client: TestClient, session: Session, person: Account, form: dict[str, str], field: str
):
    answer = person_client.post("/settings/account", data=form)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'id="errors"' in answer.text
    session.refresh(person)
    assert person.name == "Li Na"


def change_email(client: TestClient, email: str, current_password: str = PASSWORD):
    form = {"email": email, "current_password": current_password}
    return client.post("/settings/account/email", data=form)


def test_change_email_saves_it_and_revokes_links_to_the_old_one(
    person_client: TestClient, session: Session, person: Account
):
    links.create_link(
        session,
        person,
        LinkPurpose.SIGN_IN,
        base_url="",
        lifetime=links.SIGN_IN_LINK_LIFETIME,
    )
    answer = change_email(person_client, "na.li@example.com")
    assert answer.headers["Location"] == "/settings/account?done=email"
    session.refresh(person)
    assert person.email == "na.li@example.com"
    assert session.scalars(select(OneTimeLink)).one().revoked_at is not None
    (event,) = events(session, "account.email_changed")
    assert (event.before, event.after) == (
        {"email": "li.na@example.com"},
        {"email": "na.li@example.com"},
    )


@pytest.mark.parametrize(
    ("email", "current_password", "field"),
    [
        ("na.li@example.com", "not it", "current_password"),
        ("na.li@example.com", "", "current_password"),
        ("na.li", PASSWORD, "email"),
        ("na li@example.com", PASSWORD, "email"),
        ("na.li@example.com\r\nBcc: x@example.com", PASSWORD, "email"),
        ("a" * 250 + "@b.cn", PASSWORD, "email"),
        ("TAKEN@example.com", PASSWORD, "email"),
    ],
)
def test_change_email_refuses_and_saves_nothing(
    person_client: TestClient, session: Session, email: str, current_password: str, field: str
):
    factories.make_account(session, email="taken@example.com")
    answer = change_email(person_client, email, current_password)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert current_password not in answer.text or not current_password
    session.expire_all()
    emails = set(session.scalars(select(Account.email)))
    assert emails == {"li.na@example.com", "taken@example.com"}
    assert events(session, "account.email_changed") == []


def test_change_email_may_change_its_case(
    person_client: TestClient, session: Session, person: Account
):
    assert change_email(person_client, "Li.Na@example.com").status_code == 303
    session.refresh(person)
    assert person.email == "Li.Na@example.com"


def test_a_vendors_member_cannot_try_out_addresses(
    client: TestClient, session: Session, password_hash: str
):
    """Whether an address is taken would tell a vendor who else has an account."""
    member = factories.make_account(session, role="vendor", password_hash=password_hash)
    before = member.email
    factories.sign_in(client, session, member)
    assert client.get("/settings/account/email").status_code == 403
    assert change_email(client, "li.na@example.com").status_code == 403
    assert "/settings/account/email" not in client.get("/settings/account").text
    session.refresh(member)
    assert member.email == before


def test_complete_account_of_a_vendors_member_keeps_the_address(
    client: TestClient, session: Session, person: Account
):
    member = factories.make_account(session, role="vendor", email="a@north.example")
    factories.sign_in(client, session, member)
    assert 'name="email"' not in client.get("/settings/welcome").text
    assert complete(client, email=person.email).status_code == 303
    session.refresh(member)
    assert (member.email, member.name) == ("a@north.example", "Zhao Min")


def test_the_service_keeps_the_address_of_a_vendors_member(session: Session):
    member = factories.make_account(session, role="vendor", email="a@north.example")
    web_session = factories.make_web_session(session, member)
    newcomers.complete_account(
        session,
        queries.get_account(session, member.id),
        web_session,
        actor=factories.actor(member),
        name="Zhao Min",
        email="b@north.example",
        password=PASSWORD,
    )
    assert member.email == "a@north.example"


def change_password(client: TestClient, **changes: str):
    form = {
        "current_password": PASSWORD,
        "password": NEW_PASSWORD,
        "password_again": NEW_PASSWORD,
    }
    return client.post("/settings/account/password", data=form | changes)


def test_change_password_ends_every_other_session_and_renews_this_one(
    client: TestClient, session: Session, person: Account
):
    other = factories.sign_in(client, session, person).cookies["peibi_session"]
    this = factories.sign_in(client, session, person).cookies["peibi_session"]
    answer = change_password(client)
    assert answer.headers["Location"] == "/settings/account?done=password"
    renewed = client.cookies["peibi_session"]
    assert session.scalars(select(WebSession.token_hash)).all() == [hash_secret(renewed)]
    for secret, status in ((renewed, 200), (this, 401), (other, 401)):
        factories.set_session_cookie(client, secret)
        assert client.get("/api/v1/me").status_code == status
    assert sign_in(client, person.email).status_code == 401
    assert sign_in(client, person.email, NEW_PASSWORD).status_code == 303


def test_change_password_records_that_it_was_done_and_no_secret(
    person_client: TestClient, session: Session, person: Account
):
    change_password(person_client)
    (event,) = events(session, "account.password_changed")
    assert (event.object_id, event.before, event.after) == (person.public_id, None, None)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("current_password", {"current_password": "not it"}),
        ("password_again", {"password_again": "nine louder heron"}),
        ("password", {"password": "otters", "password_again": "otters"}),
        ("password", {"password": "li.na@example.com", "password_again": "li.na@example.com"}),
        ("password", {"password": "the data team", "password_again": "the data team"}),
        ("password", {"password": "1q2w3e4r5t6y", "password_again": "1q2w3e4r5t6y"}),
    ],
)
def test_change_password_refuses_and_saves_nothing(
    person_client: TestClient, session: Session, field: str, changes: dict[str, str]
):
    answer = change_password(person_client, **changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert NEW_PASSWORD not in answer.text
    session.expire_all()
    stored = session.scalars(select(Account.password_hash)).one()
    assert passwords.is_right(stored, PASSWORD)
    assert person_client.get("/api/v1/me").status_code == 200


@pytest.fixture
def link_session(person_client: TestClient, session: Session) -> WebSession:
    """The session of somebody who forgot their password and came by a one-time link."""
    web_session = session.scalars(select(WebSession)).one()
    web_session.signed_in_by = SignInMethod.LINK
    session.flush()
    return web_session


def test_a_one_time_link_resets_a_password_without_the_old_one(
    person_client: TestClient, link_session: WebSession, person: Account
):
    assert 'name="current_password"' not in person_client.get("/settings/account/password").text
    assert change_password(person_client, current_password="").status_code == 303
    assert change_password(person_client, current_password="").status_code == 422
    assert 'name="current_password"' in person_client.get("/settings/account/password").text


def test_a_quarter_of_an_hour_after_the_link_the_old_password_is_asked_for(
    person_client: TestClient, session: Session, link_session: WebSession
):
    session.execute(
        text("UPDATE web_session SET created_at = clock_timestamp() - interval '16 minutes'")
    )
    assert 'name="current_password"' in person_client.get("/settings/account/password").text
    assert change_password(person_client, current_password="").status_code == 422


@pytest.fixture
def newcomer(client: TestClient, session: Session) -> Account:
    """The first administrator, signed in by the first link."""
    account = factories.make_account(
        session, role="administrator", email=FIRST_EMAIL, name="Administrator"
    )
    factories.sign_in(client, session, account)
    return account


def complete(client: TestClient, **changes: str):
    form = {
        "name": "Zhao Min",
        "email": "zhao.min@example.com",
        "password": PASSWORD,
        "password_again": PASSWORD,
    }
    return client.post("/settings/welcome", data=form | changes)


def test_show_welcome_asks_for_what_the_first_administrator_lacks(
    client: TestClient, newcomer: Account
):
    page = client.get("/settings/welcome").text
    assert FIRST_EMAIL not in page
    assert 'autocomplete="new-password"' in page


def test_show_welcome_leads_on_who_has_a_password(person_client: TestClient):
    answer = person_client.get("/settings/welcome")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/account")


def test_complete_account_saves_all_of_it(client: TestClient, session: Session, newcomer: Account):
    before = client.cookies["peibi_session"]
    answer = complete(client)
    assert answer.headers["Location"] == "/settings/account?done=welcome"
    assert client.cookies["peibi_session"] != before
    session.refresh(newcomer)
    assert (newcomer.name, newcomer.email) == ("Zhao Min", "zhao.min@example.com")
    next_page = client.get(answer.headers["Location"]).text
    ways_on = ("/catalogue", "/mixtures/new", "/training", "/settings/people/invite", "/help")
    for address in ways_on:
        assert f'href="http://testserver{address}"' in next_page or f'href="{address}"' in next_page
    client.post("/sign-out")
    assert sign_in(client, "zhao.min@example.com").status_code == 303


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": " "}),
        ("email", {"email": "zhao"}),
        ("email", {"email": "taken@example.com"}),
        ("password", {"password": "too short", "password_again": "too short"}),
        ("password", {"password": "zhao min 2026", "password_again": "zhao min 2026"}),
        ("password_again", {"password_again": "another one"}),
    ],
)
def test_complete_account_refuses_and_saves_nothing(
    client: TestClient, session: Session, newcomer: Account, field: str, changes: dict[str, str]
):
    factories.make_account(session, email="taken@example.com")
    answer = complete(client, **changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    session.refresh(newcomer)
    assert (newcomer.name, newcomer.email) == ("Administrator", FIRST_EMAIL)
    assert newcomer.password_hash is None
    assert event_count(session) == 0


def test_complete_account_is_no_way_around_the_old_password(
    person_client: TestClient, session: Session, person: Account
):
    before = person.password_hash
    assert complete(person_client).status_code == 409
    session.refresh(person)
    assert (person.email, person.password_hash) == ("li.na@example.com", before)
