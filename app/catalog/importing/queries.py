"""Read imports and their rows, and what reading a file has to know of the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.viewers import Viewer
from app.catalog.importing.models import Import, ImportRow, ImportState, Outcome
from app.catalog.models.datasets import Dataset
from app.catalog.models.providers import Provider
from app.catalog.search import arrays
from app.errors import NotFound
from app.jobs.models import Job

ROWS_PER_PAGE = 50
RECENT = 30
DONE = (ImportState.APPLIED, ImportState.UNDOING, ImportState.UNDONE)


def lock_import(session: Session, public_id: str, *, viewer: Viewer | None) -> Import:
    """Return an import for a change: others wait until this one ends. Raises NotFound."""
    session.execute(select(Import.id).where(Import.public_id == public_id).with_for_update())
    session.expire_all()
    return get_import(session, public_id, viewer=viewer)


def get_import(session: Session, public_id: str, *, viewer: Viewer | None) -> Import:
    """
    Return an import with its file; `viewer` None is the portal itself.

    A preview is its maker's alone. What entered the catalogue is the whole team's business.

    Raises
    ------
    NotFound
        If there is none, or it is somebody else's.
    """
    statement = select(Import).where(Import.public_id == public_id).options(joinedload(Import.file))
    if viewer is not None:
        statement = statement.where(_may_see(viewer))
    found = session.scalar(statement)
    if found is None:
        raise NotFound("There is no such import, or it was cleaned up after its time.")
    return found


def list_imports(session: Session, viewer: Viewer) -> list[Import]:
    """Return the latest imports that a person may see, newest first."""
    statement = select(Import).where(_may_see(viewer)).order_by(Import.id.desc()).limit(RECENT)
    return list(session.scalars(statement))


def find_job(session: Session, found: Import) -> Job | None:
    """Return the job that works or worked on an import, if it is still known."""
    if found.job_id is None:
        return None
    return session.scalar(
        select(Job).where(Job.public_id == found.job_id).execution_options(populate_existing=True)
    )


def list_jobs(session: Session, imports: Sequence[Import]) -> dict[str, Job]:
    """Return the jobs of imports by their public ids."""
    ids = [one.job_id for one in imports if one.job_id]
    if not ids:
        return {}
    found = session.scalars(select(Job).where(arrays.is_one_of_words(Job.public_id, ids)))
    return {job.public_id: job for job in found}


@dataclass(frozen=True)
class RowsPage:
    """Some rows of an import in the file's order, and the number that the next page starts at."""

    rows: list[ImportRow]
    next_above: int | None


def list_rows(
    session: Session,
    found: Import,
    *,
    outcome: Outcome | None = None,
    with_findings: bool = False,
    above: int = 0,
    limit: int = ROWS_PER_PAGE,
) -> RowsPage:
    """Return one page of the rows of an import, of one outcome or those with findings."""
    statement = select(ImportRow).where(ImportRow.import_id == found.id, ImportRow.number > above)
    if outcome is not None:
        statement = statement.where(ImportRow.outcome == outcome)
    if with_findings:
        statement = statement.where(ImportRow.severity.is_not(None))
    rows = list(session.scalars(statement.order_by(ImportRow.number).limit(limit + 1)))
    shown = rows[:limit]
    return RowsPage(shown, shown[-1].number if len(rows) > limit else None)


def written_rows(session: Session, found: Import, *, above: int, limit: int) -> list[ImportRow]:
    """Return the next rows that an import writes, in the file's order."""
    statement = (
        select(ImportRow)
        .where(
            ImportRow.import_id == found.id,
            ImportRow.number > above,
            ImportRow.outcome.in_([Outcome.CREATE, Outcome.CHANGE]),
        )
        .order_by(ImportRow.number)
        .limit(limit)
    )
    return list(session.scalars(statement))


def numbered_rows(session: Session, found: Import, numbers: Sequence[int]) -> list[ImportRow]:
    """Return the rows of an import that have these numbers, in the file's order."""
    statement = (
        select(ImportRow)
        .where(ImportRow.import_id == found.id, ImportRow.number.in_(numbers))
        .order_by(ImportRow.number)
    )
    return list(session.scalars(statement))


def has_rows(session: Session, found: Import) -> bool:
    """Whether the rows of an import are still kept."""
    return (
        session.scalar(select(ImportRow.id).where(ImportRow.import_id == found.id).limit(1))
        is not None
    )


def archived_slugs(session: Session, slugs: Sequence[str]) -> set[str]:
    """Return those of these slugs whose dataset is archived."""
    if not slugs:
        return set()
    return set(
        session.scalars(
            select(Dataset.slug).where(
                arrays.is_one_of_words(Dataset.slug, slugs), Dataset.archived_at.is_not(None)
            )
        )
    )


def short_names(session: Session) -> dict[str, str]:
    """Return the slugs of providers by their short names in both languages."""
    rows = session.execute(select(Provider.slug, Provider.short_name_zh, Provider.short_name_en))
    return {name: row.slug for row in rows for name in (row.short_name_zh, row.short_name_en)}


def _may_see(viewer: Viewer) -> ColumnElement[bool]:
    own = Import.created_by_id == viewer.account_id
    return or_(own, Import.state.in_(DONE))
