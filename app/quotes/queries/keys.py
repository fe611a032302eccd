"""Load what was answered to a call that came before."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.quotes.models.record import IdempotencyKey


def get_idempotency_key(session: Session, account_id: int, key: str) -> IdempotencyKey:
    """Return what was answered to a key before."""
    return session.scalars(
        select(IdempotencyKey).where(
            IdempotencyKey.account_id == account_id, IdempotencyKey.key == key
        )
    ).one()
