"""Edits that make a phase fit: a smaller budget, more passes, moved tokens, or the solver."""

import math

from app.errors import Conflict
from app.mixtures import sentences
from app.mixtures.content import Phase, Scheme
from app.mixtures.edits import weights
from app.mixtures.edits.results import Bench, Edit, Edited, Spot, moved, spot
from app.mixtures.phases import names_of
from app.mixtures.requests import plan_request
from app.mixtures.views import MixtureView
from app.planning.errors import PlanningError
from app.planning.plans import solve as solver
from app.planning.plans.outcome import PlanResult
from app.planning.plans.request import OnShortage, PlanRequest
from app.planning.plans.solve import SolvedPlan


def shrink(phase: str) -> Edit:
    """Return the edit that lowers the budget to the largest that keeps the ratios."""

    def edit(bench: Bench) -> Edited:
        at, plan = _planned(bench, phase)
        largest = plan.remedies.largest_budget
        if not largest or largest >= at.phase.token_budget:
            raise Conflict("No smaller budget makes these ratios fit.")
        after = at.phase.with_(
            token_budget=largest,
            on_shortage=OnShortage.REPORT,
            unique_floor=None
            if at.phase.unique_floor is None
            else min(at.phase.unique_floor, largest),
        )
        return Edited(
            content=at.with_phase(after),
            action="shrink",
            params={"phase": phase, "before": at.phase.token_budget, "after": largest},
        )

    return edit


def raise_epochs(phase: str) -> Edit:
    """Return the edit that allows each short component the passes that it needs."""

    def edit(bench: Bench) -> Edited:
        at, plan = _planned(bench, phase)
        needed = plan.remedies.max_epochs_needed
        if not needed:
            raise Conflict("No component needs more passes.")
        components = tuple(
            one.with_(max_epochs=round_up(needed[one.dataset])) if one.dataset in needed else one
            for one in at.phase.components
        )
        return Edited(
            content=at.with_phase(at.phase.with_(components=components)),
            action="raise_epochs",
            params={
                "phase": phase,
                "count": len(needed),
                "datasets": list(needed)[:5],
                "after": round_up(max(needed.values())),
            },
        )

    return edit


def respread(phase: str) -> Edit:
    """Return the edit that moves tokens from short components to the others."""

    def edit(bench: Bench) -> Edited:
        at, plan = _planned(bench, phase)
        changes = plan.remedies.respread
        if not changes:
            raise Conflict(
                "Moving tokens does not help: the other components have no room for them."
            )
        asked = {part.name: part.tokens for part in plan.components}
        tokens = [asked[one.dataset] + changes.get(one.dataset, 0) for one in at.phase.components]
        return _with_tokens(at, tokens, "respread", sum(c for c in changes.values() if c > 0))

    return edit


def solve(phase: str) -> Edit:
    """Return the edit that takes the ratios nearest to those typed that keep every limit."""

    def edit(bench: Bench) -> Edited:
        at = spot(bench.content, phase)
        solved = solve_phase(bench.view(at.index), at.index)
        if solved is None or not solved.feasible:
            raise Conflict("The limits contradict each other, so no ratios keep all of them.")
        tokens = [part.tokens for part in solved.plan.components]
        return _with_tokens(at, tokens, "solve", round(solved.moved_share * at.phase.token_budget))

    return edit


REMEDIES = {
    "shrink": shrink,
    "epochs": raise_epochs,
    "respread": respread,
    "solve": solve,
}


def request_of(view: MixtureView, index: int) -> PlanRequest | None:
    """
    Return the request of a phase of a computed mixture; None where it has no components.

    Raises
    ------
    InvalidInput
        If the phase cannot be planned.
    """
    phase = view.phases[index].phase
    if not phase.components:
        return None
    seen = {one.dataset: one.seen_tokens for one in view.phases[index].components}
    try:
        return plan_request(phase, view.facts, view.unique, seen)
    except PlanningError as error:
        raise sentences.explain(error, names=names_of(phase, view.facts)) from None


def solve_phase(view: MixtureView, index: int, *, with_prices: bool = False) -> SolvedPlan | None:
    """
    Solve a phase of a computed mixture; None where it has no components.

    Raises
    ------
    InvalidInput
        If the phase cannot be planned.
    """
    request = request_of(view, index)
    if request is None:
        return None
    try:
        return solver.solve(request, with_prices=with_prices)
    except PlanningError as error:
        phase = view.phases[index].phase
        raise sentences.explain(error, names=names_of(phase, view.facts)) from None


def round_up(passes: float) -> float:
    """
    Return passes to two places, never fewer than needed.

    >>> round_up(4.6363), round_up(4.0)
    (4.64, 4.0)
    """
    return math.ceil(round(passes * 100, 9)) / 100


def _planned(bench: Bench, phase: str) -> tuple[Spot, PlanResult]:
    """Return a phase and its plan as its ratios ask for, whatever it does on a shortage."""
    at = spot(bench.content, phase)
    view = bench.view(at.index).phases[at.index]
    if view.problem is not None:
        raise view.problem
    if view.plan is None:
        raise Conflict("The phase %(phase)s has no components yet.", phase=phase)
    if view.plan.applied is not None:
        raise Conflict(
            "The phase is set to %(choice)s on a shortage, so its tokens fit already.",
            choice=at.phase.on_shortage.value,
        )
    return at, view.plan


def _with_tokens(at: Spot, tokens: list[int], action: str, moved_tokens: int) -> Edited:
    base: Phase = at.phase.with_(
        scheme=Scheme(),
        groups=tuple(group.with_(weight=None) for group in at.phase.groups),
    )
    after = weights.with_weights(base, weights.from_tokens(tokens))
    return Edited(
        content=at.with_phase(after),
        action=action,
        params={"phase": at.phase.name, "after": moved_tokens},
        moved=moved(at.phase, after),
    )
