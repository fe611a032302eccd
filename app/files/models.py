"""Stored files: what is known of each; the bytes lie in a directory or an object store."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, CreatedAt


class StoredFile(Base):
    """
    A file that somebody uploaded or that the portal made.

    `key` is its random name in the store and in addresses; `name` is only text to show and to
    offer for saving. `purpose` says which domain owns it and decides who may have it. The row
    is written in the transaction of what the file belongs to; bytes without a row are removed
    after an hour. `created_by_id` is an account's id without a key.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("size_bytes >= 0", name="size"),
        Index("ix_stored_file_created_by_id", "created_by_id"),
        Index("ix_stored_file_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]
    name: Mapped[str]
    type_code: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    created_by_id: Mapped[int | None]
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime | None]
