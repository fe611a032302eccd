"""Refusals at the field of the form that they belong to, so that nothing typed is lost."""

from collections.abc import Collection

from app.errors import AppError, Forbidden, InvalidInput, NotFound, NotSignedIn
from app.web.errors import sentence
from app.web.forms import FormData

_ELSEWHERE = (Forbidden, NotFound, NotSignedIn)


def put_error(
    form: FormData, error: AppError, *, default: str = "name", fields: Collection[str] = ()
) -> None:
    """
    Put a refusal at its field; what is no matter of the form goes on to the error page.

    A field that the form does not have is shown at `default`; `fields` are those that it has
    although they may not be sent.

    Raises
    ------
    AppError
        If the refusal is about who asks or what there is.
    """
    if isinstance(error, _ELSEWHERE):
        raise error
    has_field = error.field in form.values or error.field in fields
    field = error.field if has_field else None
    form.refuse(field or default, sentence(error))


def read_percent(form: FormData, name: str) -> float:
    """
    Return a share that is typed as a percentage: `20` or `20 %` is 0.2.

    Raises
    ------
    InvalidInput
        If it is no number.
    """
    text = form.text(name).replace("％", "%").rstrip("% ").strip()
    try:
        return float(text) / 100
    except ValueError:
        raise InvalidInput("Write a number, such as 20 or 0.5.", field=name) from None


def read_number(form: FormData, name: str) -> float:
    """
    Return a number.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    try:
        return float(form.text(name))
    except ValueError:
        raise InvalidInput("Write a number, such as 20 or 0.5.", field=name) from None
