"""Imports: what a file would do to the catalogue, row by row, and what was done of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, CreatedAt
from app.files.models import StoredFile


class ImportState(StrEnum):
    """Where an import is. Whether the work of a state failed is told by its job."""

    READING = "reading"
    READY = "ready"
    APPLYING = "applying"
    APPLIED = "applied"
    UNDOING = "undoing"
    UNDONE = "undone"


class Outcome(StrEnum):
    """What an import does with a row."""

    CREATE = "create"
    CHANGE = "change"
    # It says what the catalogue says.
    SAME = "same"
    # A total, a dataset that is to stay as it is.
    SKIP = "skip"
    # An error keeps it out.
    REFUSE = "refuse"


class Import(Base):
    """
    A file on its way into the catalogue.

    `public_id` stands in addresses. `job_id` is the public id of the job that works on it, null
    where the request did the work itself. `counts` gives the number of rows by outcome, and of
    warnings. `repeats` are findings that many rows have, each with its number of rows.
    `providers` and `sources` are those that the file names and the catalogue lacked.
    `undo` tells what taking it back did. `created_by_id` is an account's id without a key.
    """

    __tablename__ = "catalogue_import"
    __table_args__ = (
        CheckConstraint(
            "state IN ('reading', 'ready', 'applying', 'applied', 'undoing', 'undone')",
            name="state",
        ),
        Index("ix_catalogue_import_created_by_id_id", "created_by_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    created_by_id: Mapped[int | None]
    created_by_name: Mapped[str]
    created_at: Mapped[CreatedAt]
    file_id: Mapped[int | None] = mapped_column(
        ForeignKey("stored_file.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    format: Mapped[str | None]
    options: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    state: Mapped[str] = mapped_column(server_default=sql("'reading'"))
    job_id: Mapped[str | None]
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(server_default=sql("'[]'"))
    repeats: Mapped[list[dict[str, Any]]] = mapped_column(server_default=sql("'[]'"))
    providers: Mapped[list[dict[str, Any]]] = mapped_column(server_default=sql("'[]'"))
    sources: Mapped[list[dict[str, Any]]] = mapped_column(server_default=sql("'[]'"))
    read_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undo: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))

    file: Mapped[StoredFile | None] = relationship(lazy="raise")


class ImportRow(Base):
    """
    One row or document of a file.

    `item` is what it says, kept where it is to be written. `given` names the fields that it
    speaks of. `before` and `after` are what a change changes, as the history keeps it; what is
    there must still be `before` when it is written.
    """

    __tablename__ = "catalogue_import_row"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('create', 'change', 'same', 'skip', 'refuse')", name="outcome"
        ),
        CheckConstraint("severity IN ('error', 'warning', 'info')", name="severity"),
        Index("ix_catalogue_import_row_import_id_number", "import_id", "number", unique=True),
        Index("ix_catalogue_import_row_outcome", "import_id", "outcome", "number"),
        Index("ix_catalogue_import_row_severity", "import_id", "severity", "number"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    import_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("catalogue_import.id", ondelete="CASCADE")
    )
    number: Mapped[int]
    row: Mapped[int]
    outcome: Mapped[str]
    # The gravest of its findings.
    severity: Mapped[str | None]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(server_default=sql("'[]'"))
    slug: Mapped[str | None]
    name_zh: Mapped[str | None]
    name_en: Mapped[str | None]
    item: Mapped[dict[str, Any] | None]
    given: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default=sql("'{}'"))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    dataset_id: Mapped[int | None] = mapped_column(BigInteger)
