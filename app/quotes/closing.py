"""End a request: at its deadline, which opens its quotes, or before, which seals them for good."""

from sqlalchemy import func
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.audit import PORTAL
from app.errors import Conflict
from app.quotes import events, notices, state
from app.quotes.models.rfq import Rfq
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries import rules as rule_queries
from app.quotes.requests import touch
from app.quotes.state import RfqState


def close_rfq(session: Session, rfq: Rfq, *, viewer: Viewer) -> Rfq:
    """
    Close a request whose deadline has passed: its quotes are open and its rates frozen.

    Closing what is closed changes nothing: the clock, or somebody else, was faster.

    Raises
    ------
    Conflict
        If the deadline has not passed, or the request is not open.
    """
    require(viewer, Permission.OPEN_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, rfq)
    if rfq.state == RfqState.CLOSED:
        return rfq
    if rfq.state == RfqState.OPEN and not rfq.is_due:
        raise Conflict(
            "The deadline has not passed by the database's clock. Until then the quotes are sealed "
            "and the request stays open; it can be cancelled."
        )
    if rfq.state != RfqState.OPEN:
        raise state.rfq_refusal(RfqState(rfq.state))
    return close_due(session, rfq)


def close_due(session: Session, rfq: Rfq) -> Rfq:
    """Write down that a locked request's deadline has passed, if it has and nobody has yet."""
    if rfq.state != RfqState.OPEN or not rfq.is_due:
        return rfq
    rfq.state = RfqState.CLOSED
    rfq.closed_at = func.clock_timestamp()
    base = rfq.currency
    rfq.rates = {
        "base": base,
        "rates": {
            code: {
                "rate": f"{found.rate:f}",
                "date": found.on_date.isoformat(),
                "source": found.source,
            }
            for code, found in rule_queries.latest_rates(session, base).items()
        },
    }
    touch(rfq)
    session.flush()
    # The portal's own doing, whoever asked first: what opened the quotes is the clock.
    events.record(session, rfq, "rfq.closed", actor=PORTAL, states=(RfqState.OPEN, RfqState.CLOSED))
    notices.tell_buyers(session, rfq, "closed")
    session.expire(rfq, ["is_due", "is_sealed", "closed_at"])
    return rfq


def cancel_rfq(session: Session, rfq: Rfq, reason: str | None, *, viewer: Viewer) -> Rfq:
    """
    Give a request up; what was quoted before the deadline stays sealed for good.

    Raises
    ------
    Conflict
        If it has ended already, or a lot of it is awarded.
    """
    require(viewer, Permission.OPEN_REQUESTS)
    rfq = close_due(session, rfq_queries.lock_rfq(session, rfq))
    after = state.next_rfq_state(rfq.state, "cancel")
    if any(lot.award is not None and lot.award.quote_line_id is not None for lot in rfq.lots):
        raise Conflict(
            "A lot of this request is awarded, so the request cannot be cancelled. Declare the "
            "others unawarded."
        )
    before = rfq.state
    was_told = rfq.opened_at is not None
    rfq.state = after
    rfq.cancel_reason = (reason or "").strip() or None
    rfq.ended_at = func.clock_timestamp()
    touch(rfq)
    session.flush()
    events.record(session, rfq, "rfq.cancelled", actor=viewer, states=(before, after))
    if was_told:
        notices.tell_all(session, rfq, "cancelled")
    return rfq_queries.get_rfq(session, rfq.public_id, viewer)
