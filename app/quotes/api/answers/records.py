"""What the API says of questions, awards and events."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from app.quotes.models.papers import Question
from app.quotes.models.quote import Award
from app.quotes.models.record import Event
from app.quotes.models.rfq import Invitation, Lot
from app.quotes.state import LotOutcome


class QuestionOut(BaseModel):
    """A question; never who asked it. `is_own` marks one's own."""

    id: str
    question: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None
    is_own: bool


class QuestionList(BaseModel):
    """The questions of a request."""

    items: list[QuestionOut]
    total: int


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
    """One change of state."""

    id: int
    at: datetime
    actor: str
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


def question_out(question: Question, own: Invitation | None) -> QuestionOut:
    """Return a question without who asked it."""
    return QuestionOut(
        id=question.public_id,
        question=question.body,
        asked_at=question.asked_at,
        answer=question.answer,
        answered_at=question.answered_at,
        is_own=own is not None and question.invitation_id == own.id,
    )


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


def event_out(event: Event) -> EventOut:
    """Return an event."""
    return EventOut(
        id=event.id,
        at=event.at,
        actor=event.actor_name,
        action=event.action,
        object_type=event.object_type,
        object_id=event.object_id,
        before=event.before_state,
        after=event.after_state,
        detail=event.detail,
    )
