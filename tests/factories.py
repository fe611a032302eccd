"""Plain functions that make what a test needs, with sensible values for what it does not say."""

import itertools

from fastapi.testclient import TestClient
from sqlalchemy import func
from sqlalchemy.orm import Session

from app.accounts import organisations, tokens
from app.accounts.models import Account, Organisation, Role, SignInMethod, WebSession
from app.accounts.viewers import Viewer
from app.audit import PORTAL

_numbers = itertools.count(1)


def make_vendor(session: Session, slug: str | None = None) -> Organisation:
    """Return a vendor's organisation."""
    return organisations.ensure_vendor(
        session,
        slug or f"vendor-{next(_numbers)}",
        actor=PORTAL,
        name_en="Vendor",
        name_zh="供应商",
    )


def make_account(
    session: Session,
    *,
    role: Role | str = Role.VIEWER,
    email: str | None = None,
    name: str = "Chen Wei",
    organisation: Organisation | None = None,
    has_joined: bool = True,
    is_active: bool = True,
    password_hash: str | None = None,
) -> Account:
    """Return a person with that role; a vendor's member gets a vendor of their own."""
    role = Role(role)
    if organisation is None:
        organisation = (
            make_vendor(session) if role is Role.VENDOR else organisations.ensure_team(session)
        )
    account = Account(
        organisation_id=organisation.id,
        email=email or f"{role}-{next(_numbers)}@example.com",
        name=name,
        role=role,
        is_active=is_active,
        password_hash=password_hash,
        joined_at=func.clock_timestamp() if has_joined else None,
    )
    session.add(account)
    session.flush()
    return account


def make_web_session(session: Session, account: Account, secret: str = "") -> WebSession:
    """Return a browser in which that person is signed in."""
    web_session = WebSession(
        token_hash=tokens.hash_secret(secret or tokens.new_secret()),
        account_id=account.id,
        signed_in_by=SignInMethod.PASSWORD,
        user_agent="test",
        address="testclient",
    )
    session.add(web_session)
    session.flush()
    return web_session


def sign_in(client: TestClient, session: Session, account: Account) -> TestClient:
    """Give a client the cookie of a new web session of that person."""
    secret = tokens.new_secret()
    make_web_session(session, account, secret)
    set_session_cookie(client, secret)
    return client


def set_session_cookie(client: TestClient, secret: str) -> None:
    """Put a session cookie into a test client, where the portal's own would be."""
    # The name that the standard library's cookie jar gives to a host without a dot.
    client.cookies.set("peibi_session", secret, domain="testserver.local")


def signed_in(
    client: TestClient, session: Session, role: Role | str, *, account: Account | None = None
) -> TestClient:
    """Return the client, signed in as a new person with that role."""
    return sign_in(client, session, account or make_account(session, role=role))


def actor(account: Account) -> Viewer:
    """Return somebody as the one who makes a change."""
    return Viewer(account_id=account.id, name=account.name, role=Role(account.role))
