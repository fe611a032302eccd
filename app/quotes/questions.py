"""Questions of vendors and the buyer's answers, which all invited see without who asked."""

from sqlalchemy import func
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import Conflict, InvalidInput
from app.quotes import events, notices, state
from app.quotes.models.papers import Question
from app.quotes.models.rfq import Rfq
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import questions as question_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.state import RfqState

MAX_QUESTION = 4_000
MAX_OPEN_QUESTIONS = 50


def ask(session: Session, rfq: Rfq, body: str, *, viewer: Viewer) -> Question:
    """
    Ask the buyer something, before questions end.

    Raises
    ------
    Conflict
        If the request is not open, or its time for questions is over.
    InvalidInput
        If there is no question, or it is too long.
    """
    rfq = rfq_queries.lock_rfq(session, rfq, share=True)
    invitation = invitation_queries.get_own_invitation(session, rfq, viewer, lock=True)
    if rfq.effective_state is not RfqState.OPEN:
        raise state.rfq_refusal(rfq.effective_state)
    if rfq.questions_until is not None and rfq_queries.database_now(session) >= rfq.questions_until:
        raise Conflict("The time for questions is over. The quote can still be submitted.")
    text = _read(body, "question")
    asked = [
        one
        for one in question_queries.list_questions(session, rfq, viewer)
        if one.invitation_id == invitation.id and one.answer is None
    ]
    if len(asked) >= MAX_OPEN_QUESTIONS:
        raise Conflict(
            "Your organisation has 50 questions without an answer. Wait for answers first."
        )
    question = Question(rfq_id=rfq.id, invitation_id=invitation.id, body=text)
    session.add(question)
    session.flush()
    events.record(
        session,
        rfq,
        "question.asked",
        actor=viewer,
        of=("question", question.public_id),
        states=(None, "asked"),
        invitation=invitation,
    )
    notices.tell_buyers(session, rfq, "asked")
    return question


def answer(
    session: Session, rfq: Rfq, question: Question, text: str, *, viewer: Viewer
) -> Question:
    """
    Answer a question; question and answer are told to all invited.

    Raises
    ------
    Conflict
        If it is answered already, or the request is not open.
    """
    require(viewer, Permission.EDIT_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, rfq)
    state.next_rfq_state(rfq.effective_state, "answer")
    question = question_queries.get_question(session, rfq, question.public_id, lock=True)
    if question.answer is not None:
        raise Conflict("This question is answered already. Say more in an amendment.")
    question.answer = _read(text, "answer")
    question.answered_at = func.clock_timestamp()
    question.answered_by_name = viewer.name
    session.flush()
    events.record(
        session,
        rfq,
        "question.answered",
        actor=viewer,
        of=("question", question.public_id),
        states=("asked", "answered"),
    )
    notices.tell_all(session, rfq, "answered")
    return question


def _read(text: str, field: str) -> str:
    clean = text.strip()
    if not clean or len(clean) > MAX_QUESTION:
        raise InvalidInput(
            "Write between 1 and %(most)s characters.", field=field, most=MAX_QUESTION
        )
    return clean
