"""
How long an edit of a large draft takes: lock, edit, save a step, commit, and compute all of it.

`python -m benchmarks.mixtures` prints one row per size: the edit alone, then the same edit as the
composer sends it, through HTTP and drawing, against one of a page without components.
"""

import gc
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.accounts.viewers import Viewer
from app.catalog.models.datasets import Dataset
from app.catalog.seed.apply import seed
from app.db import make_engine
from app.main import create_app
from app.mixtures import drafts, lifecycle, loading
from app.mixtures.content import Component, Content, Phase
from app.mixtures.edits import cells
from app.mixtures.models import Mixture
from app.mixtures.web.composer.routes import ROWS_SHOWN
from app.postgres import embedded
from app.schema import migrate
from app.settings import Settings
from tests import factories
from tests.mixtures.making import make_viewer

EDITS = 200
WARM = 10
BUDGET = 10**12
# Components in each phase, phases, and the most milliseconds that 99 of 100 edits may take.
SIZES = ((200, 3, 60.0), (500, 1, 150.0))
PERCENT = 99
HTMX = {"HX-Request": "true", "HX-Target": "div#composer", "HX-Request-Type": "partial"}
# Data sets are copied under new names until there are as many as the largest draft needs.
COPY = text(
    """
    INSERT INTO dataset (slug, name_zh, name_en, provider_id, category_id, modality, languages,
                         licence_class)
    SELECT slug || '-copy-' || n, name_zh, name_en, provider_id, category_id, modality, languages,
           licence_class
    FROM dataset, generate_series(1, 2) AS n
    """
)
COPY_ESTIMATES = text(
    """
    INSERT INTO token_estimate (dataset_id, is_main, method, tokenizer, low, mid, high)
    SELECT copied.id, true, e.method, e.tokenizer, e.low, e.mid, e.high
    FROM dataset AS copied
    JOIN dataset AS d ON copied.slug IN (d.slug || '-copy-1', d.slug || '-copy-2')
    JOIN token_estimate AS e ON e.dataset_id = d.id AND e.is_main
    """
)


@dataclass(frozen=True)
class Measured:
    """Edits of one size, in milliseconds."""

    what: str
    p50: float
    p99: float
    processor: float
    limit: float | None = None
    # Of an answer by HTTP, and against the page without components in the same run.
    size: int = 0
    statements: int = 0
    times: float | None = None

    def line(self) -> str:
        """Return the row of the table."""
        target = "" if self.limit is None else f"p99 <= {self.limit:g}"
        times = "" if self.times is None else f"{self.times:.1f}"
        size = f"{self.size / 1e3:.0f}" if self.size else ""
        return (
            f"{self.what:50} {self.p50:8.1f} {self.p99:8.1f} {self.processor:10.1f} {times:>7} "
            f"{size:>6} {self.statements or '':>11}  {target}"
        )


def run() -> list[Measured]:
    """Measure edits of every size on a database of its own, and the pages around them."""
    with embedded.throwaway() as url:
        engine = make_engine(url, pool_size=2)
        migrate(engine)
        with Session(engine) as session, session.begin():
            seed(session)
            session.execute(COPY)
            session.execute(COPY_ESTIMATES)
        found = [edits(engine, *size) for size in SIZES]
        found += pages(url, engine)
        engine.dispose()
    return found


def edits(engine: Engine, components: int, phases: int, limit: float) -> Measured:
    """Measure one edit after another of a draft of this size."""
    mixture_id, viewer, slugs = draft(engine, components, phases)
    revision = 1

    def edit(number: int) -> None:
        nonlocal revision
        typed = cells.type_entry("Phase 0", slugs[number % len(slugs)], f"{1 + number % 7}.5")
        with Session(engine) as session, session.begin():
            mixture = session.get_one(Mixture, mixture_id)
            saved = drafts.edit_draft(session, mixture, typed, revision=revision, viewer=viewer)
            revision = saved.draft.revision
            loading.load_plan(session, saved.content, viewer)

    return measure(f"edit, save and plan {components} x {phases} components", edit, limit)


def pages(url: str, engine: Engine) -> list[Measured]:
    """Measure whole edits by HTTP, drawing included, and an empty page of the same layout."""
    with tempfile.TemporaryDirectory() as directory:
        app = create_app(Settings(data_dir=Path(directory)), url)
        with TestClient(app, follow_redirects=False) as client:
            with Session(engine) as session, session.begin():
                factories.sign_in(
                    client, session, factories.make_account(session, role=Role.PLANNER)
                )
            empty = by_page(client, engine, 0, 1)
            return [
                empty,
                *(by_page(client, engine, *size, empty=empty) for size in SIZES),
                whole_page(client, engine, 0, 1),
                whole_page(client, engine, 200, 3),
            ]


def by_page(
    client: TestClient,
    engine: Engine,
    components: int,
    phases: int,
    limit: float | None = None,
    *,
    empty: Measured | None = None,
) -> Measured:
    """Measure edits of the composer as htmx sends them; without components, of its budget."""
    mixture_id, _viewer, slugs = draft(engine, components, phases)
    with Session(engine) as session:
        slug = session.get_one(Mixture, mixture_id).slug
    # As the page does: it says which rows it has, and is sent what moved in them.
    shown = re.search(r'data-digest="(\w+)"', client.get(f"/mixtures/{slug}").text)
    headers = HTMX | ({ROWS_SHOWN: shown[1]} if shown else {})
    revision = 1

    def edit(number: int) -> None:
        nonlocal revision
        form = {"do": "budget", "phase": "Phase 0", "token_budget": f"{1 + number}B"}
        if slugs:
            dataset = slugs[number % len(slugs)]
            form = {"do": "cells", "phase": "Phase 0", f"w.{dataset}": f"{1 + number % 7}.5"}
        answer = client.post(
            f"/mixtures/{slug}/edit", data=form | {"revision": str(revision)}, headers=headers
        )
        answer.raise_for_status()
        revision += 1
        sizes.append(len(answer.content))

    sizes: list[int] = []
    what = f"edit by HTTP, {components} x {phases} components, drawn"
    if not slugs:
        what = "edit by HTTP of a draft without components"
    with counted() as statements:
        found = measure(what, edit, limit)
    return replace(
        found,
        size=sizes[-1],
        statements=round(len(statements) / len(sizes)),
        # Of processor time: the clock of a busy machine compares its neighbours.
        times=None if empty is None else found.processor / empty.processor,
    )


@contextmanager
def counted() -> Iterator[list[str]]:
    """Yield a list that every statement of this process is added to."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def whole_page(client: TestClient, engine: Engine, components: int, phases: int) -> Measured:
    """Measure opening a draft; without components, the empty page of the same layout."""
    mixture_id, _viewer, _slugs = draft(engine, components, phases)
    with Session(engine) as session:
        slug = session.get_one(Mixture, mixture_id).slug
    return measure(
        f"the composer opened, {components} x {phases} components",
        lambda _number: client.get(f"/mixtures/{slug}"),
        count=50,
    )


def draft(engine: Engine, components: int, phases: int) -> tuple[int, Viewer, list[str]]:
    """Make a mixture of this size; return its id, its owner and its datasets."""
    with Session(engine) as session, session.begin():
        slugs = list(session.scalars(select(Dataset.slug).order_by(Dataset.id).limit(components)))
        viewer = make_viewer(session)
        content = Content(
            phases=tuple(
                Phase(
                    name=f"Phase {number}",
                    token_budget=BUDGET,
                    components=tuple(
                        Component(dataset=slug, weight=1 + place % 9, max_epochs=4)
                        for place, slug in enumerate(slugs)
                    ),
                )
                for number in range(phases)
            )
        )
        mixture = lifecycle.create_mixture(session, name="Large", content=content, viewer=viewer)
        return mixture.id, viewer, slugs


def measure(
    what: str, task: Callable[[int], object], limit: float | None = None, *, count: int = EDITS
) -> Measured:
    """Return the median and the 99th percentile by the clock, and the median processor time."""
    # As a web process is set up.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    clock, processor = [], []
    for number in range(count + WARM):
        started, worked = time.perf_counter(), time.process_time()
        task(number)
        if number >= WARM:
            clock.append((time.perf_counter() - started) * 1e3)
            processor.append((time.process_time() - worked) * 1e3)
    ordered = sorted(clock)
    return Measured(
        what,
        statistics.median(clock),
        ordered[-(-len(ordered) * PERCENT // 100) - 1],
        statistics.median(processor),
        limit,
    )


def table(found: list[Measured]) -> str:
    """Return what was measured, a row each."""
    head = (
        f"{'mixtures':50} {'p50 ms':>8} {'p99 ms':>8} {'processor':>10} {'x empty':>7} "
        f"{'kB':>6} {'statements':>11}"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    last = f"{'memory of this process at most, portal and client':50} {peak:8.0f} MB"
    return "\n".join([head, *(one.line() for one in found), last]) + "\n"


if __name__ == "__main__":
    print(table(run()))
