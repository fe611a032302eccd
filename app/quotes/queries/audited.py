"""Names of what the audit trail of requests is about, by the ids that it records."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Organisation
from app.quotes.models.money import RateCard
from app.quotes.models.rfq import Rfq
from app.quotes.vocabulary import Task
from app.quotes.words import word
from app.web.i18n import local


def name_requests(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Return the number and title of each request."""
    statement = select(Rfq.public_id, Rfq.number, Rfq.title).where(Rfq.public_id.in_(ids))
    return {key: f"{number} {title}" for key, number, title in session.execute(statement)}


def name_rate_cards(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """Return whose each rate card is, and for what."""
    statement = (
        select(RateCard.public_id, RateCard.task, Organisation.name_zh, Organisation.name_en)
        .join(Organisation, Organisation.id == RateCard.organisation_id)
        .where(RateCard.public_id.in_(ids))
    )
    return {
        key: f"{local({'zh': zh, 'en': en})} · {word(Task(task))}"
        for key, task, zh, en in session.execute(statement)
    }
