"""
`python -m benchmarks [--rows N]`: the catalogue's search at a million datasets, then the numerics.

Starts a Postgres of its own, loads synthetic datasets through the importer's path and asks a
seeded mix of questions with two clients at once; then whole pages, then Datasette with the same
rows and questions.
"""

import argparse
import gc
import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from app.catalog.search.service import SearchPage, search
from app.settings import Settings
from benchmarks import (
    compute,
    database,
    exports,
    measuring,
    memory,
    mixtures,
    pages,
    planning,
    queries,
    quotes,
    rival,
    tokens,
    trainers,
)
from benchmarks.queries import Question
from benchmarks.training_rivals import table as training_rivals


def main() -> None:
    """Measure and print every table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="synthetic datasets to load")
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=200, help="questions asked of the page")
    parser.add_argument(
        "--rival-questions", type=int, default=24, help="asked of Datasette; 0: none"
    )
    parser.add_argument("--keep", type=Path, help="a directory for the rows, used again next time")
    parser.add_argument("--only-search", action="store_true", help="leave the numerics out")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    with _directory(options.keep) as directory, database.running(directory) as url:
        asked = queries.questions(options.questions, options.rows)
        print(search_table(url, options.rows, asked, options.rounds))
        print(pages.table(url, asked[: options.pages]))
        print(exports.table(url))
        if options.rival_questions:
            compared = rival.comparable(asked, options.rival_questions)
            print(rival.table(Settings(data_dir=directory), url, directory, options.rows, compared))
    if not options.only_search:
        print(memory.table())
        tokens.main()
        print()
        print(planning.table(planning.run()))
        print(mixtures.table(mixtures.run()))
        print(trainers.table())
        compute.main()
        print(training_rivals.table())
        quotes.main()


@contextmanager
def _directory(kept: Path | None) -> Iterator[Path]:
    """Yield where the rows are, open to the account that Postgres runs as where we are root."""
    if kept:
        kept.mkdir(mode=0o711, parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="peibi-bench-") as directory:
        Path(directory).chmod(0o711)
        yield Path(directory)


def search_table(url: str, rows: int, asked: Sequence[Question], rounds: int) -> str:
    """Load the catalogue, ask the questions, and return the table of what it took."""
    load = database.fill(url, rows)

    def connect() -> Callable[[Question], SearchPage]:
        gc.collect()
        gc.freeze()
        engine = database.connect(url)

        def ask(question: Question) -> SearchPage:
            # Committed as a request is: a rollback forgets prepared statements.
            with Session(engine) as session, session.begin():
                return search(session, question.request)

        return ask

    times = measuring.measure(connect, asked, rounds=rounds)
    lines = [
        f"{rows:,} datasets, {load}",
        f"{measuring.CLIENTS} clients at once, warm",
        f"{'search, database path':26} {'asked':>6} {'p50 ms':>8} {'p99 ms':>8}",
    ]
    by_kind = [(kind.value, found) for kind, found in sorted(times.by_kind.items())]
    for name, found in [*by_kind, ("all", times.all())]:
        p50, p99 = (measuring.percentile(found, percent) for percent in (50, 99))
        lines.append(f"{name:26} {len(found):6} {p50:8.2f} {p99:8.2f}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
