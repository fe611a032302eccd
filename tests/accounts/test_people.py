"""What administrators do with other people's accounts."""

import re
import threading
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.orm import Session, sessionmaker

from app.accounts import invitations, people, queries, tokens
from app.accounts.models import Account, ApiToken, OneTimeLink, Organisation, WebSession
from app.audit import COMMAND_LINE, PORTAL
from app.errors import Conflict
from tests import factories
from tests.accounts.conftest import events
from tests.counting import counted_statements

HTMX = {"HX-Request": "true"}
ACTIONS = (
    "email",
    "role",
    "disable",
    "enable",
    "end-sessions",
    "link",
    "invite-again",
    "revoke-invitation",
)


def path(account: Account, action: str = "") -> str:
    return f"/settings/people/{account.public_id}" + (f"/{action}" if action else "")


@pytest.mark.parametrize("role", ["viewer", "planner", "buyer", "approver", "vendor", None])
def test_people_are_managed_by_administrators_only(
    client: TestClient, session: Session, person: Account, role: str | None
):
    if role:
        factories.signed_in(client, session, role)
    expected = 403 if role else 401
    for page in ("/settings/people", "/settings/people/invite", path(person)):
        assert client.get(page).status_code == expected
    for page in ("/settings/people/invite", *(path(person, action) for action in ACTIONS)):
        assert client.post(page).status_code == expected
    session.refresh(person)
    assert person.is_active
    assert session.scalars(select(OneTimeLink)).all() == []


def test_an_unknown_person_is_404(administrator_client: TestClient):
    assert administrator_client.get("/settings/people/unknown").status_code == 404
    for action in ACTIONS:
        answer = administrator_client.post(
            f"/settings/people/unknown/{action}", data={"role": "viewer", "email": "a@b.cn"}
        )
        assert answer.status_code == 404


def test_list_people_shows_everybody_with_their_state(
    administrator_client: TestClient, session: Session, person: Account
):
    factories.make_account(session, name="Gone Person", is_active=False)
    factories.make_account(session, name="<b>New</b>", has_joined=False)
    vendor = factories.make_account(session, role="vendor", name="Vendor Person")
    page = administrator_client.get("/settings/people").text
    for text in ("Li Na", "Zhao Min", "Gone Person", "Vendor Person", "Administrator", "Viewer"):
        assert text in page
    assert "&lt;b&gt;New&lt;/b&gt;" in page
    assert all(state in page for state in ("active", "disabled", "never signed in"))
    assert path(vendor) in page


def test_list_people_pages_through_all_in_the_order_of_names(
    administrator_client: TestClient, session: Session, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(queries, "PEOPLE_PER_PAGE", 2)
    for name in ("Anna", "Bai", "Bai", "Chen"):
        factories.make_account(session, name=name)
    seen = []
    address = "/settings/people"
    while address:
        page = administrator_client.get(address).text
        seen += re.findall(r'<a href="/settings/people/[0-9a-f]{16}">(\w+ ?\w*)</a>', page)
        more = re.search(r'href="([^"]+)"\s+rel="next"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert seen == ["Anna", "Bai", "Bai", "Chen", "Zhao Min"]


@pytest.mark.parametrize(
    "cursor",
    ["x", "W10", "WyJhIiwieCJd", "WyJcdTAwMDAiLDFd", "WyJcdWQ4MDAiLDFd", "WyJhIiw5OTk5OTk5OTk5OV0"],
)
def test_list_people_refuses_a_damaged_cursor(administrator_client: TestClient, cursor: str):
    answer = administrator_client.get(f"/settings/people?cursor={cursor}")
    assert answer.status_code == (200 if cursor == "W10" else 422)


def test_list_people_sends_as_many_statements_for_2_as_for_200(
    administrator_client: TestClient, connection: Connection, session: Session
):
    counts = []
    for more in (1, 198):
        for _ in range(more):
            factories.make_account(session)
        with counted_statements(connection) as statements:
            assert administrator_client.get("/settings/people").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def invite(client: TestClient, **changes: str):
    form = {"email": "new@example.com", "name": "Wang Fang", "role": "planner"}
    return client.post("/settings/people/invite", data=form | changes)


def test_show_invite_offers_every_role(administrator_client: TestClient):
    page = administrator_client.get("/settings/people/invite").text
    assert re.findall(r'name="role"\s+value="(\w+)"', page) == [
        "viewer",
        "planner",
        "buyer",
        "approver",
        "administrator",
        "vendor",
    ]


def test_invite_makes_an_account_and_shows_a_link_that_works(
    administrator_client: TestClient, session: Session, administrator: Account
):
    page = invite(administrator_client)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    (link,) = re.findall(r"http://127\.0\.0\.1:8000(/invitation/[\w-]{43})", page.text)
    account = session.scalars(select(Account).where(Account.email == "new@example.com")).one()
    assert (account.role, account.joined_at, account.password_hash) == ("planner", None, None)
    (event,) = [one for one in events(session, "account.created") if one.actor_id]
    assert (event.actor_id, event.object_id) == (administrator.id, account.public_id)
    assert event.after["email"] == "new@example.com"
    administrator_client.cookies.clear()
    assert administrator_client.get(link).status_code == 200


def test_invite_of_a_vendors_member_makes_the_vendor(
    administrator_client: TestClient, session: Session
):
    invite(
        administrator_client,
        role="vendor",
        vendor="north",
        vendor_name_zh="北方",
        vendor_name_en="",
    )
    vendor = session.scalars(select(Organisation).where(Organisation.slug == "north")).one()
    assert (vendor.kind, vendor.name_zh, vendor.name_en) == ("vendor", "北方", "北方")
    invite(administrator_client, email="second@example.com", role="vendor", vendor="north")
    members = session.scalars(
        select(Account.email).where(Account.organisation_id == vendor.id).order_by(Account.id)
    ).all()
    assert members == ["new@example.com", "second@example.com"]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("email", {"email": "new"}),
        ("email", {"email": "Li.Na@example.com"}),
        ("name", {"name": ""}),
        ("role", {"role": ""}),
        ("role", {"role": "owner"}),
        ("vendor", {"role": "vendor", "vendor": ""}),
        ("vendor", {"role": "vendor", "vendor": "North!"}),
        ("vendor", {"role": "vendor", "vendor": "team"}),
        ("vendor_name_en", {"role": "vendor", "vendor": "north", "vendor_name_en": "x" * 101}),
        ("email", {"role": "vendor", "vendor": "north", "email": "li.na@example.com"}),
    ],
)
def test_invite_refuses_and_saves_nothing(
    administrator_client: TestClient, session: Session, person: Account, field: str, changes
):
    answer = invite(administrator_client, **changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    session.expire_all()
    assert len(session.scalars(select(Account)).all()) == 2
    assert len(session.scalars(select(Organisation)).all()) == 1
    assert session.scalars(select(OneTimeLink)).all() == []


def test_show_person_offers_what_can_be_done(
    administrator_client: TestClient, session: Session, person: Account, administrator: Account
):
    page = administrator_client.get(path(person)).text
    for action in ("role", "disable", "link"):
        assert path(person, action) in page
    assert path(person, "invite-again") not in page
    newcomer = factories.make_account(session, has_joined=False)
    page = administrator_client.get(path(newcomer)).text
    assert path(newcomer, "invite-again") in page
    own = administrator_client.get(path(administrator)).text
    assert path(administrator, "disable") not in own
    assert path(administrator, "role") not in own


def test_change_email_of_somebody_saves_it(
    administrator_client: TestClient, session: Session, person: Account, administrator: Account
):
    invitations.make_sign_in_link(session, person, actor=PORTAL, base_url="")
    form = {"email": "na.li@example.com"}
    answer = administrator_client.post(path(person, "email"), data=form)
    assert answer.headers["Location"] == path(person) + "?done=person-email"
    session.expire_all()
    assert person.email == "na.li@example.com"
    assert session.scalars(select(OneTimeLink)).one().revoked_at is not None
    (event,) = events(session, "account.email_changed")
    assert (event.actor_id, event.object_id) == (administrator.id, person.public_id)


@pytest.mark.parametrize("email", ["", "na.li", "TAKEN@example.com"])
def test_change_email_of_somebody_refuses_and_saves_nothing(
    administrator_client: TestClient, session: Session, person: Account, email: str
):
    factories.make_account(session, email="taken@example.com")
    answer = administrator_client.post(path(person, "email"), data={"email": email})
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    session.refresh(person)
    assert person.email == "li.na@example.com"


def test_change_role_saves_it(administrator_client: TestClient, session: Session, person: Account):
    answer = administrator_client.post(path(person, "role"), data={"role": "approver"})
    assert answer.headers["Location"] == path(person) + "?done=role"
    session.refresh(person)
    assert person.role == "approver"
    (event,) = events(session, "account.role_changed")
    assert (event.before, event.after) == ({"role": "viewer"}, {"role": "approver"})


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("role", ["", "owner", "vendor"])
def test_change_role_refuses_and_saves_nothing(
    administrator_client: TestClient, session: Session, person: Account, role: str, headers
):
    answer = administrator_client.post(path(person, "role"), data={"role": role}, headers=headers)
    assert answer.status_code == 422
    assert ("</html>" in answer.text) == (not headers)
    assert answer.headers.get("HX-Retarget") == ("#notices" if headers else None)
    session.refresh(person)
    assert person.role == "viewer"


def test_a_vendors_member_gets_no_role_of_the_team(
    administrator_client: TestClient, session: Session
):
    member = factories.make_account(session, role="vendor")
    answer = administrator_client.post(path(member, "role"), data={"role": "approver"})
    assert answer.status_code == 422
    session.refresh(member)
    assert member.role == "vendor"


@pytest.mark.parametrize("action", ["email", "role", "disable"])
def test_administrators_cannot_shut_themselves_out(
    administrator_client: TestClient, session: Session, administrator: Account, action: str
):
    factories.make_account(session, role="administrator")
    before = administrator.email
    form = {"role": "viewer", "email": "another@example.com"}
    answer = administrator_client.post(path(administrator, action), data=form)
    assert answer.status_code == 409
    session.refresh(administrator)
    assert administrator.email == before
    assert (administrator.role, administrator.is_active) == ("administrator", True)


def test_the_last_administrator_stays(session: Session, administrator: Account):
    factories.make_account(session, role="administrator", is_active=False)
    organisation = queries.get_team(session)
    with pytest.raises(Conflict, match="only administrator"):
        people.disable(session, administrator, actor=COMMAND_LINE)
    with pytest.raises(Conflict, match="only administrator"):
        people.change_role(session, administrator, organisation, actor=COMMAND_LINE, role="viewer")


@pytest.mark.race
def test_two_administrators_cannot_disable_each_other_at_once(new_database: Callable[[], str]):
    engine = create_engine(new_database())
    open_session = sessionmaker(engine)
    with open_session.begin() as session:
        first, second = (factories.make_account(session, role="administrator") for _ in range(2))
        ids = [(first.id, second.id), (second.id, first.id)]
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def disable(actor_id: int, account_id: int) -> None:
        with open_session() as session:
            account = session.get_one(Account, account_id)
            actor = session.get_one(Account, actor_id)
            together.wait()
            try:
                people.disable(session, account, actor=factories.actor(actor))
                session.commit()
                outcomes.append("done")
            except Conflict:
                outcomes.append("refused")

    threads = [threading.Thread(target=disable, args=pair) for pair in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with open_session() as session:
        active = session.scalars(select(Account.id).where(Account.is_active)).all()
    engine.dispose()
    assert sorted(outcomes) == ["done", "refused"]
    assert len(active) == 1


def test_disable_shuts_out_at_once_and_enable_lets_in_again(
    administrator_client: TestClient, session: Session, person: Account, administrator: Account
):
    other = TestClient(administrator_client.app, follow_redirects=False)
    factories.sign_in(other, session, person)
    tokens.create_token(session, person, actor=PORTAL, name="x", scopes=["quotes:read"], days=1)
    invitations.make_sign_in_link(session, person, actor=PORTAL, base_url="")
    answer = administrator_client.post(path(person, "disable"))
    assert answer.headers["Location"] == path(person) + "?done=disabled"
    assert other.get("/api/v1/me").status_code == 401
    session.expire_all()
    assert session.scalars(select(ApiToken)).one().revoked_at is not None
    assert session.scalars(select(OneTimeLink)).one().revoked_at is not None
    assert events(session, "account.disabled")[0].before == {"sessions": 1, "tokens": 1}
    administrator_client.post(path(person, "enable"))
    session.refresh(person)
    assert person.is_active
    assert other.get("/api/v1/me").status_code == 401
    assert session.scalars(select(ApiToken)).one().revoked_at is not None
    assert events(session, "account.enabled")[0].actor_id == administrator.id


def test_end_sessions_signs_somebody_out_everywhere(
    administrator_client: TestClient, session: Session, person: Account
):
    other = TestClient(administrator_client.app, follow_redirects=False)
    factories.sign_in(other, session, person)
    administrator_client.post(path(person, "end-sessions"))
    assert other.get("/api/v1/me").status_code == 401
    assert administrator_client.get("/api/v1/me").status_code == 200
    assert len(session.scalars(select(WebSession)).all()) == 1
    assert events(session, "session.all_ended")[0].before == {"sessions": 1}


def test_make_link_shows_one_that_signs_them_in(
    administrator_client: TestClient, session: Session, person: Account
):
    page = administrator_client.post(path(person, "link"))
    (link,) = re.findall(r"http://127\.0\.0\.1:8000(/sign-in/link/[\w-]{43})", page.text)
    assert events(session, "link.created")[0].after == {"purpose": "sign_in", "hours": 1}
    other = TestClient(administrator_client.app, follow_redirects=False)
    assert other.post(link).status_code == 303
    assert other.get("/api/v1/me").json()["email"] == person.email


def test_make_link_refuses_for_a_disabled_account(
    administrator_client: TestClient, session: Session
):
    gone = factories.make_account(session, is_active=False)
    assert administrator_client.post(path(gone, "link")).status_code == 409
    assert session.scalars(select(OneTimeLink)).all() == []


def test_invite_again_replaces_the_link(administrator_client: TestClient, session: Session):
    first = re.findall(r"/invitation/[\w-]{43}", invite(administrator_client).text)[0]
    account = session.scalars(select(Account).where(Account.email == "new@example.com")).one()
    page = administrator_client.post(path(account, "invite-again"))
    (second,) = re.findall(r"/invitation/[\w-]{43}", page.text)
    administrator_client.cookies.clear()
    assert administrator_client.get(first).status_code == 404
    assert administrator_client.get(second).status_code == 200


def test_revoke_invitation_removes_the_account(administrator_client: TestClient, session: Session):
    link = re.findall(r"/invitation/[\w-]{43}", invite(administrator_client).text)[0]
    account = session.scalars(select(Account).where(Account.email == "new@example.com")).one()
    answer = administrator_client.post(path(account, "revoke-invitation"))
    assert answer.headers["Location"] == "/settings/people?done=invitation-revoked"
    assert session.scalars(select(Account).where(Account.email == "new@example.com")).all() == []
    assert events(session, "invitation.revoked")[0].before["email"] == "new@example.com"
    assert administrator_client.get(link).status_code == 404
    assert invite(administrator_client).status_code == 200


@pytest.mark.parametrize("action", ["invite-again", "revoke-invitation"])
def test_who_has_joined_has_no_invitation(
    administrator_client: TestClient, session: Session, person: Account, action: str
):
    assert administrator_client.post(path(person, action)).status_code == 409
    assert session.get(Account, person.id) is not None
