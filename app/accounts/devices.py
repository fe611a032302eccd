"""Browsers that an account has signed in from: guesses made elsewhere do not slow them down."""

from fastapi import Request, Response
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts import addresses, tokens
from app.accounts.models import Account, KnownDevice
from app.settings import Settings

COOKIE_SECONDS = 365 * 24 * 3600
MAX_DEVICES = 20


def cookie_name(settings: Settings) -> str:
    """Return the name of the cookie by which a browser is known again."""
    return "__Host-peibi-device" if settings.is_https else "peibi_device"


def read_cookie(request: Request) -> str:
    """Return the secret that the browser is known by, "" if it is not."""
    return request.cookies.get(cookie_name(request.app.state.settings), "")


def list_devices(session: Session, email: str) -> list[KnownDevice]:
    """Return the browsers known for an e-mail address; none for an unknown one."""
    return list(
        session.scalars(
            select(KnownDevice)
            .join(Account, Account.id == KnownDevice.account_id)
            .where(func.lower(Account.email) == func.lower(email))
        )
    )


def remember_device(
    session: Session, request: Request, response: Response, account: Account
) -> None:
    """
    Know this browser again for the account that has just signed in from it.

    A secret of ours is kept, so that several people can be known in one browser; anything
    else is replaced.
    """
    settings = request.app.state.settings
    secret = read_cookie(request)
    is_ours = secret and session.scalar(
        select(KnownDevice.id).where(KnownDevice.token_hash == tokens.hash_secret(secret)).limit(1)
    )
    if not is_ours:
        secret = tokens.new_secret()
    address = addresses.source_of(addresses.client_address(request))
    session.execute(
        insert(KnownDevice)
        .values(account_id=account.id, token_hash=tokens.hash_secret(secret), address=address)
        .on_conflict_do_update(
            index_elements=[KnownDevice.account_id, KnownDevice.token_hash],
            set_={"address": address, "signed_in_at": func.clock_timestamp()},
        )
    )
    newest = (
        select(KnownDevice.id)
        .where(KnownDevice.account_id == account.id)
        .order_by(KnownDevice.signed_in_at.desc())
        .limit(MAX_DEVICES)
    )
    session.execute(
        delete(KnownDevice).where(
            KnownDevice.account_id == account.id, KnownDevice.id.not_in(newest)
        )
    )
    response.set_cookie(
        cookie_name(settings),
        secret,
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=settings.is_https,
    )
