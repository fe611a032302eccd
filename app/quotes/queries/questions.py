"""Load questions: a vendor its own and the answered ones."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.errors import NotFound
from app.quotes.models.papers import Question
from app.quotes.models.rfq import Invitation, Rfq


def list_questions(session: Session, rfq: Rfq, viewer: Viewer) -> Sequence[Question]:
    """Return the questions: to vendors the answered ones and their own."""
    return session.scalars(_readable(rfq, viewer).order_by(Question.id)).all()


def get_readable_question(
    session: Session, rfq: Rfq, public_id: str, viewer: Viewer, *, lock: bool = False
) -> Question:
    """
    Return a question that a viewer may know of.

    Raises
    ------
    NotFound
        If there is none of that id for them.
    """
    statement = _readable(rfq, viewer).where(Question.public_id == public_id)
    found = session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound("There is no such question.")
    return found


def _readable(rfq: Rfq, viewer: Viewer) -> Select[Question]:
    statement = select(Question).where(Question.rfq_id == rfq.id)
    if viewer.is_team:
        return statement
    own = select(Invitation.id).where(
        Invitation.rfq_id == rfq.id, Invitation.organisation_id == viewer.organisation_id
    )
    return statement.where(or_(Question.answered_at.is_not(None), Question.invitation_id.in_(own)))


def get_question(session: Session, rfq: Rfq, public_id: str, *, lock: bool = False) -> Question:
    """
    Return a question of a request, for the team.

    Raises
    ------
    NotFound
        If there is none of that id.
    """
    statement = select(Question).where(Question.rfq_id == rfq.id, Question.public_id == public_id)
    found = session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound("There is no such question.")
    return found
