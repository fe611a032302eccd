"""Ask the buyer something, with a file if need be."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.errors import AppError
from app.files.uploads import Upload, upload
from app.quotes import filing, question_files, questions
from app.quotes.queries import questions as question_queries
from app.quotes.vendors.filing import get_answerer
from app.quotes.vendors.notices import redirect
from app.quotes.vendors.show import get_received, show_page
from app.web.errors import sentence
from app.web.forms import FormData

router = APIRouter(include_in_schema=False)

Sent = Annotated[Upload, upload(filing.QUOTE_FILE, who=get_answerer, keeps_problem=True)]


@router.post("/quotes/files/{rfq_id}/questions", name="vendors.ask")
def ask(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: str, sent: Sent
) -> Response:
    """Ask the buyer something; a file that is refused leaves the question to be sent again."""
    rfq = get_received(session, rfq_id, viewer)
    form = FormData({name: [value] for name, value in sent.fields.items()})
    try:
        with session.begin_nested():
            question = questions.ask(session, rfq, form.text("question"), viewer=viewer)
            if sent.has_file:
                question_files.attach(session, rfq, question, sent.require_file(), viewer=viewer)
    except AppError as error:
        form.refuse("file" if error.field == "file" else "question", sentence(error))
        return show_page(request, session, rfq, viewer, form=form, status=int(error.status_code))
    return redirect(f"/quotes/{rfq_id}", "asked")


@router.post("/quotes/files/{rfq_id}/questions/{question_id}", name="vendors.ask_file")
def attach(  # noqa: PLR0917  what FastAPI hands in
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    rfq_id: str,
    question_id: str,
    sent: Sent,
) -> Response:
    """Attach one more file to one's own question while it waits for its answer."""
    rfq = get_received(session, rfq_id, viewer)
    question = question_queries.get_readable_question(session, rfq, question_id, viewer)
    form = FormData({})
    try:
        with session.begin_nested():
            question_files.attach(session, rfq, question, sent.require_file(), viewer=viewer)
    except AppError as error:
        form.refuse(f"file-{question_id}", sentence(error))
        return show_page(request, session, rfq, viewer, form=form, status=int(error.status_code))
    return redirect(f"/quotes/{rfq_id}", "attached")
