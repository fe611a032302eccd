"""How many tokens a dataset is, and how that is known."""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog.models.sources import Source
from app.db import Base, HasTimestamps


class EstimateMethod(StrEnum):
    """How a token estimate came about, best first: the order of precedence."""

    MEASURED = "measured"
    PUBLISHED = "published"
    STATED = "stated"
    CONVERTED = "converted"


class NoEstimateReason(StrEnum):
    """Why a dataset has no token estimate; `words/labels.py` has the sentence for each."""

    NOT_DATA = "not_data"
    NO_QUANTITY = "no_quantity"
    PARTS_ONLY = "parts_only"
    UNIT_NOT_STATED = "unit_not_stated"
    NO_PRIOR = "no_prior"
    PRIOR_OF_OTHER_CATEGORY = "prior_of_other_category"
    OTHER_TOKENIZER = "other_tokenizer"
    NO_LENGTH = "no_length"
    NO_PREMIUM = "no_premium"
    LANGUAGE_NOT_STATED = "language_not_stated"
    LANGUAGE_MIXED = "language_mixed"
    NO_MEASURED_TEXT = "no_measured_text"
    BYTES_COMPRESSED = "bytes_compressed"
    BYTES_NOT_STATED = "bytes_not_stated"
    TOO_LARGE = "too_large"


class TokenEstimate(HasTimestamps, Base):
    """
    Unique tokens of a dataset for a named tokenizer, or what one source claims them to be.

    At most one estimate of a dataset is `is_main`: the best method, then the best grade, then
    the newest of those that are `is_whole`. The others stay as claims; only a claim may lack
    `mid`. `tokenizer` null means that the source names none that was measured here;
    `tokenizer_printed` is what it says. `low` and `high` are null together where no spread is
    known. `bound` is `at_least` or `at_most` where the source prints a limit. `is_disputed`:
    one source contradicts itself, `low` and `high` are its two figures. `has_repeats`: the
    count includes text that is drawn more than once. `rule` holds the factors of a converted
    estimate, so that the page can show the sum; `quantity_id` is what it was derived from.
    """

    __tablename__ = "token_estimate"
    __table_args__ = (
        Index(
            "uq_token_estimate_main",
            "dataset_id",
            unique=True,
            postgresql_where=sql("is_main"),
        ),
        CheckConstraint("(low IS NULL) = (high IS NULL)", name="spread"),
        CheckConstraint("low <= mid AND mid <= high AND low <= high", name="order"),
        CheckConstraint("mid IS NOT NULL OR NOT is_main", name="main_has_mid"),
        CheckConstraint("is_whole OR NOT is_main", name="main_is_whole"),
        CheckConstraint("bound IN ('at_least', 'at_most')", name="bound"),
        CheckConstraint(
            "method IN ('measured', 'published', 'stated', 'converted')", name="method"
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("dataset.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(server_default=sql("0"))
    is_main: Mapped[bool] = mapped_column(server_default=sql("false"))
    method: Mapped[str]
    tokenizer: Mapped[str | None]
    tokenizer_printed: Mapped[str | None]
    low: Mapped[int | None] = mapped_column(BigInteger)
    mid: Mapped[int | None] = mapped_column(BigInteger)
    high: Mapped[int | None] = mapped_column(BigInteger)
    bound: Mapped[str | None]
    scope_zh: Mapped[str | None]
    scope_en: Mapped[str | None]
    printed: Mapped[str | None]
    is_whole: Mapped[bool] = mapped_column(server_default=sql("true"))
    is_assumed: Mapped[bool] = mapped_column(server_default=sql("false"))
    is_scaled: Mapped[bool] = mapped_column(server_default=sql("false"))
    is_disputed: Mapped[bool] = mapped_column(server_default=sql("false"))
    has_repeats: Mapped[bool] = mapped_column(server_default=sql("false"))
    rule: Mapped[dict[str, Any] | None]
    quantity_id: Mapped[int | None] = mapped_column(
        ForeignKey("quantity.id", ondelete="CASCADE"), index=True
    )
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    seed_key: Mapped[str | None]

    source: Mapped[Source | None] = relationship(lazy="raise")
