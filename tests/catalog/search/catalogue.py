"""Small catalogues for search tests, and search by brute force to compare with."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from app.catalog.models.datasets import Category, Dataset
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.providers import Provider
from app.catalog.models.quantities import Quantity
from app.catalog.search import facets, indexing, terms
from app.catalog.search.query import NONE, Facet, SearchRequest, Sort

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Entry:
    """A dataset of a test; `parent` is the position of another one in the list."""

    name_zh: str = "数据"
    name_en: str = "Data"
    aliases: tuple[str, ...] = ()
    description_zh: str | None = None
    description_en: str | None = None
    source_line: str | None = None
    provider: str = "acme"
    category: str = "web"
    modality: str = "text"
    languages: tuple[str, ...] = ()
    licence: str = "unknown"
    units: tuple[str, ...] = ()
    method: str | None = None
    tokens: int | None = None
    minutes: int = 0
    is_team_only: bool = False
    is_archived: bool = False
    parent: int | None = None


@dataclass
class Catalogue:
    """Entries that are in the database, with their ids in the order of the entries."""

    entries: list[Entry]
    ids: list[int] = field(default_factory=list)

    def slugs(self, ids: Iterable[int]) -> list[int]:
        """Return the positions of ids."""
        return [self.ids.index(dataset_id) for dataset_id in ids]


def build(session: Session, entries: Iterable[Entry], *, is_indexed: bool = True) -> Catalogue:
    """Write entries and index them."""
    catalogue = Catalogue(list(entries))
    # A category exists whether or not a dataset is in it.
    used = {entry.category for entry in catalogue.entries}
    categories = _categories(session, used | {"web", "books", "science", "science/biology"})
    providers = _providers(session, {entry.provider for entry in catalogue.entries})
    for entry in catalogue.entries:
        parent = None if entry.parent is None else catalogue.ids[entry.parent]
        dataset = Dataset(
            slug=f"entry-{next(_numbers)}",
            parent_id=parent,
            name_zh=entry.name_zh,
            name_en=entry.name_en,
            aliases=list(entry.aliases),
            description_zh=entry.description_zh,
            description_en=entry.description_en,
            source_line=entry.source_line,
            provider_id=providers[entry.provider],
            category_id=categories[entry.category],
            modality=entry.modality,
            languages=list(entry.languages),
            licence_class=entry.licence,
            visibility="team" if entry.is_team_only else "public",
            archived_at=NOW if entry.is_archived else None,
            updated_at=NOW + timedelta(minutes=entry.minutes),
            quantities=[
                Quantity(position=place, printed="1", unit=unit)
                for place, unit in enumerate(entry.units)
            ],
            estimates=[
                TokenEstimate(is_main=True, method=entry.method or "published", mid=entry.tokens)
            ]
            if entry.tokens is not None
            else [],
        )
        session.add(dataset)
        session.flush()
        catalogue.ids.append(dataset.id)
    if is_indexed:
        indexing.index_datasets(session, catalogue.ids)
    return catalogue


def _categories(session: Session, codes: Iterable[str]) -> dict[str, int]:
    """Return the ids of categories; `science/biology` is a child of `science`."""
    found: dict[str, int] = {}
    for path in sorted(codes):
        parent, _, code = path.rpartition("/")
        parent_id = found.get(parent) or (parent and _category(session, parent, None)) or None
        if parent:
            found[parent] = parent_id
        found[path] = _category(session, code, parent_id)
    return found


def _category(session: Session, code: str, parent_id: int | None) -> int:
    category = session.query(Category).filter_by(code=code).one_or_none()
    if category is None:
        category = Category(
            code=code, parent_id=parent_id, name_zh=code, name_en=code, hue=0, position=0
        )
        session.add(category)
        session.flush()
    return category.id


def _providers(session: Session, slugs: Iterable[str]) -> dict[str, int]:
    found = {}
    for slug in slugs:
        provider = session.query(Provider).filter_by(slug=slug).one_or_none()
        if provider is None:
            provider = Provider(
                slug=slug,
                name_zh=f"{slug}公司",
                name_en=f"{slug} Inc",
                short_name_zh=slug,
                short_name_en=slug,
            )
            session.add(provider)
            session.flush()
        found[slug] = provider.id
    return found


class BruteForce:
    """Search as it is meant, entry by entry."""

    def __init__(self, catalogue: Catalogue, slugs: Mapping[int, str]) -> None:
        self.catalogue = catalogue
        self.slugs = slugs

    def ids(self, request: SearchRequest) -> list[int]:
        """Return the ids of all results in their order."""
        return [self.catalogue.ids[place] for place in self._ordered(request)]

    def counts(self, request: SearchRequest) -> dict[Facet, dict[str, int]]:
        """Return how many results each value has, a facet's own selection ignored."""
        found: dict[Facet, dict[str, int]] = {facet: {} for facet in Facet}
        for facet in Facet:
            for place in self._matching(request, but=facet):
                for value in self.values(place)[facet]:
                    found[facet][value] = found[facet].get(value, 0) + 1
        return found

    def values(self, place: int) -> dict[Facet, set[str]]:
        """Return the facet values of an entry."""
        entry = self.catalogue.entries[place]
        return {
            Facet.CATEGORY: set(entry.category.split("/")),
            Facet.MODALITY: {entry.modality},
            Facet.LANGUAGE: facets.languages(entry.languages),
            Facet.LICENCE: {entry.licence},
            Facet.PROVIDER: {entry.provider},
            Facet.UNIT: set(entry.units) or {NONE},
            Facet.METHOD: {NONE if entry.tokens is None else entry.method or "published"},
            Facet.SIZE: {facets.size(entry.tokens)},
        }

    def _ordered(self, request: SearchRequest) -> list[int]:
        places = self._matching(request)
        entries, ids = self.catalogue.entries, self.catalogue.ids
        has_text = bool(terms.runs(request.text))

        def key(place: int) -> tuple[object, ...]:
            entry = entries[place]
            tokens = -1 if entry.tokens is None else entry.tokens
            if request.sort is Sort.UPDATED:
                return -entry.minutes, -ids[place]
            if request.sort is Sort.NAME:
                name = entry.name_zh if request.locale.startswith("zh") else entry.name_en
                return terms.normalise(name), ids[place]
            rank = self._rank(place, request.text) if has_text else 0
            return (-rank if request.sort is Sort.RELEVANCE else 0), -tokens, -ids[place]

        return sorted(places, key=key)

    def _matching(self, request: SearchRequest, but: Facet | None = None) -> list[int]:
        return [
            place
            for place in range(len(self.catalogue.entries))
            if self._is_in_scope(place, request)
            and self._has_text(place, request.text)
            and all(
                facet is but or self.values(place)[facet] & chosen
                for facet, chosen in request.filters.items()
            )
        ]

    def _is_in_scope(self, place: int, request: SearchRequest) -> bool:
        entry = self.catalogue.entries[place]
        above = None if entry.parent is None else self.catalogue.entries[entry.parent]
        is_public = not entry.is_team_only and not (above and above.is_team_only)
        is_archived = entry.is_archived or bool(above and above.is_archived)
        if is_archived or not (is_public or request.sees_team):
            return False
        if request.parent is not None:
            return (
                entry.parent is not None
                and self.slugs[self.catalogue.ids[entry.parent]] == request.parent
            )
        return request.include_subsets or entry.parent is None

    def _names(self, place: int) -> list[str]:
        entry = self.catalogue.entries[place]
        slug = self.slugs[self.catalogue.ids[place]]
        texts = (entry.name_zh, entry.name_en, slug, *entry.aliases)
        return [run for text in texts for run in terms.runs(text)]

    def _runs(self, place: int) -> list[str]:
        entry = self.catalogue.entries[place]
        texts = (
            entry.description_zh,
            entry.description_en,
            entry.source_line,
            f"{entry.provider}公司",
            f"{entry.provider} Inc",
        )
        return self._names(place) + [run for text in texts if text for run in terms.runs(text)]

    def _has_text(self, place: int, text: str) -> bool:
        names, runs = self._names(place), self._runs(place)
        return all(
            run in runs or any(run in name for name in names)
            if len(run) == 1 and terms.is_chinese(run)
            else any(stands_for(run, other) for other in runs)
            for run in terms.runs(text)
        )

    def _rank(self, place: int, text: str) -> int:
        entry = self.catalogue.entries[place]
        asked = " ".join(dict.fromkeys(terms.runs(text)))
        if asked in (terms.normalise(entry.name_zh), terms.normalise(entry.name_en)):
            return 2
        names = self._names(place)
        pairs_in_names = {pair for run in names if terms.is_chinese(run) for pair in pairs(run)}
        for run in terms.runs(text):
            if not terms.is_chinese(run):
                is_named = any(stands_for(run, name) for name in names)
            elif len(run) == 1:
                is_named = any(run in name for name in names)
            else:
                is_named = pairs(run) <= pairs_in_names
            if not is_named:
                return 0
        return 1


def pairs(run: str) -> set[str]:
    """Return the neighbours of a Chinese run."""
    return {run[place : place + 2] for place in range(len(run) - 1)}


def stands_for(typed: str, other: str) -> bool:
    """Return whether a typed run finds a run of a text."""
    if terms.is_chinese(typed) or terms.is_chinese(other):
        return typed in other
    if len(typed) < 3:
        return typed == other
    if len(typed) < 4 or not other.isalpha():
        return other.startswith(typed)
    return typed in other
