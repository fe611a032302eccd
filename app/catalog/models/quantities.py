"""How much there is of a dataset, in the units that its sources print."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Numeric
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog.models.sources import Source
from app.db import Base, HasTimestamps


class ByteContent(StrEnum):
    """What a count of bytes counts; only uncompressed text or code can become tokens."""

    TEXT = "text"
    CODE = "code"
    MARKUP = "markup"
    MIXED = "mixed"
    COMPRESSED = "compressed"
    IDS = "ids"


class Quantity(HasTimestamps, Base):
    """
    A count in a native unit, as its source prints it.

    `unit` is null where the source gives none. `assumed_unit` is then a guess, never shown as
    stated, until a person confirms it, which sets `unit`, `unit_confirmed_by` and `_at`.
    `is_whole` is false for a count of a part, a variant or an earlier state, which never gives
    the main estimate. `content` says what bytes count, where known.
    """

    __tablename__ = "quantity"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("dataset.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(server_default=sql("0"))
    value: Mapped[Decimal | None] = mapped_column(Numeric(30, 3))
    unit: Mapped[str | None]
    assumed_unit: Mapped[str | None]
    unit_printed: Mapped[str | None]
    printed: Mapped[str]
    qualifier_zh: Mapped[str | None]
    qualifier_en: Mapped[str | None]
    is_whole: Mapped[bool] = mapped_column(server_default=sql("true"))
    content: Mapped[str | None]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    unit_confirmed_by: Mapped[str | None]
    unit_confirmed_at: Mapped[datetime | None]
    seed_key: Mapped[str | None]

    source: Mapped[Source | None] = relationship(lazy="raise")
