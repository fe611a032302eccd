"""Keep the tables of imports small: previews that nobody applied go, then the rows of old ones."""

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.catalog.importing import queries
from app.catalog.importing.models import Import, ImportRow
from app.jobs.kinds import PeriodicJob

# As long as its file is kept.
KEEP_PREVIEWS = timedelta(days=7)
# As long as it can be taken back; the import itself stays, and every event in the history.
KEEP_ROWS = timedelta(days=90)


def forget_old_imports(session: Session) -> None:
    """Delete previews that were not applied, and the rows of imports applied long ago."""
    session.execute(
        delete(Import).where(
            Import.state.not_in(queries.DONE),
            Import.created_at < func.clock_timestamp() - KEEP_PREVIEWS,
        )
    )
    old = select(Import.id).where(Import.applied_at < func.clock_timestamp() - KEEP_ROWS)
    session.execute(delete(ImportRow).where(ImportRow.import_id.in_(old)))


FORGET_OLD_IMPORTS = PeriodicJob("catalogue.forget_imports", "37 3 * * *", forget_old_imports)
