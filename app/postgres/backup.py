"""Keep everything the portal holds in one file, and bring it back from there."""

import logging
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import LiteralString

import psycopg

from app.errors import Conflict, Unavailable
from app.postgres import archive, binaries, dump, embedded, urls
from app.postgres.archive import Manifest
from app.settings import Settings
from app.version import VERSION

logger = logging.getLogger(__name__)


def files_dir_of(settings: Settings) -> Path | None:
    """Return the directory of the stored files; None where they lie in an object store."""
    url = settings.files_url
    if url is None:
        return settings.data_dir.expanduser().absolute() / "files"
    if "://" in url and not url.startswith(("file://", "local://")):
        return None
    return Path(url.partition("://")[2] if "://" in url else url).expanduser().absolute()


def backup(settings: Settings, file: Path) -> Manifest:
    """
    Write the database and the stored files, as they are now, to one private file.

    Files in an object store stay there: that store is backed up by its own means.
    """
    files_dir = files_dir_of(settings)
    if files_dir is None:
        logger.warning("the backup is without the stored files, which lie in an object store")
    with embedded.database(settings) as url, archive.write(file) as writer:
        manifest = _add_database(writer, url, settings.postgres_bin)
        # After the database: a file is stored before the row that names it, so none is missing.
        for name, path in archive.list_files(files_dir) if files_dir else ():
            try:
                stored = path.open("rb")
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
    files_dir = files_dir_of(settings)
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
                _refuse_overwriting(connection, files_dir, manifest)
        with _staging(files_dir or embedded.home_of(settings).directory) as staging:
            reader.extract(archive.DUMP, staging / archive.DUMP)
            reader.extract_files(staging / "files")
            with (
                _undoing(files_dir, staging) as swap,
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
    connection: psycopg.Connection, files_dir: Path | None, manifest: Manifest
) -> None:
    tables = _scalar(
        connection,
        "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p')"
        " AND relnamespace = 'public'::regnamespace",
    )
    files = sum(1 for _ in archive.list_files(files_dir)) if files_dir else 0
    if tables or files:
        raise Conflict(
            "This portal is not empty: its database has %(tables)s tables, and it stores %(files)s "
            "files. Nothing was changed. Keep them with `peibi db backup`, then replace them by "
            "the backup of %(date)s with --force.",
            tables=tables,
            files=files,
            date=manifest.created_at,
        )


@contextmanager
def _staging(files_dir: Path) -> Iterator[Path]:
    """Yield a private directory on the file system of the stored files."""
    staging = files_dir.with_name(f"{files_dir.name}.restore.{os.getpid()}")
    try:
        files_dir.parent.mkdir(parents=True, exist_ok=True)
        staging.mkdir(mode=0o700)
        yield staging
    except OSError as error:
        raise Unavailable(
            "Nothing was changed, for the backup cannot be unpacked beside %(directory)s: %(why)s.",
            directory=str(files_dir),
            why=error.strerror or str(error),
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def _undoing(files_dir: Path | None, staging: Path) -> Iterator[Callable[[], None]]:
    """Yield what puts the new files in the place of the old; undo that if the body fails."""
    former, new = staging / "former", staging / "files"
    is_swapped = False

    def swap() -> None:
        nonlocal is_swapped
        if files_dir is None:
            return
        is_swapped = True
        if files_dir.exists():
            files_dir.rename(former)
        new.rename(files_dir)

    try:
        yield swap
    except BaseException:
        if files_dir is not None and is_swapped:
            if not new.exists():
                files_dir.rename(new)
            if former.exists():
                former.rename(files_dir)
        raise


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
