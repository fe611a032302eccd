"""
Count what matches, by facet, and read the first rows, in one statement that stays bounded.

One dataset in 256 is in a small sample, one in sixteen in a medium one. The statement looks at
the samples first. Few matches there: all matches are read and counted exactly. Many: the counts
come from the sample, as floors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import sqrt
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from app.catalog.search import statements
from app.catalog.search.facets import FACETS, Counts
from app.catalog.search.needs import RANKS, Needs
from app.catalog.search.orders import Row, Window
from app.catalog.search.query import Facet
from app.catalog.search.statements import Clauses


class Sample(NamedTuple):
    """
    Some of the rows: one in `factor`.

    More than `few` matches there are too many to read them all. `most` are read of the sample.
    """

    name: str
    factor: int
    condition: str
    few: int
    most: int


SMALL = Sample("small", 256, "sample >= 2", few=30, most=250)
MEDIUM = Sample("medium", 16, "sample >= 1", few=70, most=700)
# The most rows that are read for an exact answer: the samples let pass about 1,100.
MAX_ROWS = 3_000
NO_LIMIT = 2**31 - 2
# A floor that about one count in a thousand is below.
DEVIATIONS = 3
# Passes every filter, in `failing`; the filters are numbered from one.
NOTHING_FAILS = 0

STATEMENT = """
WITH small AS MATERIALIZED (
  SELECT {columns} FROM dataset_search WHERE {small.condition} AND {where} LIMIT {small.most}
), medium AS MATERIALIZED (
  SELECT {columns} FROM dataset_search
  WHERE (SELECT count(*) FROM small) <= {small.few} AND {medium.condition} AND {where}
  LIMIT {medium.most}
), whole AS MATERIALIZED (
  SELECT {columns} FROM dataset_search
  WHERE (SELECT count(*) FROM small) <= {small.few}
    AND (SELECT count(*) FROM medium) <= {medium.few} AND {where}
  LIMIT {max_rows} + 1
), found AS (
  SELECT failing, facets FROM whole
  UNION ALL SELECT failing, facets FROM medium
    WHERE (SELECT count(*) FROM medium) > {medium.few}
  UNION ALL SELECT failing, facets FROM small
    WHERE (SELECT count(*) FROM small) > {small.few}
), counted AS (
  SELECT failing, value_id, count(*) AS datasets
  FROM (SELECT failing, unnest(facets) AS value_id FROM found WHERE failing IS NOT NULL) AS each
  GROUP BY failing, value_id
), page AS (
  SELECT rank, key, dataset_id FROM whole WHERE failing = 0 AND {beyond}
  ORDER BY {sorted} LIMIT %(size)s
)
SELECT 'small' AS kind, NULL AS name, count(*) AS first, count(*) FILTER (WHERE failing = 0),
       count(*) FILTER (WHERE failing = 0 AND rank > 0), NULL::{key_type} FROM small
UNION ALL
SELECT 'medium', NULL, count(*), count(*) FILTER (WHERE failing = 0),
       count(*) FILTER (WHERE failing = 0 AND rank > 0), NULL FROM medium
UNION ALL
SELECT 'whole', NULL, count(*), count(*) FILTER (WHERE failing = 0),
       count(*) FILTER (WHERE failing = 0 AND rank > 0), NULL FROM whole
UNION ALL
SELECT facet, value, datasets, failing, 0, NULL
FROM counted JOIN facet_value ON facet_value.id = counted.value_id
UNION ALL
SELECT 'row', NULL, dataset_id, rank, 0, key FROM page
"""


@dataclass(frozen=True, slots=True)
class Match:
    """
    What matches: exact counts and the rows of the page, or floors without rows.

    `estimate` is about how many match, `named_estimate` how many of those in a name, and
    `unfiltered` how many match whether they pass the filters or not.
    """

    is_exact: bool
    total: int
    counts: Counts
    estimate: int
    unfiltered: int = 0
    named_estimate: int = 0
    rows: list[Row] = field(default_factory=list)
    has_rows: bool = False


@cache
def floor(sampled: int, factor: int) -> int:
    """
    Return how many match at least if so many of a sample do, to two digits.

    >>> floor(2, 16), floor(10, 16), floor(100, 16), floor(10_000, 16)
    (2, 44, 1100, 150000)
    """
    # The root of a count of chance varies by a half, whatever the count.
    root = max(sqrt(sampled) - DEVIATIONS / 2, 0)
    low = max(int(factor * root**2), sampled)
    digits = 10 ** max(len(str(low)) - 2, 0)
    return int(max(low // digits * digits, sampled))


def match(
    session: Session,
    needs: Needs,
    selected: Mapping[Facet, tuple[int, ...]],
    window: Window,
    *,
    is_whole: bool = False,
) -> Match:
    """
    Return what matches the needs and all of `selected`, and the window's rows of it.

    With `is_whole` the answer is exact however many rows that takes.

    The counts of a selected facet are those of what matches the needs and the other facets, from
    the same reading: a row that fails one facet alone counts for that facet.
    """
    where, failing = needs.by_terms(), _failing(list(selected.values()))
    rank = needs.rank() if window.order.has_rank else Clauses([str(RANKS["unnamed"])])
    columns = ["rank", "key", "dataset_id"]
    beyond = window.beyond(columns)
    small, medium, max_rows = SMALL, MEDIUM, MAX_ROWS
    if is_whole:
        small, medium = (one._replace(few=NO_LIMIT, most=0) for one in (small, medium))
        max_rows = NO_LIMIT
    statement = STATEMENT.format(
        columns=f"dataset_id, facets, {failing.sql()} AS failing, {rank.sql()} AS rank, "
        f"{window.order.key} AS key",
        where=where.sql(),
        beyond=beyond.sql(),
        sorted=window.sorted(columns),
        key_type=window.order.key_type,
        small=small,
        medium=medium,
        max_rows=max_rows,
    )
    parameters = {
        **where.parameters,
        **failing.parameters,
        **rank.parameters,
        **beyond.parameters,
        "size": window.size,
    }
    return _read(statements.fetch(session, statement, parameters), list(selected), max_rows)


def _failing(filters: Sequence[tuple[int, ...]]) -> Clauses:
    """Return one expression: 0 if all filters pass, the number of the only one that fails, null."""
    passes = [f"facets && %(filter{number})s::integer[]" for number in range(len(filters))]
    if not passes:
        return Clauses([str(NOTHING_FAILS)])
    whens = [f"WHEN {' AND '.join(passes)} THEN {NOTHING_FAILS}"]
    for number, one in enumerate(passes):
        others = [other for other in passes if other is not one]
        whens.append(f"WHEN {' AND '.join([f'NOT {one}', *others])} THEN {number + 1}")
    return Clauses(
        [f"CASE {' '.join(whens)} END"],
        {f"filter{number}": [*values] for number, values in enumerate(filters)},
    )


def _read(rows: Sequence[Any], selected: Sequence[Facet], max_rows: int) -> Match:
    numbers: dict[str, tuple[int, int, int]] = {}
    counts: Counts = {}
    page: list[Row] = []
    for kind, name, first, second, third, key in rows:
        if name is not None:
            if second == NOTHING_FAILS or selected[second - 1] == kind:
                one = FACETS[kind], name
                counts[one] = counts.get(one, 0) + first
        elif kind == "row":
            page.append(Row(first, second, key))
        else:
            numbers[kind] = (first, second, third)
    for sample in (SMALL, MEDIUM):
        found, passing, named = numbers[sample.name]
        if found > sample.few:
            return Match(
                is_exact=False,
                total=floor(passing, sample.factor),
                counts={one: floor(count, sample.factor) for one, count in counts.items()},
                estimate=sample.factor * passing,
                unfiltered=sample.factor * found,
                named_estimate=sample.factor * named,
            )
    found, passing, named = numbers["whole"]
    is_exact = found <= max_rows
    return Match(
        is_exact=is_exact,
        total=passing,
        counts=counts,
        estimate=passing,
        unfiltered=found,
        named_estimate=named,
        rows=page if is_exact else [],
        has_rows=is_exact,
    )
