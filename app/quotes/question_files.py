"""
Files of questions and of their answers, which all invited read without who asked.

A file's name often says whose it is, so a vendor's file gets a name of its own here; only its
sender sees what it was called. What a file says inside is the sender's to take out, and the page
says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.models import new_public_id
from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import Conflict
from app.files import service as files
from app.files.names import extension
from app.files.receiving import ReceivedFile
from app.quotes import events, filing, notices, state
from app.quotes.models.papers import Attachment, Question
from app.quotes.models.rfq import Invitation, Rfq
from app.quotes.queries import attachments as attachment_queries
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import questions as question_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.state import RfqState
from app.quotes.vocabulary import FileRole


def attach(
    session: Session,
    rfq: Rfq,
    question: Question,
    received: ReceivedFile,
    *,
    viewer: Viewer,
    quota_bytes: int,
) -> Attachment:
    """
    Attach a file to one's own question, or to the answer; the same name again is a new version.

    A file of the team goes out with the answer; one that follows an answer is told to all.

    Raises
    ------
    Conflict
        If the request is not open, a vendor's question is answered, or there are too many files.
    """
    if viewer.is_team:
        require(viewer, Permission.EDIT_REQUESTS)
        return _attach_to_answer(session, rfq, question, received, viewer, quota_bytes)
    require(viewer, Permission.ANSWER_REQUESTS)
    return _attach_to_own(session, rfq, question, received, viewer, quota_bytes)


@dataclass(frozen=True)
class Asked:
    """A question with its files and those of its answer, each with its name to the reader."""

    question: Question
    is_own: bool
    asked_files: Sequence[tuple[Attachment, str]]
    answer_files: Sequence[tuple[Attachment, str]]


def list_asked(session: Session, rfq: Rfq, viewer: Viewer) -> list[Asked]:
    """Return the questions that a viewer may read, with their files."""
    own = invitation_queries.find_invitation(session, rfq, viewer)
    files_of = attachment_queries.list_question_files(session, rfq, viewer)
    found = []
    for one in question_queries.list_questions(session, rfq, viewer):
        is_own = own is not None and one.invitation_id == own.id
        named = [(file, name_shown(file, is_own=is_own)) for file in files_of.get(one.id, [])]
        found.append(
            Asked(
                one,
                is_own,
                asked_files=[pair for pair in named if pair[0].given_name is not None],
                answer_files=[pair for pair in named if pair[0].given_name is None],
            )
        )
    return found


def name_shown(attachment: Attachment, *, is_own: bool) -> str:
    """Return what a file is called: to its sender as they called it."""
    return attachment.given_name if is_own and attachment.given_name else attachment.file.name


def _attach_to_own(  # noqa: PLR0917  what `attach` was given
    session: Session,
    rfq: Rfq,
    question: Question,
    received: ReceivedFile,
    viewer: Viewer,
    quota_bytes: int,
) -> Attachment:
    rfq = rfq_queries.lock_rfq(session, rfq, share=True)
    invitation = invitation_queries.get_own_invitation(session, rfq, viewer, lock=True)
    if rfq.effective_state is not RfqState.OPEN:
        raise state.rfq_refusal(rfq.effective_state)
    question = question_queries.get_readable_question(
        session, rfq, question.public_id, viewer, lock=True
    )
    if question.answer is not None or question.invitation_id != invitation.id:
        raise Conflict("This question is answered already. Ask another one.")
    present = attachment_queries.list_attachments(session, rfq, question_id=question.id)
    filing.refuse_many(len(present))
    given = received.name
    own = [one for one in present if one.given_name is not None]
    earlier = [one for one in own if one.given_name == given]
    received.name = f"question-attachment-{len(own) + 1}{extension(given)}"
    attachment = _keep(session, rfq, question, received, viewer, quota_bytes, earlier)
    attachment.given_name = given
    _record(session, rfq, attachment, question, "question.file_added", viewer, invitation)
    return attachment


def _attach_to_answer(  # noqa: PLR0917  what `attach` was given
    session: Session,
    rfq: Rfq,
    question: Question,
    received: ReceivedFile,
    viewer: Viewer,
    quota_bytes: int,
) -> Attachment:
    rfq = rfq_queries.lock_rfq(session, rfq)
    state.next_rfq_state(rfq.effective_state, "answer")
    question = question_queries.get_question(session, rfq, question.public_id, lock=True)
    present = attachment_queries.list_attachments(session, rfq, question_id=question.id)
    filing.refuse_many(len(present))
    earlier = [one for one in present if one.given_name is None and one.file.name == received.name]
    attachment = _keep(session, rfq, question, received, viewer, quota_bytes, earlier)
    if question.answer is None:
        _record(session, rfq, attachment, question, "question.file_added", viewer)
    else:
        _record(session, rfq, attachment, question, "question.supplemented", viewer)
        notices.tell_all(session, rfq, "answered")
    return attachment


def _keep(  # noqa: PLR0917  a file, where it goes and who sends it
    session: Session,
    rfq: Rfq,
    question: Question,
    received: ReceivedFile,
    viewer: Viewer,
    quota_bytes: int,
    earlier: list[Attachment],
) -> Attachment:
    stored = files.keep_file(
        session, received, created_by_id=viewer.account_id, quota_bytes=quota_bytes
    )
    attachment = Attachment(
        rfq_id=rfq.id,
        question_id=question.id,
        file_id=stored.id,
        file=stored,
        role=FileRole.OTHER,
        series=earlier[-1].series if earlier else new_public_id(),
        version=earlier[-1].version + 1 if earlier else 1,
        added_by_name=viewer.name,
    )
    session.add(attachment)
    session.flush()
    return attachment


def _record(  # noqa: PLR0917  what happened to which file of which question
    session: Session,
    rfq: Rfq,
    attachment: Attachment,
    question: Question,
    action: str,
    viewer: Viewer,
    invitation: Invitation | None = None,
) -> None:
    stored = attachment.file
    events.record(
        session,
        rfq,
        action,
        actor=viewer,
        of=("question", question.public_id),
        invitation=invitation,
        detail={"file": stored.name, "version": attachment.version, "sha256": stored.sha256},
    )
    session.flush()
