"""Saved plans side by side: what they come to, and the memory of their stages on one scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.accounts.viewers import CurrentViewer
from app.compute.estimating.results import Memory
from app.db import DbSession
from app.training import knowledge, words
from app.training.charts.memory import MemoryChart, draw_side_by_side
from app.training.models import TrainingPlanVersion
from app.training.plans import content, queries
from app.training.plans.content import PhaseResult
from app.training.vocabulary.answers import RESULTS
from app.web.templating import render

router = APIRouter(include_in_schema=False)

MOST_COMPARED = 4


@dataclass(frozen=True)
class ComparedMemory:
    """The memory of a version in the phase that takes the most; `phase` only if it has several."""

    version: TrainingPlanVersion
    phase: str | None
    memory: Memory
    chart: MemoryChart


@dataclass(frozen=True)
class ComparePage:
    """Versions side by side."""

    versions: Sequence[TrainingPlanVersion]
    rows: Sequence[tuple[str, Sequence[Any]]]
    memories: Sequence[ComparedMemory]
    words: Any = words


@router.get("/training/plans/compare", name="training.plans.compare")
def compare(
    request: Request,
    session: DbSession,
    viewer: CurrentViewer,
    p: Annotated[list[str], Query(max_length=20)] = [],  # noqa: B006  FastAPI copies it
) -> Response:
    """Show versions of plans side by side: `p=slug:number`, or the last version of `p=slug`."""
    versions = []
    for one in p[:MOST_COMPARED]:
        slug, _colon, number = one.partition(":")
        plan = queries.get_plan(session, slug, viewer)
        wanted = int(number) if number.isdecimal() and len(number) < 7 else plan.last_version  # noqa: PLR2004  a version
        version = queries.get_version(session, plan, wanted)
        session.refresh(version, ["plan"])
        versions.append(version)
    rows = [(name, [version.results.get(name) for version in versions]) for name in RESULTS]
    known = knowledge.load_known(session)
    phases = [
        content.fullest(content.compute(content.read(one.content), known)) for one in versions
    ]
    page = ComparePage(versions, rows, compare_memories(versions, phases))
    return render(request, "training/plans/compare.html", page)


def compare_memories(
    versions: Sequence[TrainingPlanVersion], phases: Sequence[PhaseResult]
) -> list[ComparedMemory]:
    """Draw the memory of each version on one scale."""
    memories = [one.plan.estimate.memory for one in phases]
    charts = draw_side_by_side(memories)
    return [
        ComparedMemory(
            version=version,
            phase=phase.part.name if len(version.content["phases"]) > 1 else None,
            memory=memory,
            chart=chart,
        )
        for version, phase, memory, chart in zip(versions, phases, memories, charts, strict=True)
    ]
