"""Read the outbox; never the bodies, for whoever lists it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.mail.models import Mail, MailState

MAILS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail as it is listed: without its text."""

    id: int
    public_id: str
    kind: str
    about: str
    to_email: str
    to_name: str
    subject: str
    state: str
    attempts: int
    error: str | None
    has_text: bool
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class MailPage:
    """Some mails, newest first, and the id that the next page starts below."""

    mails: Sequence[MailRow]
    next_below: int | None


def get_mail(session: Session, public_id: str) -> Mail:
    """Return a mail to change, locked; raises NotFound."""
    mail = session.scalars(
        select(Mail).where(Mail.public_id == public_id).with_for_update()
    ).one_or_none()
    if mail is None:
        raise NotFound("There is no such mail.")
    return mail


def list_mails(session: Session, *, state: str = "", below: int | None = None) -> MailPage:
    """Return one page of the outbox."""
    statement = (
        select(
            Mail.id,
            Mail.public_id,
            Mail.kind,
            Mail.about,
            Mail.to_email,
            Mail.to_name,
            Mail.subject,
            Mail.state,
            Mail.attempts,
            Mail.error,
            Mail.body.is_not(None).label("has_text"),
            Mail.created_at,
            Mail.settled_at,
        )
        .order_by(Mail.id.desc())
        .limit(MAILS_PER_PAGE + 1)
    )
    if state in set(MailState):
        statement = statement.where(Mail.state == state)
    if below is not None:
        statement = statement.where(Mail.id < below)
    rows = [MailRow(**row._mapping) for row in session.execute(statement)]  # noqa: SLF001  public, whatever its name
    shown = rows[:MAILS_PER_PAGE]
    return MailPage(shown, shown[-1].id if len(rows) > MAILS_PER_PAGE else None)


def count_by_state(session: Session) -> dict[str, int]:
    """Return how many mails are in each state."""
    rows = session.execute(select(Mail.state, func.count()).group_by(Mail.state))
    return {state: n for state, n in rows}  # noqa: C416  a row is no pair for the type checker
