"""
The whole catalogue as a file, read from the database: rows a second, and memory of the process.

Each format is written in a process of its own, as a web process writes it: the ids that the list
finds, then batch after batch. Its peak is what the system says, the programs' own memory included.
"""

import multiprocessing
import time
from array import array
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from app.catalog.exporting import formats
from app.catalog.exporting.batches import Export, in_pieces
from app.catalog.exporting.formats import Format
from app.catalog.search.query import SearchRequest, parse_text
from app.catalog.search.whole import find_ids
from benchmarks import database

FORMATS = (Format.CSV, Format.JSON, Format.XLSX, Format.CROISSANT)
MOST_MB = 300


@dataclass(frozen=True, slots=True)
class Written:
    """One file: how many datasets and bytes it has, what it took, and the process's peak."""

    rows: int
    bytes: int
    seconds: float
    peak_mb: float


def table(url: str) -> str:
    """Return what each format takes, as lines of text."""
    lines = [
        f"the whole catalogue as a file; at most {MOST_MB} MB in memory",
        f"{'format':10} {'rows':>10} {'MB':>8} {'rows/s':>8} {'peak MB':>8}",
    ]
    context = multiprocessing.get_context("spawn")
    for wanted in FORMATS:
        with context.Pool(1) as pool:
            found = pool.apply(write, (url, wanted))
        lines.append(
            f"{wanted.value:10} {found.rows:10,} {found.bytes / 1e6:8.1f}"
            f" {found.rows / found.seconds:8,.0f} {found.peak_mb:8.0f}"
        )
    return "\n".join(lines) + "\n"


def write(url: str, wanted: Format) -> Written:
    """Write all datasets in one format and throw the file away."""
    engine = database.connect(url)
    factory = sessionmaker(engine)
    begin = time.perf_counter()
    with factory.begin() as session:
        ids = all_ids(session)
    file = formats.write_many(
        Export(factory, ids, with_team=True),
        wanted,
        title="Datasets",
        page_of="https://peibi.example/catalogue/{}".format,
    )
    size = sum(len(piece) for piece in in_pieces(file.pieces))
    seconds = time.perf_counter() - begin
    engine.dispose()
    return Written(len(ids), size, seconds, _peak_mb())


def _peak_mb() -> float:
    """Return the most memory that this process had; `getrusage` would count its parent's too."""
    status = Path("/proc/self/status").read_text()
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return int(kib) * 1024 / 1e6


def all_ids(session: Session) -> "array[int]":
    """Return everything that a member of the team finds, subsets included."""
    wanted = SearchRequest(text=parse_text(""), include_subsets=True, sees_team=True)
    return find_ids(session, wanted)
