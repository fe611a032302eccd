"""The first administrator comes by a one-time link; there is no default password."""

import threading
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.accounts import organisations
from app.accounts.first_run import FIRST_EMAIL, ensure_first_link
from app.accounts.models import Account, OneTimeLink
from tests import factories
from tests.accounts.conftest import events, sign_in

BASE = "http://127.0.0.1:8000"


def first_link(session: Session) -> str | None:
    link = ensure_first_link(session, BASE)
    return link.removeprefix(BASE) if link else None


def test_the_first_start_makes_an_administrator_without_a_password(
    client: TestClient, session: Session
):
    link = ensure_first_link(session, BASE)
    assert link is not None
    assert link.startswith(f"{BASE}/sign-in/link/")
    account = session.scalars(select(Account)).one()
    assert (account.email, account.role, account.password_hash) == (
        FIRST_EMAIL,
        "administrator",
        None,
    )
    stored = session.scalars(select(OneTimeLink)).one()
    assert abs((stored.expires_at - stored.created_at).total_seconds() - 24 * 3600) < 60
    assert events(session, "account.created")[0].actor_name == "Peibi"
    for password in ("", "admin", "password", "administrator"):
        assert sign_in(client, FIRST_EMAIL, password).status_code == 401


def test_the_link_leads_the_first_administrator_in(client: TestClient, session: Session):
    link = first_link(session)
    assert client.post(link).headers["Location"] == "/settings/welcome"
    assert client.get("/settings/people").status_code == 200


def test_another_start_before_the_first_sign_in_replaces_the_link(
    client: TestClient, session: Session
):
    first, second = first_link(session), first_link(session)
    assert len(session.scalars(select(Account)).all()) == 1
    assert client.post(first).status_code == 404
    assert client.post(second).status_code == 303


def test_after_the_first_sign_in_no_link_is_made(client: TestClient, session: Session):
    client.post(first_link(session))
    session.expire_all()
    assert first_link(session) is None


def test_where_the_operator_made_an_administrator_no_link_is_made(session: Session):
    factories.make_account(session, role="administrator", has_joined=False)
    assert first_link(session) is None
    assert len(session.scalars(select(Account)).all()) == 1


def test_the_link_is_made_until_some_administrator_has_signed_in(session: Session):
    first_link(session)
    other = factories.make_account(session, role="administrator", has_joined=False)
    assert first_link(session) is not None
    other.joined_at = func.clock_timestamp()
    session.flush()
    assert first_link(session) is None


def test_a_disabled_first_administrator_gets_no_link(session: Session):
    first_link(session)
    factories.make_account(session, role="administrator", has_joined=False)
    session.scalars(select(Account).where(Account.email == FIRST_EMAIL)).one().is_active = False
    session.flush()
    assert first_link(session) is None


def test_where_only_others_have_accounts_an_administrator_is_made(session: Session):
    factories.make_account(session, role="planner")
    assert first_link(session) is not None


@pytest.mark.race
def test_two_processes_that_start_at_once_make_one_administrator(
    new_database: Callable[[], str],
):
    engine = create_engine(new_database())
    open_session = sessionmaker(engine)
    with open_session.begin() as session:
        organisations.ensure_team(session)
    made: list[str | None] = []

    def start() -> None:
        with open_session.begin() as session:
            made.append(first_link(session))

    second = threading.Thread(target=start)
    with open_session.begin() as session:
        made.append(first_link(session))
        second.start()
        second.join(timeout=0.5)
        assert second.is_alive(), "the second process waits for the first"
    second.join(timeout=30)
    with open_session() as session:
        accounts = session.scalars(select(Account)).all()
    engine.dispose()
    assert len(made) == 2
    assert [account.email for account in accounts] == [FIRST_EMAIL]
