"""Ask for approval, open a request to its vendors, and give them more time."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import func
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import Forbidden, InvalidInput
from app.quotes import events, notices, state
from app.quotes.models.rfq import Rfq
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries import rules as rule_queries
from app.quotes.requests import touch
from app.quotes.state import RfqState


def request_approval(session: Session, rfq: Rfq, *, viewer: Viewer) -> Rfq:
    """Ask the approvers to open a request that is above the threshold."""
    require(viewer, Permission.EDIT_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, rfq)
    state.next_rfq_state(rfq.effective_state, "request_approval")
    _require_complete(rfq)
    rfq.approval_requested_at = func.clock_timestamp()
    touch(rfq)
    session.flush()
    events.record(session, rfq, "rfq.approval_requested", actor=viewer)
    notices.tell_approvers(session, rfq)
    return rfq_queries.get_rfq(session, rfq.public_id, viewer)


def needs_approver(session: Session, rfq: Rfq) -> bool:
    """
    Whether only an approver may open a request.

    Above the threshold, and, since nobody knows that it is not, where the request has no budget
    or its currency has no rate to the threshold's.
    """
    settings = rule_queries.get_settings(session)
    if settings.approval_threshold is None:
        return False
    if rfq.budget is None:
        return True
    rate = Decimal(1)
    if rfq.currency != settings.base_currency:
        found = rule_queries.latest_rates(session, settings.base_currency).get(rfq.currency)
        if found is None:
            return True
        rate = found.rate
    return rfq.budget * rate > settings.approval_threshold


def open_rfq(session: Session, rfq: Rfq, *, viewer: Viewer, base_url: str) -> Rfq:
    """
    Open a request: from now on its vendors may read and answer it.

    Raises
    ------
    Forbidden
        If it is above the threshold and the viewer is no approver.
    InvalidInput
        If it lacks what a vendor must know.
    Conflict
        If it is not a draft.
    """
    require(viewer, Permission.OPEN_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, rfq)
    after = state.next_rfq_state(rfq.effective_state, "open")
    _require_complete(rfq)
    if needs_approver(session, rfq) and not viewer.can(Permission.OPEN_LARGE_REQUESTS):
        raise Forbidden(
            "Above the team's threshold, or without a budget to tell, an approver opens a request. "
            "Ask for approval; the draft is kept."
        )
    rfq.state = after
    rfq.opened_at = func.clock_timestamp()
    rfq.opened_by_id, rfq.opened_by_name = viewer.account_id, viewer.name
    touch(rfq)
    session.flush()
    events.record(session, rfq, "rfq.opened", actor=viewer, states=(RfqState.DRAFT, after))
    for invitation in rfq.invitations:
        notices.tell_invited(session, rfq, invitation, base_url=base_url)
    return rfq_queries.get_rfq(session, rfq.public_id, viewer)


def extend_deadline(session: Session, rfq: Rfq, deadline: datetime, *, viewer: Viewer) -> Rfq:
    """
    Give vendors more time, before the deadline has passed; all invited are told.

    Raises
    ------
    Conflict
        If the request is not open any more.
    InvalidInput
        If the new deadline is not later than the old one.
    """
    require(viewer, Permission.OPEN_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, rfq)
    state.next_rfq_state(rfq.effective_state, "extend")
    before = rfq.deadline
    if before is None or deadline <= before:
        raise InvalidInput(
            "A deadline moves only later: nobody loses time that they were promised.",
            field="deadline",
        )
    rfq.deadline = deadline
    touch(rfq)
    session.flush()
    events.record(
        session,
        rfq,
        "rfq.extended",
        actor=viewer,
        detail={"before": before.isoformat(), "after": deadline.isoformat()},
    )
    rfq = rfq_queries.get_rfq(session, rfq.public_id, viewer)
    notices.tell_all(session, rfq, "extended")
    return rfq


def _require_complete(rfq: Rfq) -> None:
    if not rfq.lots:
        raise InvalidInput(
            "Add a lot first: what is asked for, in which unit and volume.", field="lots"
        )
    if rfq.deadline is None:
        raise InvalidInput("Set the deadline for quotes first.", field="deadline")
    if rfq.is_due:
        raise InvalidInput(
            "The deadline has passed by the database's clock. Write one in the future.",
            field="deadline",
        )
