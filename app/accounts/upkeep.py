"""Keep the tables of accounts small: one-time links that work no more go after a while."""

from datetime import timedelta

from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from app.accounts.models import OneTimeLink
from app.jobs.kinds import PeriodicJob

# What they were used for stays in the audit trail.
KEEP_LINKS = timedelta(days=30)


def forget_old_links(session: Session) -> None:
    """Delete one-time links that expired long ago, used or not."""
    session.execute(
        delete(OneTimeLink).where(OneTimeLink.expires_at < func.clock_timestamp() - KEEP_LINKS)
    )


FORGET_OLD_LINKS = PeriodicJob("accounts.forget_links", "29 3 * * *", forget_old_links)
