"""Cursors of the lists of quotes."""

from datetime import datetime

from app.errors import InvalidInput
from app.web.paging import DAMAGED, decode_cursor


def read_cursor(cursor: str | None) -> tuple[datetime, int] | None:
    """
    Return the place in a list that a cursor stands for.

    Raises
    ------
    InvalidInput
        If it is not one of ours.
    """
    if not cursor:
        return None
    values = decode_cursor(cursor)
    try:
        moment, row_id = datetime.fromisoformat(values[0]), int(values[1])
    except (ValueError, TypeError, IndexError, OverflowError):
        raise InvalidInput(DAMAGED, field="cursor") from None
    if moment.tzinfo is None or not 0 <= row_id < 2**63:
        raise InvalidInput(DAMAGED, field="cursor")
    return moment, row_id
