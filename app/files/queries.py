"""Read the rows of stored files."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.files.models import StoredFile


def get_file(session: Session, key: str) -> StoredFile:
    """Return a file's row; raises NotFound. Its purpose says who may have it."""
    stored = session.scalars(select(StoredFile).where(StoredFile.key == key)).one_or_none()
    if stored is None:
        raise NotFound("There is no such file, or it was cleaned up after its time.")
    return stored


def rows_with_prefix(session: Session, prefix: str) -> dict[str, datetime]:
    """Return the keys that begin so, with when their rows were made."""
    rows = session.execute(
        select(StoredFile.key, StoredFile.created_at).where(
            StoredFile.key >= prefix, StoredFile.key < prefix + "g"
        )
    )
    return {row.key: row.created_at for row in rows}
