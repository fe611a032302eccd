"""Load rate cards: a vendor its own, the team all."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.accounts.viewers import Viewer, require_account
from app.errors import NotFound
from app.quotes.models.money import RateCard
from app.quotes.queries.rfqs import require_reader


def list_rate_cards(
    session: Session,
    viewer: Viewer,
    *,
    task: str | None = None,
    unit: str | None = None,
    is_current: bool = False,
) -> Sequence[RateCard]:
    """Return rate cards: to a vendor its own only."""
    require_reader(viewer)
    statement = (
        select(RateCard)
        .where(RateCard.withdrawn_at.is_(None))
        .options(joinedload(RateCard.organisation), selectinload(RateCard.tiers))
        .order_by(RateCard.task, RateCard.unit, RateCard.id)
    )
    if not viewer.is_team:
        statement = statement.where(RateCard.organisation_id == viewer.organisation_id)
    if task is not None:
        statement = statement.where(RateCard.task == task)
    if unit is not None:
        statement = statement.where(RateCard.unit == unit)
    if is_current:
        today = func.current_date()
        statement = statement.where(
            RateCard.valid_from <= today,
            or_(RateCard.valid_to.is_(None), RateCard.valid_to >= today),
        )
    return session.scalars(statement).all()


def get_rate_card(session: Session, public_id: str, viewer: Viewer) -> RateCard:
    """
    Return a rate card; to a vendor its own only.

    Raises
    ------
    NotFound
        If there is none, or it is another vendor's.
    """
    require_reader(viewer)
    require_account(viewer)
    statement = (
        select(RateCard)
        .where(RateCard.public_id == public_id, RateCard.withdrawn_at.is_(None))
        .options(joinedload(RateCard.organisation), selectinload(RateCard.tiers))
    )
    if not viewer.is_team:
        statement = statement.where(RateCard.organisation_id == viewer.organisation_id)
    card = session.scalar(statement)
    if card is None:
        raise NotFound("There is no such rate card.")
    return card


def count_rate_cards(session: Session, organisation_id: int) -> int:
    """Return how many rate cards a vendor has."""
    statement = select(func.count()).where(
        RateCard.organisation_id == organisation_id, RateCard.withdrawn_at.is_(None)
    )
    return session.scalar(statement) or 0
