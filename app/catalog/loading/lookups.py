"""Ids by slug or code and back, for records that refer to other rows by name."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.loading import bulk
from app.catalog.models.datasets import Category, Dataset
from app.catalog.models.providers import Provider
from app.catalog.models.sources import Source
from app.catalog.search import arrays
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
            grades=dict(session.execute(select(Source.code, Source.grade)).all()),
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

    def provider_slug(self, provider_id: int) -> str:
        """Return the slug of a provider's id."""
        return _name_of(self.providers, provider_id)

    def category_code(self, category_id: int) -> str:
        """Return the code of a category's id."""
        return _name_of(self.categories, category_id)

    def source_code(self, source_id: int | None) -> str | None:
        """Return the code of a source's id, None where there is none."""
        return None if source_id is None else _name_of(self.sources, source_id)

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
                select(Dataset.slug, Dataset.id).where(
                    arrays.is_one_of_words(Dataset.slug, missing)
                )
            )
            self.datasets.update(rows.all())


def _name_of(ids: dict[str, int], wanted: int) -> str:
    return next(name for name, row_id in ids.items() if row_id == wanted)
