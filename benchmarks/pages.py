"""
The catalogue's page against what it cannot do without: its bare SQL and an empty page.

The bare SQL is what the page asked, asked again on a bare connection; the empty page has the
same layout, the same middleware and the same checks of who asks, and nothing in it. Each is
measured by the clock and by what it took of the processors, in this process and in the database:
the second does not count the turns that other programs of a busy machine have in between.
"""

import asyncio
import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jinja2
import psycopg
from fastapi import FastAPI, Request, Response
from sqlalchemy import event

from app import webserver
from app.accounts.viewers import CatalogueViewer
from app.catalog.pages.addresses import ListState
from app.main import create_app
from app.settings import Settings
from app.web.templating import render
from benchmarks.measuring import percentile
from benchmarks.queries import Question

EMPTY = "/bench/empty"
EMPTY_PAGE = """{% extends "layout.html" %}{% block title %}Empty{% endblock %}
{% block content %}<h1>Empty</h1>{% endblock %}"""
# As every connection of the portal has them.
OPTIONS = (
    "-c jit=off -c max_parallel_workers_per_gather=0 -c plan_cache_mode=force_generic_plan"
    " -c work_mem=64MB -c timezone=UTC"
)
# The whole page takes at most so many times what it cannot do without.
MOST = 2.0


@dataclass(frozen=True, slots=True)
class PageTimes:
    """Milliseconds of each question's page, its bare SQL and an empty page."""

    page: list[float]
    sql: list[float]
    empty: list[float]

    @property
    def ratios(self) -> list[float]:
        """How many times its SQL and an empty page each page took."""
        parts = zip(self.page, self.sql, self.empty, strict=True)
        return [page / (sql + empty) for page, sql, empty in parts]


def table(url: str, questions: Sequence[Question]) -> str:
    """Return what pages take, as lines of text."""
    by_clock, by_processor = run(url, questions)
    lines = [f"{'catalogue page, one client':26} {'asked':>6} {'p50 ms':>8} {'p99 ms':>8}"]
    for how, times in (("", by_clock), ("of the processors", by_processor)):
        if how:
            lines.append(f"{how}:")
        for name, found in (
            ("whole page", times.page),
            ("its bare SQL", times.sql),
            ("empty page, same layout", times.empty),
        ):
            p50, p99 = percentile(found, 50), percentile(found, 99)
            lines.append(f"{name:26} {len(found):6} {p50:8.2f} {p99:8.2f}")
        p50, p99 = percentile(times.ratios, 50), percentile(times.ratios, 99)
        lines.append(f"{'page / (SQL + empty page)':26} {'':6} {p50:8.2f} {p99:8.2f}  <= {MOST:g}")
    return "\n".join(lines) + "\n"


def run(url: str, questions: Sequence[Question]) -> tuple[PageTimes, PageTimes]:
    """
    Ask for the page of every question, once to warm up and once for the record.

    Returns the times by the clock and of the processors.
    """
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(data_dir=Path(directory), jobs_in_process=False)
        app = create_app(settings, url)
        _add_empty_page(app)
        # As a web process is set up.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*webserver.COLLECT_AFTER)
        by_clock, by_processor = PageTimes([], [], []), PageTimes([], [], [])
        connect = psycopg.connect(_conninfo(app), options=OPTIONS)
        with connect as connection, asyncio.Runner() as loop:
            # Prepared as the portal's own are, from the first time on.
            connection.prepare_threshold = 0
            timed = partial(_timed, backends=())
            for measured in (False, True):
                for question in questions:
                    address, locale = href(question), question.request.locale
                    with recorded(app) as statements:
                        page = timed(lambda: loop.run(get(app, address, locale)))  # noqa: B023
                    sql = timed(lambda: _ask_again(connection, statements))
                    empty = timed(lambda: loop.run(get(app, EMPTY, locale)))  # noqa: B023
                    if measured:
                        for times, place in ((by_clock, 0), (by_processor, 1)):
                            times.page.append(page[place])
                            times.sql.append(sql[place])
                            times.empty.append(empty[place])
                timed = partial(_timed, backends=_backends(connection))
        app.state.engine.dispose()
    return by_clock, by_processor


def href(question: Question) -> str:
    """Return the address of the page that answers a question."""
    request = question.request
    return ListState(
        text=request.text,
        filters={facet: tuple(sorted(values)) for facet, values in request.filters.items()},
        include_subsets=request.include_subsets,
        sort=request.sort.value,
        cursor=request.cursor,
    ).href()


async def get(app: FastAPI, address: str, locale: str) -> None:
    """Ask the application for a page, without a server between."""
    parts = urlsplit(address)
    language = locale.replace("_", "-").encode()
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:  # noqa: ANN401  a message of ASGI
        nonlocal status
        status = message.get("status", status)

    await app(
        {
            "type": "http",
            "method": "GET",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "headers": [(b"host", b"bench"), (b"accept-language", language)],
            "http_version": "1.1",
            "scheme": "http",
            "server": ("bench", 80),
            "client": ("127.0.0.1", 1),
            "root_path": "",
        },
        receive,
        send,
    )
    if status != 200:  # noqa: PLR2004
        message = f"{address} answered {status}."
        raise RuntimeError(message)


@contextmanager
def recorded(app: FastAPI) -> Iterator[list[tuple[str, Any]]]:
    """Yield a list that fills with the statements that the application executes."""
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:  # noqa: ANN401
        statements.append((statement, parameters))

    event.listen(app.state.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(app.state.engine, "before_cursor_execute", note)


def _ask_again(connection: psycopg.Connection, statements: Sequence[tuple[str, Any]]) -> None:
    for statement, parameters in statements:
        cursor = connection.execute(statement.encode(), parameters or None)
        if cursor.description:
            cursor.fetchall()
    connection.rollback()


def _timed(task: Callable[[], object], backends: Sequence[Path]) -> tuple[float, float]:
    """Return the milliseconds that a task took by the clock and of the processors."""
    before = _processor_seconds(backends)
    begin, used = time.perf_counter(), time.process_time()
    task()
    end, used = time.perf_counter(), time.process_time() - used
    return (end - begin) * 1_000, (used + _processor_seconds(backends) - before) * 1_000


def _backends(connection: psycopg.Connection) -> list[Path]:
    """Return where Linux says what each process of the database that serves a client has used."""
    rows = connection.execute(
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
    ).fetchall()
    connection.rollback()
    return [Path(f"/proc/{pid}/schedstat") for (pid,) in rows]


def _processor_seconds(backends: Sequence[Path]) -> float:
    return sum(int(one.read_text(encoding="ascii").split()[0]) for one in backends) / 1e9


def _conninfo(app: FastAPI) -> str:
    url = app.state.engine.url
    return str(url.set(drivername="postgresql").render_as_string(hide_password=False))


def _add_empty_page(app: FastAPI) -> None:
    environment: jinja2.Environment = app.state.templates
    pages = jinja2.DictLoader({"bench/empty.html": EMPTY_PAGE})
    environment.loader = jinja2.ChoiceLoader([pages, environment.loader])  # type: ignore[list-item]

    def empty(request: Request, _viewer: CatalogueViewer) -> Response:
        return render(request, "bench/empty.html")

    app.add_api_route(EMPTY, empty, include_in_schema=False)
