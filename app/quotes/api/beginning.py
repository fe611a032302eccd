"""What a new request would begin with, as JSON: a template, a shortage, a vendor's offer."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, BaseModel

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.quotes.beginning.start import read_start
from app.quotes.content.values import readable, to_json

router = APIRouter(prefix="/api/v1/rfqs", tags=["quotes"])


class StartOut(BaseModel):
    """The content of a request, a sentence about where it is from, and the vendor to ask."""

    request: dict[str, Any]
    note: str
    vendor: str | None


Slug = Annotated[str, Query(max_length=200), AfterValidator(readable)]


def read_chosen(
    *,
    earlier: Annotated[
        str,
        Query(alias="from", max_length=40, description="An earlier request."),
        AfterValidator(readable),
    ] = "",
    mixture: Slug = "",
    shortage: Slug = "",
    dataset: Slug = "",
    provider: Slug = "",
    service: Slug = "",
) -> dict[str, str]:
    """Return where a new request comes from."""
    return {
        "from": earlier,
        "mixture": mixture,
        "shortage": shortage,
        "dataset": dataset,
        "provider": provider,
        "service": service,
    }


Chosen = Annotated[dict[str, str], Depends(read_chosen)]


@router.get("/start", name="quotes.api.rfqs.start")
def show_start(session: DbSession, viewer: CurrentViewer, chosen: Chosen) -> StartOut:
    """
    Return what a new request would begin with, to be completed and sent to `POST /rfqs`.

    An earlier request as a template, what a mixture lacks (tokens turned into units; `note`
    shows the sums), or what the catalogue lists of a vendor. Nothing is made.
    """
    require(viewer, Permission.EDIT_REQUESTS)
    start = read_start(session, viewer, chosen, earlier=chosen["from"])
    return StartOut(
        request=to_json(start.body), note=start.note, vendor=(start.origin or {}).get("vendor")
    )
