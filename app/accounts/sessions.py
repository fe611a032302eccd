"""Web sessions: the cookie in the browser and the row that it opens."""

from fastapi import Request, Response
from sqlalchemy.orm import Session

from app.accounts import queries, tokens
from app.accounts.models import Account, SignInMethod, WebSession
from app.settings import Settings

MAX_USER_AGENT_CHARACTERS = 300


def cookie_name(settings: Settings) -> str:
    """Return the name of the session cookie; `__Host-` ties it to this host, and needs TLS."""
    return "__Host-peibi" if settings.is_https else "peibi_session"


def read_cookie(request: Request) -> str | None:
    """Return the session cookie's secret, if the browser sent one."""
    return request.cookies.get(cookie_name(request.app.state.settings))


def client_address(request: Request) -> str:
    """Return the address that a request came from, as the server or a trusted proxy knows it."""
    return request.client.host if request.client else "unknown"


def open_session(session: Session, request: Request, account: Account, method: SignInMethod) -> str:
    """
    Open a web session and return the secret for its cookie.

    The secret is always new and the session that the browser had before ends, so a cookie
    planted before sign-in is worth nothing afterwards.
    """
    if old := read_cookie(request):
        queries.delete_session_by_hash(session, tokens.hash_secret(old))
    queries.delete_expired_sessions(session, request.app.state.settings)
    secret = tokens.new_secret()
    session.add(
        WebSession(
            token_hash=tokens.hash_secret(secret),
            account_id=account.id,
            signed_in_by=method,
            user_agent=request.headers.get("User-Agent", "")[:MAX_USER_AGENT_CHARACTERS],
            address=client_address(request),
        )
    )
    return secret


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
