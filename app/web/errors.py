"""Every failure rendered once: JSON for the API, a page or an alert for people, its true status."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from app import logs
from app.errors import (
    AppError,
    Conflict,
    InvalidInput,
    NotFound,
    NotSignedIn,
    TooManyRequests,
    Unavailable,
)
from app.web import i18n
from app.web.i18n import gettext as _
from app.web.templating import is_htmx, render
from app.web.validation import field_of, sentence_of, true_problems

logger = logging.getLogger(__name__)


class ErrorOut(BaseModel):
    """What went wrong, in a code for programs and a sentence for people."""

    code: str
    message: str
    field: str | None
    details: dict[str, Any]


class ErrorBody(BaseModel):
    """The body of every answer of the API that is not a success."""

    error: ErrorOut


# What any address of the API may answer with, for the OpenAPI document.
API_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": description}
    for status, description in (
        (400, "The request cannot be read."),
        (401, "An account is needed."),
        (403, "The account may not do this."),
        (404, "There is no such thing, or the account may not know of it."),
        (409, "Not in this state."),
        (412, "Somebody else changed it first."),
        (413, "The request is too large."),
        (414, "The address is too long."),
        (422, "A value does not fit; `field` names it."),
        (428, "A change must name the version it is of: If-Match."),
        (429, "Too many requests."),
        (503, "The database does not answer."),
    )
}

RETRY_SECONDS = 5
HTTP_SERVER_ERROR = 500
# Postgres says with these that the same request may work when it is sent again.
SERIALIZATION_STATES = {"40001", "40P01"}
QUERY_CANCELED = "57014"


def wants_json(path: str) -> bool:
    """Whether an address belongs to the API or to a machine's checks."""
    return path.startswith("/api/") or path in {"/healthz", "/readyz", "/metrics"}


def sentence(error: AppError) -> str:
    """Return the error's message in the current language."""
    translated = i18n.gettext(error.message)
    return translated % error.params if error.params else translated


def title(status_code: int) -> str:
    """Return the heading of an error page."""
    titles = {
        400: _("This request cannot be read"),
        401: _("Please sign in"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("This address does not do that"),
        409: _("Not now"),
        412: _("Somebody else changed this first"),
        413: _("Too large"),
        414: _("This address is too long"),
        422: _("That does not fit"),
        428: _("The version is missing"),
        429: _("Too many requests"),
        503: _("The portal is not available for a moment"),
    }
    return titles.get(status_code, _("Something went wrong on our side"))


def error_response(
    request: Request,
    status_code: int,
    code: str,
    message: str,
    *,
    field: str | None = None,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return one error in the form its reader can use."""
    if wants_json(request.url.path):
        body = {"code": code, "message": message, "field": field, "details": dict(details or {})}
        return JSONResponse({"error": body}, status_code, headers=dict(headers or {}))
    if not is_htmx(request):
        _find_viewer(request, status_code)
    context = {
        "status_code": status_code,
        "title": title(status_code),
        "message": message,
        "request_id": logs.request_id.get() if status_code >= HTTP_SERVER_ERROR else "",
        "retry_seconds": RETRY_SECONDS if status_code == Unavailable.status_code else 0,
    }
    response = render(
        request,
        "errors/fragment.html" if is_htmx(request) else "errors/page.html",
        context,
        status_code=status_code,
        headers=headers,
    )
    if is_htmx(request):
        # The alert goes where the page keeps notices, whatever the request wanted to replace.
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def _find_viewer(request: Request, status_code: int) -> None:
    """Have the page's header know who asks where no route has asked yet."""
    find = getattr(request.app.state, "find_viewer", None)
    # Where the portal itself is in trouble, one more question would only keep a person waiting.
    if find and status_code < HTTP_SERVER_ERROR and not hasattr(request.state, "viewer"):
        request.state.viewer = find(request)


def handle_app_error(request: Request, error: Exception) -> Response:
    """Answer with the error's own status and sentence."""
    if not isinstance(error, AppError):  # pragma: no cover  registered for AppError only
        raise error
    headers = {}
    if isinstance(error, NotSignedIn) and wants_json(request.url.path):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(RETRY_SECONDS)
    return error_response(
        request,
        int(error.status_code),
        error.code,
        sentence(error),
        field=error.field,
        details={name: str(value) for name, value in error.params.items()},
        headers=headers,
    )


def handle_http_exception(request: Request, error: Exception) -> Response:
    """Answer for the framework: an unknown address, a method that an address lacks."""
    if not isinstance(error, HTTPException):  # pragma: no cover  registered for it only
        raise error
    if error.status_code == NotFound.status_code:
        message = _("There is nothing at this address, or you may not see it.")
        code = NotFound.code
    elif error.status_code == 405:  # noqa: PLR2004  a status code
        message, code = _("This address does not take this kind of request."), "method_not_allowed"
    else:
        message, code = _("The request cannot be read. Check it and send it again."), "bad_request"
    return error_response(request, error.status_code, code, message, headers=error.headers)


def handle_validation_error(request: Request, error: Exception) -> Response:
    """Answer 422 with the first wrong field, and all of them in the details."""
    if not isinstance(error, RequestValidationError):  # pragma: no cover  registered for it only
        raise error
    problems = [
        {"field": field_of(problem), "message": sentence_of(problem)}
        for problem in true_problems(error.errors())
    ]
    first = problems[0]
    message = _("%(field)s: %(problem)s", field=first["field"], problem=first["message"])
    return error_response(
        request,
        InvalidInput.status_code,
        InvalidInput.code,
        message,
        field=first["field"],
        details={"problems": problems},
    )


def handle_database_error(request: Request, error: Exception) -> Response:
    """Answer 503 where the database is away or full, 409 where two writes collided."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if isinstance(error, (OperationalError, PoolTimeout)) or state == QUERY_CANCELED:
        logger.error("database unavailable", exc_info=error)
        return handle_app_error(
            request,
            Unavailable(
                "The database does not answer. Nothing that was saved is lost; "
                "this page tries again by itself."
            ),
        )
    if state in SERIALIZATION_STATES:
        return handle_app_error(
            request, Conflict("Somebody changed this at the same moment. Please try again.")
        )
    return handle_unexpected(request, error)


def handle_disconnect(_request: Request, _error: Exception) -> Response:
    """Answer nobody: a browser that left the page has no more use for what it asked."""
    return Response(status_code=400)


def handle_unexpected(request: Request, error: Exception) -> Response:
    """Answer 500 with an id that finds the log line, and nothing of what happened inside."""
    logger.error("unexpected error", exc_info=error)
    message = _("The error was recorded. If it comes back, tell us the number below.")
    return error_response(request, HTTP_SERVER_ERROR, "internal_error", message)


async def respond_with_error(scope: Scope, receive: Receive, send: Send, error: AppError) -> None:
    """Answer from a middleware, before any route was chosen."""
    # In a thread, as every handler of an error: the page's header asks the database who this is.
    response = await run_in_threadpool(handle_app_error, Request(scope, receive), error)
    await response(scope, receive, send)


def install_error_handlers(app: FastAPI) -> None:
    """Register one handler per kind of failure; `create_app` puts the last one outside of them."""
    app.add_exception_handler(AppError, handle_app_error)
    app.add_exception_handler(HTTPException, handle_http_exception)
    app.add_exception_handler(RequestValidationError, handle_validation_error)
    app.add_exception_handler(DBAPIError, handle_database_error)
    app.add_exception_handler(ClientDisconnect, handle_disconnect)
    app.add_exception_handler(PoolTimeout, handle_database_error)
