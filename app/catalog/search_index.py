"""The hook by which changed datasets reach catalogue search."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.catalog.search import indexing


def index_datasets(session: Session, dataset_ids: Sequence[int]) -> None:
    """Bring the search rows of these datasets up to date."""
    indexing.index_datasets(session, dataset_ids)
