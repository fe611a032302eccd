"""What hangs on a request: questions, amendments, files."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import new_public_id
from app.db import Base, CreatedAt
from app.files.models import StoredFile


class Question(Base):
    """A vendor's question; once answered all invited see both, never who asked."""

    __tablename__ = "rfq_question"
    __table_args__ = (CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    rfq_id: Mapped[int] = mapped_column(ForeignKey("rfq.id"), index=True)
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("rfq_invitation.id"))
    body: Mapped[str]
    asked_at: Mapped[CreatedAt]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by_name: Mapped[str | None]


class Amendment(Base):
    """What was changed after a request was opened: told to everybody who was invited."""

    __tablename__ = "rfq_amendment"

    rfq_id: Mapped[int] = mapped_column(ForeignKey("rfq.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    summary: Mapped[str]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    made_at: Mapped[CreatedAt]
    made_by_name: Mapped[str]


class Attachment(Base):
    """
    A file of a request, a question or a quote. A newer version stands beside the older ones.

    Files of a request are the guideline and its samples; `quote_id` or `question_id` name what
    else it belongs to. `given_name` is what a vendor called the file of its question: only that
    vendor reads it, since such names tell who asks. The team's file of an answer has none.
    """

    __tablename__ = "rfq_attachment"
    __table_args__ = (
        CheckConstraint("quote_id IS NULL OR question_id IS NULL", name="owner"),
        CheckConstraint("given_name IS NULL OR question_id IS NOT NULL", name="given_name"),
        CheckConstraint("role IN ('guideline', 'gold_set', 'sample', 'other')", name="role"),
        Index("ix_rfq_attachment_rfq_id", "rfq_id"),
        Index("ix_rfq_attachment_quote_id", "quote_id"),
        Index("ix_rfq_attachment_question_id", "question_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    rfq_id: Mapped[int] = mapped_column(ForeignKey("rfq.id"))
    quote_id: Mapped[int | None] = mapped_column(ForeignKey("quote.id"))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("rfq_question.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), index=True)
    role: Mapped[str]
    given_name: Mapped[str | None]
    series: Mapped[str] = mapped_column(default=new_public_id)
    version: Mapped[int] = mapped_column(default=1, server_default=sql("1"))
    added_at: Mapped[CreatedAt]
    added_by_name: Mapped[str]
    removed_at: Mapped[datetime | None]

    file: Mapped[StoredFile] = relationship(lazy="raise")

    @property
    def is_of_answer(self) -> bool:
        """Whether a question's file came with the answer; else the vendor sent it to ask."""
        return self.given_name is None

    def name_for(self, *, is_sender: bool) -> str:
        """Return what the file is called: to who sent it as they called it."""
        return self.given_name if is_sender and self.given_name else self.file.name

    def is_called_as(self, other: "Attachment") -> bool:
        """Whether a file beside another is an earlier version of it: by role and name."""
        return (self.role, self.is_of_answer, self.name_for(is_sender=True)) == (
            other.role,
            other.is_of_answer,
            other.name_for(is_sender=True),
        )
