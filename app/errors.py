"""
Errors that a person may see, each with the status it answers with.

Exception
└── AppError(status_code, title)     a whole sentence for the person
    ├── InvalidInput   422 (field)   a value in a form, a query or a body
    ├── NotSignedIn    401           an account is needed
    ├── Forbidden      403           known, but not for this role
    ├── NotFound       404           does not exist, or one may not know that it does
    ├── Conflict       409           well formed, but not now: wrong state, duplicate
    ├── StaleVersion   412           somebody else changed it first
    ├── PreconditionRequired 428     a change that does not say which version it is of
    ├── TooLarge       413           more than the portal takes at once
    ├── TooManyRequests 429 (retry_after_seconds)
    └── Unavailable    503           the database or a service is away

A message is an English msgid with `%(name)s` placeholders; `web` translates it and puts
`params` in. `scripts/messages.py` finds the sentence in every call of one of these classes.
"""

from http import HTTPStatus


class AppError(Exception):
    """A refusal or failure with a sentence for the person who caused or met it."""

    status_code = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "error"

    def __init__(self, message: str, /, *, field: str | None = None, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params
        self.field = field

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class InvalidInput(AppError):
    """A value that cannot be taken; says what is wrong with it and what would be right."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid_input"


class NotSignedIn(AppError):
    """The request needs an account and carries none."""

    status_code = HTTPStatus.UNAUTHORIZED
    code = "not_signed_in"


class Forbidden(AppError):
    """The account may know of the thing, but not do this with it."""

    status_code = HTTPStatus.FORBIDDEN
    code = "forbidden"


class NotFound(AppError):
    """There is no such thing, or the account may not know that there is."""

    status_code = HTTPStatus.NOT_FOUND
    code = "not_found"


class Conflict(AppError):
    """The request is well formed, but the state of the thing does not allow it."""

    status_code = HTTPStatus.CONFLICT
    code = "conflict"


class StaleVersion(AppError):
    """Somebody else changed the thing since it was read."""

    status_code = HTTPStatus.PRECONDITION_FAILED
    code = "stale_version"


class PreconditionRequired(AppError):
    """The request changes something without saying which version of it was read."""

    status_code = HTTPStatus.PRECONDITION_REQUIRED
    code = "precondition_required"


class TooLarge(AppError):
    """The request is larger than the portal takes at once."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_large"


class TooManyRequests(AppError):
    """The caller asked too often; `retry_after_seconds` says when to come back."""

    status_code = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_requests"

    def __init__(self, message: str, /, *, retry_after_seconds: int, **params: object) -> None:
        super().__init__(message)
        self.params = params
        self.retry_after_seconds = retry_after_seconds


class Unavailable(AppError):
    """Something that the portal depends on is away; trying again may help."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"
