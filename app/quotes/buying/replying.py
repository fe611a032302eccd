"""Answer the questions of vendors, with files if need be."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.files.uploads import Upload, upload
from app.quotes import filing, question_files, questions
from app.quotes.buying.acting import act
from app.quotes.buying.filing import form_of, get_sender
from app.quotes.models.rfq import Rfq
from app.quotes.queries import questions as question_queries

router = APIRouter(include_in_schema=False)

Sent = Annotated[Upload, upload(filing.QUOTE_FILE, who=get_sender, keeps_problem=True)]


@router.post("/rfqs/files/{rfq_id}/questions/{question_id}", name="quotes.answer")
def answer(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    rfq_id: str,
    question_id: str,
    sent: Sent,
) -> Response:
    """Answer a question for everybody invited, or add a file to what was answered."""
    form = form_of(sent)

    def do(rfq: Rfq) -> str:
        question = question_queries.get_question(session, rfq, question_id)
        is_new = question.answer is None
        # A file before its answer: everybody is told once, of both.
        if sent.has_file or not is_new:
            question_files.attach(session, rfq, question, sent.require_file(), viewer=viewer)
        if is_new:
            questions.answer(session, rfq, question, form.text("answer"), viewer=viewer)
        return "answered" if is_new else "supplemented"

    return act(request, session, viewer, rfq_id, form, do, at="questions")
