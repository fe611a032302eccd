"""What sources say of a dataset's licence."""

from datetime import date
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog.models.sources import Source
from app.db import Base, HasTimestamps


class LicenceClass(StrEnum):
    """What a stated licence allows, as far as it says; `licences.py` assigns and orders them."""

    OPEN = "open"
    CUSTOM = "custom"
    NON_COMMERCIAL = "non_commercial"
    PER_SOURCE = "per_source"
    CONTRACT = "contract"
    UNKNOWN = "unknown"


class LicenceClaim(HasTimestamps, Base):
    """What one source says of a dataset's licence; disagreement is shown, not merged away."""

    __tablename__ = "licence_claim"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("dataset.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(server_default=sql("0"))
    scope: Mapped[str]
    stated_zh: Mapped[str | None]
    stated_en: Mapped[str | None]
    spdx: Mapped[str | None]
    licence_class: Mapped[str]
    note_zh: Mapped[str | None]
    note_en: Mapped[str | None]
    evidence_url: Mapped[str | None]
    checked_by: Mapped[str | None]
    checked_on: Mapped[date | None]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    seed_key: Mapped[str | None]

    source: Mapped[Source | None] = relationship(lazy="raise")
