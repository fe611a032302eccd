"""Every formula of a plan, by id."""

from app.compute.prepared import PreparedRun
from app.training.formulas.formula import Formula
from app.training.formulas.memory import memory_formulas
from app.training.formulas.run import time_formulas, traffic_formulas, use_formulas
from app.training.formulas.size import size_formulas
from app.training.service import Plan


def find_formulas(plan: Plan, run: PreparedRun) -> dict[str, Formula]:
    """Return every number's formula with the plan's own values put in."""
    return {
        **dict(size_formulas(plan)),
        **dict(memory_formulas(plan, run)),
        **dict(time_formulas(plan, run)),
        **dict(use_formulas(plan)),
        **dict(traffic_formulas(plan)),
    }
