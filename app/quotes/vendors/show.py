"""A vendor's inbox, and one request with the vendor's own answers to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.accounts.viewers import CurrentViewer, Viewer
from app.db import DbSession
from app.errors import AppError, NotFound
from app.quotes import filing, inviting, outline, question_files
from app.quotes.models.papers import Amendment, Attachment
from app.quotes.models.quote import Quote
from app.quotes.models.rfq import Invitation, Lot, Rfq
from app.quotes.paging import read_cursor
from app.quotes.queries import attachments as attachment_queries
from app.quotes.queries import awards as award_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries import timeline as timeline_queries
from app.quotes.question_files import Asked
from app.quotes.state import InvitationState, QuoteState, RfqState
from app.quotes.vendors.notices import SEE_OTHER, DoneNotice, redirect
from app.quotes.vendors.words import WORDS, Words
from app.web.errors import sentence
from app.web.forms import Form, FormData
from app.web.paging import encode_cursor
from app.web.templating import render

router = APIRouter(include_in_schema=False)

PAGE = 50
TEAMS_PAGE = "/rfqs"


@dataclass(frozen=True)
class Received:
    """A request in the inbox with how far the vendor is with it."""

    rfq: Rfq
    invitation: Invitation
    quotes: list[Quote]


@dataclass(frozen=True)
class InboxPage:
    """The requests addressed to one's organisation."""

    received: list[Received]
    next_cursor: str | None
    is_first: bool
    now: datetime
    notice: str | None
    say: Words = WORDS


@dataclass(frozen=True)
class ShowPage:
    """One request as its vendor sees it."""

    rfq: Rfq
    lots: Sequence[tuple[Lot, list[outline.Group], str | None]]
    general: list[outline.Group]
    invitation: Invitation
    draft: Quote | None
    standing: Quote | None
    quotes: Sequence[Quote]
    questions: Sequence[Asked]
    amendments: Sequence[Amendment]
    attachments: Sequence[Attachment]
    is_open: bool
    may_ask: bool
    may_decline: bool
    is_outdated: bool
    now: datetime
    form: FormData | None
    notice: str | None
    extensions: str = filing.QUOTE_FILE.extensions.replace(" ", "")
    max_bytes: int = filing.QUOTE_FILE.max_bytes
    say: Words = WORDS


@router.get("/quotes", name="vendors.inbox")
def show_inbox(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    notice: DoneNotice,
    cursor: Annotated[str, Query(max_length=1_000)] = "",
) -> Response:
    """Show the requests addressed to one's organisation, the newest first."""
    if viewer.is_team:
        return RedirectResponse(TEAMS_PAGE, status_code=SEE_OTHER)
    found = rfq_queries.list_rfqs(session, viewer, before=read_cursor(cursor), limit=PAGE)
    shown = found[:PAGE]
    own = quote_queries.list_own_quotes(session, [rfq.id for rfq in shown], viewer)
    page = InboxPage(
        received=[Received(rfq, invitation_of(rfq, viewer), own.get(rfq.id, [])) for rfq in shown],
        next_cursor=encode_cursor([shown[-1].created_at.isoformat(), shown[-1].id])
        if len(found) > PAGE
        else None,
        is_first=not cursor,
        now=rfq_queries.database_now(session),
        notice=notice,
    )
    return render(request, "quotes/vendors/inbox.html", page)


@router.get("/quotes/{rfq_id}", name="vendors.show")
def show_request(
    request: Request, session: DbSession, viewer: CurrentViewer, notice: DoneNotice, rfq_id: str
) -> Response:
    """Show what is asked, and one's own answers; opening it is noted once."""
    if viewer.is_team:
        return RedirectResponse(f"{TEAMS_PAGE}/{rfq_id}", status_code=SEE_OTHER)
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    inviting.mark_viewed(session, rfq, viewer=viewer)
    return show_page(request, session, rfq, viewer, notice=notice)


@router.post("/quotes/{rfq_id}/decline", name="vendors.decline")
def decline(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: str, form: Form
) -> Response:
    """Tell the buyer that there will be no quote."""
    rfq = get_received(session, rfq_id, viewer)
    try:
        with session.begin_nested():
            inviting.decline(session, rfq, form.text("reason"), viewer=viewer)
    except AppError as error:
        form.refuse("reason", sentence(error))
        return show_page(request, session, rfq, viewer, form=form, status=int(error.status_code))
    return redirect(f"/quotes/{rfq_id}", "declined")


def get_received(session: Session, rfq_id: str, viewer: Viewer) -> Rfq:
    """
    Return a request that was addressed to the viewer's organisation.

    Raises
    ------
    NotFound
        If it was not, or the viewer is of the team.
    """
    if viewer.is_team:
        raise NotFound(rfq_queries.NO_RFQ)
    return rfq_queries.get_rfq(session, rfq_id, viewer)


def invitation_of(rfq: Rfq, viewer: Viewer) -> Invitation:
    """
    Return the viewer's own invitation of a loaded request.

    Raises
    ------
    NotFound
        If there is none.
    """
    for invitation in rfq.invitations:
        if invitation.organisation_id == viewer.organisation_id:
            return invitation
    raise NotFound(rfq_queries.NO_RFQ)


def show_page(
    request: Request,
    session: Session,
    rfq: Rfq,
    viewer: Viewer,
    *,
    form: FormData | None = None,
    notice: str | None = None,
    status: int = 200,
) -> Response:
    """Render a request for its vendor, with what is wrong with a form."""
    invitation = invitation_of(rfq, viewer)
    quotes = quote_queries.list_own_quotes(session, [rfq.id], viewer).get(rfq.id, [])
    by_state = {QuoteState(quote.state): quote for quote in quotes}
    standing = by_state.get(QuoteState.SUBMITTED)
    now = rfq_queries.database_now(session)
    is_open = rfq.effective_state is RfqState.OPEN
    outcomes = award_queries.own_outcomes(session, rfq, viewer)
    page = ShowPage(
        rfq=rfq,
        lots=[(lot, outline.of_lot(lot), outcomes.get(lot.id)) for lot in rfq.lots],
        general=outline.of_request(rfq),
        invitation=invitation,
        draft=by_state.get(QuoteState.DRAFT),
        standing=standing,
        quotes=[quote for quote in quotes if quote.state != QuoteState.DRAFT],
        questions=question_files.list_asked(session, rfq, viewer),
        amendments=timeline_queries.list_amendments(session, rfq),
        attachments=attachment_queries.list_attachments(session, rfq),
        is_open=is_open,
        may_ask=is_open and (rfq.questions_until is None or now < rfq.questions_until),
        may_decline=is_open and standing is None and invitation.state != InvitationState.DECLINED,
        is_outdated=standing is not None and (standing.amendment or 0) < rfq.amendment,
        now=now,
        form=form,
        notice=notice,
    )
    return render(request, "quotes/vendors/show.html", page, status_code=status)
