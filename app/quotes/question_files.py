"""
Files of questions and of their answers, which all invited read without who asked.

A file's name often says whose it is, so a vendor's file gets a name of its own here; only its
sender sees what it was called. What a file says inside is the sender's to take out, and the page
says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import Conflict
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


def attach(
    session: Session,
    rfq: Rfq,
    question: Question,
    received: ReceivedFile,
    *,
    viewer: Viewer,
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
        return _attach_to_answer(session, rfq, question, received, viewer)
    require(viewer, Permission.ANSWER_REQUESTS)
    return _attach_to_own(session, rfq, question, received, viewer)


@dataclass(frozen=True)
class Asked:
    """A question with its files and those of its answer; `is_own` is for who asked."""

    question: Question
    is_own: bool
    files: Sequence[Attachment]

    @property
    def asked_files(self) -> list[tuple[Attachment, str]]:
        """The files that came with the question, each with its name to the reader."""
        return self._named(is_of_answer=False)

    @property
    def answer_files(self) -> list[tuple[Attachment, str]]:
        """The files that came with the answer, each with its name."""
        return self._named(is_of_answer=True)

    def _named(self, *, is_of_answer: bool) -> list[tuple[Attachment, str]]:
        return [
            (file, file.name_for(is_sender=self.is_own))
            for file in self.files
            if file.is_of_answer is is_of_answer
        ]


def list_asked(session: Session, rfq: Rfq, viewer: Viewer) -> list[Asked]:
    """Return the questions that a viewer may read, with their files."""
    own = invitation_queries.find_invitation(session, rfq, viewer)
    files = attachment_queries.list_question_files(session, rfq, viewer)
    return [
        Asked(
            one,
            is_own=own is not None and one.invitation_id == own.id,
            files=files.get(one.id, ()),
        )
        for one in question_queries.list_questions(session, rfq, viewer)
    ]


def _attach_to_own(
    session: Session, rfq: Rfq, question: Question, received: ReceivedFile, viewer: Viewer
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
    given, number = received.name, sum(not one.is_of_answer for one in present) + 1
    received.name = f"question-attachment-{number}{extension(given)}"
    made = filing.keep(
        session, rfq, received, present, viewer=viewer, given_name=given, question_id=question.id
    )
    _record(session, rfq, question, made, "question.file_added", viewer, invitation=invitation)
    return made


def _attach_to_answer(
    session: Session, rfq: Rfq, question: Question, received: ReceivedFile, viewer: Viewer
) -> Attachment:
    rfq = rfq_queries.lock_rfq(session, rfq)
    state.next_rfq_state(rfq.effective_state, "answer")
    question = question_queries.get_question(session, rfq, question.public_id, lock=True)
    present = attachment_queries.list_attachments(session, rfq, question_id=question.id)
    made = filing.keep(session, rfq, received, present, viewer=viewer, question_id=question.id)
    if question.answer is None:
        _record(session, rfq, question, made, "question.file_added", viewer)
    else:
        _record(session, rfq, question, made, "question.supplemented", viewer)
        notices.tell_all(session, rfq, "answered")
    return made


def _record(  # noqa: PLR0917  what happened to which file of which question
    session: Session,
    rfq: Rfq,
    question: Question,
    attachment: Attachment,
    action: str,
    viewer: Viewer,
    invitation: Invitation | None = None,
) -> None:
    events.record(
        session,
        rfq,
        action,
        actor=viewer,
        of=("question", question.public_id),
        invitation=invitation,
        detail=filing.facts(attachment),
    )
