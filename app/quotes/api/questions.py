"""Questions, answers and their files as JSON: never who asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, Viewer, require
from app.db import DbSession
from app.files.uploads import Upload, store_of, upload
from app.quotes import filing, question_files, questions
from app.quotes.api.filing import get_sender
from app.quotes.api.once import answer, once
from app.quotes.api.rfqs import Id
from app.quotes.content.values import Strict, Text
from app.quotes.models.papers import Attachment, Question
from app.quotes.models.rfq import Rfq
from app.quotes.queries import attachments as attachment_queries
from app.quotes.queries import invitations as invitation_queries
from app.quotes.queries import questions as question_queries
from app.quotes.queries import rfqs as rfq_queries

router = APIRouter(prefix="/api/v1", tags=["quotes"])

QuestionId = Annotated[str, Path(max_length=40)]
Sent = Annotated[Upload, upload(filing.QUOTE_FILE, who=get_sender)]
FORM = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            }
        }
    }
}


class QuestionIn(Strict):
    """What a vendor wants to know."""

    question: Text


class AnswerIn(Strict):
    """What the buyer answers, to all."""

    answer: Text


class QuestionFileOut(BaseModel):
    """
    A file `of` a question or of its answer; a newer version of it has the same `series`.

    A vendor's file has a name that names nobody; to the vendor itself `name` is what it sent.
    """

    id: str
    of: Literal["question", "answer"]
    name: str
    series: str
    version: int
    size_bytes: int
    sha256: str
    url: str
    added_at: datetime


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
    found = _shown(session, rfq, viewer, question_queries.list_questions(session, rfq, viewer))
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
        return answer(_shown(session, rfq, viewer, [question])[0], 201)

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
        return answer(_shown(session, rfq, viewer, [answered])[0])

    return once(request, session, viewer, body, change)


@router.post(
    "/rfq-files/{rfq_id}/questions/{question_id}",
    name="quotes.api.questions.attach",
    status_code=201,
    openapi_extra=FORM,
)
def attach(
    request: Request,
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
    made = question_files.attach(
        session,
        rfq,
        question,
        sent.require_file(),
        viewer=viewer,
        quota_bytes=store_of(request).quota_bytes,
    )
    return _file_out(made, is_own=not viewer.is_team)


def _shown(
    session: Session, rfq: Rfq, viewer: Viewer, found: Sequence[Question]
) -> list[QuestionOut]:
    own = invitation_queries.find_invitation(session, rfq, viewer)
    files = attachment_queries.list_question_files(session, rfq, viewer)
    shown = []
    for one in found:
        is_own = own is not None and one.invitation_id == own.id
        shown.append(
            QuestionOut(
                id=one.public_id,
                question=one.body,
                asked_at=one.asked_at,
                answer=one.answer,
                answered_at=one.answered_at,
                is_own=is_own,
                files=[_file_out(file, is_own=is_own) for file in files.get(one.id, [])],
            )
        )
    return shown


def _file_out(one: Attachment, *, is_own: bool) -> QuestionFileOut:
    return QuestionFileOut(
        id=one.public_id,
        of="answer" if one.given_name is None else "question",
        name=question_files.name_shown(one, is_own=is_own),
        series=one.series,
        version=one.version,
        size_bytes=one.file.size_bytes,
        sha256=one.file.sha256,
        url=f"/files/{one.file.key}",
        added_at=one.added_at,
    )
