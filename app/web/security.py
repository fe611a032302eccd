"""Headers that keep a page to itself, and the refusal of requests that another site forged."""

import logging
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Forbidden
from app.web.errors import respond_with_error

logger = logging.getLogger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    # The base kit draws its check marks and arrows as data: images.
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
MOST_OF_ORIGIN = 200
HSTS = "max-age=63072000; includeSubDomains"


class SecurityHeaders:
    """Put the security headers on every response, whatever answered."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self.app = app
        self.headers = HEADERS | ({"Strict-Transport-Security": HSTS} if is_https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add the headers to what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                # A page may hold what only this person may see.
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


def is_cross_origin(method: str, headers: Headers) -> bool:
    """
    Whether a request that changes something was sent by another site.

    A bearer token without a cookie is no browser's ambient authority. Otherwise the browser's
    own word counts: `Sec-Fetch-Site`, and where an old browser lacks it, `Origin` against
    `Host`. A client that sends neither is not a browser.
    """
    if method in SAFE_METHODS:
        return False
    if headers.get("Authorization", "").startswith("Bearer ") and "Cookie" not in headers:
        return False
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("Host")


class CrossOriginGuard:
    """Refuse cross-origin requests that could change something (CSRF)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] == "http" and is_cross_origin(scope["method"], Headers(scope=scope)):
            logger.warning(
                "forged request refused",
                extra={
                    "method": scope["method"],
                    "origin": Headers(scope=scope).get("Origin", "")[:MOST_OF_ORIGIN],
                },
            )
            error = Forbidden(
                "This request came from another site, so nothing was changed. "
                "Open the portal itself and try again."
            )
            await respond_with_error(scope, receive, send, error)
            return
        await self.app(scope, receive, send)
