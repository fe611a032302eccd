"""Sentences that somebody says of a dataset."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog.models.sources import Source
from app.db import Base, HasTimestamps


class Statement(HasTimestamps, Base):
    """
    A sentence that somebody says of a dataset, with our verdict against published facts.

    `text` is verbatim. `verdict` is a code of `words.labels.VERDICTS`.
    """

    __tablename__ = "statement"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("dataset.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(server_default=sql("0"))
    text: Mapped[str]
    line_no: Mapped[int | None]
    verdict: Mapped[str]
    comment_zh: Mapped[str | None]
    comment_en: Mapped[str | None]
    is_contradicted: Mapped[bool] = mapped_column(server_default=sql("false"))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    seed_key: Mapped[str | None]

    source: Mapped[Source | None] = relationship(lazy="raise")
