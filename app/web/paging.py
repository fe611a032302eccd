"""Opaque cursors for keyset paging: the sort values of the last row that was shown."""

import base64
import binascii
import json
from typing import Any

from app.errors import InvalidInput
from app.web.i18n import later

MAX_CURSOR_CHARACTERS = 1_000
DAMAGED = later("The cursor of this address is damaged. Start again from the first page.")


def encode_cursor(values: list[Any]) -> str:
    """Return a cursor for a URL from JSON values."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> list[Any]:
    """
    Return the values of a cursor; the caller checks their number and types.

    Raises
    ------
    InvalidInput
        If it is not one of ours.
    """
    if len(cursor) > MAX_CURSOR_CHARACTERS:
        raise InvalidInput(DAMAGED, field="cursor")
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeDecodeError, ValueError, RecursionError):
        raise InvalidInput(DAMAGED, field="cursor") from None
    if not isinstance(values, list):
        raise InvalidInput(DAMAGED, field="cursor")
    return values
