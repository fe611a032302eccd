"""A database of its own for the benchmark, filled through the importer's path."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.orm import Session

from app import audit, db, schema
from app.catalog.loading.load import load_records
from app.catalog.loading.records import DatasetRecord
from app.catalog.models.datasets import Dataset
from app.catalog.models.providers import Provider
from app.catalog.search import indexing
from app.catalog.seed.apply import seed
from app.postgres.embedded import Cluster
from app.postgres.home import Home
from benchmarks import corpus

# Nothing here outlives a crash or has to; a million rows and their indexes fit the buffers.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
}


@dataclass(slots=True)
class Load:
    """How a load went; `made_seconds` went into making the records, not into loading them."""

    rows: int = 0
    seconds: float = 0
    made_seconds: float = 0
    sizes: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say how fast the importer's path alone was."""
        if not self.rows:
            return "kept from an earlier run"
        speed = self.rows / (self.seconds - self.made_seconds)
        return f"loaded by the importer's path: {speed:,.0f} rows/s"


@contextmanager
def running(directory: Path) -> Iterator[str]:
    """Yield the URL of a Postgres in a directory."""
    home = Home(directory / "postgres")
    home.create()
    cluster = Cluster(home, None, OPTIONS, sync=False)
    try:
        yield cluster.start()
    finally:
        cluster.stop()


def connect(url: str) -> Engine:
    """Return an engine as a web process has one."""
    return db.make_engine(url, pool_size=2)


def fill(url: str, rows: int) -> Load:
    """Migrate and seed a database and load so many synthetic datasets, unless it has them."""
    engine = connect(url)
    schema.migrate(engine)
    load = Load()
    with Session(engine) as session:
        session.execute(text("SET statement_timeout = 0"))
        found = session.scalar(select(func.count()).select_from(Dataset)) or 0
        if found < rows:
            seed(session)
            session.commit()
            _load(session, rows, load)
            _vacuum(engine)
        load.sizes = _sizes(session)
    engine.dispose()
    return load


def _load(session: Session, rows: int, load: Load) -> None:
    session.execute(text("SET statement_timeout = 0"))
    session.execute(
        insert(Provider),
        [
            {
                "slug": provider.slug,
                "name_zh": provider.name_zh,
                "name_en": provider.name_en,
                "short_name_zh": provider.name_zh,
                "short_name_en": provider.name_en,
            }
            for provider in corpus.providers()
        ],
    )
    begin = time.perf_counter()
    with indexing.counting_once(session):
        load_records(session, _timed(corpus.records(rows), load), actor=audit.PORTAL)
    session.commit()
    load.rows, load.seconds = rows, time.perf_counter() - begin


def _vacuum(engine: Engine) -> None:
    """Do now what autovacuum would soon do by itself."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))


def _timed(records: Iterable[DatasetRecord], load: Load) -> Iterator[DatasetRecord]:
    iterator = iter(records)
    while True:
        begin = time.perf_counter()
        record = next(iterator, None)
        load.made_seconds += time.perf_counter() - begin
        if record is None:
            return
        yield record


def _sizes(session: Session) -> dict[str, int]:
    rows = session.execute(
        text(
            "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relname IN"
            " ('dataset', 'dataset_search', 'ix_dataset_search_terms',"
            " 'ix_dataset_search_sampled_terms', 'search_word', 'facet_tally')"
        )
    )
    return {row.relname: row.pg_relation_size for row in rows}
