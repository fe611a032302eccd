"""The one row about the catalogue as a whole."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class CatalogueState(Base):
    """One row: which seed was applied, and a number that moves with every catalogue change."""

    __tablename__ = "catalogue_state"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    seed_version: Mapped[str | None]
    version: Mapped[int] = mapped_column(BigInteger, server_default=sql("0"))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'"))
