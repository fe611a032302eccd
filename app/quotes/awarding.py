"""Decide a lot: award it to one quote line, or declare that none of them gets it. Final."""

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.service import violated_constraint
from app.accounts.viewers import Viewer, require
from app.errors import Conflict, InvalidInput, NotFound
from app.quotes import delivering, events, notices, state
from app.quotes.closing import close_due
from app.quotes.models.quote import Award, Quote, QuoteLine
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.queries import awards as award_queries
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.state import LotOutcome, QuoteState, RfqState

MAX_REASON = 2_000


def find_lot(rfq: Rfq, reference: str) -> Lot:
    """
    Return a lot of a loaded request by its id or its number.

    Raises
    ------
    NotFound
        If the request has none such.
    """
    for lot in rfq.lots:
        if reference in {lot.public_id, str(lot.number)}:
            return lot
    raise NotFound("The request has no such lot.")


def award_lot(
    session: Session,
    rfq: Rfq,
    lot: Lot,
    quote_id: str,
    *,
    viewer: Viewer,
    reason: str | None = None,
) -> Award:
    """
    Award a lot to a quote that stands, is valid and quotes it, once the request is closed.

    Three things keep it to one: the request is locked, the quote is locked, and `award` has the
    lot as its primary key. Losing quotes are not touched.

    Raises
    ------
    Conflict
        If the request is not closed, the lot is decided, or the quote does not stand or has
        expired.
    InvalidInput
        If the quote does not quote the lot.
    """
    require(viewer, Permission.AWARD_QUOTES)
    rfq, lot = _lock_undecided(session, rfq, lot)
    quote = quote_queries.get_quote(session, quote_id, viewer, lock=True)
    if quote.rfq_id != rfq.id:
        raise NotFound(quote_queries.NO_QUOTE)
    if quote.state != QuoteState.SUBMITTED:
        raise state.quote_refusal(QuoteState(quote.state))
    if quote.valid_until is None or quote.valid_until <= rfq_queries.database_now(session):
        raise Conflict("This quote has expired. Ask the vendor for a new one in a new request.")
    line = _line_of(quote, lot)
    award = _decide(session, lot, LotOutcome.AWARDED, viewer, reason, line=line)
    events.record(
        session,
        rfq,
        "lot.awarded",
        actor=viewer,
        of=(events.LOT, lot.public_id),
        states=(None, LotOutcome.AWARDED),
        invitation=quote.invitation,
        detail={"lot": lot.number, "quote": quote.public_id},
    )
    delivering.enter_in_catalogue(session, rfq, lot, actor=viewer)
    _end_if_decided(session, rfq, viewer)
    notices.tell_awarded(session, rfq, lot, quote)
    return award


def declare_unawarded(
    session: Session, rfq: Rfq, lot: Lot, *, viewer: Viewer, reason: str | None = None
) -> Award:
    """
    Decide that nobody gets a lot.

    Raises
    ------
    Conflict
        If the request is not closed, or the lot is decided.
    """
    require(viewer, Permission.AWARD_QUOTES)
    rfq, lot = _lock_undecided(session, rfq, lot)
    award = _decide(session, lot, LotOutcome.UNAWARDED, viewer, reason)
    events.record(
        session,
        rfq,
        "lot.unawarded",
        actor=viewer,
        of=(events.LOT, lot.public_id),
        states=(None, LotOutcome.UNAWARDED),
        detail={"lot": lot.number},
    )
    _end_if_decided(session, rfq, viewer)
    return award


def _lock_undecided(session: Session, rfq: Rfq, lot: Lot) -> tuple[Rfq, Lot]:
    rfq = close_due(session, rfq_queries.lock_rfq(session, rfq))
    lot = find_lot(rfq, lot.public_id)
    if lot.award is not None:
        raise _decided()
    if rfq.state == RfqState.OPEN:
        raise Conflict(
            "The quotes are sealed until the deadline. A lot is decided once the request is closed."
        )
    state.next_rfq_state(rfq.state, "decide_lot")
    return rfq, lot


def _line_of(quote: Quote, lot: Lot) -> QuoteLine:
    for line in quote.lines:
        if line.lot_id == lot.id:
            return line
    raise InvalidInput("This quote does not quote lot %(lot)s.", field="quote", lot=lot.number)


def _decide(
    session: Session,
    lot: Lot,
    outcome: LotOutcome,
    viewer: Viewer,
    reason: str | None,
    *,
    line: QuoteLine | None = None,
) -> Award:
    award = Award(
        lot_id=lot.id,
        quote_line_id=line.id if line else None,
        outcome=outcome,
        reason=(reason or "").strip()[:MAX_REASON] or None,
        awarded_by_id=viewer.account_id,
        awarded_by_name=viewer.name,
    )
    try:
        with session.begin_nested():
            session.add(award)
            session.flush()
    except IntegrityError as error:
        if violated_constraint(error) != "pk_award":
            raise
        raise _decided() from None
    return award


def _decided() -> Conflict:
    return Conflict("This lot is decided already, and a decision is final.")


def _end_if_decided(session: Session, rfq: Rfq, viewer: Viewer) -> None:
    outcomes = [award.outcome for award in award_queries.list_awards(session, rfq)]
    if len(outcomes) < len(rfq.lots):
        return
    verb = "award" if LotOutcome.AWARDED in outcomes else "give_up"
    before = rfq.state
    rfq.state = state.next_rfq_state(before, verb)
    rfq.ended_at = func.clock_timestamp()
    rfq.revision += 1
    rfq.updated_at = func.clock_timestamp()
    session.flush()
    events.record(
        session,
        rfq,
        "rfq.awarded" if verb == "award" else "rfq.unawarded",
        actor=viewer,
        states=(before, rfq.state),
    )
    notices.tell_unsuccessful(session, rfq)
