"""Questions, answers and their files as JSON: never who asked."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.quotes import question_files, questions
from app.quotes.api.answers.files import QuestionFileOut, question_file_out
from app.quotes.api.filing import Sent, form_with_file
from app.quotes.api.once import answer, once
from app.quotes.api.rfqs import Id
from app.quotes.content.values import Strict, Text
from app.quotes.models.papers import Question
from app.quotes.models.rfq import Rfq
from app.quotes.queries import questions as question_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.question_files import Asked

router = APIRouter(prefix="/api/v1", tags=["quotes"])

QuestionId = Annotated[str, Path(max_length=40)]


class QuestionIn(Strict):
    """What a vendor wants to know."""

    question: Text


class AnswerIn(Strict):
    """What the buyer answers, to all."""

    answer: Text


class QuestionOut(BaseModel):
    """A question; never who asked it. `is_own` marks one's own."""

    id: str
    question: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None
    is_own: bool
    files: list[QuestionFileOut]


class QuestionList(BaseModel):
    """The questions of a request."""

    items: list[QuestionOut]
    total: int


@router.get("/rfqs/{rfq_id}/questions", name="quotes.api.questions")
def list_questions(session: DbSession, viewer: CurrentViewer, rfq_id: Id) -> QuestionList:
    """List questions and answers; who asked is not said."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    found = [_out(one) for one in question_files.list_asked(session, rfq, viewer)]
    return QuestionList(items=found, total=len(found))


@router.post(
    "/rfqs/{rfq_id}/questions",
    name="quotes.api.questions.ask",
    status_code=201,
    response_model=QuestionOut,
)
def ask(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: Id, body: QuestionIn
) -> Response:
    """Ask the buyer, before questions end."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)

    def change() -> Response:
        question = questions.ask(session, rfq, body.question, viewer=viewer)
        return answer(_shown(session, rfq, viewer, question), 201)

    return once(request, session, viewer, body, change)


@router.post(
    "/rfqs/{rfq_id}/questions/{question_id}/answer",
    name="quotes.api.questions.answer",
    response_model=QuestionOut,
)
def answer_question(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    *,
    rfq_id: Id,
    question_id: QuestionId,
    body: AnswerIn,
) -> Response:
    """Answer a question to all who are invited; what was attached before goes with it."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    require(viewer, Permission.EDIT_REQUESTS)
    question = question_queries.get_question(session, rfq, question_id)

    def change() -> Response:
        answered = questions.answer(session, rfq, question, body.answer, viewer=viewer)
        return answer(_shown(session, rfq, viewer, answered))

    return once(request, session, viewer, body, change)


@router.post(
    "/rfq-files/{rfq_id}/questions/{question_id}",
    name="quotes.api.questions.attach",
    status_code=201,
    openapi_extra=form_with_file(),
)
def attach(
    session: DbSession,
    viewer: CurrentViewer,
    *,
    rfq_id: Id,
    question_id: QuestionId,
    sent: Sent,
) -> QuestionFileOut:
    """Attach a file to one's own question, or to the answer."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    question = question_queries.get_readable_question(session, rfq, question_id, viewer)
    made = question_files.attach(session, rfq, question, sent.require_file(), viewer=viewer)
    return question_file_out(made, is_own=not viewer.is_team)


def _shown(session: Session, rfq: Rfq, viewer: Viewer, question: Question) -> QuestionOut:
    asked = question_files.list_asked(session, rfq, viewer)
    return next(_out(one) for one in asked if one.question is question)


def _out(one: Asked) -> QuestionOut:
    question = one.question
    return QuestionOut(
        id=question.public_id,
        question=question.body,
        asked_at=question.asked_at,
        answer=question.answer,
        answered_at=question.answered_at,
        is_own=one.is_own,
        files=[question_file_out(file, is_own=one.is_own) for file in one.files],
    )
