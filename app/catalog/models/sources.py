"""Where figures come from."""

from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, HasTimestamps


class Source(HasTimestamps, Base):
    """Where a figure comes from: a paper and table, a repository at a commit, a card, a vendor."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    grade: Mapped[str]
    note_zh: Mapped[str | None]
    note_en: Mapped[str | None]
