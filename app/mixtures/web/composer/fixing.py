"""What makes a phase fit: remedies with their numbers, and what each would do, beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.errors import AppError
from app.mixtures import drafts, loading
from app.mixtures.edits import remedies
from app.mixtures.phases import display_name
from app.mixtures.views import ComponentView, MixtureView, PhaseView
from app.mixtures.web.composer.rows import two_places
from app.mixtures.web.composer.still import quantity
from app.mixtures.words import plans as words
from app.mixtures.words.plans import passes
from app.planning.plans.outcome import NamedMove
from app.planning.solving.problem import ConstraintKind
from app.web import numbers
from app.web.errors import sentence
from app.web.i18n import gettext as _
from app.web.i18n import joined

MOST_ROWS = 12
MOST_MOVES = 3
MOST_PRICES = 5
LEAST_SHOWN = 0.01


@dataclass(frozen=True)
class Remedy:
    """A way to make a phase fit: what it is, its number, what it keeps, the word of its button."""

    code: str
    title: str
    figure: str
    text: str
    button: str


@dataclass(frozen=True)
class Fix:
    """Why a phase does not fit, and the ways out."""

    sentences: list[str]
    remedies: list[Remedy]
    applied: str | None


@dataclass(frozen=True)
class Change:
    """A row of a preview: a component before and after."""

    name: str
    before: object
    after: object
    epochs: str


@dataclass(frozen=True)
class Preview:
    """What a remedy would do; `problem` says why it cannot."""

    code: str
    title: str
    button: str
    facts: list[str]
    changes: list[Change]
    more: int
    prices: list[str]
    conflict: list[str]
    problem: str | None


def fix_of(phase: PhaseView, view: MixtureView) -> Fix | None:
    """Return why a phase does not fit and what would help; None where it does."""
    plan = phase.plan
    if plan is None or (plan.feasible and plan.applied is None):
        return None
    if plan.applied is not None:
        return Fix([], [], _applied(phase, plan.applied))
    sentences = []
    for breach in plan.breaches:
        text = ""
        if breach.kind is ConstraintKind.MAX_EPOCHS:
            text = words.shortage(phase, breach.subject, view.facts)
        sentences.append(text or words.breach(breach, view.facts))
    return Fix(sentences, remedies_of(phase, view), None)


def _applied(phase: PhaseView, applied: str) -> str:
    if applied == "shrink":
        return _(
            "The phase is set to shrink on a shortage: %(tokens)s of %(budget)s are drawn.",
            tokens=numbers.short(phase.total_tokens),
            budget=numbers.short(phase.budget),
        )
    return _(
        "The phase is set to move tokens on a shortage, so the ratios differ from the weights."
    )


def remedies_of(phase: PhaseView, view: MixtureView) -> list[Remedy]:
    """Return the remedies that a planned phase has."""
    plan = phase.plan
    if plan is None:
        return []
    found = plan.remedies
    ways: list[Remedy] = []
    if found.largest_budget and found.largest_budget < phase.budget:
        largest = numbers.short(found.largest_budget)
        ways.append(
            Remedy(
                "shrink",
                _("Shrink the phase"),
                largest,
                _(
                    "Keeps all ratios. Gives up %(lost)s of %(budget)s.",
                    lost=numbers.short(phase.budget - found.largest_budget),
                    budget=numbers.short(phase.budget),
                ),
                _("Shrink to %(tokens)s", tokens=largest),
            )
        )
    if found.max_epochs_needed:
        most = remedies.round_up(max(found.max_epochs_needed.values()))
        ways.append(
            Remedy(
                "epochs",
                _("Allow more epochs"),
                passes(most),
                _value_of_repeats(phase, list(found.max_epochs_needed), view),
                _("Set max to %(passes)s", passes=passes(most))
                if len(found.max_epochs_needed) == 1
                else _(
                    "Raise %(n)s limits, up to %(passes)s",
                    n=len(found.max_epochs_needed),
                    passes=passes(most),
                ),
            )
        )
    if found.respread:
        moved = sum(change for change in found.respread.values() if change > 0)
        ways.append(
            Remedy(
                "respread",
                _("Move tokens"),
                numbers.short(moved),
                _("Keeps the budget. %(where)s", where=_where(found.moves, view)),
                _("Move %(tokens)s", tokens=numbers.short(moved)),
            )
        )
    ways.append(
        Remedy(
            "solve",
            _("Solve"),
            "",
            _(
                "The ratios nearest to yours that keep every limit, also of groups; or which "
                "limits contradict each other."
            ),
            _("Take the solved ratios"),
        )
    )
    return ways


def _value_of_repeats(phase: PhaseView, datasets: list[str], view: MixtureView) -> str:
    name = datasets[0]
    one = next((part for part in phase.components if part.dataset == name), None)
    value = one.planned.marginal_value if one and one.planned else None
    if value is None:
        return _("Keeps ratios and budget.")
    return _(
        "Keeps ratios and budget. The last token of %(name)s is worth %(value)s of a fresh one.",
        name=display_name(name, view.facts.get(name)),
        value=f"{value:.2f}" if value >= LEAST_SHOWN else f"< {LEAST_SHOWN}",
    )


def _where(moves: Sequence[NamedMove], view: MixtureView) -> str:
    targets: dict[str, int] = {}
    for move in moves:
        targets[move.target] = targets.get(move.target, 0) + move.tokens
    ordered = sorted(targets.items(), key=lambda pair: -pair[1])
    shown = joined(
        f"{display_name(slug, view.facts.get(slug))} +{numbers.short(tokens)}"
        for slug, tokens in ordered[:MOST_MOVES]
    )
    if len(ordered) > MOST_MOVES:
        return _("To %(names)s and %(n)s others.", names=shown, n=len(ordered) - MOST_MOVES)
    return _("To %(names)s.", names=shown)


def preview(session: Session, view: MixtureView, code: str, viewer: Viewer) -> Preview | None:
    """Return what a remedy would do to the phase that is looked at; None for no remedy."""
    if code not in remedies.REMEDIES:
        return None
    phase = view.phase
    known = {one.code: one for one in remedies_of(phase, view)}
    title = known[code].title if code in known else _("Solve")
    button = known[code].button if code in known else _("Take the solved ratios")
    prices, conflict = _limits(view, code)
    try:
        edited = remedies.REMEDIES[code](phase.name)(
            drafts.Workbench(session, view.content, viewer, {view.active: view})
        )
    except AppError as error:
        return Preview(code, title, button, [], [], 0, prices, conflict, sentence(error))
    after = loading.load_plan(session, edited.content, viewer, phase=view.active)
    changes = _changes(phase, after.phase)
    return Preview(
        code=code,
        title=title,
        button=button,
        facts=_facts(phase, after.phase),
        changes=changes[:MOST_ROWS],
        more=max(len(changes) - MOST_ROWS, 0),
        prices=prices,
        conflict=conflict,
        problem=None,
    )


def _limits(view: MixtureView, code: str) -> tuple[list[str], list[str]]:
    """Return what binding limits cost, and which contradict each other, as sentences."""
    if code != "solve":
        return [], []
    try:
        solved = remedies.solve_phase(view, view.active, with_prices=True)
    except AppError:
        return [], []
    if solved is None:
        return [], []
    prices = [words.price(one, view.facts) for one in solved.shadow_prices[:MOST_PRICES]]
    conflict = [words.conflict(one, view.facts) for one in solved.conflict]
    if conflict and solved.largest_budget:
        conflict.append(
            _(
                "All of them fit at a budget of %(tokens)s.",
                tokens=numbers.short(solved.largest_budget),
            )
        )
    return prices, conflict


def _facts(before: PhaseView, after: PhaseView) -> list[str]:
    found = []
    if before.total_tokens != after.total_tokens:
        found.append(
            _(
                "Tokens %(before)s → %(after)s",
                before=numbers.short(before.total_tokens),
                after=numbers.short(after.total_tokens),
            )
        )
    if before.plan is not None and after.plan is not None:
        found.append(
            _(
                "Effective tokens %(before)s → %(after)s",
                before=numbers.short(round(before.plan.effective_tokens)),
                after=numbers.short(round(after.plan.effective_tokens)),
            )
        )
    old, new = (one.detail and one.detail.prediction for one in (before, after))
    if old and new:
        found.append(
            _(
                "Predicted loss %(before)s → %(after)s",
                before=numbers.decimal(old.loss, 4),
                after=numbers.decimal(new.loss, 4),
            )
        )
    found.append(
        _("Every limit of the phase is kept.")
        if after.is_feasible
        else _("Some limits are still not kept.")
    )
    return found


def _changes(before: PhaseView, after: PhaseView) -> list[Change]:
    """Return the components whose tokens or limits change, the largest change first."""
    found = []
    for old, new in zip(before.components, after.components, strict=True):
        if old.tokens == new.tokens and old.max_epochs == new.max_epochs:
            continue
        size = abs((new.tokens or 0) - (old.tokens or 0))
        found.append(
            (
                -size,
                Change(
                    name=display_name(new.dataset, new.facts),
                    before=quantity(old.tokens or 0),
                    after=quantity(new.tokens or 0),
                    epochs=_epochs(old, new),
                ),
            )
        )
    return [change for _size, change in sorted(found, key=lambda pair: pair[0])]


def _epochs(old: ComponentView, new: ComponentView) -> str:
    """Return the passes before and after, with the limit where that changes."""
    if old.exposure is None or new.exposure is None:
        return _("passes not known")
    before, after = two_places(old.exposure.mid), two_places(new.exposure.mid)
    found = before if before == after else f"{before} → {after}"
    if old.max_epochs == new.max_epochs or new.max_epochs is None:
        return _("passes %(epochs)s", epochs=found)
    return _("passes %(epochs)s, max now %(max)s", epochs=found, max=passes(new.max_epochs))
