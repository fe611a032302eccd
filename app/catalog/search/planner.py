"""
Which way Postgres goes through the search rows, said by us for the statements of one search.

Its estimates of terms that it never sampled are far off: left alone it reads the whole table in
date order to find a rare word, or for a limit that is never reached.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from app.catalog.search import statements

SEARCHING = {
    "enable_seqscan": "off",
    # Room for a bitmap of a million rows without forgetting which rows of a page it means.
    "work_mem": "64MB",
    "max_parallel_workers_per_gather": "0",
    # The way is fixed, so planning it anew for other words would only cost time.
    "plan_cache_mode": "force_generic_plan",
}


@contextmanager
def guided(session: Session, way: Mapping[str, str], asked: str = "NULL") -> Iterator[Any]:
    """
    Go this way, and give the planner its own settings back at the end.

    Yields the answer to `asked`, an expression in SQL, since one statement is needed anyway.
    """
    before = ", ".join(f"current_setting('{name}')" for name in way)
    row = statements.fetch(session, f"SELECT {before}, {_settings(way)}, {asked}", way)[0]
    yield row[-1]
    go(session, dict(zip(way, row, strict=False)))


def go(session: Session, way: Mapping[str, str]) -> None:
    """Go this way in the statements of this transaction that follow."""
    statements.fetch(session, f"SELECT {_settings(way)}", way)


def _settings(way: Mapping[str, str]) -> str:
    return ", ".join(f"set_config('{name}', %({name})s, true)" for name in way)
