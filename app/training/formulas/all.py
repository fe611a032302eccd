"""Every formula of a plan, by id."""

from app.compute.estimating.prepared import PreparedRun
from app.training.formulas.formula import Formula
from app.training.formulas.memory import memory_formulas
from app.training.formulas.size import size_formulas
from app.training.formulas.time import time_formulas
from app.training.formulas.traffic import traffic_formulas
from app.training.formulas.use import use_formulas
from app.training.service import Plan


def find_formulas(plan: Plan, run: PreparedRun, stage: int | None = None) -> dict[str, Formula]:
    """Return every number's formula with the plan's own values; memory is of one stage."""
    return {
        **dict(size_formulas(plan)),
        **dict(memory_formulas(plan, run, stage)),
        **dict(time_formulas(plan, run)),
        **dict(use_formulas(plan)),
        **dict(traffic_formulas(plan, run)),
    }
