"""
What the repeats of a phase cost: in effective tokens and predicted loss, plan by plan.

Effective tokens are summed over the components. A component without an estimate is left out of
them, and its tokens count as fresh for the loss, so that nobody's ignorance looks like a cost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.mixtures.views import PhaseView
from app.planning.checks import Floats
from app.planning.loss import overfitting, presets, scaling
from app.planning.supply import repetition

LAW = presets.MUENNIGHOFF
# Less than a token in a million is rounding, not a repeat.
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class Losses:
    """
    Predicted losses in nats, and what of each the repeats are to blame for.

    `overfitting` is the form in which more passes can harm; it looks at the phase as one corpus.
    """

    loss: float
    from_repeats: float
    overfitting: float
    from_overfitting: float


@dataclass(frozen=True, slots=True)
class PlanCost:
    """A plan of the phase: the draft's, or what a remedy would make of it."""

    code: str
    tokens: int
    effective_tokens: float
    unique_tokens: float
    losses: Losses | None


@dataclass(frozen=True, slots=True)
class ComponentCost:
    """
    What the repeats of one component cost.

    `loss` is how much lower the prediction would be if its repeats were fresh tokens. All but
    the tokens are None without an estimate.
    """

    dataset: str
    tokens: int
    exposure: float | None
    effective_tokens: float | None
    lost_tokens: float | None
    marginal_value: float | None
    loss: float | None


@dataclass(frozen=True, slots=True)
class Repeats:
    """The plans of a phase, and its components, those that lose most first."""

    plans: tuple[PlanCost, ...]
    components: tuple[ComponentCost, ...]
    uncounted: int

    @property
    def losing(self) -> tuple[ComponentCost, ...]:
        """The components whose repeats cost anything."""
        return tuple(one for one in self.components if one.lost_tokens and one.lost_tokens > 1)


@dataclass(frozen=True)
class _Sources:
    """The components as arrays; a size of 0 where there is no estimate."""

    names: Sequence[str]
    sizes: Floats
    seen: Floats
    is_known: np.ndarray

    def cost(self, code: str, tokens: Floats, parameters: float | None) -> PlanCost:
        """Return what a plan of these tokens costs."""
        known = self.is_known
        worth = repetition.added_tokens(tokens, self.sizes, self.seen)
        effective = float(worth[known].sum())
        unique = float(np.minimum(tokens, self.sizes)[known].sum())
        return PlanCost(
            code,
            round(float(tokens.sum())),
            effective,
            unique,
            losses(parameters, float(tokens.sum()), effective, unique, float(tokens[~known].sum())),
        )


def of_phase(
    phase: PhaseView, parameters: float | None, *, most: int | None = None
) -> Repeats | None:
    """
    Return what the repeats of a phase cost; None where it is not planned.

    Only the `most` components that lose most have their part of the loss; all by default.
    """
    plan = phase.plan
    if plan is None or not plan.total_tokens:
        return None
    views = phase.components
    sources = _Sources(
        [one.name for one in plan.components],
        np.array([float(one.unique.mid) if one.unique else 0.0 for one in views]),
        np.array([float(one.seen_tokens) for one in views]),
        np.array([one.unique is not None for one in views]),
    )
    tokens = np.array([float(one.tokens) for one in plan.components])
    plans = [sources.cost("draft", tokens, parameters)]
    plans += [
        sources.cost(code, other, parameters)
        for code, other in _remedied(phase, sources.names, tokens)
    ]
    return Repeats(
        tuple(plans),
        _components(phase, sources, tokens, plans[0], parameters, most),
        int((~sources.is_known).sum()),
    )


def _remedied(phase: PhaseView, names: Sequence[str], tokens: Floats) -> list[tuple[str, Floats]]:
    """Return the tokens that each remedy would hand out instead."""
    plan = phase.plan
    if plan is None or plan.feasible:
        return []
    found = plan.remedies
    ways = []
    if found.respread:
        changes: Mapping[str, int] = found.respread
        ways.append(
            ("respread", tokens + np.array([float(changes.get(name, 0)) for name in names]))
        )
    if found.largest_budget and found.largest_budget < plan.total_tokens:
        ways.append(("shrink", tokens * (found.largest_budget / plan.total_tokens)))
    return ways


def _components(  # noqa: PLR0917  each a part of the phase
    phase: PhaseView,
    sources: _Sources,
    tokens: Floats,
    plan: PlanCost,
    parameters: float | None,
    most: int | None,
) -> tuple[ComponentCost, ...]:
    if phase.plan is None:
        return ()
    uncounted = float(tokens[~sources.is_known].sum())
    parts = phase.plan.components
    lost = [
        None if one.effective_tokens is None else max(one.tokens - one.effective_tokens, 0.0)
        for one in parts
    ]
    order = sorted(range(len(parts)), key=lambda place: -(lost[place] or 0))
    # A prediction each: only of those that somebody looks at.
    asked = set(order if most is None else order[:most])
    found = []
    for place in order:
        one, gone = parts[place], lost[place]
        effect = None
        if place in asked and plan.losses and gone and gone > _NOTHING * one.tokens:
            repeated = one.tokens - min(float(one.tokens), float(sources.sizes[place]))
            effect = plan.losses.loss - _loss(
                parameters or 1,
                plan.tokens,
                plan.effective_tokens + gone + uncounted,
                plan.unique_tokens + repeated + uncounted,
            )
        found.append(
            ComponentCost(
                one.name,
                one.tokens,
                one.exposure,
                one.effective_tokens,
                gone,
                one.marginal_value,
                effect,
            )
        )
    return tuple(found)


def _loss(parameters: float, tokens: float, worth: float, fresh: float) -> float:
    return scaling.predict_loss(
        LAW,
        parameters=parameters,
        tokens=tokens,
        unique_tokens=min(max(fresh, 1), tokens),
        effective_tokens=min(max(worth, 1), tokens),
    ).loss


def losses(
    parameters: float | None, tokens: float, effective: float, unique: float, uncounted: float
) -> Losses | None:
    """
    Return the predicted losses of a plan; None without a model's size or a token.

    Examples
    --------
    >>> once = losses(7e9, 1e11, 1e11, 1e11, 0)
    >>> once.from_repeats, once.from_overfitting
    (0.0, 0.0)
    """
    if parameters is None or tokens < 1:
        return None
    fresh = min(max(unique + uncounted, 1), tokens)
    loss = _loss(parameters, tokens, effective + uncounted, fresh)
    once = scaling.predict_loss(LAW, parameters=parameters, tokens=tokens).loss
    often = overfitting.predict_loss(parameters=parameters, tokens=tokens, unique_tokens=fresh).loss
    harmless = overfitting.predict_loss(
        parameters=parameters, tokens=tokens, unique_tokens=tokens
    ).loss
    return Losses(loss, loss - once, often, often - harmless)
