"""Keep everything the portal holds in one file, and bring it back from there."""

import logging
import re
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import LiteralString

import psycopg

from app.errors import Conflict
from app.postgres import archive, binaries, dump, embedded, stored_files, urls
from app.postgres.archive import Manifest
from app.postgres.stored_files import StoredFiles
from app.settings import Settings
from app.version import VERSION

logger = logging.getLogger(__name__)


def backup(settings: Settings, file: Path) -> Manifest:
    """Write the database and the stored files, as they are now, to one private file."""
    files = stored_files.of(settings, embedded.home_of(settings).directory)
    with embedded.database(settings) as url, archive.write(file) as writer:
        manifest = _add_database(writer, url, settings.postgres_bin)
        # After the database: a file is stored before the row that names it, so none is missing.
        for name, open_file in files.members():
            try:
                stored = open_file()
            except FileNotFoundError:
                logger.info("a stored file was deleted during the backup", extra={"file": name})
                continue
            with stored:
                writer.add(name, stored, compress=True)
        return writer.finish(manifest)


def _add_database(writer: archive.Writer, url: str, postgres_bin: Path | None) -> Manifest:
    with urls.connect(url, autocommit=False) as connection:
        # One snapshot for the revision and the dump, whatever is written meanwhile.
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        snapshot = str(_scalar(connection, "SELECT pg_export_snapshot()"))
        client = binaries.find_client(_major(connection), postgres_bin)
        with dump.dump(url, client, snapshot=snapshot) as stream:
            writer.add(archive.DUMP, stream, compress=False)
        return Manifest(
            format=archive.FORMAT,
            peibi_version=VERSION,
            revision=_revision(connection),
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            postgres_version=str(_scalar(connection, "SHOW server_version")),
            dump_major=client.major,
            members={},
        )


def restore(
    settings: Settings, file: Path, *, known_revisions: Collection[str], force: bool = False
) -> Manifest:
    """
    Replace everything the portal holds by a backup: all of it, or nothing.

    The portal may run meanwhile. Migrate afterwards: the backup may be of an older version.

    Raises
    ------
    InvalidInput
        If the file is not a backup or is damaged.
    Conflict
        If the backup is of a newer version, or the portal holds something and `force` is not
        given.
    """
    files = stored_files.of(settings, embedded.home_of(settings).directory)
    with archive.read(file) as reader, embedded.database(settings) as url:
        manifest = reader.manifest
        _refuse_newer(manifest, known_revisions)
        reader.verify()
        with urls.connect(url) as connection:
            version = connection.info.server_version
            client = binaries.find_client(
                max(_major(connection), manifest.dump_major), settings.postgres_bin
            )
            if not force:
                _refuse_overwriting(connection, files, manifest)
        with files.staging() as staging:
            reader.extract(archive.DUMP, staging / archive.DUMP)
            with (
                files.replacing(reader, staging) as swap,
                dump.replace(url, staging / archive.DUMP, client, version),
            ):
                # Last before the commit, which is all that can still fail.
                swap()
        with urls.connect(url) as connection:
            connection.execute("ANALYZE")
    return manifest


def _refuse_newer(manifest: Manifest, known_revisions: Collection[str]) -> None:
    is_known = manifest.revision is None or manifest.revision in known_revisions
    if is_known and _numbers(manifest.peibi_version) <= _numbers(VERSION):
        return
    raise Conflict(
        "The backup was made by Peibi %(theirs)s (schema %(revision)s), which is newer than this "
        "Peibi %(ours)s. Install that version or a newer one, and restore with it.",
        theirs=manifest.peibi_version,
        revision=manifest.revision,
        ours=VERSION,
    )


def _refuse_overwriting(
    connection: psycopg.Connection, stored: StoredFiles, manifest: Manifest
) -> None:
    tables = _scalar(
        connection,
        "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace = 'public'::regnamespace",
    )
    files = sum(1 for _ in stored.members())
    if tables or files:
        raise Conflict(
            "This portal is not empty: its database has %(tables)s tables, and it stores %(files)s "
            "files. Nothing was changed. Keep them with `peibi db backup`, then replace them by "
            "the backup of %(date)s with --force.",
            tables=tables,
            files=files,
            date=manifest.created_at,
        )


def _revision(connection: psycopg.Connection) -> str | None:
    if _scalar(connection, "SELECT to_regclass('public.alembic_version')") is None:
        return None
    revision = _scalar(connection, "SELECT version_num FROM public.alembic_version")
    return None if revision is None else str(revision)


def _scalar(connection: psycopg.Connection, statement: LiteralString) -> object:
    row = connection.execute(statement).fetchone()
    return None if row is None else row[0]


def _major(connection: psycopg.Connection) -> int:
    return connection.info.server_version // 10_000


def _numbers(version: str) -> tuple[int, ...]:
    """Return what a version is compared by: 0.10.1 is newer than 0.9."""
    return tuple(int(number) for number in re.findall(r"\d+", version))
