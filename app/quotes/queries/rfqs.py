"""Load requests for quotation. A foreign or unknown id is the same NotFound."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, selectinload

from app.accounts.models import OrganisationKind
from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import NotFound
from app.quotes.models.rfq import Invitation, Lot, Rfq
from app.quotes.state import RfqState
from app.web.i18n import later

NO_RFQ = later("There is no such request for quotation.")


def database_now(session: Session) -> datetime:
    """Return the database's time: the only clock that deadlines know."""
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    return now


def next_number(session: Session) -> str:
    """Return a new number for a request, such as RFQ-2026-0014; numbers may have gaps."""
    year, number = session.execute(
        select(func.extract("year", func.clock_timestamp()), func.nextval("rfq_number"))
    ).one()
    return f"RFQ-{int(year)}-{number:04d}"


def require_reader(viewer: Viewer) -> None:
    """
    Refuse who reads no requests at all: neither the team's nor those addressed to a vendor.

    Raises
    ------
    NotSignedIn, Forbidden
        If the role, or the token's scopes, do not allow it.
    """
    if viewer.organisation_kind is OrganisationKind.VENDOR:
        require(viewer, Permission.ANSWER_REQUESTS)
    else:
        require(viewer, Permission.READ_QUOTES)


def is_visible(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that a viewer may know of a request: the team, or who was invited."""
    if viewer.is_team:
        return Rfq.id.is_not(None)
    return and_(
        Rfq.state != RfqState.DRAFT,
        Rfq.opened_at.is_not(None),
        exists().where(
            Invitation.rfq_id == Rfq.id, Invitation.organisation_id == viewer.organisation_id
        ),
    )


def with_content() -> Select[Rfq]:
    """Return the select of a request with its lots, how they ended, and invitations."""
    return select(Rfq).options(
        selectinload(Rfq.lots).joinedload(Lot.award),
        selectinload(Rfq.invitations).joinedload(Invitation.organisation),
        selectinload(Rfq.invitations).joinedload(Invitation.account),
    )


def get_rfq(session: Session, public_id: str, viewer: Viewer) -> Rfq:
    """
    Return a request with its lots and invitations.

    A vendor must not be shown the invitations of others: use `find_invitation`.

    Raises
    ------
    NotFound
        If there is none, or the viewer may not know that there is.
    """
    require_reader(viewer)
    rfq = session.scalar(
        with_content()
        .where(or_(Rfq.public_id == public_id, Rfq.number == public_id), is_visible(viewer))
        .execution_options(populate_existing=True)
    )
    if rfq is None:
        raise NotFound(NO_RFQ)
    return rfq


def lock_rfq(session: Session, rfq: Rfq, *, share: bool = False) -> Rfq:
    """
    Lock a request until the transaction ends and load it again.

    The team's verbs take it alone; vendors share it, so that they do not wait for each other
    and yet none submits while the request is being closed, extended or cancelled. The clock is
    read by the second statement, after any wait for the lock.
    """
    statement = select(Rfq.id).where(Rfq.id == rfq.id)
    session.execute(statement.with_for_update(read=share, key_share=not share)).one()
    return session.scalars(
        with_content().where(Rfq.id == rfq.id).execution_options(populate_existing=True)
    ).one()


def lock_due(session: Session, *, limit: int) -> Sequence[Rfq]:
    """Lock open requests whose deadline has passed, but those that somebody else has locked."""
    ids = session.scalars(
        select(Rfq.id)
        .where(Rfq.state == RfqState.OPEN, Rfq.deadline <= func.clock_timestamp())
        .order_by(Rfq.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    return session.scalars(
        with_content()
        .where(Rfq.id.in_(ids))
        .order_by(Rfq.id)
        .execution_options(populate_existing=True)
    ).all()


def _filtered(
    statement: Select[Rfq], viewer: Viewer, *, state: RfqState | None, text: str
) -> Select[Rfq]:
    statement = statement.where(is_visible(viewer))
    if state is not None:
        is_due = and_(Rfq.state == RfqState.OPEN, Rfq.is_due)
        if state is RfqState.OPEN:
            statement = statement.where(Rfq.state == state, ~is_due)
        elif state is RfqState.CLOSED:
            statement = statement.where(or_(Rfq.state == state, is_due))
        else:
            statement = statement.where(Rfq.state == state)
    if text:
        pattern = f"%{text.translate({ord(c): chr(92) + c for c in '%_' + chr(92)})}%"
        statement = statement.where(or_(Rfq.title.ilike(pattern), Rfq.number.ilike(pattern)))
    return statement


def list_rfqs(
    session: Session,
    viewer: Viewer,
    *,
    state: RfqState | None = None,
    text: str = "",
    before: tuple[datetime, int] | None = None,
    limit: int = 50,
    is_whole: bool = True,
) -> Sequence[Rfq]:
    """
    Return requests, the newest first, and one more than `limit` if there are more.

    With their lots and invitations if `is_whole`: those are many.
    """
    require_reader(viewer)
    content = with_content() if is_whole else select(Rfq)
    statement = _filtered(content, viewer, state=state, text=text)
    if before is not None:
        statement = statement.where(tuple_(Rfq.created_at, Rfq.id) < before)
    return session.scalars(
        statement.order_by(Rfq.created_at.desc(), Rfq.id.desc()).limit(limit + 1)
    ).all()


def count_rfqs(
    session: Session, viewer: Viewer, *, state: RfqState | None = None, text: str = ""
) -> int:
    """Return how many requests a list has."""
    statement = _filtered(select(Rfq), viewer, state=state, text=text)
    return session.scalar(select(func.count()).select_from(statement.subquery())) or 0


def count_by_state(session: Session) -> dict[str, int]:
    """Return how many requests are in each state, by the database's clock."""
    is_due = and_(Rfq.state == RfqState.OPEN, Rfq.is_due)
    effective = case((is_due, RfqState.CLOSED.value), else_=Rfq.state)
    rows = session.execute(select(effective, func.count()).group_by(effective))
    return dict(rows.all())
