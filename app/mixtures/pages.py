"""What routes of pages and of the API read from an address."""

from datetime import datetime
from typing import Annotated

from fastapi import Path

from app.accounts.viewers import Viewer
from app.errors import InvalidInput
from app.mixtures.models import Mixture, Visibility
from app.web.i18n import later
from app.web.paging import decode_cursor

# A round number to start from; it is the first thing that people change.
DEFAULT_BUDGET = 10**12
MAX_SEARCH = 200
DAMAGED = later("The cursor of this address is damaged. Start again from the first page.")

Number = Annotated[int, Path(ge=1, le=10**6)]


def read_search(text: str) -> str:
    """
    Return what somebody typed into the search field of the list.

    Raises
    ------
    InvalidInput
        If it is too long, or no text.
    """
    clean = text.strip()
    if len(clean) > MAX_SEARCH or not all(one.isprintable() for one in clean):
        raise InvalidInput(
            "Search for at most %(most)s characters of text.", field="q", most=MAX_SEARCH
        )
    return clean


def read_cursor(cursor: str | None) -> tuple[datetime, int] | None:
    """
    Return the place that a cursor stands for.

    Raises
    ------
    InvalidInput
        If it is not one of ours.
    """
    if not cursor:
        return None
    values = decode_cursor(cursor)
    try:
        moment, mixture_id = datetime.fromisoformat(values[0]), int(values[1])
    except (ValueError, TypeError, IndexError):
        raise InvalidInput(DAMAGED, field="cursor") from None
    if moment.tzinfo is None or not 0 <= mixture_id < 2**31:
        raise InvalidInput(DAMAGED, field="cursor")
    return moment, mixture_id


def visible_origin(mixture: Mixture, viewer: Viewer) -> str | None:
    """Return the short name of what a mixture was forked from, if the viewer may know of it."""
    origin = mixture.forked_from
    if origin is None:
        return None
    is_visible = (
        origin.visibility == Visibility.PUBLIC
        or (viewer.is_team and origin.visibility == Visibility.TEAM)
        or (viewer.account_id is not None and origin.owner_id == viewer.account_id)
    )
    return origin.slug if is_visible else None
