"""The notes that most formats owe their reader, made of a plan."""

from collections.abc import Iterator, Sequence

from app.trainers.kit import findings, notes
from app.trainers.kit.findings import CannotWrite
from app.trainers.kit.notes import Note
from app.trainers.kit.placing import Placed
from app.trainers.kit.plan import Component, Plan
from app.trainers.kit.values import show, tokens

_MOST_NAMED = 6


def budget(flags: str) -> Note:
    """Return the note that the budget is given elsewhere."""
    return notes.BUDGET_ELSEWHERE.note(flags=flags)


def phases(plan: Plan, *next_start: Note) -> Iterator[Note]:
    """Yield that each phase is a file and how the next is started, where there are several."""
    if len(plan.phases) > 1:
        starts = ", ".join(str(plan.first_step(place)) for place in range(len(plan.phases)))
        yield notes.ONE_FILE_PER_PHASE.note(
            count=len(plan.phases), steps=starts, step_tokens=tokens(plan.settings.step_tokens)
        )
        yield from next_start


def no_repeat_cap(plan: Plan) -> Iterator[Note]:
    """Yield, per phase, the passes that nothing in the file limits."""
    for phase in plan.phases:
        at = phase.name if len(plan.phases) > 1 else None
        unknown = tuple(one.name for one in phase.drawn if one.epochs is None)
        if len(unknown) < len(phase.drawn):
            yield notes.NO_REPEAT_CAP.note(at, epochs=epochs_text(phase.drawn))
        if unknown:
            yield notes.PASSES_UNKNOWN.note(at, names=unknown)


def dropped(plan: Plan) -> Iterator[Note]:
    """Yield the names that get nothing."""
    for phase in plan.phases:
        names = tuple(one.name for one in phase.components if one.ratio <= 0)
        if names:
            yield notes.ZERO_DROPPED.note(phase.name if len(plan.phases) > 1 else None, names=names)


def groups(plan: Plan) -> Iterator[Note]:
    """Yield the note that groups are flattened, where the plan has some."""
    if any(one.group for phase in plan.phases for one in phase.components):
        yield notes.GROUPS_FLATTENED.note()


def epochs_text(components: Sequence[Component]) -> str:
    """Return the passes of the most repeated components, as far as known: `code 2.5, web 0.8`."""
    ranked = sorted(components, key=lambda one: -(one.epochs or 0))
    known = [one for one in ranked if one.epochs is not None]
    shown = [f"{one.name} {one.epochs:.2f}" for one in known[:_MOST_NAMED]]
    if len(known) > _MOST_NAMED:
        shown.append(f"(+{len(known) - _MOST_NAMED})")
    return ", ".join(shown)


def row_weights(placed: Sequence[Placed]) -> list[float]:
    """
    Return weights that count documents: ratio divided by mean tokens per document, sum 1.

    Raises
    ------
    CannotWrite
        If a mean is not known.
    """
    unknown = tuple(one.name for one in placed if not one.component.tokens_per_document)
    if unknown:
        raise CannotWrite([findings.NO_TOKENS_PER_DOCUMENT.at(names=unknown)])
    weights = [one.ratio / (one.component.tokens_per_document or 1) for one in placed]
    total = sum(weights)
    return [weight / total for weight in weights]


def rows_note(placed: Sequence[Placed]) -> Note:
    """Return the note that weights count documents, with the means that were used."""
    shown = [f"{one.name} {_mean(one.component)}" for one in placed[:_MOST_NAMED]]
    if len(placed) > _MOST_NAMED:
        shown.append(f"(+{len(placed) - _MOST_NAMED})")
    return notes.ROWS_NOT_TOKENS.note(means=", ".join(shown))


def _mean(component: Component) -> str:
    return show(round(component.tokens_per_document or 0, 1), "western")


def require_sizes(components: Sequence[Component]) -> None:
    """
    Refuse a plan whose sizes a format needs and nobody knows.

    Raises
    ------
    CannotWrite
        If a component has no token estimate.
    """
    unknown = tuple(one.name for one in components if not one.unique_tokens)
    if unknown:
        raise CannotWrite([findings.NO_SIZE.at(names=unknown)])


def whole_steps(plan: Plan) -> Iterator[Note]:
    """Yield the note that phases start at whole steps, where the plan has several."""
    if len(plan.phases) > 1:
        yield notes.WHOLE_STEPS.note(step_tokens=tokens(plan.settings.step_tokens))
