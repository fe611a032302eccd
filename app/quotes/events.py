"""One event per change of state, in the change's own transaction; what the team did is audited."""

from typing import Any

from sqlalchemy.orm import Session

from app import audit, logs
from app.accounts.viewers import Viewer
from app.quotes.models.quote import Quote
from app.quotes.models.record import Event
from app.quotes.models.rfq import Invitation, Rfq

RFQ = "rfq"
LOT = "lot"
INVITATION = "invitation"
QUOTE = "quote"


# What nobody but the vendor itself learns the doer of.
UNNAMED = ("question.asked", "question.file_added")


def names_actor(event: Event, viewer: Viewer) -> bool:
    """Whether a reader learns who did it: who asks a question stays unnamed to the team too."""
    is_vendor_s = event.invitation_id is not None
    return not (viewer.is_team and is_vendor_s and event.action in UNNAMED)


def record(
    session: Session,
    rfq: Rfq,
    action: str,
    *,
    actor: audit.Actor,
    of: tuple[str, str] | None = None,
    states: tuple[str | None, str | None] = (None, None),
    invitation: Invitation | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """
    Add one event to the transaction.

    `of` is the type and the id of what changed, the request itself by default; `states` are the
    ones before and after. `detail` never holds an amount: events are read while quotes are
    sealed. What a vendor did is not in the audit trail, which administrators read.
    """
    object_type, object_id = of or (RFQ, rfq.public_id)
    session.add(
        Event(
            rfq_id=rfq.id,
            invitation_id=invitation.id if invitation else None,
            actor_id=actor.account_id,
            actor_name=actor.name,
            action=action,
            object_type=object_type,
            object_id=object_id,
            before_state=states[0],
            after_state=states[1],
            detail=detail or {},
            request_id=logs.request_id.get() or None,
        )
    )
    if not isinstance(actor, Viewer) or actor.is_team:
        audit.record(
            session,
            actor=actor,
            action=action,
            object_type="rfq",
            object_id=rfq.public_id,
            before={"state": states[0]} if states[0] else None,
            after={"number": rfq.number, **({"state": states[1]} if states[1] else {})},
        )


def record_quote(
    session: Session,
    quote: Quote,
    action: str,
    *,
    actor: audit.Actor,
    before: str | None,
    invitation: Invitation,
) -> None:
    """Add the event of a quote, which nobody but its vendor reads before the deadline."""
    record(
        session,
        quote.rfq,
        action,
        actor=actor,
        of=(QUOTE, quote.public_id),
        states=(before, quote.state),
        invitation=invitation,
        detail={"revision": quote.revision},
    )
