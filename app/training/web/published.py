"""Published, ours, difference: what the planner is checked on, for everybody to see."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from app.accounts.viewers import CurrentViewer
from app.training import form_values, presets, published, sweeps, words
from app.training.published import ModelCompared, RunCompared, ZeroTable
from app.training.sweeps import BloomSweep, MptTable
from app.training.web.calculator import run_name
from app.web.templating import render

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class PublishedPage:
    """Everything that was published and that we compute."""

    runs: tuple[RunCompared, ...]
    names: dict[str, str]
    models: tuple[ModelCompared, ...]
    zero: ZeroTable
    sweep: BloomSweep
    mpt: MptTable
    words: Any = words
    address: Any = form_values.address


@router.get("/training/published", name="training.published")
def show_published(request: Request, viewer: CurrentViewer) -> Response:
    """Show every published run, model and table beside our numbers."""
    del viewer
    page = PublishedPage(
        runs=published.compare_runs(),
        names={run.id: run_name(run) for run in presets.runs().values()},
        models=published.compare_models(),
        zero=published.zero_table(),
        sweep=sweeps.bloom_sweep(),
        mpt=sweeps.mpt_table(),
    )
    return render(request, "training/published.html", page)
