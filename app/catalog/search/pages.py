"""Read the rows of a result that is too large to be read whole."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.catalog.search import planner
from app.catalog.search.models import DatasetSearch
from app.catalog.search.needs import RANKS, Needs, Tier
from app.catalog.search.orders import Row, Window

# What reading a row costs, in microseconds (docs/performance.md): in the order of an index, with
# its terms looked through, and through a bitmap of what matches.
IN_ORDER_COST = 2.5
BY_TERMS_COST = 1.2
# Matches may lie unevenly in an order: look at so many times as many rows as a page should take.
PATIENCE = 4
LEAST_LOOKED_AT = 1_000

Columns = list[InstrumentedAttribute[Any]]


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
    window is full, or through a bitmap of the matches, of which the first are sorted out.
    """
    looked_at = LEAST_LOOKED_AT + PATIENCE * window.size * all_rows // max(estimate, 1)
    if looked_at * IN_ORDER_COST < PATIENCE * estimate * BY_TERMS_COST:
        planner.go(session, planner.IN_ORDER)
        rows = _execute(session, _in_order(needs, window, looked_at))
        if len(rows) >= window.size:
            return rows
    planner.go(session, planner.BY_TERMS)
    return _execute(session, _by_terms(needs, window))


def _in_order(needs: Needs, window: Window, looked_at: int) -> Select[int, Any]:
    columns: Columns = [window.order.column(), DatasetSearch.dataset_id]
    near = (
        select(DatasetSearch)
        .where(window.beyond(columns))
        .order_by(*window.sorted(columns))
        .limit(looked_at)
        .subquery()
    )
    table = aliased(DatasetSearch, near)
    columns = [window.order.column(table), table.dataset_id]
    return (
        select(table.dataset_id, columns[0])
        .where(*needs.conditions(table))
        .order_by(*window.sorted(columns))
        .limit(window.size)
    )


def _by_terms(needs: Needs, window: Window) -> Select[int, Any]:
    columns: Columns = [window.order.column(), DatasetSearch.dataset_id]
    return (
        select(DatasetSearch.dataset_id, columns[0])
        .where(*needs.conditions(), window.beyond(columns))
        .order_by(*window.sorted(columns))
        .limit(window.size)
    )


def _execute(session: Session, statement: Select[int, Any]) -> list[Row]:
    return [Row(dataset_id, 0, key) for dataset_id, key in session.execute(statement)]
