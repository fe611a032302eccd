"""The outbox: mails that were decided in a transaction and leave after it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, CreatedAt


class MailState(StrEnum):
    """Where a mail is."""

    QUEUED = "queued"
    # The server was being given the text: from here on it may have taken the mail.
    SENDING = "sending"
    SENT = "sent"
    # No mail server is set: written to a file for the operator.
    KEPT = "kept"
    FAILED = "failed"
    # The attempt broke off while the server took the text: it may have arrived or not.
    UNCERTAIN = "uncertain"


class Mail(Base):
    """
    One mail to one person.

    `kind` names what it is about in code (`rfq.invitation`), `about` what it belongs to
    (`RFQ-2026-014`), both safe to show to an administrator. `body` may hold a one-time link: it
    is erased when the mail has left, and after a week in any case. `may_repeat` lets a mail whose
    fate is unknown be sent again, with a line that says so.
    """

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'kept', 'failed', 'uncertain')", name="state"
        ),
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_mail_about_id", "about", "id"),
        Index("ix_mail_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    about: Mapped[str]
    to_email: Mapped[str]
    to_name: Mapped[str]
    locale: Mapped[str | None]
    subject: Mapped[str]
    body: Mapped[str | None]
    may_repeat: Mapped[bool] = mapped_column(server_default=sql("false"))
    is_repeat: Mapped[bool] = mapped_column(server_default=sql("false"))
    state: Mapped[str] = mapped_column(server_default=sql("'queued'"))
    attempts: Mapped[int] = mapped_column(server_default=sql("0"))
    error: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    attempted_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
