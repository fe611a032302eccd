"""Load what a comparison needs, for who may see it: the team, once the quotes are open."""

from sqlalchemy.orm import Session

from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import Conflict, NotFound
from app.quotes import closing
from app.quotes.comparison import basis, build
from app.quotes.comparison.build import NO_OPTIONS, Comparison, Options
from app.quotes.models.rfq import Rfq
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries import rules as rule_queries
from app.quotes.state import RfqState


def load(
    session: Session, public_id: str, viewer: Viewer, options: Options = NO_OPTIONS
) -> Comparison:
    """
    Return the comparison of a request.

    The first to ask after the deadline closes the request, so that its rates are frozen.

    Raises
    ------
    NotFound
        If the viewer may not know of the request, or is a vendor.
    Conflict
        If the quotes are sealed.
    """
    rfq = rfq_queries.get_rfq(session, public_id, viewer)
    require_team(viewer)
    if rfq.state == RfqState.OPEN and rfq.is_due:
        rfq = closing.close_due(session, rfq_queries.lock_rfq(session, rfq))
        rfq = rfq_queries.get_rfq(session, public_id, viewer)
    require_unsealed(rfq)
    rates = (
        basis.frozen_rates(rfq.rates)
        if rfq.rates
        else basis.current_rates(rfq.currency, rule_queries.latest_rates(session, rfq.currency))
    )
    quotes = quote_queries.list_quotes(session, rfq, viewer)
    return build.build(rfq, quotes, rates, options, is_frozen=rfq.rates is not None)


def require_team(viewer: Viewer) -> None:
    """
    Refuse vendors: they compare nothing.

    Raises
    ------
    NotFound
        For a vendor.
    """
    if not viewer.is_team:
        raise NotFound(rfq_queries.NO_RFQ)
    require(viewer, Permission.READ_QUOTES)


def require_unsealed(rfq: Rfq) -> None:
    """
    Refuse to show quotes before the deadline, and those of what was cancelled before it.

    Raises
    ------
    Conflict
        While they are sealed.
    """
    if rfq.is_sealed:
        raise Conflict(
            "The quotes of this request are sealed. Nobody sees them before the deadline, "
            "administrators included."
        )
