"""The inventory: providers, datasets and their subsets, quantities, token estimates, licences."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, HasTimestamps


class EstimateMethod(StrEnum):
    """How a token estimate came about, best first: the order of precedence."""

    MEASURED = "measured"
    PUBLISHED = "published"
    STATED = "stated"
    CONVERTED = "converted"


class LicenceClass(StrEnum):
    """What a stated licence allows, as far as it says; `licences.py` assigns and orders them."""

    OPEN = "open"
    CUSTOM = "custom"
    NON_COMMERCIAL = "non_commercial"
    PER_SOURCE = "per_source"
    CONTRACT = "contract"
    UNKNOWN = "unknown"


class NoEstimateReason(StrEnum):
    """Why a dataset has no token estimate; `labels.py` has the sentence for each."""

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


class ByteContent(StrEnum):
    """What a count of bytes counts; only uncompressed text or code can become tokens."""

    TEXT = "text"
    CODE = "code"
    MARKUP = "markup"
    MIXED = "mixed"
    COMPRESSED = "compressed"
    IDS = "ids"


class Visibility(StrEnum):
    """Who may know of a dataset: anybody who may browse, or the team alone."""

    PUBLIC = "public"
    TEAM = "team"


class Source(HasTimestamps, Base):
    """Where a figure comes from: a paper and table, a repository at a commit, a card, a vendor."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    grade: Mapped[str]
    note_zh: Mapped[str | None]
    note_en: Mapped[str | None]


class Provider(HasTimestamps, Base):
    """The organisation that publishes or sells a dataset."""

    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    short_name_zh: Mapped[str]
    short_name_en: Mapped[str]
    description_zh: Mapped[str | None]
    description_en: Mapped[str | None]
    homepage: Mapped[str | None]
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(server_default=sql("1"))
    seeded: Mapped[dict[str, Any] | None]

    services: Mapped[list["ProviderService"]] = relationship(
        lazy="raise", order_by="ProviderService.id"
    )


class ProviderService(HasTimestamps, Base):
    """Something a provider offers that is not a dataset, such as annotation on request."""

    __tablename__ = "provider_service"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    description_zh: Mapped[str]
    description_en: Mapped[str]
    source_line: Mapped[str]
    source_line_no: Mapped[int | None]
    anomalies: Mapped[list[dict[str, Any]]] = mapped_column(server_default=sql("'[]'"))
    seeded: Mapped[dict[str, Any] | None]


class Category(Base):
    """A node of the category tree; `hue` is its fixed colour, 1 to 10, or 0 for none."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    name_zh: Mapped[str]
    name_en: Mapped[str]
    hue: Mapped[int]
    position: Mapped[int]


class Dataset(HasTimestamps, Base):
    """
    An entry of the catalogue. A subset is a dataset with a parent and the slug `parent/child`.

    `seeded` holds the values the seed last wrote, so that a later seed updates facts that
    nobody touched and leaves what people changed. `revision` counts changes, for ETags.

    The shapes of the JSON columns:

    - `other_source_lines`: `{line_no, text}`; a line that the source prints twice is one dataset.
    - `anomalies`: `{code, note_zh, note_en}`; `notes`: `{zh, en}`.
    - `checks`: `{check_zh, check_en, value, is_ok, comment_zh, comment_en}`.
    - `figures`: by code, a number or `{zh, en}`. The parent's `figure_fields` say, in the order
      of the table of subsets, what each is: `{code, label_zh, label_en, unit, decimals,
      is_share, note_zh, note_en}`. A parent's own `figures` are the table's foot.
    - `extra`: by format (`hf`, `croissant`), what an imported file says and we do not model; an
      export in that format gives it back.
    """

    __tablename__ = "dataset"
    __table_args__ = (
        CheckConstraint("visibility IN ('public', 'team')", name="visibility"),
        CheckConstraint(
            "licence_class IN ('open','custom','non_commercial','per_source','contract','unknown')",
            name="licence_class",
        ),
        Index("ix_dataset_provider_id", "provider_id"),
        Index("ix_dataset_parent_id_position", "parent_id", "position"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("dataset.id"))
    position: Mapped[int] = mapped_column(server_default=sql("0"))
    name_zh: Mapped[str]
    name_en: Mapped[str]
    aliases: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=sql("'{}'"))
    description_zh: Mapped[str | None]
    description_en: Mapped[str | None]
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), index=True)
    modality: Mapped[str]
    modality_basis: Mapped[str | None]
    languages: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=sql("'{}'"))
    languages_note_zh: Mapped[str | None]
    languages_note_en: Mapped[str | None]
    licence_class: Mapped[str] = mapped_column(server_default=sql("'unknown'"))
    licence_spdx: Mapped[str | None]
    licence_stated_zh: Mapped[str | None]
    licence_stated_en: Mapped[str | None]
    access_zh: Mapped[str | None]
    access_en: Mapped[str | None]
    homepage: Mapped[str | None]
    paper: Mapped[str | None]
    released: Mapped[str | None]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"))
    source_line: Mapped[str | None]
    source_line_no: Mapped[int | None]
    source_heading: Mapped[str | None]
    source_heading_no: Mapped[int | None]
    other_source_lines: Mapped[list[dict[str, Any]]] = mapped_column(server_default=sql("'[]'"))
    anomalies: Mapped[list[dict[str, Any]]] = mapped_column(server_default=sql("'[]'"))
    notes: Mapped[list[dict[str, Any]]] = mapped_column(server_default=sql("'[]'"))
    checks: Mapped[list[dict[str, Any]]] = mapped_column(server_default=sql("'[]'"))
    figures: Mapped[dict[str, Any] | None]
    figure_fields: Mapped[list[dict[str, Any]]] = mapped_column(server_default=sql("'[]'"))
    has_tokens: Mapped[bool] = mapped_column(server_default=sql("true"))
    extra: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    no_estimate_reason: Mapped[str | None]
    visibility: Mapped[str] = mapped_column(server_default=sql("'public'"))
    archived_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(server_default=sql("1"))
    seeded: Mapped[dict[str, Any] | None]

    parent: Mapped["Dataset | None"] = relationship(lazy="raise", remote_side="Dataset.id")
    provider: Mapped[Provider] = relationship(lazy="raise")
    category: Mapped[Category] = relationship(lazy="raise")
    source: Mapped[Source | None] = relationship(lazy="raise")
    quantities: Mapped[list["Quantity"]] = relationship(
        lazy="raise", order_by="Quantity.position", cascade="all, delete-orphan"
    )
    estimates: Mapped[list["TokenEstimate"]] = relationship(
        lazy="raise", order_by="TokenEstimate.position", cascade="all, delete-orphan"
    )
    licence_claims: Mapped[list["LicenceClaim"]] = relationship(
        lazy="raise", order_by="LicenceClaim.position", cascade="all, delete-orphan"
    )
    statements: Mapped[list["Statement"]] = relationship(
        lazy="raise", order_by="Statement.position", cascade="all, delete-orphan"
    )
    overlaps: Mapped[list["Overlap"]] = relationship(
        lazy="raise",
        order_by="Overlap.id",
        cascade="all, delete-orphan",
        foreign_keys="Overlap.dataset_id",
    )


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


class Statement(HasTimestamps, Base):
    """
    A sentence that somebody says of a dataset, with our verdict against published facts.

    `text` is verbatim. `verdict` is a code of `labels.VERDICTS`.
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


class Overlap(Base):
    """Two datasets that share text: `derived_from`, `contains` or `may_overlap`."""

    __tablename__ = "overlap"
    __table_args__ = (
        Index("uq_overlap_pair", "dataset_id", "other_id", "relation", unique=True),
        CheckConstraint("relation IN ('derived_from', 'contains', 'may_overlap')", name="relation"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("dataset.id", ondelete="CASCADE"), index=True
    )
    other_id: Mapped[int] = mapped_column(ForeignKey("dataset.id", ondelete="CASCADE"), index=True)
    relation: Mapped[str]
    note_zh: Mapped[str | None]
    note_en: Mapped[str | None]
    seed_key: Mapped[str | None]

    other: Mapped[Dataset] = relationship(lazy="raise", foreign_keys=[other_id])


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


class CatalogueState(Base):
    """One row: which seed was applied, and a number that moves with every catalogue change."""

    __tablename__ = "catalogue_state"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    seed_version: Mapped[str | None]
    version: Mapped[int] = mapped_column(BigInteger, server_default=sql("0"))
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'"))
