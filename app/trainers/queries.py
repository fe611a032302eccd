"""What the database knows for a plan: counts of documents of datasets."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Dataset
from app.catalog.models.quantities import Quantity

# Units of which one is one document of the training data.
DOCUMENT_UNITS = (
    "document",
    "web_page",
    "article",
    "abstract",
    "patent",
    "thread",
    "dialogue",
    "qa_pair",
    "book",
)


def load_document_counts(session: Session, slugs: Collection[str]) -> dict[str, tuple[int, str]]:
    """Return how many documents the catalogue says datasets have, and in which unit, by slug."""
    if not slugs:
        return {}
    rows = session.execute(
        select(Dataset.slug, Quantity.value, Quantity.unit)
        .join(Quantity, Quantity.dataset_id == Dataset.id)
        .where(
            Dataset.slug.in_(list(slugs)),
            Quantity.unit.in_(DOCUMENT_UNITS),
            Quantity.value > 0,
            Quantity.is_whole,
        )
        .order_by(Dataset.id, Quantity.position.desc())
    )
    return {slug: (int(value), unit) for slug, value, unit in rows if value and unit}
