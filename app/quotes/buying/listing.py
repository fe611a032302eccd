"""The list of requests as the team sees it: states, deadlines, how many quotes came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from app.accounts.models import OrganisationKind
from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.errors import InvalidInput
from app.quotes.buying.notices import SEE_OTHER, DoneNotice
from app.quotes.buying.words import WORDS, Words
from app.quotes.models.rfq import Rfq
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries.sizes import Size, count_parts
from app.quotes.state import RfqState
from app.web.paging import DAMAGED, decode_cursor, encode_cursor
from app.web.templating import render

router = APIRouter(include_in_schema=False)

PAGE = 50
VENDORS_PAGE = "/quotes"
MAX_SEARCH = 100


@dataclass(frozen=True)
class ListPage:
    """Some requests, the newest first."""

    rfqs: Sequence[Rfq]
    sizes: dict[int, Size]
    state_counts: dict[str, int]
    total: int
    state: str
    text: str
    next_cursor: str
    is_first: bool
    now: datetime
    can_edit: bool
    can_manage: bool
    notice: str | None
    states: tuple[RfqState, ...] = tuple(RfqState)
    say: Words = WORDS


@router.get("/rfqs", name="quotes.index")
def show_list(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    notice: DoneNotice,
    q: Annotated[str, Query()] = "",
    state: Annotated[str, Query()] = "",
    cursor: Annotated[str, Query()] = "",
) -> Response:
    """List the requests for quotation."""
    if viewer.organisation_kind is OrganisationKind.VENDOR:
        return RedirectResponse(VENDORS_PAGE, status_code=SEE_OTHER)
    wanted = RfqState(state) if state in set(RfqState) else None
    text = q.strip()[:MAX_SEARCH]
    found = rfq_queries.list_rfqs(
        session,
        viewer,
        state=wanted,
        text=text,
        before=read_cursor(cursor),
        limit=PAGE,
        is_whole=False,
    )
    shown = found[:PAGE]
    state_counts = rfq_queries.count_by_state(session)
    page = ListPage(
        rfqs=shown,
        sizes=count_parts(session, shown),
        state_counts=state_counts,
        total=sum(state_counts.values()),
        state=wanted or "",
        text=text,
        next_cursor=encode_cursor([shown[-1].created_at.isoformat(), shown[-1].id])
        if len(found) > PAGE
        else "",
        is_first=not cursor,
        now=rfq_queries.database_now(session),
        can_edit=viewer.can(Permission.EDIT_REQUESTS),
        can_manage=viewer.can(Permission.MANAGE_SETTINGS) or viewer.can(Permission.EDIT_REQUESTS),
        notice=notice,
    )
    return render(request, "quotes/index.html", page, fragments=("rfq_list",))


def read_cursor(cursor: str) -> tuple[datetime, int] | None:
    """
    Return where a page of requests begins.

    Raises
    ------
    InvalidInput
        If the cursor is not one of ours.
    """
    if not cursor:
        return None
    match decode_cursor(cursor):
        case [str(moment), int(identifier)] if 0 <= identifier < 2**63:
            try:
                return datetime.fromisoformat(moment), identifier
            except ValueError:
                pass
    raise InvalidInput(DAMAGED, field="cursor")
