"""Rows of stored files: in the caller's transaction, within the account's quota."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.errors import NotFound, TooLarge
from app.files import queries, service, types, upkeep
from app.files.models import StoredFile
from app.files.purposes import Purpose
from app.files.receiving import ReceivedFile, receive
from app.files.storage import FileStorage, new_key

PURPOSE = Purpose("test", (types.CSV,), 1_000, lambda *_: None)
BRIEF = Purpose("brief", (types.CSV,), 1_000, lambda *_: None, keep=timedelta(days=1))


def received(storage: FileStorage, size: int = 10, purpose: Purpose = PURPOSE) -> ReceivedFile:
    return receive(storage, purpose, "清单.csv", io.BytesIO(b"a" * size).read)


def test_a_kept_file_has_its_facts(session: Session, local_storage: FileStorage) -> None:
    stored = service.keep_file(session, received(local_storage, 3), created_by_id=7)
    found = queries.get_file(session, stored.key)
    assert (found.name, found.size_bytes, found.type_code) == ("清单.csv", 3, "csv")
    # SHA-256 of "aaa"
    assert found.sha256 == "9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0"
    assert found.expires_at is None
    assert found.name not in found.key


def test_letting_go_removes_the_row_and_leaves_the_bytes_to_the_clean_up(
    session: Session, local_storage: FileStorage
) -> None:
    stored = service.keep_file(session, received(local_storage), created_by_id=7)
    service.let_go(session, stored)
    with pytest.raises(NotFound):
        queries.get_file(session, stored.key)
    assert local_storage.exists(stored.key)


def test_an_account_has_a_quota_and_others_do_not_count(
    session: Session, local_storage: FileStorage
) -> None:
    def keep(account_id: int | None, size: int) -> StoredFile:
        file = received(local_storage, size)
        file.quota_bytes = 100
        return service.keep_file(session, file, created_by_id=account_id)

    keep(1, 60)
    keep(2, 60)
    keep(None, 600)
    assert service.used_bytes(session, 1) == 60
    with pytest.raises(TooLarge):
        keep(1, 41)
    keep(1, 40)


def test_a_file_that_the_portal_reads_is_limited_and_leaves_nothing(
    local_storage: FileStorage, tmp_path: Path
) -> None:
    with pytest.raises(TooLarge):
        received(local_storage, 1_001)
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def age(session: Session, local_storage: FileStorage, tmp_path: Path, hours: float) -> None:
    """Make everything older, rows and bytes."""
    import os
    import time

    session.execute(update(StoredFile).values(created_at=text(f"now() - interval '{hours} hours'")))
    for path in (tmp_path / "files").rglob("*"):
        os.utime(path, (time.time() - hours * 3_600,) * 2)


def test_the_clean_up_removes_orphans_after_an_hour_and_reports_what_is_missing(
    session: Session, local_storage: FileStorage, tmp_path: Path
) -> None:
    kept = service.keep_file(session, received(local_storage), created_by_id=1)
    lost = service.keep_file(session, received(local_storage), created_by_id=1)
    local_storage.delete(lost.key)
    orphan = received(local_storage)
    (tmp_path / "files" / "ab").mkdir(exist_ok=True)
    foreign = tmp_path / "files" / "ab" / "README"
    foreign.write_text("not ours")

    age(session, local_storage, tmp_path, 0.9)
    assert upkeep.tidy(session, local_storage) == upkeep.CleanUp(0, 0, ())
    age(session, local_storage, tmp_path, 1.1)
    assert upkeep.tidy(session, local_storage) == upkeep.CleanUp(0, 1, (lost.key,))

    assert local_storage.exists(kept.key)
    assert not local_storage.exists(orphan.key)
    assert foreign.exists()


def test_a_file_for_a_while_expires(session: Session, local_storage: FileStorage) -> None:
    brief = service.keep_file(session, received(local_storage, purpose=BRIEF), created_by_id=1)
    lasting = service.keep_file(session, received(local_storage), created_by_id=1)
    assert upkeep.tidy(session, local_storage).expired == 0
    session.execute(
        update(StoredFile)
        .where(StoredFile.key == brief.key)
        .values(expires_at=text("now() - interval '1 second'"))
    )
    assert upkeep.tidy(session, local_storage).expired == 1
    assert set(queries.rows_with_prefix(session, brief.key[:2])) <= {lasting.key}


def test_unknown_keys_are_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        queries.get_file(session, new_key())
