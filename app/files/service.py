"""Give received bytes their row, and let rows go; part of the caller's transaction."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.errors import TooLarge
from app.files.models import StoredFile
from app.files.receiving import ReceivedFile
from app.web.numbers import megabytes

# The second key of the advisory lock is the account; the first only has to be ours.
QUOTA_LOCK = 7_305_002


def keep_file(session: Session, received: ReceivedFile, *, created_by_id: int | None) -> StoredFile:
    """
    Write the row of a received file; the bytes stay from the commit on.

    Raises
    ------
    TooLarge
        If the account's files would exceed its quota.
    """
    quota_bytes = received.quota_bytes
    if created_by_id is not None and quota_bytes is not None:
        session.execute(
            text("SELECT pg_advisory_xact_lock(:ours, :account)"),
            {"ours": QUOTA_LOCK, "account": created_by_id},
        )
        if used_bytes(session, created_by_id) + received.size_bytes > quota_bytes:
            raise quota_exceeded(quota_bytes)
    keep = received.purpose.keep
    stored = StoredFile(
        key=received.key,
        purpose=received.purpose.code,
        name=received.name,
        type_code=received.file_type.code,
        media_type=received.file_type.media_type,
        size_bytes=received.size_bytes,
        sha256=received.sha256,
        created_by_id=created_by_id,
        expires_at=func.clock_timestamp() + keep if keep is not None else None,
    )
    session.add(stored)
    session.flush()
    received.is_kept = True
    return stored


def let_go(session: Session, stored: StoredFile) -> None:
    """Delete a file's row; a rollback brings it back, the clean-up removes its bytes."""
    session.delete(stored)
    session.flush()


def used_bytes(session: Session, account_id: int) -> int:
    """Return how much an account's files take up."""
    statement = select(func.coalesce(func.sum(StoredFile.size_bytes), 0)).where(
        StoredFile.created_by_id == account_id
    )
    return int(session.scalar(statement) or 0)


def quota_exceeded(quota_bytes: int) -> TooLarge:
    """Return the refusal of a file that does not fit beside the account's other files."""
    return TooLarge(
        "Your files would take up more than %(quota)s MB, the most for one account. Delete "
        "some that you no longer need, or ask an administrator.",
        quota=megabytes(quota_bytes),
    )
