"""Load the files of requests, questions and quotes, and say who may read them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session, joinedload

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer
from app.errors import NotFound
from app.files.models import StoredFile
from app.quotes.models.papers import Attachment, Question
from app.quotes.models.quote import Quote
from app.quotes.models.rfq import Invitation, Rfq
from app.quotes.queries.quotes import may_read_quote
from app.quotes.queries.rfqs import is_visible


def list_attachments(
    session: Session, rfq: Rfq, *, quote_id: int | None = None, question_id: int | None = None
) -> Sequence[Attachment]:
    """Return the files of a request, or of one of its quotes or questions, newest version last."""
    return session.scalars(
        select(Attachment)
        .where(
            Attachment.rfq_id == rfq.id,
            Attachment.quote_id.is_not_distinct_from(quote_id),
            Attachment.question_id.is_not_distinct_from(question_id),
            Attachment.removed_at.is_(None),
        )
        .options(joinedload(Attachment.file))
        .order_by(Attachment.role, Attachment.series, Attachment.version)
    ).all()


def get_attachment(
    session: Session, rfq: Rfq, public_id: str, *, quote_id: int | None = None
) -> Attachment:
    """
    Return a file of a request, or of one of its quotes.

    Raises
    ------
    NotFound
        If there is none of that id.
    """
    found = session.scalar(
        select(Attachment)
        .where(
            Attachment.rfq_id == rfq.id,
            Attachment.public_id == public_id,
            Attachment.quote_id.is_not_distinct_from(quote_id),
            Attachment.removed_at.is_(None),
        )
        .options(joinedload(Attachment.file))
    )
    if found is None:
        raise NotFound("There is no such file, or it was cleaned up after its time.")
    return found


def list_question_files(
    session: Session, rfq: Rfq, viewer: Viewer
) -> Mapping[int, Sequence[Attachment]]:
    """Return, by question, the files of questions and answers that a viewer may know of."""
    found: defaultdict[int, list[Attachment]] = defaultdict(list)
    statement = (
        select(Attachment)
        .join(Question, Question.id == Attachment.question_id)
        .where(Attachment.rfq_id == rfq.id, _may_read_question_file(viewer))
        .options(joinedload(Attachment.file))
        .order_by(Attachment.id)
    )
    for one in session.scalars(statement):
        if one.question_id is not None:
            found[one.question_id].append(one)
    return found


def _may_read_question_file(viewer: Viewer) -> ColumnElement[bool]:
    """Whether a question's file is for a viewer: vendors see answered ones, and what they sent."""
    if viewer.is_team:
        return true()
    own = (
        select(Invitation.id)
        .where(
            Invitation.id == Question.invitation_id,
            Invitation.organisation_id == viewer.organisation_id,
        )
        .exists()
    )
    return or_(Question.answered_at.is_not(None), and_(own, Attachment.given_name.is_not(None)))


def may_read_file(session: Session, stored: StoredFile, viewer: Viewer) -> bool:
    """Whether a viewer may read what a file is attached to: request, question or sealed quote."""
    if viewer.account_id is None:
        return False
    can_read = (
        viewer.can(Permission.READ_QUOTES)
        if viewer.is_team
        else viewer.can(Permission.ANSWER_REQUESTS)
    )
    of_rfq = (
        select(Attachment.id)
        .join(Rfq, Rfq.id == Attachment.rfq_id)
        .where(
            Attachment.file_id == stored.id,
            Attachment.quote_id.is_(None),
            Attachment.question_id.is_(None),
            Attachment.removed_at.is_(None),
            is_visible(viewer),
        )
    )
    of_question = (
        select(Attachment.id)
        .join(Rfq, Rfq.id == Attachment.rfq_id)
        .join(Question, Question.id == Attachment.question_id)
        .where(Attachment.file_id == stored.id, is_visible(viewer), _may_read_question_file(viewer))
    )
    of_quote = (
        select(Attachment.id)
        .join(Rfq, Rfq.id == Attachment.rfq_id)
        .join(Quote, Quote.id == Attachment.quote_id)
        .join(Invitation, Invitation.id == Quote.invitation_id)
        .where(
            Attachment.file_id == stored.id,
            Attachment.removed_at.is_(None),
            may_read_quote(viewer),
        )
    )
    holds = or_(of_rfq.exists(), of_question.exists(), of_quote.exists())
    return can_read and session.scalar(select(holds)) is True
