"""Whose a cookie or a token is: the one query that every signed-in request makes."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Session

from app.accounts.models import Account, ApiToken, Organisation, WebSession
from app.settings import Settings

# `last_seen_at` is that precise, so that reading pages writes little.
TOUCH_INTERVAL = timedelta(minutes=1)


@dataclass(frozen=True)
class Credential:
    """A valid cookie or token: whose it is, and what they are."""

    credential_id: int
    scopes: list[str]
    is_touch_due: bool
    account_id: int
    name: str
    email: str
    role: str
    organisation_id: int
    organisation_kind: str
    organisation_slug: str


def is_session_alive(settings: Settings) -> ColumnElement[bool]:
    """Return the condition that a web session is within both of its timeouts."""
    now = func.statement_timestamp()
    return and_(
        WebSession.created_at > now - timedelta(hours=settings.session_lifetime_hours),
        WebSession.last_seen_at > now - timedelta(minutes=settings.session_idle_minutes),
    )


def is_token_alive() -> ColumnElement[bool]:
    """Return the condition that an API token is neither expired nor revoked."""
    return and_(
        ApiToken.expires_at > func.statement_timestamp(),
        ApiToken.revoked_at.is_(None),
    )


def _find_credential(session: Session, statement: Select[*tuple[Any, ...]]) -> Credential | None:
    row = session.execute(statement).one_or_none()
    return Credential(*row) if row else None


_ACCOUNT_COLUMNS = (
    Account.id,
    Account.name,
    Account.email,
    Account.role,
    Organisation.id,
    Organisation.kind,
    Organisation.slug,
)


def find_session_credential(
    session: Session, token_hash: bytes, settings: Settings
) -> Credential | None:
    """Return whom a session cookie stands for, if it is alive and the account active."""
    is_touch_due = WebSession.last_seen_at < func.statement_timestamp() - TOUCH_INTERVAL
    return _find_credential(
        session,
        select(
            WebSession.id,
            literal([], ARRAY(TEXT)),
            is_touch_due,
            *_ACCOUNT_COLUMNS,
        )
        .join(Account, Account.id == WebSession.account_id)
        .join(Organisation, Organisation.id == Account.organisation_id)
        .where(WebSession.token_hash == token_hash, Account.is_active, is_session_alive(settings)),
    )


def find_token_credential(session: Session, token_hash: bytes) -> Credential | None:
    """Return whom an API token stands for, if it is alive and the account active."""
    is_touch_due = or_(
        ApiToken.last_used_at.is_(None),
        ApiToken.last_used_at < func.statement_timestamp() - TOUCH_INTERVAL,
    )
    return _find_credential(
        session,
        select(ApiToken.id, ApiToken.scopes, is_touch_due, *_ACCOUNT_COLUMNS)
        .join(Account, Account.id == ApiToken.account_id)
        .join(Organisation, Organisation.id == Account.organisation_id)
        .where(ApiToken.token_hash == token_hash, Account.is_active, is_token_alive()),
    )


# Rows that another request is touching are skipped: a long export in one tab must not
# hold up the others for the sake of a time of last use.


def touch_session(session: Session, found: Credential) -> None:
    """Note that a web session, and its owner, were seen now."""
    free = select(WebSession.id).where(WebSession.id == found.credential_id)
    session.execute(
        update(WebSession)
        .where(WebSession.id.in_(free.with_for_update(skip_locked=True)))
        .values(last_seen_at=func.clock_timestamp())
    )
    touch_account(session, found.account_id)


def touch_token(session: Session, found: Credential) -> None:
    """Note that an API token, and its owner, were seen now."""
    free = select(ApiToken.id).where(ApiToken.id == found.credential_id)
    session.execute(
        update(ApiToken)
        .where(ApiToken.id.in_(free.with_for_update(skip_locked=True)))
        .values(last_used_at=func.clock_timestamp())
    )
    touch_account(session, found.account_id)


def touch_account(session: Session, account_id: int) -> None:
    """Note that a person was seen now."""
    free = select(Account.id).where(Account.id == account_id)
    session.execute(
        update(Account)
        .where(Account.id.in_(free.with_for_update(skip_locked=True)))
        .values(last_seen_at=func.clock_timestamp())
    )
