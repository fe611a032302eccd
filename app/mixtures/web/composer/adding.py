"""Where the composer finds datasets to add: one search, with what the catalogue can filter by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.catalog import reference
from app.catalog.pages.facets import Names, value_label
from app.catalog.search.query import Facet, facet_title
from app.mixtures import access, catalogue, sources
from app.mixtures.content import Phase
from app.mixtures.phases import display_name
from app.mixtures.recipes import reading
from app.mixtures.web.composer.still import quantity
from app.mixtures.words.lists import tag_value_word
from app.web.i18n import CHINESE, current_locale

FACETS = (Facet.CATEGORY, Facet.LANGUAGE, Facet.MODALITY, Facet.LICENCE)
MOST_VALUES = 40


@dataclass(frozen=True)
class Wanted:
    """What somebody searches for: words, values of facets, with or without subsets."""

    text: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    subsets: bool = False
    is_asked: bool = False

    @property
    def with_subsets(self) -> bool:
        """Whether subsets are found too: where somebody says so, or types a name and no more."""
        return self.subsets or (bool(self.text) and not self.filters)


@dataclass(frozen=True)
class Hit:
    """A dataset that was found, as the list shows it."""

    slug: str
    name: str
    about: str
    tokens: object | None
    is_assumed: bool
    subsets: int
    is_present: bool


@dataclass(frozen=True)
class Choice:
    """A facet of the search, with its values and how many datasets have each."""

    name: str
    title: str
    value: str
    values: list[tuple[str, str, int]]


@dataclass(frozen=True)
class Adding:
    """The panel that adds datasets."""

    wanted: Wanted
    hits: list[Hit]
    total: int
    is_capped: bool
    choices: list[Choice]
    recipes: list[tuple[str, str]]


def read_filter(values: Mapping[str, Sequence[str]]) -> Wanted:
    """Return the search of a form or an address."""

    def first(name: str) -> str:
        return (values.get(name) or [""])[0].strip()

    filters = {facet.value: [first(facet.value)] for facet in FACETS if first(facet.value)}
    return Wanted(
        text=first("q"),
        filters=filters,
        subsets="subsets" in values,
        is_asked="q" in values,
    )


def load(session: Session, wanted: Wanted, phase: Phase, viewer: Viewer) -> Adding:
    """Return the panel: what the search finds, and the ways to narrow it."""
    found = sources.look_up(
        session,
        viewer,
        text=wanted.text,
        filters=wanted.filters,
        subsets=wanted.with_subsets,
    )
    present = {one.dataset for one in phase.components}
    counts = catalogue.count_subsets(
        session, [one.slug for one in found.facts], with_team=access.sees_team(viewer)
    )
    hits = [
        Hit(
            slug=one.slug,
            name=display_name(one.slug, one),
            about=" · ".join(
                (
                    one.provider_zh if current_locale() == CHINESE else one.provider_en,
                    one.category_zh if current_locale() == CHINESE else one.category_en,
                    tag_value_word("licence", one.licence_class, {}),
                )
            ),
            tokens=None if one.mid is None else quantity(one.mid),
            is_assumed=one.is_assumed,
            subsets=counts.get(one.slug, 0),
            is_present=one.slug in present,
        )
        for one in found.facts
    ]
    categories = {one.code: one for one in reference.list_categories(session)}
    names = Names(categories=categories, providers={}, tokenizers={}, datasets={})
    return Adding(
        wanted=wanted,
        hits=hits,
        total=found.total,
        is_capped=found.is_capped,
        choices=[
            Choice(
                name=facet.value,
                title=facet_title(facet),
                value=next(iter(wanted.filters.get(facet.value, [])), ""),
                values=[
                    (one.value, value_label(facet, one.value, names), one.count)
                    for one in found.facets.get(facet, ())[:MOST_VALUES]
                ],
            )
            for facet in FACETS
        ],
        recipes=[(one.slug, one.name) for one in reading.list_recipes()],
    )
