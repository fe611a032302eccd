"""What buyers and approvers do with a request: write, open, amend, extend, close, cancel."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require, require_account
from app.audit import PORTAL
from app.errors import Conflict, Forbidden, InvalidInput, StaleVersion
from app.quotes import events, notices, queries, state
from app.quotes.content import LotIn, RfqIn, to_json
from app.quotes.models import Amendment, Lot, Rfq
from app.quotes.pricing.money import MINOR_DIGITS
from app.quotes.state import RfqState

# What can be said of a request beside its lots, and what its column is.
_PLAIN = ("title", "description", "deadline", "questions_until", "currency", "budget")
# Of an open request these stay: what was quoted must mean the same for all.
_FIXED_WHEN_OPEN = ("currency", "deadline", "budget")


def create_rfq(
    session: Session, body: RfqIn, *, viewer: Viewer, origin: dict[str, Any] | None = None
) -> Rfq:
    """
    Make a draft of a request.

    Raises
    ------
    NotSignedIn, Forbidden
        If the viewer writes no requests.
    InvalidInput
        If something in it cannot be.
    """
    require(viewer, Permission.EDIT_REQUESTS)
    check(session, body)
    rfq = Rfq(
        number=queries.next_number(session),
        owner_id=require_account(viewer),
        owner_name=viewer.name,
        origin=origin,
        lots=[],
        invitations=[],
        **_values(body),
    )
    session.add(rfq)
    _put_lots(rfq, body.lots)
    session.flush()
    events.record(session, rfq, "rfq.created", actor=viewer, states=(None, RfqState.DRAFT))
    return queries.get_rfq(session, rfq.public_id, viewer)


def change_rfq(
    session: Session,
    rfq: Rfq,
    body: RfqIn,
    *,
    viewer: Viewer,
    revision: int | None = None,
    summary: str | None = None,
) -> Rfq:
    """
    Put another content in the place of a draft's, or amend an open request.

    Amending needs a `summary` of what changed: everybody invited is told it. Lots are matched by
    their id; an open request keeps all its lots.

    Raises
    ------
    StaleVersion
        If somebody else changed the request since `revision`.
    Conflict
        If the request is closed, or an open one were to lose what quotes answer to.
    InvalidInput
        If something in it cannot be.
    """
    require(viewer, Permission.EDIT_REQUESTS)
    rfq = queries.lock_rfq(session, rfq)
    _check_revision(rfq, revision)
    verb = "edit" if rfq.state == RfqState.DRAFT else "amend"
    state.next_rfq_state(rfq.effective_state, verb)
    check(session, body)
    before = to_json(body_of(rfq))
    if verb == "amend":
        _refuse_changed_basis(rfq, body)
    for name, value in _values(body).items():
        setattr(rfq, name, value)
    _put_lots(rfq, body.lots)
    _touch(rfq)
    session.flush()
    if verb == "amend":
        _amend(session, rfq, before, summary, viewer)
    else:
        events.record(session, rfq, "rfq.edited", actor=viewer)
    return queries.get_rfq(session, rfq.public_id, viewer)


def request_approval(session: Session, rfq: Rfq, *, viewer: Viewer) -> Rfq:
    """Ask the approvers to open a request that is above the threshold."""
    require(viewer, Permission.EDIT_REQUESTS)
    rfq = queries.lock_rfq(session, rfq)
    state.next_rfq_state(rfq.effective_state, "request_approval")
    _require_complete(rfq)
    rfq.approval_requested_at = func.clock_timestamp()
    _touch(rfq)
    session.flush()
    events.record(session, rfq, "rfq.approval_requested", actor=viewer)
    notices.tell_approvers(session, rfq)
    return queries.get_rfq(session, rfq.public_id, viewer)


def needs_approver(session: Session, rfq: Rfq) -> bool:
    """
    Whether only an approver may open a request.

    Above the threshold, and, since nobody knows that it is not, where the request has no budget
    or its currency has no rate to the threshold's.
    """
    settings = queries.get_settings(session)
    if settings.approval_threshold is None:
        return False
    if rfq.budget is None:
        return True
    rate = Decimal(1)
    if rfq.currency != settings.base_currency:
        found = queries.latest_rates(session, settings.base_currency).get(rfq.currency)
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
    rfq = queries.lock_rfq(session, rfq)
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
    _touch(rfq)
    session.flush()
    events.record(session, rfq, "rfq.opened", actor=viewer, states=(RfqState.DRAFT, after))
    for invitation in rfq.invitations:
        notices.tell_invited(session, rfq, invitation, base_url=base_url)
    return queries.get_rfq(session, rfq.public_id, viewer)


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
    rfq = queries.lock_rfq(session, rfq)
    state.next_rfq_state(rfq.effective_state, "extend")
    before = rfq.deadline
    if before is None or deadline <= before:
        raise InvalidInput(
            "A deadline moves only later: nobody loses time that they were promised.",
            field="deadline",
        )
    rfq.deadline = deadline
    _touch(rfq)
    session.flush()
    events.record(
        session,
        rfq,
        "rfq.extended",
        actor=viewer,
        detail={"before": before.isoformat(), "after": deadline.isoformat()},
    )
    rfq = queries.get_rfq(session, rfq.public_id, viewer)
    notices.tell_all(session, rfq, "extended")
    return rfq


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
    rfq = queries.lock_rfq(session, rfq)
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
            for code, found in queries.latest_rates(session, base).items()
        },
    }
    _touch(rfq)
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
    rfq = close_due(session, queries.lock_rfq(session, rfq))
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
    _touch(rfq)
    session.flush()
    events.record(session, rfq, "rfq.cancelled", actor=viewer, states=(before, after))
    if was_told:
        notices.tell_all(session, rfq, "cancelled")
    return queries.get_rfq(session, rfq.public_id, viewer)


def body_of(rfq: Rfq) -> RfqIn:
    """Return a request's content as it would be sent."""
    return RfqIn.model_validate(
        {
            **{name: getattr(rfq, name) for name in _PLAIN},
            "terms": rfq.terms,
            "criteria": rfq.criteria["criteria"] if rfq.criteria else None,
            "lots": [
                {
                    "id": lot.public_id,
                    **{name: getattr(lot, name) for name in LotIn.model_fields if name != "id"},
                }
                for lot in rfq.lots
            ],
        }
    )


def check(session: Session, body: RfqIn) -> None:
    """
    Refuse what cannot be in any state of a request.

    Raises
    ------
    InvalidInput
        With the field.
    """
    check_currency(body.currency)
    now = queries.database_now(session)
    if body.deadline and body.questions_until and body.questions_until > body.deadline:
        raise InvalidInput(
            "Questions end at the latest with the deadline.", field="questions_until"
        )
    if body.deadline is not None and body.deadline <= now:
        raise InvalidInput(
            "The deadline has passed by the database's clock. Write one in the future.",
            field="deadline",
        )


def check_currency(code: str, *, field: str = "currency") -> None:
    """
    Refuse a code that ISO 4217 does not have.

    Raises
    ------
    InvalidInput
        With the code.
    """
    if code not in MINOR_DIGITS:
        raise InvalidInput(
            "%(currency)s is not a currency of ISO 4217, such as CNY, USD or EUR.",
            field=field,
            currency=code,
        )


def _values(body: RfqIn) -> dict[str, Any]:
    return {
        **{name: getattr(body, name) for name in _PLAIN},
        "description": body.description or None,
        "terms": to_json(body.terms),
        "criteria": {"criteria": [to_json(one) for one in body.criteria]}
        if body.criteria is not None
        else None,
    }


def _put_lots(rfq: Rfq, wanted: list[LotIn]) -> None:
    known = {lot.public_id: lot for lot in rfq.lots}
    kept = []
    for number, one in enumerate(wanted, start=1):
        lot = known.pop(one.id, None) if one.id else None
        if lot is None:
            if one.id:
                raise InvalidInput(
                    "The request has no lot with the id %(id)s, or it is named twice.",
                    field="lots",
                    id=one.id,
                )
            lot = Lot()
        lot.number = number
        for name in LotIn.model_fields:
            if name not in {"id", "requirements"}:
                setattr(lot, name, getattr(one, name))
        lot.requirements = to_json(one.requirements)
        kept.append(lot)
    rfq.lots = kept


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


def _refuse_changed_basis(rfq: Rfq, body: RfqIn) -> None:
    for name in _FIXED_WHEN_OPEN:
        if getattr(body, name) != getattr(rfq, name):
            if name == "deadline":
                raise Conflict(
                    "The deadline of an open request is extended, not edited.", field=name
                )
            raise Conflict(
                "The currency and the budget of an open request stay: quotes rest on them.",
                field=name,
            )
    sent = {lot.id for lot in body.lots}
    if any(lot.public_id not in sent for lot in rfq.lots):
        raise Conflict(
            "An open request keeps its lots: vendors may have quoted them. Cancel it, or declare "
            "the lot unawarded later.",
            field="lots",
        )


def _amend(
    session: Session, rfq: Rfq, before: dict[str, Any], summary: str | None, viewer: Viewer
) -> None:
    after = to_json(body_of(rfq))
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if not changed:
        return
    text = (summary or "").strip()
    if not text:
        raise InvalidInput(
            "Say in a sentence what changed: every invited vendor is told.", field="summary"
        )
    rfq.amendment += 1
    session.add(
        Amendment(
            rfq_id=rfq.id,
            number=rfq.amendment,
            summary=text[:2_000],
            before={name: before.get(name) for name in changed},
            after={name: after.get(name) for name in changed},
            made_by_name=viewer.name,
        )
    )
    session.flush()
    events.record(
        session,
        rfq,
        "rfq.amended",
        actor=viewer,
        detail={"number": rfq.amendment, "fields": changed},
    )
    notices.tell_all(session, rfq, "amended")


def _check_revision(rfq: Rfq, revision: int | None) -> None:
    if revision is not None and revision != rfq.revision:
        raise StaleVersion(
            "Somebody else changed the request since you read it: it is at revision %(now)s, you "
            "changed revision %(yours)s. Nothing was overwritten; load it again.",
            now=rfq.revision,
            yours=revision,
        )


def _touch(rfq: Rfq) -> None:
    rfq.revision += 1
    rfq.updated_at = func.clock_timestamp()
