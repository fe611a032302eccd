"""Signing in and out: the only three ways are a password, a one-time link and an invitation."""

import logging

from fastapi import Request, Response
from sqlalchemy import func
from sqlalchemy.orm import Session

from app import audit
from app.accounts import addresses, devices, passwords, queries, rate_limits, sessions
from app.accounts.models import Account, SignInMethod
from app.accounts.viewers import Viewer
from app.web.pages import set_locale_cookie

logger = logging.getLogger(__name__)


def check_password(session: Session, request: Request, email: str, password: str) -> Account | None:
    """
    Return the account if the password is right and it may sign in, else None.

    Neither the answer nor its time tells whether the account exists. A failure is counted in
    the transaction, so the caller answers it without raising.

    Raises
    ------
    TooManyRequests
        If guessing from there is slowed down at the moment.
    """
    source = rate_limits.find_source(session, request, email)
    rate_limits.admit(session, source)
    account = queries.find_account_by_email(session, email)
    is_right = passwords.is_right(account.password_hash if account else None, password)
    if account is None or not is_right or not account.is_active:
        rate_limits.count_failure(session, source)
        # No e-mail: people type passwords into the wrong field, and logs are copied around.
        logger.warning(
            "sign-in failed",
            extra={
                "address": addresses.client_address(request),
                "account_id": account.id if account else None,
            },
        )
        return None
    rate_limits.forget_failures(session, source)
    if account.password_hash and passwords.needs_rehash(account.password_hash):
        account.password_hash = passwords.hash_password(password)
    return account


def sign_in(
    session: Session,
    request: Request,
    response: Response,
    account: Account,
    method: SignInMethod,
) -> None:
    """Sign a person in to this browser: a new session, a known device, their language."""
    if account.joined_at is None:
        account.joined_at = func.clock_timestamp()
        audit.record(
            session,
            actor=Viewer(account_id=account.id, name=account.name),
            action="account.joined",
            object_type="account",
            object_id=account.public_id,
        )
    account.last_seen_at = func.clock_timestamp()
    sessions.open_session(session, request, response, account, method)
    devices.remember_device(session, request, response, account)
    if account.locale:
        set_locale_cookie(request, response, account.locale)
    session.flush()
    logger.info(
        "signed in",
        extra={
            "address": addresses.client_address(request),
            "account_id": account.id,
            "method": method.value,
        },
    )


def sign_out(session: Session, request: Request, response: Response) -> None:
    """End this browser's session, on the server and in the browser."""
    settings = request.app.state.settings
    if secret := sessions.read_cookie(request):
        sessions.end_session_of_cookie(session, secret)
    sessions.clear_cookie(response, settings)
