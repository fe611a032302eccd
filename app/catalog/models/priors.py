"""What estimates are converted with: priors, tokenizers and their ratios."""

from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, HasTimestamps


class ConversionPrior(HasTimestamps, Base):
    """
    Tokens per one unit of data that has no count of its own, with provenance.

    Matched by unit, then category, then language; `language` null means that the count does
    not depend on the language, no `categories` means any. Only an `is_default` prior is used
    without a person choosing it: the others count tokens that are not of a text tokenizer, or
    a part of the unit. Administrators edit a prior, and every change derives the dependent
    estimates again.
    """

    __tablename__ = "conversion_prior"
    __table_args__ = (
        CheckConstraint("(low IS NULL) = (high IS NULL)", name="spread"),
        CheckConstraint("low <= mid AND mid <= high AND mid > 0", name="order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    unit: Mapped[str]
    multiplier: Mapped[Decimal] = mapped_column(Numeric(12, 3), server_default=sql("1"))
    categories: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=sql("'{}'"))
    modality: Mapped[str]
    language: Mapped[str | None]
    is_default: Mapped[bool] = mapped_column(server_default=sql("true"))
    low: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    mid: Mapped[Decimal] = mapped_column(Numeric(20, 6))
    high: Mapped[Decimal | None] = mapped_column(Numeric(20, 6))
    tokenizer_basis_zh: Mapped[str]
    tokenizer_basis_en: Mapped[str]
    source_text: Mapped[str]
    grade: Mapped[str]
    note_zh: Mapped[str | None]
    note_en: Mapped[str | None]
    revision: Mapped[int] = mapped_column(server_default=sql("1"))
    seeded: Mapped[dict[str, Any] | None]


class Tokenizer(Base):
    """A tokenizer that counts are given in; exactly one is the default."""

    __tablename__ = "tokenizer"
    __table_args__ = (
        Index(
            "uq_tokenizer_default", "is_default", unique=True, postgresql_where=sql("is_default")
        ),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    vocabulary: Mapped[int]
    is_default: Mapped[bool]
    position: Mapped[int]


class TokenizerRatio(Base):
    """Bytes per token of one tokenizer, measured on one text, and its premium over English."""

    __tablename__ = "tokenizer_ratio"

    tokenizer_code: Mapped[str] = mapped_column(ForeignKey("tokenizer.code"), primary_key=True)
    text_name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    language: Mapped[str | None]
    bytes_per_token: Mapped[Decimal] = mapped_column(Numeric(10, 4))
    characters_per_token: Mapped[Decimal] = mapped_column(Numeric(10, 4))
    premium: Mapped[Decimal | None] = mapped_column(Numeric(10, 4))
