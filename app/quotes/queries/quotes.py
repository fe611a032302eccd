"""Load quotes: a vendor its own, the team what stands once nothing is sealed."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.accounts.viewers import Viewer
from app.errors import NotFound
from app.quotes.models.quote import Quote, QuoteLine
from app.quotes.models.rfq import Invitation, Rfq
from app.quotes.queries.rfqs import require_reader
from app.quotes.state import QuoteState
from app.web.i18n import later

NO_QUOTE = later("There is no such quote.")


def with_lines(*, with_rfq: bool = True) -> Select[Quote]:
    """Return the select of a quote with all that it says and whose it is."""
    return select(Quote).options(
        *([joinedload(Quote.rfq)] if with_rfq else []),
        joinedload(Quote.invitation).joinedload(Invitation.organisation),
        selectinload(Quote.lines).selectinload(QuoteLine.tiers),
        selectinload(Quote.lines).joinedload(QuoteLine.lot),
    )


def may_read_quote(viewer: Viewer) -> ColumnElement[bool]:
    """
    Return the condition that a viewer may read a quote, for a statement that joins its request.

    A vendor reads its own, all revisions. The team reads what stands once the request is closed:
    by the database's clock, whatever ran or did not.
    """
    if viewer.is_team:
        return and_(Quote.state == QuoteState.SUBMITTED, ~Rfq.is_sealed)
    return Invitation.organisation_id == viewer.organisation_id


def get_quote(session: Session, public_id: str, viewer: Viewer, *, lock: bool = False) -> Quote:
    """
    Return a quote that the viewer may read.

    Raises
    ------
    NotFound
        If there is none, or it is another vendor's, or sealed.
    """
    require_reader(viewer)
    # Of what is locked the newest is wanted; its request was locked and loaded before.
    statement = (
        with_lines(with_rfq=not lock)
        .join(Rfq, Rfq.id == Quote.rfq_id)
        .join(Invitation, Invitation.id == Quote.invitation_id)
        .where(Quote.public_id == public_id, may_read_quote(viewer))
    )
    if lock:
        statement = statement.with_for_update(of=Quote, key_share=True).execution_options(
            populate_existing=True
        )
    quote = session.scalar(statement)
    if quote is None:
        raise NotFound(NO_QUOTE)
    return quote


def list_quotes(session: Session, rfq: Rfq, viewer: Viewer) -> Sequence[Quote]:
    """Return the quotes of a request that the viewer may read: none of them while it is sealed."""
    require_reader(viewer)
    return session.scalars(
        with_lines()
        .join(Rfq, Rfq.id == Quote.rfq_id)
        .join(Invitation, Invitation.id == Quote.invitation_id)
        .where(Quote.rfq_id == rfq.id, may_read_quote(viewer))
        .order_by(Quote.invitation_id, Quote.revision)
    ).all()


def list_own_quotes(
    session: Session, rfq_ids: Sequence[int], viewer: Viewer
) -> dict[int, list[Quote]]:
    """Return all revisions of a vendor's own quotes, the last first, by request."""
    found: dict[int, list[Quote]] = {}
    statement = (
        with_lines()
        .join(Invitation, Invitation.id == Quote.invitation_id)
        .where(Quote.rfq_id.in_(rfq_ids), Invitation.organisation_id == viewer.organisation_id)
        .order_by(Quote.revision.desc())
    )
    for quote in session.scalars(statement):
        found.setdefault(quote.rfq_id, []).append(quote)
    return found


def find_current_quotes(session: Session, invitation_id: int) -> dict[QuoteState, Quote]:
    """Return a vendor's draft and the quote that stands, by state."""
    found = session.scalars(
        with_lines().where(
            Quote.invitation_id == invitation_id,
            Quote.state.in_((QuoteState.DRAFT, QuoteState.SUBMITTED)),
        )
    )
    return {QuoteState(quote.state): quote for quote in found}


def last_revision(session: Session, invitation_id: int) -> int:
    """Return the number of a vendor's latest revision, 0 where it has none."""
    return (
        session.scalar(select(func.max(Quote.revision)).where(Quote.invitation_id == invitation_id))
        or 0
    )


def count_quotes(session: Session, rfq_ids: Sequence[int]) -> dict[int, int]:
    """Return how many quotes stand for each request: all that the team sees while it is sealed."""
    rows = session.execute(
        select(Quote.rfq_id, func.count())
        .where(Quote.rfq_id.in_(rfq_ids), Quote.state == QuoteState.SUBMITTED)
        .group_by(Quote.rfq_id)
    )
    return dict(rows.all())
