"""Settings, mail: what the portal wrote to whom and whether it left, never what it said."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from app import audit
from app.accounts.mail_words import mail_error
from app.accounts.notices import DoneNotice
from app.accounts.permissions import Permission
from app.accounts.routes_audit import read_below
from app.accounts.viewers import CurrentViewer, require
from app.accounts.words import MAIL_KINDS, MAIL_STATES
from app.db import DbSession
from app.mail import outbox, queries
from app.web.paging import encode_cursor
from app.web.templating import render

router = APIRouter(include_in_schema=False)

PAGE = "/settings/mail"


@router.get(PAGE, name="accounts.mail")
def show_mail(  # noqa: PLR0917  the parameters of the address
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    notice: DoneNotice,
    state: Annotated[str, Query()] = "",
    cursor: Annotated[str, Query()] = "",
) -> Response:
    """Show the outbox, newest first."""
    require(viewer, Permission.MANAGE_SETTINGS)
    page = queries.list_mails(session, state=state, below=read_below(cursor))
    kept = {"state": state} if state else {}
    next_page = (
        f"{PAGE}?{urlencode(kept | {'cursor': encode_cursor([page.next_below])})}"
        if page.next_below
        else ""
    )
    context = {
        "notice": notice,
        "mails": page.mails,
        "state": state,
        "counts": queries.count_by_state(session),
        "states": MAIL_STATES,
        "kinds": MAIL_KINDS,
        "mail_error": mail_error,
        "is_first_page": not cursor,
        "next_page": next_page,
        "has_server": request.app.state.settings.smtp_host is not None,
    }
    return render(request, "accounts/mail.html", context, fragments=("mail_list",))


@router.post(PAGE + "/{public_id}/send-again", name="accounts.send_mail_again")
def send_mail_again(session: DbSession, viewer: CurrentViewer, public_id: str) -> Response:
    """Send a mail once more that failed or may not have left."""
    require(viewer, Permission.MANAGE_SETTINGS)
    mail = queries.get_mail(session, public_id)
    before = mail.state
    outbox.send_again(session, mail)
    audit.record(
        session,
        actor=viewer,
        action="mail.sent_again",
        object_type="mail",
        object_id=mail.public_id,
        before={"state": before},
        after={"state": mail.state},
    )
    return RedirectResponse(f"{PAGE}?done=mail-again", status_code=303)
