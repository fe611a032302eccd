"""A request as the team sees it: state, lots, who is invited, questions, what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from app.accounts.models import Organisation, OrganisationKind
from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer
from app.db import DbSession
from app.quotes import events, filing, indicating, offering, opening, outline, question_files
from app.quotes.beginning import origins
from app.quotes.beginning.start import suggested_vendor
from app.quotes.buying.event_words import change_text, event_text
from app.quotes.buying.notices import SEE_OTHER, DoneNotice
from app.quotes.buying.words import WORDS, Words
from app.quotes.indicating import Indicated
from app.quotes.models.papers import Amendment, Attachment
from app.quotes.models.record import Event
from app.quotes.models.rfq import Invitation, Lot, Rfq
from app.quotes.outline import Group
from app.quotes.queries import attachments as attachment_queries
from app.quotes.queries import people as people_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries import timeline as timeline_queries
from app.quotes.question_files import Asked
from app.quotes.state import InvitationState, RfqState
from app.web.forms import FormData
from app.web.templating import render

router = APIRouter(include_in_schema=False)

VENDORS_PAGE = "/quotes/"


@dataclass(frozen=True)
class Invited:
    """A vendor on the page: while quotes are sealed nobody learns who has quoted."""

    invitation: Invitation
    state: InvitationState


@dataclass(frozen=True)
class ShowPage:
    """A request and everything around it."""

    rfq: Rfq
    general: Sequence[Group]
    lots: Sequence[tuple[Lot, Sequence[Group]]]
    invited: Sequence[Invited]
    vendors: Sequence[Organisation]
    quote_count: int
    questions: Sequence[Asked]
    amendments: Sequence[Amendment]
    attachments: Sequence[Attachment]
    problems: Sequence[str]
    brought: Sequence[offering.Brought]
    origin: str
    indicated: Indicated | None
    suggested_vendor: str
    now: datetime
    is_draft: bool
    is_open: bool
    can_compare: bool
    may_open: bool
    needs_approver: bool
    can_edit: bool
    can_open: bool
    can_award: bool
    form: FormData | None
    link: str
    notice: str | None
    extensions: str = filing.QUOTE_FILE.extensions.replace(" ", "")
    max_bytes: int = filing.QUOTE_FILE.max_bytes
    say: Words = WORDS


@dataclass(frozen=True)
class TimelineRow:
    """One event in words, with the vendor it is of; who asked a question is not named."""

    event: Event
    text: str
    vendor: str
    is_named: bool = True

    @property
    def change(self) -> str:
        """The states before and after, where it changed one."""
        return change_text(self.event)


@dataclass(frozen=True)
class TimelinePage:
    """What happened to a request."""

    rfq: Rfq
    events: Sequence[TimelineRow]
    say: Words = WORDS


@router.get("/rfqs/{rfq_id}", name="quotes.show")
def show_request(
    request: Request, session: DbSession, viewer: CurrentViewer, notice: DoneNotice, rfq_id: str
) -> Response:
    """Show a request; a vendor is led to its own page of it."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    if viewer.organisation_kind is OrganisationKind.VENDOR:
        return RedirectResponse(f"{VENDORS_PAGE}{rfq.public_id}", status_code=SEE_OTHER)
    return render(request, "quotes/show.html", load_page(session, rfq, viewer, notice=notice))


def load_page(
    session: Session,
    rfq: Rfq,
    viewer: Viewer,
    *,
    notice: str | None = None,
    form: FormData | None = None,
    link: str = "",
) -> ShowPage:
    """Return all that the page of a request shows."""
    vendors = people_queries.list_vendors(session) if viewer.can(Permission.EDIT_REQUESTS) else []
    known = {invitation.organisation_id for invitation in rfq.invitations}
    needs_approver = rfq.state == RfqState.DRAFT and opening.needs_approver(session, rfq)
    return ShowPage(
        rfq=rfq,
        general=outline.of_request(rfq),
        lots=[(lot, outline.of_lot(lot)) for lot in rfq.lots],
        invited=[_invited(rfq, invitation) for invitation in rfq.invitations],
        vendors=[vendor for vendor in vendors if vendor.id not in known],
        quote_count=quote_queries.count_quotes(session, [rfq.id]).get(rfq.id, 0),
        questions=question_files.list_asked(session, rfq, viewer),
        amendments=timeline_queries.list_amendments(session, rfq),
        attachments=attachment_queries.list_attachments(session, rfq),
        problems=outline.problems(rfq),
        brought=[] if rfq.is_sealed else offering.list_brought(session, rfq, viewer),
        origin=origins.say(rfq.origin),
        indicated=indicating.load(session, rfq, viewer)
        if rfq.state == RfqState.DRAFT and rfq.lots
        else None,
        suggested_vendor=suggested_vendor(rfq) if not rfq.invitations else "",
        now=rfq_queries.database_now(session),
        is_draft=rfq.state == RfqState.DRAFT,
        is_open=rfq.effective_state is RfqState.OPEN,
        can_compare=not rfq.is_sealed,
        may_open=viewer.can(Permission.OPEN_REQUESTS)
        and (not needs_approver or viewer.can(Permission.OPEN_LARGE_REQUESTS)),
        needs_approver=needs_approver,
        can_edit=viewer.can(Permission.EDIT_REQUESTS),
        can_open=viewer.can(Permission.OPEN_REQUESTS),
        can_award=viewer.can(Permission.AWARD_QUOTES),
        form=form,
        link=link,
        notice=notice,
    )


def _invited(rfq: Rfq, invitation: Invitation) -> Invited:
    state = InvitationState(invitation.state)
    if rfq.is_sealed and state is InvitationState.QUOTED:
        state = InvitationState.VIEWED
    return Invited(invitation, state)


@router.get("/rfqs/{rfq_id}/timeline", name="quotes.timeline")
def show_timeline(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: str
) -> Response:
    """Show what happened to a request, the first first."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    if viewer.organisation_kind is OrganisationKind.VENDOR:
        return RedirectResponse(f"{VENDORS_PAGE}{rfq.public_id}", status_code=SEE_OTHER)
    names = {invitation.id: WORDS.vendor(invitation.organisation) for invitation in rfq.invitations}
    found = [
        TimelineRow(one, event_text(one), names.get(one.invitation_id or 0, ""))
        if events.names_actor(one, viewer)
        else TimelineRow(one, event_text(one), "", is_named=False)
        for one in timeline_queries.list_events(session, rfq, viewer)
    ]
    page = TimelinePage(rfq, found)
    return render(request, "quotes/timeline.html", page)
