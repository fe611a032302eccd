"""Whether the person at an open session may change how the account is signed in to."""

from datetime import timedelta

from fastapi import Request
from sqlalchemy import func
from sqlalchemy.orm import Session

from app.accounts import passwords, rate_limits
from app.accounts.models import Account, SignInMethod, WebSession

# So long after a one-time link was used, a new password needs no old one: that is what the
# link was asked for.
LINK_GRACE = timedelta(minutes=15)


def needs_current_password(session: Session, account: Account, web_session: WebSession) -> bool:
    """Whether a change of e-mail or password asks for the current password first."""
    if account.password_hash is None:
        return False
    if web_session.signed_in_by != SignInMethod.LINK:
        return True
    now = session.scalar(func.statement_timestamp().select())
    return now is None or now - web_session.created_at > LINK_GRACE


def is_confirmed(
    session: Session,
    request: Request,
    account: Account,
    web_session: WebSession,
    current_password: str,
) -> bool:
    """
    Whether the person at this session has shown that the account is theirs.

    Guesses are slowed down and counted as at sign-in; the caller answers False without raising.

    Raises
    ------
    TooManyRequests
        If guessing from there is slowed down at the moment.
    """
    if not needs_current_password(session, account, web_session):
        return True
    source = rate_limits.find_source(session, request, account.email)
    rate_limits.admit(session, source)
    if passwords.is_right(account.password_hash, current_password):
        return True
    rate_limits.count_failure(session, source)
    return False
