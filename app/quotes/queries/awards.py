"""Load how the lots of a request ended."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.viewers import Viewer
from app.quotes.models.quote import Award, Quote, QuoteLine
from app.quotes.models.rfq import Invitation, Lot, Rfq


def get_award(session: Session, lot_id: int) -> Award | None:
    """Return how a lot ended, with the line that won it."""
    return session.scalar(
        select(Award)
        .where(Award.lot_id == lot_id)
        .options(
            joinedload(Award.line).selectinload(QuoteLine.tiers),
            joinedload(Award.line).joinedload(QuoteLine.quote),
        )
    )


def list_awards(session: Session, rfq: Rfq) -> Sequence[Award]:
    """Return how the lots of a request ended, in their order."""
    return session.scalars(
        select(Award)
        .join(Lot, Lot.id == Award.lot_id)
        .where(Lot.rfq_id == rfq.id)
        .order_by(Lot.number)
        .options(
            joinedload(Award.lot),
            joinedload(Award.line).selectinload(QuoteLine.tiers),
            joinedload(Award.line)
            .joinedload(QuoteLine.quote)
            .joinedload(Quote.invitation)
            .joinedload(Invitation.organisation),
        )
    ).all()


def own_outcomes(session: Session, rfq: Rfq, viewer: Viewer) -> dict[int, str]:
    """Return, by lot, whether a vendor won it: `won`, `not_won`; undecided lots are left out."""
    rows = session.execute(
        select(Award.lot_id, Invitation.organisation_id)
        .join(Lot, Lot.id == Award.lot_id)
        .outerjoin(QuoteLine, QuoteLine.id == Award.quote_line_id)
        .outerjoin(Quote, Quote.id == QuoteLine.quote_id)
        .outerjoin(Invitation, Invitation.id == Quote.invitation_id)
        .where(Lot.rfq_id == rfq.id)
    )
    return {
        lot_id: "won" if organisation_id == viewer.organisation_id else "not_won"
        for lot_id, organisation_id in rows
    }
