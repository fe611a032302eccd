"""Bring a database to this version's schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from app.errors import Conflict

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS_DIR = Path(__file__).resolve().parents[1] / "migrations"
# Any number; the same one in every process that migrates.
MIGRATION_LOCK = 7_305_001


def known_revisions() -> list[str]:
    """
    Return every revision of this version, oldest first.

    A revision's file is named `NNNN_subject.py` and its id is the number, so that a start that
    has nothing to migrate need not load Alembic.
    """
    return sorted(path.name.partition("_")[0] for path in MIGRATIONS_DIR.glob("versions/[0-9]*.py"))


def current_revision(connection: Connection) -> str | None:
    """Return the revision that a database is at, None if it is empty."""
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def migrate(engine: Engine) -> bool:
    """
    Upgrade the database to the newest revision; return whether anything was to do.

    Several processes may start at once: one migrates, the others wait for it.

    Raises
    ------
    Conflict
        If the database is newer than this version of Peibi.
    """
    known = known_revisions()
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        current = current_revision(connection)
        if current == known[-1]:
            return False
        if current is not None and current not in known:
            raise Conflict(
                "The database is at revision %(revision)s, which this version of Peibi does not "
                "know. Start the newer version, or restore a backup made with this one.",
                revision=current,
            )
        upgrade(connection)
    return True


def upgrade(connection: Connection) -> None:
    """Run the migrations that a database lacks, in its transaction."""
    from alembic import command  # noqa: PLC0415  half a second that most starts can do without

    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def alembic_config() -> Config:
    """Return Alembic's configuration for the migrations of this checkout."""
    from alembic.config import Config  # noqa: PLC0415  as above

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR).replace("%", "%%"))
    return config
