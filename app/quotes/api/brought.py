"""What an award brought, as JSON: its entry, and the way into the draft that lacked it."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import AfterValidator, BaseModel, Field

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.quotes import awarding, delivering, offering
from app.quotes.api.once import answer, once
from app.quotes.api.rfqs import Id
from app.quotes.content.values import Strict, readable
from app.quotes.queries import rfqs as rfq_queries

router = APIRouter(prefix="/api/v1/rfqs/{rfq_id}", tags=["quotes"])


LotId = Annotated[str, Path(max_length=40)]


class PhaseIn(Strict):
    """The phase that gets the component; left out, the one that lacked it."""

    phase: Annotated[str, Field(max_length=200), AfterValidator(readable)] | None = None


class InDraftOut(BaseModel):
    """Where the component is now."""

    mixture: str
    lot: str
    lot_number: int


class EntryOut(BaseModel):
    """The catalogue's entry of what was bought."""

    dataset: str
    lot: str
    lot_number: int


@router.post("/lots/{lot_id}/enter", name="quotes.api.lots.enter", response_model=EntryOut)
def enter(
    request: Request, session: DbSession, viewer: CurrentViewer, rfq_id: Id, lot_id: LotId
) -> Response:
    """Try once more to make the catalogue's entry of a lot whose award it refused."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    require(viewer, Permission.AWARD_QUOTES)
    lot = awarding.find_lot(rfq, lot_id)

    def change() -> Response:
        slug = delivering.enter_again(session, rfq, lot, viewer=viewer)
        return answer(EntryOut(dataset=slug, lot=lot.public_id, lot_number=lot.number))

    return once(request, session, viewer, None, change)


@router.post(
    "/lots/{lot_id}/add-to-draft", name="quotes.api.lots.add_to_draft", response_model=InDraftOut
)
def add_to_draft(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    *,
    rfq_id: Id,
    lot_id: LotId,
    body: PhaseIn | None = None,
) -> Response:
    """Put what a lot's award brought into the draft of the mixture that lacked it."""
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    require(viewer, Permission.EDIT_MIXTURES)
    lot = awarding.find_lot(rfq, lot_id)

    def change() -> Response:
        phase = body.phase if body else None
        mixture = offering.add_to_draft(session, rfq, lot, phase=phase, viewer=viewer)
        return answer(InDraftOut(mixture=mixture.slug, lot=lot.public_id, lot_number=lot.number))

    return once(request, session, viewer, body, change)
