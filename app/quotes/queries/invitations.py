"""Load invitations: a vendor its own, the team those of a request."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import NotFound
from app.quotes.models.quote import Award, Quote, QuoteLine
from app.quotes.models.rfq import Invitation, Rfq
from app.quotes.queries.rfqs import NO_RFQ
from app.quotes.state import QuoteState


def find_invitation(session: Session, rfq: Rfq, viewer: Viewer) -> Invitation | None:
    """Return the viewer's own invitation to a request; None for members of the team."""
    if viewer.is_team or viewer.organisation_id is None:
        return None
    return session.scalar(
        select(Invitation)
        .where(Invitation.rfq_id == rfq.id, Invitation.organisation_id == viewer.organisation_id)
        .options(joinedload(Invitation.organisation))
    )


def get_own_invitation(
    session: Session, rfq: Rfq, viewer: Viewer, *, lock: bool = False
) -> Invitation:
    """
    Return the invitation of the viewer's organisation, for what only vendors do.

    Raises
    ------
    NotSignedIn, Forbidden
        If the viewer answers no requests.
    NotFound
        If the organisation was not invited.
    """
    require(viewer, Permission.ANSWER_REQUESTS)
    statement = select(Invitation).where(
        Invitation.rfq_id == rfq.id, Invitation.organisation_id == viewer.organisation_id
    )
    if lock:
        statement = statement.with_for_update(key_share=True).execution_options(
            populate_existing=True
        )
    invitation = session.scalar(statement)
    if invitation is None:
        raise NotFound(NO_RFQ)
    return invitation


def get_invitation(session: Session, rfq: Rfq, public_id: str) -> Invitation:
    """
    Return an invitation of a request, for the team.

    Raises
    ------
    NotFound
        If there is none of that id.
    """
    found = session.scalar(
        select(Invitation)
        .where(Invitation.rfq_id == rfq.id, Invitation.public_id == public_id)
        .options(joinedload(Invitation.organisation), joinedload(Invitation.account))
    )
    if found is None:
        raise NotFound("There is no such invitation.")
    return found


def list_unsuccessful(session: Session, rfq: Rfq) -> Sequence[Invitation]:
    """Return the invitations whose quote stands and won no lot."""
    won = (
        select(Quote.invitation_id)
        .join(QuoteLine, QuoteLine.quote_id == Quote.id)
        .join(Award, Award.quote_line_id == QuoteLine.id)
        .where(Quote.rfq_id == rfq.id)
    )
    return session.scalars(
        select(Invitation)
        .join(Quote, Quote.invitation_id == Invitation.id)
        .where(
            Invitation.rfq_id == rfq.id,
            Quote.state == QuoteState.SUBMITTED,
            Invitation.id.not_in(won),
        )
        .order_by(Invitation.id)
    ).all()
