"""What a vendor does with its answer: draft it, submit it, revise it, withdraw it."""

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.service import violated_constraint
from app.accounts.viewers import Viewer, require
from app.errors import Conflict, InvalidInput, StaleVersion
from app.quotes import events, filing, quote_body, state
from app.quotes.content.answered import QuoteIn
from app.quotes.models.quote import Quote
from app.quotes.models.rfq import Invitation, Rfq
from app.quotes.queries import attachments as attachment_queries
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.state import InvitationState, QuoteState, RfqState

# The state in an event of a draft that is gone; no row has it.
DISCARDED = "discarded"


def draft_quote(session: Session, rfq: Rfq, body: QuoteIn, *, viewer: Viewer) -> Quote:
    """
    Begin an answer, which nobody but the vendor sees before it is submitted and opened.

    Raises
    ------
    Conflict
        If the request is not open, or the vendor has a draft or a submitted quote already.
    InvalidInput
        If something in it cannot be.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, rfq, share=True)
    invitation = invitation_queries.get_own_invitation(session, rfq, viewer, lock=True)
    _require_open(rfq)
    current = quote_queries.find_current_quotes(session, invitation.id)
    if draft := current.get(QuoteState.DRAFT):
        raise Conflict(
            "Your organisation has a draft for this request already: %(id)s.", id=draft.public_id
        )
    if standing := current.get(QuoteState.SUBMITTED):
        raise Conflict(
            "Your organisation has submitted %(id)s. Revise it to change it.", id=standing.public_id
        )
    return _new_draft(session, rfq, invitation, body, viewer=viewer)


def save_quote(
    session: Session, quote: Quote, body: QuoteIn, *, viewer: Viewer, version: int | None = None
) -> Quote:
    """
    Put another content in the place of a draft's.

    Raises
    ------
    StaleVersion
        If a colleague changed the draft since `version`.
    Conflict
        If the quote is no draft any more, or the request is closed.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq, _, quote = _lock(session, quote, viewer)
    state.next_quote_state(quote.state, "save")
    _require_open(rfq)
    if version is not None and version != quote.version:
        raise StaleVersion(
            "Somebody else changed the quote since you read it: it is at version %(now)s, you "
            "changed version %(yours)s. Nothing was overwritten; load it again.",
            now=quote.version,
            yours=version,
        )
    quote_body.check(body)
    for name in quote_body.PLAIN:
        setattr(quote, name, getattr(body, name))
    quote.currency = body.currency or rfq.currency
    quote_body.put_lines(session, quote, rfq, body.lines)
    quote.version += 1
    quote.updated_at = func.clock_timestamp()
    session.flush()
    return quote_queries.get_quote(session, quote.public_id, viewer)


def submit_quote(session: Session, quote: Quote, *, viewer: Viewer) -> Quote:
    """
    Submit a draft: it never changes from now on, and takes the place of the revision before.

    The request's row is locked first and the clock read afterwards: whoever commits late has
    been in time, and who is late is refused.

    Raises
    ------
    Conflict
        If the deadline has passed by the database's clock, or the quote is no draft.
    InvalidInput
        If it lacks what a quote must say.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq, invitation, quote = _lock(session, quote, viewer)
    after = state.next_quote_state(quote.state, "submit")
    now = rfq_queries.database_now(session)
    _require_open(rfq)
    if rfq.deadline is None or now >= rfq.deadline:
        raise state.rfq_refusal(RfqState.CLOSED)
    quote_body.require_complete(quote)
    if quote.valid_until is None or quote.valid_until <= now:
        raise InvalidInput(
            "Say until when the quote is valid: a moment in the future.", field="valid_until"
        )
    standing = quote_queries.find_current_quotes(session, invitation.id).get(QuoteState.SUBMITTED)
    if standing is not None:
        standing.state = state.next_quote_state(standing.state, "supersede")
        session.flush()
        events.record_quote(
            session,
            standing,
            "quote.superseded",
            actor=viewer,
            before=QuoteState.SUBMITTED,
            invitation=invitation,
        )
    quote.amendment = rfq.amendment
    quote.content_hash = quote_body.content_hash(quote)
    quote.submitted_at = now
    quote.submitted_by_name = viewer.name
    quote.updated_at = now
    quote.state = after
    session.flush()
    events.record_quote(
        session,
        quote,
        "quote.submitted",
        actor=viewer,
        before=QuoteState.DRAFT,
        invitation=invitation,
    )
    _move(session, rfq, invitation, "submit", viewer)
    return quote_queries.get_quote(session, quote.public_id, viewer)


def revise_quote(session: Session, quote: Quote, *, viewer: Viewer) -> Quote:
    """
    Return a new draft with the content of a quote that stands or was withdrawn.

    Raises
    ------
    Conflict
        If the request is not open, or the vendor has a draft already.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq, invitation, quote = _lock(session, quote, viewer)
    state.next_quote_state(quote.state, "revise")
    _require_open(rfq)
    current = quote_queries.find_current_quotes(session, invitation.id)
    if draft := current.get(QuoteState.DRAFT):
        raise Conflict(
            "Your organisation has a draft for this request already: %(id)s.", id=draft.public_id
        )
    if quote.state == QuoteState.WITHDRAWN and QuoteState.SUBMITTED in current:
        raise state.quote_refusal(QuoteState.SUPERSEDED)
    draft = _new_draft(session, rfq, invitation, quote_body.body_of(quote), viewer=viewer)
    filing.copy_to_revision(session, quote, draft)
    return draft


def withdraw_quote(session: Session, quote: Quote, *, viewer: Viewer) -> Quote:
    """
    Take back a submitted quote before the deadline. It stays readable to its vendor.

    Raises
    ------
    Conflict
        If the deadline has passed, or the quote does not stand.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq, invitation, quote = _lock(session, quote, viewer)
    after = state.next_quote_state(quote.state, "withdraw")
    _require_open(rfq)
    quote.state = after
    quote.withdrawn_at = func.clock_timestamp()
    session.flush()
    events.record_quote(
        session,
        quote,
        "quote.withdrawn",
        actor=viewer,
        before=QuoteState.SUBMITTED,
        invitation=invitation,
    )
    _move(session, rfq, invitation, "withdraw", viewer)
    return quote_queries.get_quote(session, quote.public_id, viewer)


def discard_draft(session: Session, quote: Quote, *, viewer: Viewer) -> None:
    """
    Throw a draft away.

    Raises
    ------
    Conflict
        If the quote is no draft.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    rfq, invitation, quote = _lock(session, quote, viewer)
    state.next_quote_state(quote.state, "save")
    events.record(
        session,
        rfq,
        "quote.discarded",
        actor=viewer,
        of=(events.QUOTE, quote.public_id),
        states=(QuoteState.DRAFT, DISCARDED),
        invitation=invitation,
        detail={"revision": quote.revision},
    )
    for attachment in attachment_queries.list_attachments(session, rfq, quote_id=quote.id):
        session.delete(attachment)
    session.flush()
    session.delete(quote)
    session.flush()


def _lock(session: Session, quote: Quote, viewer: Viewer) -> tuple[Rfq, Invitation, Quote]:
    """Lock request, invitation and quote, always in this order, and load them again."""
    rfq = rfq_queries.lock_rfq(session, quote.rfq, share=True)
    invitation = invitation_queries.get_own_invitation(session, rfq, viewer, lock=True)
    return rfq, invitation, quote_queries.get_quote(session, quote.public_id, viewer, lock=True)


def _require_open(rfq: Rfq) -> None:
    if rfq.effective_state is not RfqState.OPEN:
        raise state.rfq_refusal(rfq.effective_state)


def _new_draft(
    session: Session, rfq: Rfq, invitation: Invitation, body: QuoteIn, *, viewer: Viewer
) -> Quote:
    quote_body.check(body)
    values = {name: getattr(body, name) for name in quote_body.PLAIN}
    quote = Quote(
        rfq_id=rfq.id,
        invitation_id=invitation.id,
        revision=quote_queries.last_revision(session, invitation.id) + 1,
        created_by_id=viewer.account_id,
        created_by_name=viewer.name,
        lines=[],
        **(values | {"currency": body.currency or rfq.currency}),
    )
    try:
        with session.begin_nested():
            session.add(quote)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) not in {
            "uq_quote_one_draft",
            "uq_quote_invitation_id_revision",
        }:
            raise
        raise Conflict("A colleague has begun a draft at the same moment.") from None
    quote_body.put_lines(session, quote, rfq, body.lines)
    session.flush()
    quote = quote_queries.get_quote(session, quote.public_id, viewer)
    events.record_quote(
        session, quote, "quote.drafted", actor=viewer, before=None, invitation=invitation
    )
    return quote


def _move(session: Session, rfq: Rfq, invitation: Invitation, verb: str, viewer: Viewer) -> None:
    before = invitation.state
    invitation.state = state.next_invitation_state(before, verb)
    if invitation.state == before:
        return
    if invitation.viewed_at is None and invitation.state != InvitationState.INVITED:
        invitation.viewed_at = func.clock_timestamp()
    session.flush()
    events.record(
        session,
        rfq,
        "invitation.quoted" if verb == "submit" else "invitation.reopened",
        actor=viewer,
        of=(events.INVITATION, invitation.public_id),
        states=(before, invitation.state),
        invitation=invitation,
    )
