"""Ids by slug or code and back, for records that refer to other rows by name."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import bulk
from app.catalog.models import Category, Dataset, Provider, Source
from app.errors import InvalidInput


@dataclass(slots=True)
class Lookups:
    """What the records of one load may refer to; `datasets` grows as batches are written."""

    providers: dict[str, int]
    categories: dict[str, int]
    sources: dict[str, int]
    grades: dict[str, str]
    datasets: dict[str, int] = field(default_factory=dict)

    @classmethod
    def load(cls, session: Session) -> "Lookups":
        """Read the small tables once."""
        return cls(
            providers=bulk.ids_by(session, Provider, "slug"),
            categories=bulk.ids_by(session, Category, "code"),
            sources=bulk.ids_by(session, Source, "code"),
            grades={
                code: grade for code, grade in session.execute(select(Source.code, Source.grade))
            },
        )

    def provider_id(self, slug: str) -> int:
        """Return a provider's id."""
        if slug not in self.providers:
            raise InvalidInput("There is no provider “%(slug)s”.", slug=slug, field="provider")
        return self.providers[slug]

    def category_id(self, code: str) -> int:
        """Return a category's id."""
        if code not in self.categories:
            raise InvalidInput("There is no category “%(code)s”.", code=code, field="category")
        return self.categories[code]

    def source_id(self, code: str | None) -> int | None:
        """Return a source's id, None where none is named."""
        if code is None:
            return None
        if code not in self.sources:
            raise InvalidInput("There is no source “%(code)s”.", code=code, field="source")
        return self.sources[code]

    def grade(self, source: str | None) -> str | None:
        """Return the grade of a source."""
        return None if source is None else self.grades.get(source)

    def dataset_id(self, slug: str | None) -> int | None:
        """Return the id of a dataset that was found or written before."""
        if slug is None:
            return None
        if slug not in self.datasets:
            raise InvalidInput("There is no dataset “%(slug)s”.", slug=slug, field="parent")
        return self.datasets[slug]

    def find_datasets(self, session: Session, slugs: Iterable[str]) -> None:
        """Read the ids of datasets that are not known yet."""
        missing = [slug for slug in dict.fromkeys(slugs) if slug not in self.datasets]
        if missing:
            rows = session.execute(
                select(Dataset.slug, Dataset.id).where(Dataset.slug.in_(missing))
            )
            self.datasets.update({slug: dataset_id for slug, dataset_id in rows})
