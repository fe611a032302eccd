"""The calculator: a run in the address, what it takes on the page. Needs no account."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from fastapi import APIRouter, Request, Response

from app.accounts.viewers import CurrentViewer
from app.compute.estimating.estimate import lay_out
from app.compute.estimating.results import Estimate, Remedy, StepParts
from app.db import DbSession
from app.errors import AppError
from app.training import (
    form_values,
    forms,
    knowledge,
    presets,
    published,
    sentences,
    service,
    words,
)
from app.training.charts.memory import MemoryChart, draw_memory
from app.training.charts.progress import Progress, draw_progress
from app.training.charts.timeline import Timeline, draw_pipeline
from app.training.forms import Filled
from app.training.formulas.all import find_formulas
from app.training.formulas.formula import Formula
from app.training.known import Known, Price
from app.training.plans import sources
from app.training.plans.sources import Source
from app.training.published import RunCompared
from app.training.service import Plan
from app.web.forms import FormData
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Part:
    """A part of the step: its seconds and its share."""

    name: str
    seconds: float
    share: float


@dataclass(frozen=True)
class RemedyRow:
    """A change that would make a run fit, in words; `href` makes it."""

    remedy: Remedy
    term: str
    change: str
    href: str | None


@dataclass(frozen=True)
class Shown:
    """Everything that the page shows of a plan; the formulas of memory are those of `stage`."""

    plan: Plan
    stage: int
    is_stage_chosen: bool
    formulas: Mapping[str, Formula]
    memory: MemoryChart
    timeline: Timeline | None
    progress: Progress
    parts: Sequence[Part]
    remedies: Sequence[RemedyRow]
    price: Price | None


@dataclass(frozen=True)
class CalculatorPage:
    """The form, and what it comes to; `shown` is None where it cannot be computed."""

    form: FormData
    values: Mapping[str, str]
    shown: Shown | None
    nearest: Mapping[str, Sequence[int]]
    known: Known
    runs: Sequence[tuple[str, str]]
    models: Sequence[tuple[str, str]]
    sizes: Mapping[str, str]
    can_save: bool
    waits_for: Sequence[str]
    compared: RunCompared | None
    source: Source | None
    words: Any = words
    address: Any = form_values.address


@router.get("/training", name="training.show")
def show_calculator(request: Request, session: DbSession, viewer: CurrentViewer) -> Response:
    """Show what the run in the address takes."""
    known = knowledge.load_known(session)
    query = dict(request.query_params)
    stage = read_stage(query.pop("stage", ""))
    source = sources.named_source(session, query, viewer)
    base = None
    if source is not None:
        base = {**forms.NEW_RUN, "tokens": form_values.spell_tokens(source.tokens)}
    filled = forms.read_query(query, base=base, known=known, may_wait=True)
    shown, nearest = compute(filled, known, stage)
    page = CalculatorPage(
        form=filled.form,
        values=filled.values,
        shown=shown,
        nearest=nearest,
        known=known,
        runs=[(run.id, run_name(run)) for run in presets.runs().values() if run.layout],
        models=[(one.id, one.name) for one in presets.models().values()],
        sizes=sizes_of(filled),
        can_save=forms.may_save(viewer),
        waits_for=filled.waits_for,
        compared=find_compared(filled.values) if shown else None,
        source=source,
    )
    return render(
        request,
        "training/show.html",
        page,
        fragments=("calculator",),
        status_code=200 if shown else 422,
    )


def find_compared(values: Mapping[str, str]) -> RunCompared | None:
    """Return the published run that a form still shows, with what was printed of it."""
    names = ("model", "accelerator", "gpus", "speed", "speed_value", *form_values.LAYOUT_FIELDS)
    for one in published.compare_runs():
        wanted = form_values.values_of_run(one.run)
        if all((values.get(name) or "1") == (wanted.get(name) or "1") for name in names):
            return one
    return None


def read_stage(text: str) -> int | None:
    """Return the stage that an address asks for, or None."""
    return int(text) if text.isdecimal() and len(text) < 5 else None  # noqa: PLR2004  a stage


def compute(
    filled: Filled, known: Known, stage: int | None = None
) -> tuple[Shown | None, Mapping[str, Sequence[int]]]:
    """Compute what a page shows of a run; or put what is refused at its fields, and what does."""
    if filled.body is None:
        return None, {}
    try:
        plan = service.plan_run(filled.body, known)
    except AppError as error:
        return None, forms.put_refusal(filled.form, error)
    return show_plan(plan, filled, known, stage=stage), {}


def show_plan(
    plan: Plan,
    filled: Filled,
    known: Known,
    *,
    stage: int | None = None,
    phases: Sequence[tuple[str, Plan]] = (),
    href_of: Callable[[Mapping[str, str]], str | None] | None = None,
) -> Shown:
    """
    Return everything that a page shows of a plan.

    `phases` are all of which it is one; `href_of` tells the address that makes a change of its
    layout, the calculator's if None.
    """
    found = plan.estimate

    def calculator_href(changes: Mapping[str, str]) -> str:
        # The batch stays, and data parallelism takes the GPUs that are left.
        kept = {"dp": "", "global_batch": str(found.layout.global_batch)}
        return form_values.address("/training", {**filled.values, **kept, **changes}) + "#m"

    is_chosen = stage is not None and stage < len(found.memory.per_stage)
    chosen = stage if is_chosen and stage is not None else found.memory.fullest_stage
    run = lay_out(plan.shape, plan.cluster, found.layout, plan.assumed)
    return Shown(
        plan=plan,
        stage=chosen,
        is_stage_chosen=is_chosen,
        formulas=find_formulas(plan, run, chosen),
        memory=draw_memory(found.memory),
        timeline=draw_pipeline(found),
        progress=draw_progress(phases or [("", plan)]),
        parts=list_parts(found.time.parts),
        remedies=list_remedies(found, href_of or calculator_href),
        price=known.price_of(found_accelerator(filled)),
    )


def list_remedies(
    found: Estimate, href_of: Callable[[Mapping[str, str]], str | None]
) -> list[RemedyRow]:
    """Return what would make a run fit, the best first."""
    return [
        RemedyRow(
            remedy=one,
            term=sentences.term_word(one.term),
            change=sentences.tell_change(one, found.layout),
            href=href_of({one.change: form_values.spell_value(one.change, one.value)}),
        )
        for one in found.memory.remedies
    ]


def list_parts(parts: StepParts) -> list[Part]:
    """Return where the seconds of a step go, without what takes none."""
    found = [(field.name, float(getattr(parts, field.name))) for field in fields(parts)]
    return [Part(name, value, value / parts.total) for name, value in found if value > 0]


def found_accelerator(filled: Filled) -> str:
    """Return the id of the accelerator that was chosen."""
    return filled.values.get("accelerator", "")


def run_name(run: presets.PublishedRun) -> str:
    """Return the name of a published run: its model, its GPUs."""
    device = presets.accelerators()[run.accelerator].device.name
    return f"{presets.models()[run.model].name} · {run.gpus} × {device}"


def sizes_of(filled: Filled) -> Mapping[str, str]:
    """Return the sizes of the chosen preset, for reading; nothing where they are fields."""
    preset = presets.models().get(filled.values.get("model", ""))
    return form_values.values_of_shape(preset.shape) if preset else {}
