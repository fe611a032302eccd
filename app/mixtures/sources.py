"""Where components come from: a search, a pasted list, a recipe, subsets, a catalogue's filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.catalog.search.facets import ValueCount
from app.catalog.search.query import Facet, SearchRequest, Sort, parse_filters, parse_text
from app.catalog.search.service import search
from app.errors import Conflict, InvalidInput
from app.mixtures import access, catalogue, sentences
from app.mixtures.edits.components import read_list
from app.mixtures.facts import DatasetFacts
from app.mixtures.recipes import reading, using
from app.mixtures.recipes.reading import RecipeComponent
from app.planning.errors import PlanningError
from app.planning.notation.parsing import EntryKind, parse_entry
from app.web.i18n import current_locale

MOST_FOUND = 1_000
MOST_LINES = 2_000
SUGGESTED = 8
_PAGE = 200


@dataclass(frozen=True)
class Found:
    """
    Datasets to add, with their weights where the source has some.

    `unknown` are lines of a list that name no dataset; `ambiguous` those that name several, with
    what they could be; `missing` are lines of a recipe without a counterpart.
    """

    slugs: tuple[str, ...]
    weights: Mapping[str, float] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    ambiguous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: tuple[RecipeComponent, ...] = ()


def suggest(session: Session, text: str, viewer: Viewer) -> list[DatasetFacts]:
    """Return the few datasets and subsets that fit best what somebody types."""
    wanted = parse_text(text)
    if not wanted:
        return []
    found = search(session, _request(wanted, {}, viewer, limit=SUGGESTED))
    slugs = catalogue.slugs_of_ids(session, found.ids)
    facts = catalogue.load_facts(session, slugs, with_team=access.sees_team(viewer))
    return [facts[slug] for slug in slugs if slug in facts]


@dataclass(frozen=True)
class Results:
    """What a search of the catalogue found: the first few, how many, and what narrows it."""

    facts: tuple[DatasetFacts, ...]
    total: int
    is_capped: bool
    facets: Mapping[Facet, tuple[ValueCount, ...]]


def look_up(
    session: Session,
    viewer: Viewer,
    *,
    text: str = "",
    filters: Mapping[str, Sequence[str]],
    subsets: bool = False,
    limit: int = SUGGESTED,
) -> Results:
    """
    Return the datasets that a search finds, the best first.

    Raises
    ------
    InvalidInput
        If there is no such filter or value.
    """
    request = replace(
        _request(parse_text(text), filters, viewer, limit=limit), include_subsets=subsets
    )
    found = search(session, request)
    slugs = catalogue.slugs_of_ids(session, found.ids)
    facts = catalogue.load_facts(session, slugs, with_team=access.sees_team(viewer))
    return Results(
        facts=tuple(facts[slug] for slug in slugs if slug in facts),
        total=found.total,
        is_capped=found.total_is_capped,
        facets={facet: counts.values for facet, counts in found.facets.items()},
    )


def from_list(session: Session, text: str, viewer: Viewer) -> Found:
    """
    Read a pasted list: a dataset a line, by its short name or its name, with or without a weight.

    Raises
    ------
    InvalidInput
        If it has too many lines, or a weight that is none.
    """
    lines = read_list(text)
    if len(lines) > MOST_LINES:
        raise InvalidInput(
            "The list has %(count)s lines; at most %(most)s are read.",
            field="list",
            count=len(lines),
            most=MOST_LINES,
        )
    with_team = access.sees_team(viewer)
    known = catalogue.load_facts(session, [name for name, _weight in lines], with_team=with_team)
    others = [name for name, _weight in lines if name not in known]
    named = catalogue.find_by_name(session, others, with_team=with_team)
    slugs: dict[str, None] = {}
    weights: dict[str, float] = {}
    unknown, ambiguous = [], {}
    for name, weight in lines:
        choices = [name] if name in known else named.get(name.casefold(), [])
        if len(choices) != 1:
            if choices:
                ambiguous[name] = tuple(choices)
            else:
                unknown.append(name)
            continue
        slugs[choices[0]] = None
        if weight is not None:
            weights[choices[0]] = _weight(weight)
    return Found(tuple(slugs), weights, tuple(unknown), ambiguous)


def from_recipe(session: Session, slug: str, viewer: Viewer) -> Found:
    """Return the counterparts of a recipe with its printed weights."""
    recipe = reading.get_recipe(slug)
    mapped = using.map_recipe(session, recipe, viewer)
    weights: dict[str, float] = {}
    for one, dataset in mapped.found:
        weights[dataset] = weights.get(dataset, 0.0) + using.weight_of(one)
    return Found(tuple(weights), weights, missing=mapped.missing)


def from_parent(session: Session, slug: str, viewer: Viewer) -> Found:
    """
    Return the subsets of a dataset.

    Raises
    ------
    InvalidInput
        If it has none that may be seen.
    """
    slugs = catalogue.list_subset_slugs(session, slug, with_team=access.sees_team(viewer))
    if not slugs:
        raise InvalidInput("%(dataset)s has no subsets.", field="parent", dataset=slug)
    return Found(tuple(slugs))


def from_filter(
    session: Session,
    viewer: Viewer,
    *,
    text: str = "",
    filters: Mapping[str, Sequence[str]],
    parent: str | None = None,
    subsets: bool = False,
) -> Found:
    """
    Return everything that a search of the catalogue finds.

    Raises
    ------
    InvalidInput
        If there is no such filter or value.
    Conflict
        If it finds very many: a mixture of them could not be read.
    """
    request = replace(
        _request(parse_text(text), filters, viewer, limit=_PAGE),
        parent=parent,
        include_subsets=subsets,
    )
    ids: list[int] = []
    cursor: str | None = None
    while True:
        page = search(session, replace(request, cursor=cursor))
        if page.total > MOST_FOUND or page.total_is_capped:
            raise Conflict(
                "The filter finds %(count)s datasets; at most %(most)s are added at once. Narrow "
                "it.",
                count=page.total,
                most=MOST_FOUND,
            )
        ids += page.ids
        cursor = page.next_cursor
        if cursor is None:
            return Found(tuple(catalogue.slugs_of_ids(session, ids)))


def _request(
    text: str, filters: Mapping[str, Sequence[str]], viewer: Viewer, *, limit: int
) -> SearchRequest:
    return SearchRequest(
        text=text,
        filters=parse_filters(
            {name: values for name, values in filters.items() if name in _FACETS}
        ),
        include_subsets=True,
        sort=Sort.RELEVANCE if text else Sort.TOKENS,
        locale=current_locale(),
        limit=limit,
        sees_team=access.sees_team(viewer),
    )


_FACETS = frozenset(facet.value for facet in Facet)


def _weight(text: str) -> float:
    try:
        entry = parse_entry(text)
    except PlanningError as error:
        raise sentences.explain(error, field="list") from None
    return float(entry.value * 100 if entry.kind is EntryKind.SHARE else entry.value)
