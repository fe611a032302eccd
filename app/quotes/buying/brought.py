"""Take further what an award brought: into the draft that lacked it, or the catalogue."""

from fastapi import APIRouter, Request, Response

from app.accounts.viewers import CurrentViewer
from app.db import DbSession
from app.quotes import awarding, delivering, offering
from app.quotes.buying.acting import act
from app.quotes.models.rfq import Rfq
from app.web.forms import Form

router = APIRouter(include_in_schema=False)


@router.post("/rfqs/{rfq_id}/lots/{number}/draft", name="quotes.add_to_draft")
def add_to_draft(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    form: Form,
    rfq_id: str,
    number: int,
) -> Response:
    """Put what was bought into the draft of the mixture that lacked it."""

    def do(rfq: Rfq) -> str:
        lot = awarding.find_lot(rfq, str(number))
        offering.add_to_draft(session, rfq, lot, phase=form.text("phase") or None, viewer=viewer)
        return "in-draft"

    return act(request, session, viewer, rfq_id, form, do)


@router.post("/rfqs/{rfq_id}/lots/{number}/entry", name="quotes.enter")
def enter(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    form: Form,
    rfq_id: str,
    number: int,
) -> Response:
    """Try once more to make the catalogue's entry of what was bought."""

    def do(rfq: Rfq) -> str:
        delivering.enter_again(session, rfq, awarding.find_lot(rfq, str(number)), viewer=viewer)
        return "entered"

    return act(request, session, viewer, rfq_id, form, do)
