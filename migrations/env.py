"""Alembic's environment: migrates the database it is handed, or the one in DATABASE_URL."""

from alembic import context
from sqlalchemy import create_engine, pool
from sqlalchemy.sql.schema import SchemaItem

from app import models
from app.settings import Settings

target_metadata = models.METADATA


def include_object(
    item: SchemaItem, name: str | None, kind: str, reflected: bool, compare_to: SchemaItem | None
) -> bool:
    """Leave tables that belong to the job queue to its own migrations."""
    del item, compare_to
    return not (
        kind == "table" and reflected and name is not None and name.startswith("procrastinate_")
    )


def run() -> None:
    """Migrate on the connection from the caller, or on a new one."""
    connection = context.config.attributes.get("connection")
    if connection is not None:
        context.configure(
            connection=connection, target_metadata=target_metadata, include_object=include_object
        )
        with context.begin_transaction():
            context.run_migrations()
        return
    settings = Settings()
    if settings.database_url is None:
        message = "Set DATABASE_URL, or use `peibi db migrate`, which finds the database itself."
        raise SystemExit(message)
    engine = create_engine(settings.database_url.get_secret_value(), poolclass=pool.NullPool)
    with engine.connect() as new_connection:
        context.configure(
            connection=new_connection,
            target_metadata=target_metadata,
            include_object=include_object,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
