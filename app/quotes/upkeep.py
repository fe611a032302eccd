"""What happens to quotes by the clock: requests close at their deadline, old keys are forgotten."""

from datetime import timedelta

from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from app.jobs.kinds import PeriodicJob
from app.quotes.closing import close_due
from app.quotes.models.record import IdempotencyKey
from app.quotes.queries import rfqs as rfq_queries

# A program that comes again with the same key does so within minutes; a week is generous.
KEEP_KEYS = timedelta(days=7)
MOST_AT_ONCE = 100


def close_due_requests(session: Session) -> None:
    """
    Write down of each open request whose deadline has passed that it is closed, and tell buyers.

    The quotes are open from the deadline on by the database's clock, whether this ran or not; it
    freezes the rates of that day and sends the mail. A request that somebody is changing is left
    for the next minute.
    """
    for rfq in rfq_queries.lock_due(session, limit=MOST_AT_ONCE):
        close_due(session, rfq)


def forget_old_keys(session: Session) -> None:
    """Delete what was answered to idempotency keys long ago."""
    session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.created_at < func.clock_timestamp() - KEEP_KEYS)
    )


CLOSE_DUE_REQUESTS = PeriodicJob("quotes.close_due", "* * * * *", close_due_requests)
FORGET_OLD_KEYS = PeriodicJob("quotes.forget_keys", "53 3 * * *", forget_old_keys)
