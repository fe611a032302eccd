"""
The same datasets and questions in Datasette, over HTTP beside the portal's own API.

Datasette has what it is good with: an index on every facet column, a full-text index whose
Chinese is already cut into characters, every limit of time and size raised so that it answers,
and no suggestions to work out. Both servers answer JSON with the first page, the total and the
counts of eight facets. Questions for pages from deep in an order are left out.
"""

import http.client
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

from app.catalog.loading.records import DatasetRecord
from app.catalog.pages.addresses import ListState
from app.catalog.search import facets, terms
from app.catalog.search.query import NONE, Facet, Sort
from app.settings import Settings
from app.webserver import environment_of
from benchmarks import corpus, measuring
from benchmarks.queries import Kind, Question

PROGRAM = Path(".venv-bench/bin/datasette")
# How many times faster the portal has to be at the 99th percentile.
LEAST = 10
START_SECONDS, ANSWER_SECONDS = 120, 600
SCHEMA = """
CREATE TABLE dataset (
  id INTEGER PRIMARY KEY, slug TEXT, name_zh TEXT, name_en TEXT, description_zh TEXT,
  description_en TEXT, texts TEXT, is_subset INTEGER, is_team INTEGER, tokens INTEGER,
  category TEXT, modality TEXT, language TEXT, licence TEXT, provider TEXT, unit TEXT,
  method TEXT, size TEXT
);
"""
# Facets with several values per dataset are JSON arrays, as Datasette wants them.
LISTS = frozenset({Facet.LANGUAGE, Facet.UNIT})
FACET_COLUMNS = ("category", "modality", "licence", "provider", "method", "size")
INDEXED = (*FACET_COLUMNS, "tokens", "name_zh", "name_en")
SETTINGS = {
    "sql_time_limit_ms": ANSWER_SECONDS * 1_000,
    "facet_time_limit_ms": ANSWER_SECONDS * 1_000,
    "suggest_facets": 0,
    "default_facet_size": 100,
    "max_returned_rows": 1_000,
}


@contextmanager
def portal(settings: Settings, url: str) -> Iterator[int]:
    """Run one web process of the portal; yield its port."""
    command = [sys.executable, "-m", "uvicorn", "--factory", "--log-level", "warning"]
    command += ["--loop", "uvloop", "--http", "httptools"]
    with _serving(
        lambda port: [*command, "--port", str(port), "app.main:create_app_from_environment"],
        environment_of(settings, url),
        "/readyz",
    ) as port:
        yield port


@contextmanager
def datasette(file: Path) -> Iterator[int]:
    """Run Datasette on a file; yield its port."""
    options = [part for item in SETTINGS.items() for part in ("--setting", *map(str, item))]
    with _serving(
        lambda port: [str(PROGRAM), "serve", str(file), "--port", str(port), *options],
        dict(os.environ),
        "/-/versions.json",
    ) as port:
        yield port


def build(file: Path, rows: int) -> None:
    """Write the synthetic datasets into a SQLite file for Datasette, unless it is there."""
    if file.exists():
        return
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished)) as connection, connection:
        connection.executescript(SCHEMA)
        marks = ", ".join("?" * 18)
        connection.executemany(
            f"INSERT INTO dataset VALUES ({marks})",  # noqa: S608  marks
            _rows(corpus.records(rows)),
        )
        for column in INDEXED:
            connection.execute(f"CREATE INDEX dataset_{column} ON dataset ({column})")
        connection.execute(
            "CREATE VIRTUAL TABLE dataset_fts"
            " USING fts5 (texts, content='dataset', content_rowid=id)"
        )
        connection.execute("INSERT INTO dataset_fts (dataset_fts) VALUES ('rebuild')")
        connection.execute("ANALYZE")
    unfinished.rename(file)


def ask_portal(port: int) -> Callable[[], Callable[[Question], object]]:
    """Return what asks the portal's API."""
    return lambda: _asker(port, portal_address)


def ask_datasette(port: int) -> Callable[[], Callable[[Question], object]]:
    """Return what asks Datasette's JSON."""
    return lambda: _asker(port, datasette_address)


def comparable(questions: Sequence[Question], count: int) -> list[Question]:
    """Return the first `count` questions that both can be asked."""
    return [one for one in questions if one.kind is not Kind.DEEP][:count]


def portal_address(question: Question) -> str:
    """Return the address of a question in the portal's API."""
    request = question.request
    return ListState(
        text=request.text,
        filters={facet: tuple(values) for facet, values in request.filters.items()},
        include_subsets=request.include_subsets,
        sort=request.sort.value,
    ).json_href()


def datasette_address(question: Question) -> str:
    """Return the address of a question in Datasette."""
    request = question.request
    query = [("_size", "20"), ("is_team", "0")]
    if not request.include_subsets:
        query.append(("is_subset", "0"))
    if request.text:
        query += [("_search", _phrases(request.text)), ("_searchmode", "raw")]
    for facet in Facet:
        kind = "_facet_array" if facet in LISTS else "_facet"
        query.append((kind, facet.value))
        for value in request.filters.get(facet, ()):
            suffix = "__arraycontains" if facet in LISTS else ""
            query.append((facet.value + suffix, value))
    if request.sort is Sort.TOKENS:
        query.append(("_sort_desc", "tokens"))
    elif request.sort is Sort.NAME:
        query.append(("_sort", "name_zh" if request.locale == "zh_CN" else "name_en"))
    return f"/datasette/dataset.json?{urlencode(query)}"


def table(settings: Settings, url: str, directory: Path, rows: int, asked: list[Question]) -> str:
    """Ask both the same questions, two clients at once, and return the rows and the ratio."""
    file = directory / "datasette.db"
    build(file, rows)
    with portal(settings, url) as port:
        ours = measuring.measure(ask_portal(port), asked, rounds=3).all()
    with datasette(file) as port:
        theirs = measuring.measure(ask_datasette(port), asked, rounds=1).all()
    lines = [f"{'JSON over HTTP, two clients':26} {'asked':>6} {'p50 ms':>8} {'p99 ms':>8}"]
    for name, times in (("Peibi", ours), ("Datasette", theirs)):
        p50, p99 = measuring.percentile(times, 50), measuring.percentile(times, 99)
        lines.append(f"{name:26} {len(times):6} {p50:8.1f} {p99:8.1f}")
    ratios = [measuring.percentile(theirs, n) / measuring.percentile(ours, n) for n in (50, 99)]
    lines.append(f"{'Datasette / Peibi':26} {'':6} {ratios[0]:8.1f} {ratios[1]:8.1f}  >= {LEAST}")
    return "\n".join(lines) + "\n"


def _rows(records: Iterable[DatasetRecord]) -> Iterator[tuple[object, ...]]:
    for number, one in enumerate(records, 1):
        estimate = one.estimates[0] if one.estimates else None
        texts = (one.name_zh, one.name_en, one.description_zh, one.description_en)
        units = sorted({quantity.unit for quantity in one.quantities if quantity.unit})
        yield (
            number,
            one.slug,
            one.name_zh,
            one.name_en,
            one.description_zh,
            one.description_en,
            " ".join(_spaced(text) for text in texts if text),
            int(one.parent is not None),
            int(one.visibility == "team"),
            estimate.mid if estimate else None,
            one.category,
            one.modality,
            _array(sorted(facets.languages(one.languages)) or [NONE]),
            one.licence_class,
            one.provider,
            _array(units or [NONE]),
            estimate.method if estimate else NONE,
            facets.size(estimate.mid) if estimate else NONE,
        )


def _array(values: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def _spaced(text: str) -> str:
    """Return a text with a space between Chinese characters: one token each."""
    return re.sub(r"([一-鿿])", r" \1 ", text)


def _phrases(text: str) -> str:
    """Return a search in the language of FTS5: each run a phrase."""
    return " ".join(f'"{_spaced(run).strip()}"' for run in terms.runs(text))


def _asker(port: int, address_of: Callable[[Question], str]) -> Callable[[Question], object]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)

    def ask(question: Question) -> bytes:
        connection.request("GET", address_of(question))
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:  # noqa: PLR2004
            message = f"{address_of(question)} answered {response.status}: {body[:300]!r}"
            raise RuntimeError(message)
        return body

    return ask


@contextmanager
def _serving(
    command: Callable[[int], list[str]], environment: dict[str, str], ready: str
) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        command(port),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(process, port, ready)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int, ready: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", ready)
            if connection.getresponse().status == 200:  # noqa: PLR2004
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    message = f"The server on port {port} did not start."
    raise RuntimeError(message)
