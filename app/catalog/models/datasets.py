"""Datasets and their subsets, the tree of categories, and which datasets share text."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.providers import Provider
from app.catalog.models.quantities import Quantity
from app.catalog.models.sources import Source
from app.catalog.models.statements import Statement
from app.db import Base, HasTimestamps


class Visibility(StrEnum):
    """Who may know of a dataset: anybody who may browse, or the team alone."""

    PUBLIC = "public"
    TEAM = "team"


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
