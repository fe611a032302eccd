"""What files are sent for an import, and who may have them back: only who sent them."""

from datetime import timedelta

from fastapi import Request
from sqlalchemy.orm import Session

from app.accounts.viewers import get_viewer
from app.catalog.importers.reading import MAX_BYTES
from app.errors import NotFound
from app.files.models import StoredFile
from app.files.purposes import Purpose
from app.files.types import CSV, JSON, MARKDOWN, XLSX


def _may_download(request: Request, session: Session, stored: StoredFile) -> None:
    viewer = get_viewer(request, session)
    if viewer.account_id is None or viewer.account_id != stored.created_by_id:
        raise NotFound("There is no such file, or it was cleaned up after its time.")


IMPORT_FILE = Purpose(
    code="catalogue_import",
    types=(CSV, XLSX, JSON, MARKDOWN),
    max_bytes=MAX_BYTES,
    may_download=_may_download,
    keep=timedelta(days=7),
)
