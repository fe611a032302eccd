"""Settings, audit: who changed what and when."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from app.accounts.audit_trail import Filter, list_events
from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.accounts.words import OBJECT_TYPES, object_type_name
from app.db import DbSession
from app.errors import InvalidInput
from app.web.paging import decode_cursor, encode_cursor
from app.web.templating import render

router = APIRouter(include_in_schema=False)

PAGE = "/settings/audit"
MAX_ID = 2**63 - 1


def read_below(cursor: str) -> int | None:
    """Return the id that a page of events starts below."""
    match decode_cursor(cursor) if cursor else []:
        case []:
            return None
        case [int(below)] if 0 <= below <= MAX_ID:
            return below
    raise InvalidInput(
        "The cursor of this address is damaged. Start again from the first page.", field="cursor"
    )


@router.get(PAGE, name="accounts.audit")
def show_audit(  # noqa: PLR0917  the parameters of the address
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    actor: Annotated[str, Query()] = "",
    object_type: Annotated[str, Query()] = "",
    object_id: Annotated[str, Query()] = "",
    cursor: Annotated[str, Query()] = "",
) -> Response:
    """Show the audit trail, newest first."""
    require(viewer, Permission.READ_AUDIT)
    wanted = Filter(actor, object_type, object_id)
    page = list_events(session, wanted, read_below(cursor), request.app.state.audit_words)
    parameters = {"actor": actor, "object_type": object_type, "object_id": object_id}
    kept = {name: value for name, value in parameters.items() if value}
    next_page = (
        f"{PAGE}?{urlencode(kept | {'cursor': encode_cursor([page.next_below])})}"
        if page.next_below
        else ""
    )
    context = {
        "events": page.events,
        "wanted": wanted,
        "is_filtered": bool(kept),
        "is_first_page": not cursor,
        "next_page": next_page,
        "object_type_name": object_type_name,
        "object_types": OBJECT_TYPES,
    }
    return render(request, "accounts/audit.html", context, fragments=("audit_list",))
