"""A short page for each idea behind a plan, with the numbers of the plan in the address."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from app.accounts.viewers import CurrentViewer
from app.compute.estimating.estimate import lay_out
from app.compute.estimating.prepared import PreparedRun
from app.compute.model.precision import FORMATS, NumberFormat
from app.db import DbSession
from app.errors import NotFound
from app.training import form_values, forms, knowledge, words
from app.training.charts.timeline import Timeline, draw_pipeline
from app.training.concepts import splitting, states, traffic
from app.training.concepts.explanations import CONCEPTS
from app.training.concepts.row import Row
from app.training.formulas.all import find_formulas
from app.training.service import Plan
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class ConceptPage:
    """One idea, the others, and what the plan says of it."""

    concept: str
    concepts: Sequence[tuple[str, str]]
    plan: Plan
    values: Mapping[str, str]
    rows: Sequence[Row]
    formats: Sequence[NumberFormat]
    timeline: Timeline | None
    words: Any = words
    address: Any = form_values.address


@router.get("/training/concepts", name="training.concepts")
def show_first(request: Request, session: DbSession, viewer: CurrentViewer) -> Response:
    """Show the first of the ideas."""
    return show_concept(request, session, viewer, next(iter(CONCEPTS)))


@router.get("/training/concepts/{concept}", name="training.concept")
def show_concept(
    request: Request, session: DbSession, viewer: CurrentViewer, concept: str
) -> Response:
    """Explain one idea with the numbers of the run in the address."""
    del viewer
    if concept not in CONCEPTS:
        raise NotFound("There is no page on this.")
    known = knowledge.load_known(session)
    filled = forms.read_query(dict(request.query_params), known=known)
    plan = forms.plan_of(filled, known)
    run = lay_out(plan.shape, plan.cluster, plan.estimate.layout, plan.assumed)
    page = ConceptPage(
        concept=concept,
        concepts=words.options(CONCEPTS),
        plan=plan,
        values=filled.values,
        rows=list(rows_of(concept, plan, run)),
        formats=list(FORMATS.values()) if concept == "precision" else [],
        timeline=draw_pipeline(plan.estimate) if concept == "pipeline" else None,
    )
    return render(request, "training/concept.html", page)


def rows_of(concept: str, plan: Plan, run: PreparedRun) -> Iterator[Row]:
    """Return the numbers of the plan that show an idea."""
    formulas = find_formulas(plan, run)
    found: Mapping[str, Iterator[Row]] = {
        "zero": states.zero_rows(plan, run),
        "tensor": splitting.tensor_rows(plan, formulas),
        "pipeline": splitting.pipeline_rows(plan),
        "three-d": splitting.three_d_rows(plan, formulas),
        "bf16-optimizer": states.bf16_rows(plan, run),
        "nccl": traffic.nccl_rows(plan, run, formulas),
    }
    return found.get(concept, iter(()))
