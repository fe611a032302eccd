"""What is read of the places where datasets lie for training."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.catalog.locations.models import TrainingData, TrainingLocation
from app.catalog.models.datasets import Dataset


def find_training_data(
    session: Session, dataset_id: int, *, for_change: bool = False
) -> TrainingData | None:
    """Return what training knows of a dataset, None where nobody has entered anything."""
    statement = (
        select(TrainingData)
        .where(TrainingData.dataset_id == dataset_id)
        .options(selectinload(TrainingData.locations))
        .execution_options(populate_existing=True)
    )
    if for_change:
        # The dataset's row, as the row of the first save is not there yet.
        session.execute(select(Dataset.id).where(Dataset.id == dataset_id).with_for_update())
    return session.scalar(statement)


def load_training_data(session: Session, slugs: Collection[str]) -> dict[str, TrainingData]:
    """Return what training knows of datasets, by slug."""
    if not slugs:
        return {}
    rows = session.execute(
        select(Dataset.slug, TrainingData)
        .join(TrainingData, TrainingData.dataset_id == Dataset.id)
        .where(Dataset.slug.in_(list(slugs)))
        .options(selectinload(TrainingData.locations))
    )
    return {row[0]: row[1] for row in rows}


def find_by_uris(session: Session, uris: Collection[str]) -> list[tuple[str, str, str | None]]:
    """Return the slug, the place and the subset of every location that is one of these."""
    if not uris:
        return []
    rows = session.execute(
        select(Dataset.slug, TrainingLocation.uri, TrainingLocation.subset)
        .join(Dataset, Dataset.id == TrainingLocation.dataset_id)
        .where(TrainingLocation.uri.in_(list(uris)), Dataset.archived_at.is_(None))
        .order_by(TrainingLocation.id)
    )
    return [(slug, uri, subset) for slug, uri, subset in rows]
