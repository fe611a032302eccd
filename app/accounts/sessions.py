"""Web sessions: the cookie in the browser and the row that it opens."""

from fastapi import Request, Response
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts import addresses, tokens
from app.accounts.credentials import is_session_alive
from app.accounts.models import Account, SignInMethod, WebSession
from app.settings import Settings

MAX_USER_AGENT_CHARACTERS = 300


def cookie_name(settings: Settings) -> str:
    """Return the name of the session cookie; `__Host-` ties it to this host, and needs TLS."""
    return "__Host-peibi" if settings.is_https else "peibi_session"


def read_cookie(request: Request) -> str | None:
    """Return the session cookie's secret, if the browser sent one."""
    return request.cookies.get(cookie_name(request.app.state.settings))


def open_session(
    session: Session,
    request: Request,
    response: Response,
    account: Account,
    method: SignInMethod,
) -> None:
    """
    Open a web session and give its secret to the browser.

    The secret is always new and the session that the browser had before ends, so a cookie
    planted before sign-in is worth nothing afterwards.
    """
    settings = request.app.state.settings
    if old := read_cookie(request):
        end_session_of_cookie(session, old)
    session.execute(delete(WebSession).where(~is_session_alive(settings)))
    secret = tokens.new_secret()
    session.add(
        WebSession(
            token_hash=tokens.hash_secret(secret),
            account_id=account.id,
            signed_in_by=method,
            user_agent=request.headers.get("User-Agent", "")[:MAX_USER_AGENT_CHARACTERS],
            address=addresses.client_address(request),
        )
    )
    set_cookie(response, settings, secret)


def renew_session(session: Session, web_session: WebSession) -> str:
    """Go on with the same session under a new secret, which is returned."""
    secret = tokens.new_secret()
    web_session.token_hash = tokens.hash_secret(secret)
    session.flush()
    return secret


def end_session_of_cookie(session: Session, secret: str) -> None:
    """End the web session that a cookie opens, if there is one."""
    session.execute(delete(WebSession).where(WebSession.token_hash == tokens.hash_secret(secret)))


def end_sessions(session: Session, account_id: int, *, keep_id: int | None = None) -> int:
    """End an account's web sessions, except perhaps one; return how many that were."""
    statement = delete(WebSession).where(WebSession.account_id == account_id)
    if keep_id is not None:
        statement = statement.where(WebSession.id != keep_id)
    return len(session.scalars(statement.returning(WebSession.id)).all())


def set_cookie(response: Response, settings: Settings, secret: str) -> None:
    """Give the browser its session's secret."""
    response.set_cookie(
        cookie_name(settings),
        secret,
        max_age=settings.session_lifetime_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=settings.is_https,
    )


def clear_cookie(response: Response, settings: Settings) -> None:
    """Take the cookie, and what a page may have stored, from the browser."""
    response.delete_cookie(
        cookie_name(settings), httponly=True, samesite="lax", secure=settings.is_https
    )
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
