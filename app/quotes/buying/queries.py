"""What the pages of buyers load beside what every page of quotes does."""

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Organisation, OrganisationKind
from app.quotes.models import Attachment, ExchangeRate, Rfq
from app.quotes.state import RfqState


def count_by_state(session: Session) -> dict[str, int]:
    """Return how many requests are in each state, by the database's clock."""
    is_due = and_(Rfq.state == RfqState.OPEN, Rfq.deadline <= func.clock_timestamp())
    effective = case((is_due, RfqState.CLOSED.value), else_=Rfq.state)
    rows = session.execute(select(effective, func.count()).group_by(effective))
    return dict(rows.all())


def list_vendors(session: Session) -> list[Organisation]:
    """Return the vendors that have an organisation here, by name."""
    return list(
        session.scalars(
            select(Organisation)
            .where(Organisation.kind == OrganisationKind.VENDOR)
            .order_by(Organisation.name_en, Organisation.id)
            .limit(500)
        )
    )


def get_attachment(session: Session, rfq: Rfq, public_id: str) -> Attachment | None:
    """Return a file of a request itself, None where there is none of that id."""
    return session.scalar(
        select(Attachment).where(
            Attachment.rfq_id == rfq.id,
            Attachment.public_id == public_id,
            Attachment.quote_id.is_(None),
            Attachment.question_id.is_(None),
            Attachment.removed_at.is_(None),
        )
    )


def list_rates(session: Session) -> list[ExchangeRate]:
    """Return the rates that were entered, the newest first."""
    return list(
        session.scalars(
            select(ExchangeRate)
            .order_by(ExchangeRate.on_date.desc(), ExchangeRate.currency, ExchangeRate.base)
            .limit(200)
        )
    )
