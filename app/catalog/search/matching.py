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
# In a catalogue of so many datasets all that match are read, whatever is asked.
FEW = 10_000
# The most rows that are read for an exact answer: of more datasets the samples let pass about
# 1,100.
MAX_ROWS = FEW
# A floor that about one count in a thousand is below.
DEVIATIONS = 3
# Passes every filter, in `failing`; the filters are numbered from one.
NOTHING_FAILS = 0

# One row, and its lists as arrays: reading a row for each count took longer than counting.
STATEMENT = """
WITH catalogue AS MATERIALIZED (
  SELECT coalesce(sum(all_count), 0)::integer AS datasets
  FROM facet_tally WHERE value_id = 0 AND other_id = 0
), small AS MATERIALIZED (
  SELECT {columns} FROM dataset_search WHERE {small.condition} AND {where} LIMIT {small.most}
), medium AS MATERIALIZED (
  SELECT {columns} FROM dataset_search
  WHERE (SELECT datasets FROM catalogue) > {few}
    AND (SELECT count(*) FROM small) <= {small.few} AND {medium.condition} AND {where}
  LIMIT {medium.most}
), whole AS MATERIALIZED (
  SELECT {columns} FROM dataset_search
  WHERE ((SELECT datasets FROM catalogue) <= {few}
      OR (SELECT count(*) FROM small) <= {small.few}
        AND (SELECT count(*) FROM medium) <= {medium.few}) AND {where}
  LIMIT {max_rows} + 1
), found AS (
  SELECT failing, facets FROM whole
  UNION ALL SELECT failing, facets FROM medium
    WHERE (SELECT count(*) FROM medium) > {medium.few}
  UNION ALL SELECT failing, facets FROM small
    WHERE (SELECT count(*) FROM small) > {small.few}
      AND (SELECT datasets FROM catalogue) > {few}
), counted AS (
  {counted}
), page AS (
  SELECT rank, key, dataset_id FROM whole WHERE failing = 0 AND {beyond}
  ORDER BY {sorted} LIMIT %(size)s
)
SELECT datasets, in_small, in_medium, in_whole, counts.*, rows.*
FROM catalogue,
  (SELECT {numbers} AS in_small FROM small) AS in_small,
  (SELECT {numbers} AS in_medium FROM medium) AS in_medium,
  (SELECT {numbers} AS in_whole FROM whole) AS in_whole,
  (SELECT array_agg(facet), array_agg(value), array_agg(failing), array_agg(datasets)
   FROM counted JOIN facet_value ON facet_value.id = counted.value_id) AS counts,
  (SELECT array_agg(dataset_id), array_agg(rank), array_agg(key) FROM page) AS rows
"""
# How many rows match, how many of those pass the filters, and how many of those in a name.
NUMBERS = """ARRAY[count(*), count(*) FILTER (WHERE failing = 0),
    count(*) FILTER (WHERE failing = 0 AND rank > 0)]"""
COUNTED = """SELECT 0 AS failing, value_id, count(*) AS datasets
  FROM (SELECT unnest(facets) AS value_id FROM found) AS each GROUP BY value_id"""
COUNTED_WITH_FILTERS = """SELECT failing, value_id, count(*) AS datasets
  FROM (SELECT failing, unnest(facets) AS value_id FROM found WHERE failing IS NOT NULL) AS each
  GROUP BY failing, value_id"""


@dataclass(frozen=True, slots=True)
class Match:
    """
    What matches: exact counts and the rows of the page, or floors without rows.

    `estimate` is about how many match, `named_estimate` how many of those in a name, and
    `unfiltered` how many match whether they pass the filters or not. `all_rows` is how many
    datasets there are.
    """

    is_exact: bool
    total: int
    counts: Counts
    estimate: int
    all_rows: int
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
) -> Match:
    """
    Return what matches the needs and all of `selected`, and the window's rows of it.

    The counts of a selected facet are those of what matches the needs and the other facets, from
    the same reading: a row that fails one facet alone counts for that facet.
    """
    where, failing = needs.by_terms(), _failing(list(selected.values()))
    rank = needs.rank() if window.order.has_rank else Clauses([str(RANKS["unnamed"])])
    columns = ["rank", "key", "dataset_id"]
    beyond = window.beyond(columns)
    statement = STATEMENT.format(
        columns=f"dataset_id, facets, {failing.sql()} AS failing, {rank.sql()} AS rank, "
        f"{window.order.key} AS key",
        where=where.sql(),
        beyond=beyond.sql(),
        sorted=window.sorted(columns),
        counted=COUNTED_WITH_FILTERS if selected else COUNTED,
        numbers=NUMBERS,
        small=SMALL,
        medium=MEDIUM,
        few=FEW,
        max_rows=MAX_ROWS,
    )
    parameters = {
        **where.parameters,
        **failing.parameters,
        **rank.parameters,
        **beyond.parameters,
        "size": window.size,
    }
    return _read(statements.fetch(session, statement, parameters)[0], list(selected))


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


def _read(row: Any, selected: Sequence[Facet]) -> Match:  # noqa: ANN401  a row of the driver
    all_rows, in_small, in_medium, in_whole, *counted, ids, ranks, keys = row
    counts = _counts(counted, selected)
    for sample, (found, passing, named) in ((SMALL, in_small), (MEDIUM, in_medium)):
        if all_rows > FEW and found > sample.few:
            return Match(
                is_exact=False,
                total=floor(passing, sample.factor),
                counts={
                    facet: {value: floor(count, sample.factor) for value, count in values.items()}
                    for facet, values in counts.items()
                },
                estimate=sample.factor * passing,
                all_rows=all_rows,
                unfiltered=sample.factor * found,
                named_estimate=sample.factor * named,
            )
    found, passing, named = in_whole
    is_exact = found <= MAX_ROWS
    return Match(
        is_exact=is_exact,
        total=passing,
        counts=counts,
        estimate=passing,
        all_rows=all_rows,
        unfiltered=found,
        named_estimate=named,
        rows=list(map(Row, ids, ranks, keys)) if is_exact and ids else [],
        has_rows=is_exact,
    )


def _counts(counted: Sequence[Sequence[Any] | None], selected: Sequence[Facet]) -> Counts:
    """Return the counts by facet: of what passes every filter, and of its own what fails it."""
    counts: Counts = {}
    if any(column is None for column in counted):
        return counts
    for facet, value, failing, datasets in zip(*counted, strict=True):
        if failing == NOTHING_FAILS or selected[failing - 1] == facet:
            values = counts.get(facet)
            if values is None:
                values = counts[FACETS[facet]] = {}
            values[value] = values.get(value, 0) + datasets
    return counts
