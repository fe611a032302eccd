"""A short page for each idea behind a plan, with the numbers of the plan in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from app.accounts.viewers import CurrentViewer
from app.compute.layout.pipeline import bubble_fraction, bubble_slots
from app.compute.model.precision import FORMATS, NumberFormat, bf16_sum_stalls_at
from app.compute.model.states import bytes_per_parameter, state_bytes
from app.compute.units import GIB
from app.db import DbSession
from app.errors import NotFound
from app.training import form_values, forms, knowledge, words
from app.training.explanations import CONCEPTS
from app.training.service import Plan
from app.web.templating import render

router = APIRouter(include_in_schema=False)

INTERLEAVINGS = (1, 2, 4, 8)


@dataclass(frozen=True)
class ConceptPage:
    """One idea, the others, and what the plan says of it."""

    concept: str
    concepts: Sequence[tuple[str, str]]
    plan: Plan
    values: Mapping[str, str]
    zero: Sequence[tuple[int, float, float]]
    bubbles: Sequence[tuple[int, float]]
    formats: Sequence[NumberFormat]
    stalls_at: float
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
    page = ConceptPage(
        concept=concept,
        concepts=words.options(CONCEPTS),
        plan=plan,
        values=filled.values,
        zero=zero_rows(plan),
        bubbles=bubble_rows(plan),
        formats=list(FORMATS.values()),
        stalls_at=bf16_sum_stalls_at(1.0),
    )
    return render(request, "training/concept.html", page)


def zero_rows(plan: Plan) -> list[tuple[int, float, float]]:
    """Return stage, bytes per parameter and GiB on a GPU of the plan's model states."""
    layout = plan.estimate.layout
    held = plan.estimate.params.total / (layout.tp * layout.pp)
    shards = float(layout.dp * layout.cp)
    rows = []
    for stage in range(4):
        width = float(bytes_per_parameter(state_bytes("adam", zero=stage), shards))
        rows.append((stage, width, held * width / GIB))
    return rows


def bubble_rows(plan: Plan) -> list[tuple[int, float]]:
    """Return the bubble's share of the step for several interleavings of the plan's pipeline."""
    layout = plan.estimate.layout
    rows = []
    for interleave in INTERLEAVINGS:
        slots = float(
            bubble_slots(
                float(layout.pp),
                schedule="interleaved" if interleave > 1 else "1f1b",
                interleave=float(interleave),
            )
        )
        rows.append((interleave, float(bubble_fraction(slots, layout.micro_batches))))
    return rows
