"""What the API says of awards and events."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from app.accounts.viewers import Viewer
from app.quotes import events
from app.quotes.models.quote import Award
from app.quotes.models.record import Event
from app.quotes.models.rfq import Lot
from app.quotes.state import LotOutcome


class AwardOut(BaseModel):
    """How a lot ended."""

    lot: str
    lot_number: int
    outcome: LotOutcome
    quote: str | None
    reason: str | None
    awarded_at: datetime
    awarded_by: str
    dataset: str | None
    mixture: str | None


class EventOut(BaseModel):
    """One change of state. `id` is its place in the list; who asked a question is not named."""

    id: int
    at: datetime
    actor: str | None
    action: str
    object_type: str
    object_id: str
    before: str | None
    after: str | None
    detail: dict[str, Any]


class EventList(BaseModel):
    """What happened to a request, the first first."""

    items: list[EventOut]
    total: int


def award_out(award: Award, lot: Lot, quote_id: str | None) -> AwardOut:
    """Return how a lot ended, for the team."""
    return AwardOut(
        lot=lot.public_id,
        lot_number=lot.number,
        outcome=LotOutcome(award.outcome),
        quote=quote_id,
        reason=award.reason,
        awarded_at=award.awarded_at,
        awarded_by=award.awarded_by_name,
        dataset=award.dataset_slug,
        mixture=award.offered_to,
    )


def event_out(event: Event, place: int, viewer: Viewer) -> EventOut:
    """
    Return an event as its reader may know it.

    Its number in the database would tell a vendor how much others did in between.
    """
    return EventOut(
        id=place,
        at=event.at,
        actor=event.actor_name if events.names_actor(event, viewer) else None,
        action=event.action,
        object_type=event.object_type,
        object_id=event.object_id,
        before=event.before_state,
        after=event.after_state,
        detail=event.detail,
    )
