"""How much hangs on each of many requests, without loading it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from app.quotes.models.quote import Quote
from app.quotes.models.rfq import Invitation, Lot, Rfq
from app.quotes.state import QuoteState


class Size(NamedTuple):
    """How many lots, invited vendors and standing quotes; the last are for the team alone."""

    lots: int
    invited: int
    quotes: int


def count_parts(session: Session, rfqs: Sequence[Rfq]) -> dict[int, Size]:
    """Return the size of each request by its id."""
    parts = (
        _count(Lot),
        _count(Invitation),
        _count(Quote, Quote.state == QuoteState.SUBMITTED),
    )
    rows = session.execute(select(Rfq.id, *parts).where(Rfq.id.in_([rfq.id for rfq in rfqs])))
    return {rfq_id: Size(*counts) for rfq_id, *counts in rows}


def _count(model: Any, *which: Any) -> ScalarSelect[int]:  # noqa: ANN401  what hangs on a request
    return select(func.count()).where(model.rfq_id == Rfq.id, *which).scalar_subquery()
