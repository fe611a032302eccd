"""Read the rows of a result that is too large to be read whole."""

from dataclasses import replace

from sqlalchemy.orm import Session

from app.catalog.search import statements
from app.catalog.search.needs import RANKS, Needs, Tier
from app.catalog.search.orders import Row, Window

# What a row costs, in microseconds (docs/performance.md): read in the order of an index and looked
# through, and found by its terms.
IN_ORDER_COST = 2.0
BY_TERMS_COST = 1.5
# Matches may lie unevenly in an order: look at so many times as many rows as a page should take.
PATIENCE = 4
LEAST_LOOKED_AT = 1_000

IN_ORDER = """
SELECT dataset_id, {key}
FROM (SELECT * FROM dataset_search WHERE {beyond} ORDER BY {sorted} LIMIT %(looked_at)s) AS near
WHERE {where} ORDER BY {sorted} LIMIT %(size)s
"""
# First what matches, then its order: an index in that order must not tempt the planner.
BY_TERMS = """
WITH found AS MATERIALIZED (
  SELECT dataset_id, {key} FROM dataset_search WHERE {where} AND {beyond}
)
SELECT dataset_id, {key} FROM found ORDER BY {sorted} LIMIT %(size)s
"""


def read_by_rank(
    session: Session,
    needs: Needs,
    window: Window,
    *,
    estimates: dict[Tier, int],
    all_rows: int,
) -> list[Row]:
    """Return the window's rows tier by tier: exact names, matches in names, the others."""
    ranks = [(tier, RANKS[tier]) for tier in estimates]
    ranks.sort(key=lambda each: each[1], reverse=not window.is_backwards)
    rows: list[Row] = []
    for tier, rank in ranks:
        place = window.place
        if place is not None and rank != place.rank:
            is_passed = (rank > place.rank) != window.is_backwards
            if is_passed:
                continue
            place = None
        part = replace(window, place=place, size=window.size - len(rows))
        found = read(session, needs.within(tier), part, estimate=estimates[tier], all_rows=all_rows)
        rows += [row._replace(rank=rank) for row in found]
        if len(rows) >= window.size:
            break
    return rows


def read(
    session: Session, needs: Needs, window: Window, *, estimate: int, all_rows: int
) -> list[Row]:
    """
    Return the window's rows of what matches, whatever their rank.

    `estimate`, about how many match, only decides the way: in order past all rows until the
    window is full, or by their terms all that match, of which the first are sorted out.
    """
    expected = window.size * all_rows // max(estimate, 1)
    if expected * IN_ORDER_COST < estimate * BY_TERMS_COST:
        looked_at = LEAST_LOOKED_AT + PATIENCE * expected
        rows = _fetch(session, IN_ORDER, needs, window, looked_at)
        if len(rows) >= window.size:
            return rows
    return _fetch(session, BY_TERMS, needs, window)


def _fetch(
    session: Session, statement: str, needs: Needs, window: Window, looked_at: int | None = None
) -> list[Row]:
    where = needs.by_terms() if looked_at is None else needs.by_reading()
    columns = [window.order.key, "dataset_id"]
    beyond = window.beyond(columns)
    rows = statements.fetch(
        session,
        statement.format(
            key=window.order.key,
            where=where.sql(),
            beyond=beyond.sql(),
            sorted=window.sorted(columns),
        ),
        {**where.parameters, **beyond.parameters, "size": window.size, "looked_at": looked_at},
    )
    return [Row(dataset_id, RANKS["unnamed"], key) for dataset_id, key in rows]
