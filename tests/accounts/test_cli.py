"""`peibi user` and `peibi token`."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import typer
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.accounts.cli import make_token_app, make_user_app
from app.accounts.models import Account, ApiToken, Organisation
from tests import factories
from tests.accounts.conftest import events


@pytest.fixture
def run(session: Session):
    @contextmanager
    def session_scope() -> Iterator[Session]:
        with session.begin_nested():
            yield session

    app = typer.Typer()
    app.add_typer(make_user_app(session_scope), name="user")
    app.add_typer(make_token_app(session_scope), name="token")
    return lambda *arguments: CliRunner().invoke(app, arguments)


def test_user_add_makes_an_account(run, session: Session):
    answer = run("user", "add", "zhao@example.com", "--role", "administrator", "--name", "Zhao Min")
    assert answer.exit_code == 0
    account = session.scalars(select(Account)).one()
    assert (account.email, account.name, account.role) == (
        "zhao@example.com",
        "Zhao Min",
        "administrator",
    )
    assert account.password_hash is None
    (event,) = events(session, "account.created")
    assert (event.actor_id, event.actor_name) == (None, "command line")


def test_user_add_names_a_person_after_their_address(run, session: Session):
    run("user", "add", "zhao@example.com", "--role", "viewer")
    assert session.scalars(select(Account.name)).one() == "zhao"


def test_user_add_makes_the_vendor_it_names(run, session: Session):
    arguments = ("--role", "vendor", "--vendor", "north", "--vendor-name-zh", "北方数据")
    assert run("user", "add", "a@north.example", *arguments).exit_code == 0
    assert run("user", "add", "b@north.example", *arguments).exit_code == 0
    vendor = session.scalars(select(Organisation)).one()
    assert (vendor.slug, vendor.kind, vendor.name_zh) == ("north", "vendor", "北方数据")
    assert len(session.scalars(select(Account)).all()) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("a@example.com", "--role", "vendor"), "--vendor"),
        (("a@example.com", "--role", "buyer", "--vendor", "north"), "--vendor"),
        (("a@example.com", "--role", "vendor", "--vendor", "No Slug"), "short name"),
        (("not an address", "--role", "viewer"), "not an e-mail address"),
        (("a@example.com", "--role", "viewer", "--name", "x" * 101), "at most 100"),
        (("TAKEN@example.com", "--role", "viewer"), "already"),
    ],
)
def test_user_add_refuses_in_one_sentence(run, session: Session, arguments, says: str):
    factories.make_account(session, email="taken@example.com")
    answer = run("user", "add", *arguments)
    assert answer.exit_code == 1
    assert says in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert answer.stdout == ""
    assert len(session.scalars(select(Account)).all()) == 1
    assert len(session.scalars(select(Organisation)).all()) == 1


def test_user_link_prints_the_link_alone_and_it_works(
    run, client: TestClient, session: Session, person: Account
):
    answer = run("user", "link", "Li.Na@example.com")
    assert answer.exit_code == 0
    link = answer.stdout.strip()
    assert link.startswith("http://")
    assert answer.stdout == link + "\n"
    assert client.post(link[link.index("/sign-in") :]).status_code == 303


@pytest.mark.parametrize("command", ["link", "disable", "enable"])
def test_user_commands_say_when_there_is_no_account(run, command: str):
    answer = run("user", command, "nobody@example.com")
    assert answer.exit_code == 1
    assert "no account" in answer.stderr
    assert answer.stdout == ""


def test_user_disable_enable_and_role_change_the_account(run, session: Session, person: Account):
    run("user", "disable", person.email)
    session.refresh(person)
    assert not person.is_active
    run("user", "enable", person.email)
    run("user", "role", person.email, "approver")
    session.refresh(person)
    assert (person.is_active, person.role) == (True, "approver")


def test_user_disable_keeps_an_administrator(run, session: Session, administrator: Account):
    answer = run("user", "disable", administrator.email)
    assert answer.exit_code == 1
    assert "only administrator" in answer.stderr
    session.refresh(administrator)
    assert administrator.is_active


def test_user_list_prints_everybody(run, session: Session, person: Account):
    factories.make_account(session, email="gone@example.com", is_active=False, name="Gone")
    assert run("user", "list").stdout.splitlines() == [
        "gone@example.com\tviewer\tteam\tdisabled\tGone",
        "li.na@example.com\tviewer\tteam\tactive\tLi Na",
    ]


def test_token_create_prints_the_token_alone_and_it_works(
    run, client: TestClient, session: Session, person: Account
):
    answer = run("token", "create", person.email, "--scope", "quotes:read", "--days", "7")
    assert answer.exit_code == 0
    token = answer.stdout.strip()
    assert answer.stdout == token + "\n"
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert (me["email"], me["scopes"]) == (person.email, ["quotes:read"])


def test_token_create_gives_every_scope_by_default(run, session: Session, person: Account):
    run("token", "create", person.email)
    assert len(session.scalars(select(ApiToken.scopes)).one()) == 6


@pytest.mark.parametrize("option", [("--days", "0"), ("--days", "366"), ("--scope", "everything")])
def test_token_create_refuses_what_no_token_has(run, session: Session, person: Account, option):
    assert run("token", "create", person.email, *option).exit_code == 2
    assert session.scalars(select(ApiToken)).all() == []


def test_token_create_refuses_for_a_disabled_account(run, session: Session):
    gone = factories.make_account(session, is_active=False)
    answer = run("token", "create", gone.email)
    assert answer.exit_code == 1
    assert "disabled" in answer.stderr
    assert session.scalars(select(ApiToken)).all() == []


def test_token_list_and_revoke(run, session: Session, person: Account):
    secret = run("token", "create", person.email, "--name", "nightly").stdout.strip()
    (line,) = run("token", "list").stdout.splitlines()
    public_id, email, hint, *_rest, name = line.split("\t")
    assert (email, hint, name) == (person.email, f"{secret[:8]}…", "nightly")
    assert secret not in line
    assert run("token", "revoke", public_id).exit_code == 0
    assert run("token", "list").stdout == ""
    assert run("token", "revoke", public_id).exit_code == 1
