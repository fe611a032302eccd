"""What every request passes first: an id and a log line, limits, a readable address, a language."""

import logging
import secrets
import time
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import logs
from app.errors import AppError, InvalidInput, TooLarge
from app.web import i18n
from app.web.errors import respond_with_error
from app.web.filters import MAX_ADDRESS_BYTES
from app.web.numbers import megabytes

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 1_000_000
UPLOAD_METHODS = frozenset({"POST", "PUT"})


class BadAddress(InvalidInput):
    """An address that is not text."""

    status_code = 400  # type: ignore[assignment]  # an int is what HTTPStatus is
    code = "bad_request"


class AddressTooLong(TooLarge):
    """An address longer than any page makes."""

    status_code = 414  # type: ignore[assignment]  # an int is what HTTPStatus is


class BodyTooLarge(TooLarge):
    """A body that grew past the limit while it was read."""


def check_address(scope: Scope) -> AppError | None:
    """Return what is wrong with the address, if anything."""
    raw = scope.get("raw_path", b"") + b"?" + scope.get("query_string", b"")
    if len(raw) > MAX_ADDRESS_BYTES:
        return AddressTooLong(
            "The address is longer than %(limit)s bytes, the most that is read.",
            limit=MAX_ADDRESS_BYTES,
        )
    plain = unquote_to_bytes(raw)
    if b"\x00" in plain:
        return BadAddress("The address contains a NUL byte, which no text has.")
    try:
        plain.decode()
    except UnicodeDecodeError:
        return BadAddress("The address is not valid UTF-8.")
    return None


def path_without_secret(scope: Scope) -> str:
    """Return the path for the log; a route that takes a secret calls that parameter `secret`."""
    path: str = scope["path"]
    secret = scope.get("path_params", {}).get("secret")
    return path.replace(secret, "…") if secret else path


class RequestGate:
    """
    Give a request its id, language and limits, and write one log line about it.

    The outermost middleware of ours: whatever refuses or fails below has a language to say so
    in and an id to be found by. `large_bodies` names the addresses that take uploads, exactly
    or as a prefix that ends with a slash, with the most bytes each reads; such a route streams
    its body itself. No other address takes more than MAX_BODY_BYTES.
    """

    def __init__(self, app: ASGIApp, large_bodies: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.large_bodies = dict(large_bodies or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it can be read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        identifier = secrets.token_hex(8)
        logs.request_id.set(identifier)
        cookies = cookie_parser(headers.get("Cookie", ""))
        i18n.use_locale(
            i18n.choose_locale(cookies.get(i18n.LOCALE_COOKIE), headers.get("Accept-Language"))
        )
        started = time.perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = identifier
            await send(message)

        try:
            await self._pass(scope, headers, receive, send_with_id)
        finally:
            logger.info(
                "request",
                extra={
                    "method": scope["method"],
                    "path": path_without_secret(scope),
                    "status": status,
                    "milliseconds": round((time.perf_counter() - started) * 1000, 1),
                },
            )

    async def _pass(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        if error := check_address(scope):
            await respond_with_error(scope, receive, send, error)
            return
        limit = self.body_limit(scope)
        length = headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > limit:
            await respond_with_error(scope, receive, send, too_large(limit))
            return
        taken = 0

        async def receive_within_limit() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise too_large(limit)
            return message

        await self.app(scope, receive_within_limit, send)

    def body_limit(self, scope: Scope) -> int:
        """Return the most bytes that the request's body may have."""
        path = scope["path"]
        if scope["method"] in UPLOAD_METHODS:
            for address, limit in self.large_bodies.items():
                if path == address or (address.endswith("/") and path.startswith(address)):
                    return limit
        return MAX_BODY_BYTES


class HeadAsGet:
    """Answer HEAD as GET; the server leaves the body out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, send)


def too_large(limit: int) -> BodyTooLarge:
    """Return the refusal of a body that is larger than its address takes."""
    return BodyTooLarge(
        "The request is larger than %(limit)s MB, the most that is read at once.",
        limit=megabytes(limit),
    )
