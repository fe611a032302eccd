"""Secrets that a person or a script carries: made here, stored only as their SHA-256."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app import audit
from app.accounts.models import Account, ApiToken
from app.accounts.permissions import Scope
from app.errors import Conflict, InvalidInput

# 32 bytes from the operating system: 256 bits cannot be guessed, so a plain fast hash
# protects them in the database.
SECRET_BYTES = 32
API_TOKEN_PREFIX = "pb_"  # noqa: S105  how a token is recognised, not a token
HINT_CHARACTERS = 8
MAX_DAYS = 365
DEFAULT_DAYS = 90
MAX_NAME_CHARACTERS = 100


def new_secret() -> str:
    """Return a fresh secret for a cookie or a link."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_secret(secret: str) -> bytes:
    """Return what is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def create_token(
    session: Session,
    account: Account,
    *,
    actor: audit.Actor,
    name: str,
    scopes: Iterable[Scope],
    days: int,
) -> str:
    """
    Make an API token and return it: the only time that it can be seen.

    Its prefix makes it recognisable as one of ours where it leaks.

    Raises
    ------
    InvalidInput
        If it has no name or scope, or would live too long.
    Conflict
        If the account is disabled.
    """
    if not account.is_active:
        raise Conflict("The account %(email)s is disabled. Enable it first.", email=account.email)
    if not 0 < len(name) <= MAX_NAME_CHARACTERS:
        raise InvalidInput(
            "Say what the token is for, in at most %(most)s characters.",
            field="token_name",
            most=MAX_NAME_CHARACTERS,
        )
    chosen = sorted(set(scopes))
    if not chosen:
        raise InvalidInput("Choose at least one scope.", field="scopes")
    if not 1 <= days <= MAX_DAYS:
        raise InvalidInput(
            "A token lives between 1 and %(most)s days.", field="days", most=MAX_DAYS
        )
    secret = API_TOKEN_PREFIX + new_secret()
    token = ApiToken(
        token_hash=hash_secret(secret),
        hint=secret[:HINT_CHARACTERS],
        account_id=account.id,
        name=name,
        scopes=chosen,
        expires_at=func.clock_timestamp() + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="token.created",
        object_type="account",
        object_id=account.public_id,
        after={"token": token.public_id, "name": name, "scopes": chosen, "days": days},
    )
    return secret


def revoke_token(
    session: Session, token: ApiToken, account: Account, *, actor: audit.Actor
) -> None:
    """Make a token worthless, at once and for good."""
    token.revoked_at = func.clock_timestamp()
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="token.revoked",
        object_type="account",
        object_id=account.public_id,
        before={"token": token.public_id, "name": token.name},
    )


def revoke_all_tokens(session: Session, account_id: int) -> int:
    """Make every token of an account worthless; return how many that were."""
    revoked = session.scalars(
        update(ApiToken)
        .where(ApiToken.account_id == account_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp())
        .returning(ApiToken.id)
    )
    return len(revoked.all())
