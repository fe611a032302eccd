"""What files are sent to be measured; nobody gets them back, and they go when they are counted."""

from datetime import timedelta

from fastapi import Request
from sqlalchemy.orm import Session

from app.errors import NotFound
from app.files.models import StoredFile
from app.files.purposes import Purpose
from app.files.types import GZIP, JSON, JSONL, PARQUET, TEXT, ZSTD

MAX_BYTES = 500_000_000


def _may_download(request: Request, session: Session, stored: StoredFile) -> None:
    del request, session, stored
    raise NotFound("There is no such file, or it was cleaned up after its time.")


SAMPLE_FILE = Purpose(
    code="catalogue_sample",
    types=(JSONL, JSON, TEXT, GZIP, ZSTD, PARQUET),
    max_bytes=MAX_BYTES,
    may_download=_may_download,
    keep=timedelta(days=2),
)
