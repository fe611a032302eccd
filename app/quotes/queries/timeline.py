"""Load what happened to a request, as far as a viewer may know."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.quotes.models.papers import Amendment
from app.quotes.models.record import Event
from app.quotes.models.rfq import Invitation, Rfq
from app.quotes.state import InvitationState

# What every invited vendor is told of.
TOLD_TO_ALL = (
    "rfq.opened",
    "rfq.amended",
    "rfq.extended",
    "rfq.closed",
    "rfq.cancelled",
    "question.answered",
    "question.supplemented",
)


def list_events(session: Session, rfq: Rfq, viewer: Viewer) -> Sequence[Event]:
    """
    Return what happened to a request, the first first.

    Vendors see what they did and what concerns all. Until the deadline the team sees nothing of
    what vendors did with quotes, nor that they did.
    """
    statement = select(Event).where(Event.rfq_id == rfq.id).order_by(Event.id)
    if viewer.is_team:
        if rfq.is_sealed:
            statement = statement.where(Event.object_type != "quote", ~_shows_a_quote())
    else:
        own = select(Invitation.id).where(
            Invitation.rfq_id == rfq.id, Invitation.organisation_id == viewer.organisation_id
        )
        statement = statement.where(
            or_(
                Event.invitation_id.in_(own),
                and_(Event.invitation_id.is_(None), Event.action.in_(TOLD_TO_ALL)),
            )
        )
    return session.scalars(statement).all()


def _shows_a_quote() -> ColumnElement[bool]:
    return and_(
        Event.object_type == "invitation",
        or_(
            Event.after_state == InvitationState.QUOTED,
            Event.before_state == InvitationState.QUOTED,
        ),
    )


def list_amendments(session: Session, rfq: Rfq) -> Sequence[Amendment]:
    """Return what was changed after a request was opened, the first first."""
    return session.scalars(
        select(Amendment).where(Amendment.rfq_id == rfq.id).order_by(Amendment.number)
    ).all()
