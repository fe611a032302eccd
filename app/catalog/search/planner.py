"""
Which way Postgres goes through the search rows, said by us for the statements of one search.

Its estimates of terms that it never sampled are far off: left alone it reads the whole table in
date order to find a rare word, or for a cap it will never reach.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

BY_TERMS = {
    "enable_seqscan": "off",
    "enable_indexscan": "off",
    "enable_bitmapscan": "on",
    "enable_sort": "on",
    # Room for a bitmap of a million rows without forgetting which rows of a page it means.
    "work_mem": "64MB",
    "max_parallel_workers_per_gather": "0",
}
IN_ORDER = {
    **BY_TERMS,
    "enable_indexscan": "on",
    "enable_bitmapscan": "off",
    "enable_sort": "off",
}


@contextmanager
def guided(session: Session, way: Mapping[str, str]) -> Iterator[None]:
    """Go this way, and give the planner its own settings back at the end."""
    before = [func.current_setting(name) for name in way]
    row = session.execute(select(*before, *_settings(way))).one()
    yield
    go(session, dict(zip(way, row, strict=False)))


def go(session: Session, way: Mapping[str, str]) -> None:
    """Go this way in the statements of this transaction that follow."""
    session.execute(select(*_settings(way)))


def _settings(way: Mapping[str, str]) -> list[ColumnElement[str]]:
    return [func.set_config(name, value, True) for name, value in way.items()]  # noqa: FBT003  SQL
