"""Write a request, change its draft, or amend it while it is open."""

from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require, require_account
from app.errors import Conflict, InvalidInput, StaleVersion
from app.quotes import events, notices, state
from app.quotes.content.asked import LotIn, RfqIn
from app.quotes.content.values import to_json
from app.quotes.models.papers import Amendment
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.pricing.money import MINOR_DIGITS
from app.quotes.queries import rfqs as rfq_queries
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
        number=rfq_queries.next_number(session),
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
    return rfq_queries.get_rfq(session, rfq.public_id, viewer)


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
    rfq = rfq_queries.lock_rfq(session, rfq)
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
    touch(rfq)
    session.flush()
    if verb == "amend":
        _amend(session, rfq, before, summary, viewer)
    else:
        events.record(session, rfq, "rfq.edited", actor=viewer)
    return rfq_queries.get_rfq(session, rfq.public_id, viewer)


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
    now = rfq_queries.database_now(session)
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


def touch(rfq: Rfq) -> None:
    """Count a change, so that who edits an older revision is told."""
    rfq.revision += 1
    rfq.updated_at = func.clock_timestamp()
