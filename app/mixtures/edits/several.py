"""One edit of several cells at once: what a form without JavaScript sends with one button."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.errors import AppError
from app.mixtures.content import Content
from app.mixtures.edits.results import Bench, Edit, Edited, moved, spot


@dataclass(frozen=True)
class Step:
    """
    An edit of one cell.

    `cell` is the field that a refusal belongs to. `fixes` is the dataset whose share the steps
    after it leave alone: one that was typed as a share, tokens or passes.
    """

    cell: str
    edit: Edit
    fixes: str | None = None


def several(phase: str, steps: Sequence[Step]) -> Edit:
    """
    Return the edit that takes steps one after another; a single one is that edit itself.

    Raises
    ------
    AppError
        By the edit, what a step is refused with, at its cell; then nothing is changed.
    """

    def edit(bench: Bench) -> Edited:
        done: Edited | None = None
        content, fixed, notes = bench.content, dict[str, bool](), tuple[str, ...]()
        for step in steps:
            here = bench.with_content(_with_locks(content, phase, dict.fromkeys(fixed, True)))
            try:
                done = step.edit(here if fixed else bench.with_content(content))
            except AppError as error:
                error.field = step.cell
                raise
            content = _with_locks(done.content, phase, fixed)
            notes = tuple(dict.fromkeys((*notes, *done.notes)))
            if step.fixes is not None:
                at = spot(content, phase)
                fixed.setdefault(step.fixes, at.phase.components[at.place(step.fixes)].locked)
        if done is not None and len(steps) == 1:
            return replace(done, content=content)
        return Edited(
            content=content,
            action="cells",
            params={"phase": phase, "count": len(steps)},
            moved=moved(spot(bench.content, phase).phase, spot(content, phase).phase),
            notes=notes,
        )

    return edit


def _with_locks(content: Content, phase: str, locks: dict[str, bool]) -> Content:
    if not locks:
        return content
    at = spot(content, phase)
    return at.with_phase(
        at.phase.with_(
            components=tuple(
                one.with_(locked=locks[one.dataset]) if one.dataset in locks else one
                for one in at.phase.components
            )
        )
    )
