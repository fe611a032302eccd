"""What the planner answers, as JSON: infinities and what is not known are null."""

import math

from pydantic import BaseModel, Field

from app.mixtures.words import plans as words
from app.planning.plans.outcome import PlanResult, PlanWarning
from app.planning.plans.solve import ConflictingLimit, LimitPrice, SolvedPlan


class ComponentOut(BaseModel):
    """What one component receives."""

    name: str
    ratio: float
    tokens: int
    epochs: float | None = Field(description="Null without an estimate, or over an empty source.")
    exposure: float | None = Field(description="With the tokens seen elsewhere.")
    effective_tokens: float | None
    marginal_value: float | None = Field(
        description="Of the next token, as a share of a fresh one."
    )
    band: str | None
    cap_tokens: int | None


class MoveOut(BaseModel):
    """Tokens that the re-spread takes from one component and gives to another."""

    source: str
    target: str
    tokens: int


class RemediesOut(BaseModel):
    """What would make the ratios fit."""

    largest_budget: int | None
    max_epochs_needed: dict[str, float]
    respread: dict[str, int]
    moves: list[MoveOut]
    respread_capacity: int | None
    more_unique_tokens: dict[str, int]


class BreachOut(BaseModel):
    """A limit that the tokens do not keep."""

    kind: str
    subject: str
    bound: float
    actual: float | None
    message: str


class WarningOut(BaseModel):
    """Something to know although nothing is broken."""

    code: str
    names: list[str]
    value: float | None
    message: str


class PlanOut(BaseModel):
    """A planned phase."""

    components: list[ComponentOut]
    total_tokens: int
    weights_sum: float | None
    effective_tokens: float
    uncounted_tokens: int
    feasible: bool
    applied: str | None
    binding: list[str]
    breaches: list[BreachOut]
    remedies: RemediesOut
    warnings: list[WarningOut]


class PriceOut(BaseModel):
    """A binding limit, and what giving it a step of room would do."""

    name: str
    kind: str
    subject: str
    price: float | None
    bound: float | None
    relaxed_bound: float | None
    moved_share: float
    relaxed_moved_share: float
    message: str


class ConflictOut(BaseModel):
    """A limit of a contradiction, and what it alone would have to become."""

    name: str
    kind: str
    subject: str
    bound: float | None
    needed: float | None
    message: str


class SolveOut(PlanOut):
    """
    A solved phase.

    Where limits contradict, `conflict` names the smallest set and `feasible` is false; the
    tokens are those asked for.
    """

    moved_share: float
    divergence: float | None
    shadow_prices: list[PriceOut]
    conflict: list[str]
    conflict_details: list[ConflictOut]
    is_irreducible: bool
    largest_feasible_budget: int | None


def plan_out(plan: PlanResult) -> PlanOut:
    """Return a planned phase."""
    return PlanOut(**_plan(plan))


def solve_out(found: SolvedPlan) -> SolveOut:
    """Return a solved phase."""
    return SolveOut(
        **_plan(found.plan) | {"feasible": found.feasible},
        moved_share=found.moved_share,
        divergence=finite(found.divergence),
        shadow_prices=[price_out(one) for one in found.shadow_prices],
        conflict=[one.limit.name for one in found.conflict],
        conflict_details=[conflict_out(one) for one in found.conflict],
        is_irreducible=found.is_irreducible,
        largest_feasible_budget=found.largest_budget,
    )


def price_out(one: LimitPrice) -> PriceOut:
    """Return a binding limit."""
    return PriceOut(
        name=one.limit.name,
        kind=one.limit.kind.value,
        subject=one.limit.subject,
        price=finite(one.price),
        bound=finite(one.bound),
        relaxed_bound=finite(one.relaxed_bound),
        moved_share=one.moved_share,
        relaxed_moved_share=one.relaxed_moved_share,
        message=words.price(one, {}),
    )


def conflict_out(one: ConflictingLimit) -> ConflictOut:
    """Return a limit of a contradiction."""
    return ConflictOut(
        name=one.limit.name,
        kind=one.limit.kind.value,
        subject=one.limit.subject,
        bound=finite(one.bound),
        needed=finite(one.needed),
        message=words.conflict(one, {}),
    )


def warning_out(one: PlanWarning) -> WarningOut:
    """Return something to know."""
    return WarningOut(
        code=one.code.value,
        names=list(one.names),
        value=finite(one.value),
        message=words.warning(one, {}),
    )


def finite(value: float | None) -> float | None:
    """Return a number that JSON can hold, else null."""
    return value if value is not None and math.isfinite(value) else None


def _plan(plan: PlanResult) -> dict[str, object]:
    remedies = plan.remedies
    return {
        "components": [
            ComponentOut(
                name=part.name,
                ratio=part.ratio,
                tokens=part.tokens,
                epochs=finite(part.epochs),
                exposure=finite(part.exposure),
                effective_tokens=finite(part.effective_tokens),
                marginal_value=finite(part.marginal_value),
                band=part.band.value if part.band else None,
                cap_tokens=part.cap_tokens,
            )
            for part in plan.components
        ],
        "total_tokens": plan.total_tokens,
        "weights_sum": finite(plan.weights_sum),
        "effective_tokens": plan.effective_tokens,
        "uncounted_tokens": plan.uncounted_tokens,
        "feasible": plan.feasible,
        "applied": plan.applied,
        "binding": list(plan.binding),
        "breaches": [
            BreachOut(
                kind=one.kind.value,
                subject=one.subject,
                bound=one.bound,
                actual=finite(one.actual),
                message=words.breach(one, {}),
            )
            for one in plan.breaches
        ],
        "remedies": RemediesOut(
            largest_budget=remedies.largest_budget,
            max_epochs_needed=remedies.max_epochs_needed,
            respread=remedies.respread,
            moves=[
                MoveOut(source=move.source, target=move.target, tokens=move.tokens)
                for move in remedies.moves
            ],
            respread_capacity=remedies.respread_capacity,
            more_unique_tokens=remedies.more_unique_tokens,
        ),
        "warnings": [warning_out(one) for one in plan.warnings],
    }
