"""People and browsers for the tests of accounts."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import passwords
from app.accounts.models import Account, Role
from app.audit import AuditEvent
from tests import factories

PASSWORD = "seven quiet otters"  # noqa: S105  of people who exist in tests only


@pytest.fixture(scope="session")
def password_hash() -> str:
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def person(session: Session, password_hash: str) -> Account:
    """Somebody with a password."""
    return factories.make_account(
        session, email="li.na@example.com", name="Li Na", password_hash=password_hash
    )


@pytest.fixture
def administrator(session: Session, password_hash: str) -> Account:
    return factories.make_account(
        session, role=Role.ADMINISTRATOR, name="Zhao Min", password_hash=password_hash
    )


@pytest.fixture
def administrator_client(
    client: TestClient, session: Session, administrator: Account
) -> TestClient:
    return factories.sign_in(client, session, administrator)


@pytest.fixture
def person_client(client: TestClient, session: Session, person: Account) -> TestClient:
    return factories.sign_in(client, session, person)


@pytest.fixture
def browser(client: TestClient) -> Callable[[str], TestClient]:
    """Make a browser of its own at that address."""

    def make(address: str = "192.0.2.1") -> TestClient:
        return TestClient(client.app, client=(address, 40_000), follow_redirects=False)

    return make


def sign_in(client: TestClient, email: str, password: str = PASSWORD, **more: str):
    """Send the sign-in form."""
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def events(session: Session, action: str) -> list[AuditEvent]:
    """Return the recorded changes of one kind, in order."""
    session.expire_all()
    return list(
        session.scalars(
            select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
        )
    )


def event_count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(AuditEvent)).one()
