"""What a dataset may refer to, read once: providers, categories, tokenizers, sources."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.catalog.estimating.tables import ReferenceTables
from app.catalog.queries import ADDED_SOURCE


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source that the catalogue has, or is about to have."""

    code: str
    text: str
    grade: str


@dataclass(frozen=True, slots=True)
class Known:
    """
    The closed lists of one moment.

    `providers` and `categories` give the names in Chinese and English by slug or code; an
    archived provider takes no new datasets. `source_codes` finds a source by its text.
    `datasets` has the names of those that one form or request is about, and `hits` the datasets
    that were found for what somebody typed.
    """

    providers: Mapping[str, tuple[str, str]]
    archived_providers: frozenset[str]
    categories: Mapping[str, tuple[str, str]]
    tokenizers: Mapping[str, str]
    sources: Mapping[str, KnownSource]
    tables: ReferenceTables
    source_codes: Mapping[str, str] = field(default_factory=dict)
    datasets: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    hits: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def find_dataset(self, typed: str) -> str | None:
        """Return the dataset that has this identifier, or alone has this name."""
        if typed in self.datasets:
            return typed
        named = [
            slug
            for slug in self.hits.get(typed, ())
            if typed.casefold() in {name.casefold() for name in self.datasets[slug]}
        ]
        return named[0] if len(named) == 1 else None

    def grade(self, code: str | None) -> str | None:
        """Return the grade of a source."""
        source = self.sources.get(code or "")
        return source.grade if source else None


def source_code(text: str, grade: str) -> str:
    """Return the code that a source which people add has: the same for the same words."""
    digest = hashlib.sha256(f"{grade}\n{text}".encode()).hexdigest()
    return f"{ADDED_SOURCE}{digest[:16]}"
