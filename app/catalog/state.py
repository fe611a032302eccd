"""The one row that says which seed was applied and how often the catalogue changed."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.catalog.models.state import CatalogueState


def seed_version(session: Session) -> str | None:
    """Return the version of the seed that was applied last."""
    return session.scalar(select(CatalogueState.seed_version))


def note_change(session: Session, *, seed_version: str | None = None) -> None:
    """Move the catalogue's version, which caches and exports quote."""
    values = {"version": CatalogueState.version + 1}
    statement = insert(CatalogueState).values(id=1, version=1, seed_version=seed_version)
    if seed_version is not None:
        values["seed_version"] = statement.excluded.seed_version
    session.execute(
        statement.on_conflict_do_update(index_elements=[CatalogueState.id], set_=values)
    )


def version(session: Session) -> int:
    """Return how often the catalogue changed."""
    return session.scalar(select(func.coalesce(func.max(CatalogueState.version), 0))) or 0
