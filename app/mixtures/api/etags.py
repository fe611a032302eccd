"""ETags of drafts: which revision a request has seen, and what it is told where it is not one."""

import re
from collections.abc import Callable

from fastapi import Request, Response

from app.errors import AppError
from app.mixtures.api.representation import stale_details
from app.mixtures.drafts import StaleDraft
from app.web.errors import error_response, sentence

_FORM = re.compile(r'"(\d{1,18})"')
NO_REVISION = -1


class PreconditionRequired(AppError):
    """A change that does not say which state it was made from."""

    status_code = 428  # type: ignore[assignment]  # an int is what HTTPStatus is
    code = "precondition_required"


def etag(revision: int) -> str:
    """Return the ETag of a revision."""
    return f'"{revision}"'


def read_if_match(request: Request) -> int:
    """
    Return the revision that a request was made from; one that cannot be a revision is stale.

    Raises
    ------
    PreconditionRequired
        If the request does not say.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise PreconditionRequired(
            "Send the draft's ETag as If-Match, so that nobody's changes are overwritten."
        )
    found = _FORM.fullmatch(header)
    return int(found[1]) if found else NO_REVISION


def quoted(digest: str) -> str:
    """Return the ETag of something that has a digest in place of a revision."""
    return f'"{digest}"'


def or_stale(request: Request, change: Callable[[], Response]) -> Response:
    """Return what a change answers, or both sides where somebody else was faster."""
    try:
        return change()
    except StaleDraft as error:
        return error_response(
            request,
            int(error.status_code),
            error.code,
            sentence(error),
            details=stale_details(error),
            headers={"ETag": etag(error.revision)},
        )
