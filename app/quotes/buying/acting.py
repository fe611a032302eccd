"""What buyers and approvers do on the page of a request: invite, open, extend, cancel."""

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from app.accounts.viewers import CurrentViewer, Viewer
from app.db import DbSession
from app.errors import AppError, InvalidInput, NotFound
from app.quotes import closing, inviting, opening
from app.quotes.buying.notices import redirect
from app.quotes.buying.show import load_page
from app.quotes.models.rfq import Rfq
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.state import RfqState
from app.web.dates import zone, zone_name
from app.web.forms import Form, FormData
from app.web.i18n import gettext as _
from app.web.templating import render

router = APIRouter(include_in_schema=False)


def act(
    request: Request,
    session: Session,
    viewer: Viewer,
    rfq_id: str,
    form: FormData,
    do: Callable[[Rfq], str],
    *,
    at: str = "",
) -> Response:
    """
    Do something with a request and go back to its page, or show there why it was refused.

    That page is the team's: to a vendor who was invited it would name the others.
    """
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    if not viewer.is_team:
        raise NotFound(rfq_queries.NO_RFQ)
    try:
        with session.begin_nested():
            done = do(rfq)
    except AppError as error:
        session.expire_all()
        form.refuse(error.field or "form", _(error.message, **error.params))
        rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
        page = load_page(session, rfq, viewer, form=form)
        return render(request, "quotes/show.html", page, status_code=error.status_code)
    path = request.url_for("quotes.show", rfq_id=rfq.public_id).path
    return redirect(path, done, at=at)


@router.post("/rfqs/{rfq_id}/invite", name="quotes.invite")
def invite(
    request: Request, session: DbSession, viewer: CurrentViewer, form: Form, rfq_id: str
) -> Response:
    """Invite a vendor."""

    def do(rfq: Rfq) -> str:
        slug = form.text("other_vendor") or form.text("vendor")
        if not slug:
            raise InvalidInput(
                "Choose a vendor, or write the short name of a new one.", field="vendor"
            )
        inviting.invite(
            session,
            rfq,
            vendor=slug,
            viewer=viewer,
            base_url=request.app.state.settings.base_url,
            email=form.text("email") or None,
            name=form.text("name") or None,
        )
        return "invited-open" if rfq.state == RfqState.OPEN else "invited"

    return act(request, session, viewer, rfq_id, form, do)


@router.post("/rfqs/{rfq_id}/invitations/{invitation_id}/link", name="quotes.link")
def give_link(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: str, invitation_id: str
) -> Response:
    """Show, this once, the link that leads an invited person in."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    invitation = invitation_queries.get_invitation(session, rfq, invitation_id)
    base_url = request.app.state.settings.base_url
    link = inviting.give_link(session, rfq, invitation, viewer=viewer, base_url=base_url)
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    response = render(request, "quotes/show.html", load_page(session, rfq, viewer, link=link))
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/rfqs/{rfq_id}/ask-approval", name="quotes.ask_approval")
def ask_approval(
    request: Request, session: DbSession, viewer: CurrentViewer, form: Form, rfq_id: str
) -> Response:
    """Ask the approvers to open a request."""

    def do(rfq: Rfq) -> str:
        opening.request_approval(session, rfq, viewer=viewer)
        return "asked-approval"

    return act(request, session, viewer, rfq_id, form, do)


@router.post("/rfqs/{rfq_id}/open", name="quotes.open")
def open_request(
    request: Request, session: DbSession, viewer: CurrentViewer, form: Form, rfq_id: str
) -> Response:
    """Open a request for its vendors."""

    def do(rfq: Rfq) -> str:
        base_url = request.app.state.settings.base_url
        opening.open_rfq(session, rfq, viewer=viewer, base_url=base_url)
        return "opened"

    return act(request, session, viewer, rfq_id, form, do)


@router.post("/rfqs/{rfq_id}/extend", name="quotes.extend")
def extend(
    request: Request, session: DbSession, viewer: CurrentViewer, form: Form, rfq_id: str
) -> Response:
    """Give vendors more time."""

    def do(rfq: Rfq) -> str:
        opening.extend_deadline(
            session, rfq, read_moment(form.text("deadline"), "deadline"), viewer=viewer
        )
        return "extended"

    return act(request, session, viewer, rfq_id, form, do)


@router.post("/rfqs/{rfq_id}/cancel", name="quotes.cancel")
def cancel(
    request: Request, session: DbSession, viewer: CurrentViewer, form: Form, rfq_id: str
) -> Response:
    """Give a request up."""

    def do(rfq: Rfq) -> str:
        closing.cancel_rfq(session, rfq, form.text("cancel_reason") or None, viewer=viewer)
        return "cancelled"

    return act(request, session, viewer, rfq_id, form, do)


def read_moment(text: str, field: str) -> datetime:
    """
    Return a date and time as forms send it, in the zone that every page shows.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "T"))
    except ValueError:
        raise InvalidInput(
            "Write a date and time like 2027-01-31 18:00, in %(zone)s.",
            field=field,
            zone=zone_name(),
        ) from None
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone())
    return found.astimezone(UTC)
