"""Budgets counted in documents: how many a phase's tokens are, and how many passes that is."""

from collections.abc import Sequence

from app.trainers.kit import values
from app.trainers.kit.notes import Note, NoteKind
from app.trainers.kit.placing import Placed
from app.trainers.kit.plan import Phase, Plan
from app.web.i18n import later

ROW_BUDGET = NoteKind(
    "row_budget",
    later(
        "The budget is counted in documents: %(rows)s of them are %(tokens)s tokens at these "
        "means, and another number of tokens if the means are wrong."
    ),
)


def rows(placed: Sequence[Placed]) -> int:
    """Return the documents of a phase, at the means of its datasets."""
    counts = [one.component.tokens / (one.component.tokens_per_document or 1) for one in placed]
    return max(round(sum(counts)), 1)


def note(plan: Plan, phase: Phase, placed: Sequence[Placed]) -> Note:
    """Return the note that a phase's budget counts documents."""
    name = phase.name if len(plan.phases) > 1 else None
    return ROW_BUDGET.note(name, rows=rows(placed), tokens=values.tokens(phase.tokens))
