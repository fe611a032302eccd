"""Form fields as people send them: cleaned once, refused with a sentence at the field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request

from app.errors import InvalidInput

MAX_FIELDS = 5_000


@dataclass
class FormData:
    """
    The fields of one form and what is wrong with them.

    A page is shown again with the values as they were typed and the errors beside them.
    """

    values: Mapping[str, list[str]]
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, *, default: str = "") -> str:
        """Return a field without the blanks around it."""
        return self.values.get(name, [default])[0].strip()

    def raw(self, name: str) -> str:
        """Return a field exactly as it was sent: passwords are not trimmed."""
        return self.values.get(name, [""])[0]

    def all(self, name: str) -> list[str]:
        """Return every value of a repeated field."""
        return [value.strip() for value in self.values.get(name, [])]

    def is_checked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return name in self.values

    def refuse(self, name: str, message: str) -> None:
        """Put an error, already translated, at a field; the first one stays."""
        self.errors.setdefault(name, message)


def parse_form(body: bytes) -> FormData:
    """
    Read an `application/x-www-form-urlencoded` body, strictly.

    Raises
    ------
    InvalidInput
        If it is not UTF-8, has NUL characters or too many fields.
    """
    try:
        values = parse_qs(
            body.decode("utf-8"),
            keep_blank_values=True,
            max_num_fields=MAX_FIELDS,
            errors="strict",
        )
    except UnicodeDecodeError:
        raise InvalidInput("The form is not valid UTF-8, so nothing was changed.") from None
    except ValueError:
        raise InvalidInput(
            "The form has more than %(limit)s fields, so nothing was changed.", limit=MAX_FIELDS
        ) from None
    for name, items in values.items():
        if any("\x00" in item for item in items):
            raise InvalidInput(
                "The field %(name)s contains a NUL character, which no text has.",
                field=name,
                name=name,
            )
    return FormData(values)


async def read_form(request: Request) -> FormData:
    """Read the request's form."""
    return parse_form(await request.body())


Form = Annotated[FormData, Depends(read_form)]
