"""The eight facets: which values a dataset has, which values exist, and their exact counts."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Category
from app.catalog.models.licences import LicenceClass
from app.catalog.models.providers import Provider
from app.catalog.search import lookups, statements
from app.catalog.search.models import FacetValue
from app.catalog.search.query import NONE, Facet, SearchRequest, facet_title, is_slug, shown
from app.catalog.words.labels import METHODS, MODALITIES
from app.catalog.words.units import UNITS
from app.errors import InvalidInput

MAX_ALLOWED_SHOWN = 30
# The most values of one facet that are counted for a page, beside those that are selected.
MAX_VALUES = 100
# Tags that stand for a language of a larger one, which people look for.
MACROLANGUAGES = {"cmn": "zh"}


class SizeBand(NamedTuple):
    """A range of token estimates, the upper end excluded."""

    value: str
    low: int
    high: int | None


SIZE_BANDS = (
    SizeBand("under-100m", 0, 10**8),
    SizeBand("100m-1b", 10**8, 10**9),
    SizeBand("1b-10b", 10**9, 10**10),
    SizeBand("10b-100b", 10**10, 10**11),
    SizeBand("100b-1t", 10**11, 10**12),
    SizeBand("1t-or-more", 10**12, None),
)
RANGES = {
    NONE: (-1, -1),
    **{one.value: (one.low, 2**63 - 1 if one.high is None else one.high - 1) for one in SIZE_BANDS},
}
# Lists that are closed and public: their values may be asked for even where nothing has them.
CLOSED: dict[Facet, frozenset[str]] = {
    Facet.MODALITY: frozenset(MODALITIES),
    Facet.LANGUAGE: frozenset({NONE}),
    Facet.LICENCE: frozenset(LicenceClass),
    Facet.UNIT: frozenset(UNITS) | {NONE},
    Facet.METHOD: frozenset(METHODS) | {NONE},
    Facet.SIZE: frozenset(band.value for band in SIZE_BANDS) | {NONE},
}


# How many datasets have each value of each facet.
Counts = dict[Facet, dict[str, int]]

FACETS = {facet.value: facet for facet in Facet}

ALLOWED = """
SELECT facet_value.value
FROM facet_value JOIN facet_tally ON value_id = 0 AND other_id = facet_value.id AND {count} > 0
WHERE facet_value.facet = %(facet)s
ORDER BY {count} DESC, facet_value.value
LIMIT %(most)s
"""
# One row for a value, and its lists as arrays: see `matching.py`.
WITH_VALUES = """
SELECT paired.with_id, array_agg(facet_value.facet), array_agg(facet_value.value),
       array_agg(paired.datasets)
FROM (
  SELECT value_id AS with_id, other_id AS id, {count} AS datasets
  FROM facet_tally WHERE value_id = ANY(%(value_ids)s::integer[])
  UNION ALL
  SELECT other_id, value_id, {count}
  FROM facet_tally WHERE other_id = ANY(%(value_ids)s::integer[]) AND value_id > 0
) AS paired
JOIN facet_value ON facet_value.id = paired.id
WHERE paired.datasets > 0
GROUP BY paired.with_id
"""


@dataclass(slots=True)
class ValueCount:
    """A value of a facet and how many datasets of the result have it."""

    value: str
    count: int
    is_selected: bool = False


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """
    The values of a facet, most frequent first, counted without the facet's own selection.

    If `is_capped`, each count is a floor: at least so many.
    """

    values: tuple[ValueCount, ...]
    is_capped: bool = False


def languages(tags: Iterable[str]) -> set[str]:
    """
    Return the values of the language facet: each tag, and the language that it is a kind of.

    >>> sorted(languages(["zh-Hant", "cmn"]))
    ['cmn', 'zh', 'zh-Hant']
    """
    found = set(tags)
    found |= {tag.split("-")[0] for tag in found}
    found |= {MACROLANGUAGES[tag] for tag in found if tag in MACROLANGUAGES}
    return found or {NONE}


def size(tokens: int | None) -> str:
    """Return the size band of a token estimate."""
    if tokens is None:
        return NONE
    return next(band.value for band in reversed(SIZE_BANDS) if tokens >= band.low)


def range_of(sizes: Iterable[str]) -> tuple[int, int]:
    """
    Return the least and the most tokens that some of these size bands have, -1 for no estimate.

    >>> range_of(["none", "under-100m"]), range_of(["1t-or-more"])
    ((-1, 99999999), (1000000000000, 9223372036854775807))
    """
    ranges = [RANGES[size] for size in sizes]
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def number_values(
    session: Session, values: Iterable[tuple[Facet, str]]
) -> dict[tuple[Facet, str], int]:
    """Return the ids of facet values, making those that are new."""
    wanted = set(values)
    numbers = _find(session, wanted)
    missing = sorted(wanted - numbers.keys())
    if missing:
        session.execute(
            insert(FacetValue).on_conflict_do_nothing(),
            [{"facet": facet, "value": value} for facet, value in missing],
        )
        numbers |= _find(session, missing)
    return numbers


def _find(session: Session, values: Iterable[tuple[Facet, str]]) -> dict[tuple[Facet, str], int]:
    rows = session.execute(
        select(FacetValue.facet, FacetValue.value, FacetValue.id).where(
            tuple_(FacetValue.facet, FacetValue.value).in_(list(values))
        )
    )
    return {(Facet(facet), value): value_id for facet, value, value_id in rows}


def find_selected(
    session: Session, request: SearchRequest, known: Mapping[tuple[Facet, str], int]
) -> dict[Facet, tuple[int, ...]]:
    """
    Return the ids of the values asked for; a known value that no dataset has gets none.

    Raises
    ------
    InvalidInput
        If there is no such value, as far as the viewer may know.
    """
    for facet, values in request.filters.items():
        for value in sorted(values):
            is_known = (facet, value) in known
            if not is_known and value not in _closed_values(session, facet, request):
                raise _unknown(session, facet, value, request)
    return {
        facet: tuple(sorted(known[facet, value] for value in values if (facet, value) in known))
        for facet, values in request.filters.items()
    }


def _closed_values(session: Session, facet: Facet, request: SearchRequest) -> Iterable[str]:
    if facet is Facet.CATEGORY:
        return session.scalars(select(Category.code)).all()
    if facet is Facet.PROVIDER and request.sees_team:
        slugs = [value for value in request.filters[facet] if is_slug(value)]
        return session.scalars(select(Provider.slug).where(Provider.slug.in_(slugs))).all()
    return CLOSED.get(facet, frozenset())


def _unknown(session: Session, facet: Facet, value: str, request: SearchRequest) -> InvalidInput:
    rows = statements.fetch(
        session,
        ALLOWED.format(count=lookups.visible_column(request)),
        {"facet": facet, "most": MAX_ALLOWED_SHOWN + 1},
    )
    allowed = [row.value for row in rows]
    names = ", ".join(allowed[:MAX_ALLOWED_SHOWN]) + (
        ", …" if len(allowed) > MAX_ALLOWED_SHOWN else ""
    )
    return InvalidInput(
        "The filter “%(facet)s” has no value “%(value)s”. Its values are: %(allowed)s.",
        field=facet,
        facet=facet_title(facet),
        value=shown(value),
        allowed=names or NONE,
    )


def count_with(
    session: Session, value_ids: Collection[int], request: SearchRequest
) -> dict[int, Counts]:
    """Return by value how many datasets have each other value as well; by 0, at all."""
    rows = statements.fetch(
        session,
        WITH_VALUES.format(count=lookups.count_column(request)),
        {"value_ids": list(value_ids)},
    )
    found: dict[int, Counts] = {value_id: {} for value_id in value_ids}
    for value_id, *counted in rows:
        counts = found[value_id]
        for facet, value, count in zip(*counted, strict=True):
            values = counts.get(facet)
            if values is None:
                values = counts[FACETS[facet]] = {}
            values[value] = count
    return found


def arrange(
    counts: Counts, request: SearchRequest, capped: Collection[Facet]
) -> dict[Facet, FacetCounts]:
    """Return the counts by facet, most frequent first, with a zero for what was selected."""
    nothing: dict[str, int] = {}
    return {
        facet: FacetCounts(
            _shown(counts.get(facet, nothing), request.filters.get(facet, ())), facet in capped
        )
        for facet in Facet
    }


def _shown(counts: Mapping[str, int], selected: Collection[str]) -> tuple[ValueCount, ...]:
    values = [(-count, value) for value, count in counts.items()]
    values += [(0, value) for value in selected if value not in counts]
    values.sort()
    rare = [one for one in values[MAX_VALUES:] if one[1] in selected]
    return tuple(
        ValueCount(value, -count, value in selected)
        for count, value in [*values[:MAX_VALUES], *rare]
    )
