"""
Count what matches, by facet, and read the first rows, in one statement that stays bounded.

One dataset in sixteen is sampled. The statement first looks at the sample alone. Few matches
there: all matches are read and counted exactly. Many: the counts come from the sample, as floors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isqrt
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.catalog.search import arrays
from app.catalog.search.models import DatasetSearch, FacetValue
from app.catalog.search.needs import RANKS, Needs
from app.catalog.search.orders import Row, Window
from app.catalog.search.query import Facet

SAMPLE = 16
# So many matches in the sample are all matches of about 3,200; beyond, the sample must do.
MAX_SAMPLED = 200
# The most rows that are read for an exact answer, and of the sample.
MAX_ROWS = 5_000
MAX_SAMPLE_ROWS = 2_000
# A floor that one count in about 30,000 is below.
DEVIATIONS = 4
# Passes every filter, in `failing`; the filters are numbered from one.
NOTHING_FAILS = 0

Counts = dict[tuple[Facet, str], int]


@dataclass(frozen=True, slots=True)
class Match:
    """
    What matches: exact counts and the rows of the page, or floors without rows.

    `estimate` is about how many match, `named_estimate` how many of those in a name.
    """

    is_exact: bool
    total: int
    counts: Counts
    estimate: int
    named_estimate: int = 0
    rows: list[Row] = field(default_factory=list)
    has_rows: bool = False


def floor(sampled: int) -> int:
    """
    Return how many match at least if so many of the sample do, to two digits.

    >>> floor(10), floor(100), floor(10_000)
    (10, 890, 150000)
    """
    low = SAMPLE * (sampled - DEVIATIONS * (isqrt(sampled) + 1))
    if low <= sampled:
        return sampled
    digits: int = 10 ** (len(str(low)) - 2)
    return low // digits * digits


def match(
    session: Session, needs: Needs, selected: Mapping[Facet, tuple[int, ...]], window: Window
) -> Match:
    """
    Return what matches the needs and all of `selected`, and the window's rows of it.

    The counts of a selected facet are those of what matches the needs and the other facets, from
    the same reading: a row that fails one facet alone counts for that facet.
    """
    columns = (
        DatasetSearch.dataset_id,
        DatasetSearch.facets,
        _failing(list(selected.values())).label("failing"),
        (needs.rank() if window.order.has_rank else literal(RANKS["unnamed"])).label("rank"),
        window.order.column().label("key"),
    )
    conditions = needs.conditions()
    sample = (
        select(*columns)
        .where(DatasetSearch.is_sampled, *conditions)
        .limit(MAX_SAMPLE_ROWS)
        .cte("sample")
    )
    sampled = select(func.count()).select_from(sample).scalar_subquery()
    full = (
        select(*columns)
        .where(sampled <= MAX_SAMPLED, *conditions)
        .limit(MAX_ROWS + 1)
        .cte("full_match")
    )
    rows = session.execute(
        union_all(
            _numbers("full", full),
            _numbers("sample", sample),
            _facet_counts(full, sample, sampled),
            _page(full, window),
        )
    ).all()
    return _read(rows, list(selected))


def _failing(filters: Sequence[tuple[int, ...]]) -> ColumnElement[int]:
    """Return 0 if a row passes all filters, the number of the one that it fails, else null."""
    passes = [DatasetSearch.facets.overlap(arrays.integers(values)) for values in filters]
    if not passes:
        return literal(NOTHING_FAILS)
    whens = [(and_(*passes), literal(NOTHING_FAILS))]
    for number, one in enumerate(passes, start=1):
        others = [other for other in passes if other is not one]
        whens.append((and_(not_(one), *others), literal(number)))
    return case(*whens, else_=cast(null(), Integer))


def _numbers(name: str, rows: CTE) -> Select[Any]:
    passes = rows.c.failing == NOTHING_FAILS
    return select(
        literal(name).label("kind"),
        literal("").label("facet"),
        literal("").label("value"),
        func.count().label("first"),
        func.count().filter(passes).label("second"),
        func.count().filter(passes, rows.c.rank > RANKS["unnamed"]).label("third"),
        cast(null(), rows.c.key.type).label("key"),
    ).select_from(rows)


def _facet_counts(full: CTE, sample: CTE, sampled: ScalarSelect[int]) -> Select[Any]:
    found = union_all(
        select(full.c.failing, full.c.facets),
        select(sample.c.failing, sample.c.facets).where(sampled > MAX_SAMPLED),
    ).subquery()
    each = (
        select(found.c.failing, func.unnest(found.c.facets).label("value_id"))
        .where(found.c.failing.is_not(None))
        .subquery()
    )
    grouped = (
        select(each.c.failing, each.c.value_id, func.count().label("n"))
        .group_by(each.c.failing, each.c.value_id)
        .subquery()
    )
    return select(
        literal("count"),
        FacetValue.facet,
        FacetValue.value,
        grouped.c.n,
        grouped.c.failing,
        literal(0),
        cast(null(), full.c.key.type),
    ).join(grouped, grouped.c.value_id == FacetValue.id)


def _page(full: CTE, window: Window) -> Select[Any]:
    columns = [full.c.rank, full.c.key, full.c.dataset_id]
    rows = (
        select(*columns)
        .where(full.c.failing == NOTHING_FAILS, window.beyond(columns))
        .order_by(*window.sorted(columns))
        .limit(window.size)
    )
    found = rows.subquery()
    return select(
        literal("row"),
        literal(""),
        literal(""),
        found.c.dataset_id,
        found.c.rank,
        literal(0),
        found.c.key,
    )


def _read(rows: Sequence[Any], selected: Sequence[Facet]) -> Match:
    numbers: dict[str, tuple[int, int, int]] = {}
    counts: Counts = {}
    page: list[Row] = []
    for kind, name, value, first, second, third, key in rows:
        if kind == "row":
            page.append(Row(first, second, key))
        elif kind == "count":
            facet = Facet(name)
            if second == NOTHING_FAILS or selected[second - 1] is facet:
                counts[facet, value] = counts.get((facet, value), 0) + first
        else:
            numbers[kind] = (first, second, third)
    found, passing, named = numbers["full"]
    sampled, sampled_passing, sampled_named = numbers["sample"]
    if sampled > MAX_SAMPLED:
        return Match(
            is_exact=False,
            total=floor(sampled_passing),
            counts={one: floor(count) for one, count in counts.items()},
            estimate=SAMPLE * sampled_passing,
            named_estimate=SAMPLE * sampled_named,
        )
    is_exact = found <= MAX_ROWS
    return Match(
        is_exact=is_exact,
        total=passing,
        counts=counts,
        estimate=passing,
        named_estimate=named,
        rows=page if is_exact else [],
        has_rows=is_exact,
    )
