"""Bring a database to this version's schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from app.errors import Conflict

MIGRATIONS_DIR = Path(__file__).resolve().parents[1] / "migrations"
# Any number; the same one in every process that migrates.
MIGRATION_LOCK = 7_305_001


def alembic_config() -> Config:
    """Return Alembic's configuration for the migrations of this checkout."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR).replace("%", "%%"))
    return config


def head_revision() -> str:
    """Return the newest revision this version knows."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if head is None:
        raise RuntimeError("There are no migrations.")
    return head


def known_revisions() -> set[str]:
    """Return every revision that this version can start from."""
    script = ScriptDirectory.from_config(alembic_config())
    return {revision.revision for revision in script.walk_revisions()}


def migrate(engine: Engine) -> bool:
    """
    Upgrade the database to the newest revision; return whether anything was to do.

    Several processes may start at once: one migrates, the others wait for it.

    Raises
    ------
    Conflict
        If the database is newer than this version of Peibi.
    """
    config = alembic_config()
    known = known_revisions()
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        current = MigrationContext.configure(connection).get_current_revision()
        if current == head_revision():
            return False
        if current is not None and current not in known:
            raise Conflict(
                "The database is at revision %(revision)s, which this version of Peibi does not "
                "know. Start the newer version, or restore a backup made with this one.",
                revision=current,
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True
