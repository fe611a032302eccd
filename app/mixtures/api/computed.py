"""A computed mixture as the API states it: phases, exposure, policies, findings."""

from pydantic import BaseModel, Field

from app.mixtures.api.answers import finite
from app.mixtures.findings import Finding, list_findings
from app.mixtures.views import ComponentView, Exposure, MixtureView, Passes, PhaseView
from app.planning.composition.rollups import Cost, Portion
from app.planning.supply.uncertainty import Spread


class IntervalOut(BaseModel):
    """A number with its spread; low and high are null where none is known."""

    low: float | None
    mid: float | None
    high: float | None


class UniqueOut(BaseModel):
    """Unique tokens in the mixture's tokenizer."""

    low: int | None
    mid: int
    high: int | None
    method: str
    tokenizer: str | None
    rescaled_from: str | None
    is_foreign: bool
    assumed: bool
    has_repeats: bool


class PlannedOut(BaseModel):
    """A component with what it receives."""

    dataset: str
    weight: float
    ratio: float | None
    tokens: int | None
    unique_tokens: UniqueOut | None
    epochs: IntervalOut | None
    exposure: IntervalOut | None
    effective_tokens: float | None
    tone: str
    locked: bool
    max_epochs: float | None
    shortage: int


class PortionOut(BaseModel):
    """The tokens under one value of a tag: several possible values, or none known."""

    values: list[str]
    tokens: int
    ratio: float


class CostOut(BaseModel):
    """What the unique tokens cost, in the currency of the prices; `unpriced` is not in it."""

    amount: str
    bought_tokens: int
    unpriced: list[str]
    unpriced_tokens: int


class SpreadOut(BaseModel):
    """What the intervals of the estimates make of a phase, as 5, 50 and 95 % quantiles."""

    feasible_budget: IntervalOut | None
    shortage: IntervalOut
    chance_feasible: float


class PhaseOut(BaseModel):
    """A planned phase; `total_tokens` is 0 where it cannot be planned, and a finding says why."""

    name: str
    token_budget: int
    total_tokens: int
    feasible: bool | None = Field(
        description="Null where nothing is planned, or no known limit is broken but some data "
        "has no estimate."
    )
    binding: list[str]
    weights_sum: float | None
    effective_tokens: float | None
    predicted_loss: float | None
    cost: CostOut | None
    spread: SpreadOut | None
    components: list[PlannedOut]
    shares: dict[str, list[PortionOut]]


class ExposureOut(BaseModel):
    """Passes over a dataset in all phases and earlier runs."""

    dataset: str
    tokens: int
    carried_tokens: int
    passes: IntervalOut | None


class PolicyOut(BaseModel):
    """A policy of the team and how the mixture stands to it."""

    kind: str
    tag: str | None
    value: str | None
    bound: float
    verdict: str
    least: float | None
    most: float | None


class FindingOut(BaseModel):
    """One sentence about the mixture; errors fail a check."""

    severity: str
    code: str
    phase: str
    dataset: str | None
    message: str


class ComputedOut(BaseModel):
    """A whole mixture, computed."""

    tokenizer: str
    total_tokens: int
    feasible: bool | None = Field(
        description="Null where no known limit is broken, but some data has no estimate."
    )
    unknown: int = Field(description="Datasets without an estimate.")
    phases: list[PhaseOut]
    exposures: list[ExposureOut]
    policies: list[PolicyOut]
    shares: dict[str, list[PortionOut]]
    findings: list[FindingOut]


def computed_out(view: MixtureView) -> ComputedOut:
    """Return a whole mixture, computed."""
    return ComputedOut(
        tokenizer=view.content.tokenizer,
        total_tokens=view.total_tokens,
        feasible=view.fits,
        unknown=view.unknown,
        phases=[_phase(phase) for phase in view.phases],
        exposures=[_exposure(one) for one in view.exposures],
        policies=[
            PolicyOut(
                kind=one.rule.kind.value,
                tag=one.rule.tag,
                value=one.rule.value,
                bound=one.rule.bound,
                verdict=one.verdict.value,
                least=finite(one.least),
                most=finite(one.most),
            )
            for one in view.policies
        ],
        shares={tag: _portions(found) for tag, found in view.portions.items()},
        findings=[finding_out(one) for one in list_findings(view)],
    )


def finding_out(one: Finding) -> FindingOut:
    """Return one sentence about a mixture."""
    return FindingOut(
        severity=one.severity.value,
        code=one.code,
        phase=one.phase,
        dataset=one.dataset,
        message=one.message,
    )


def _phase(view: PhaseView) -> PhaseOut:
    plan, detail = view.plan, view.detail
    return PhaseOut(
        name=view.name,
        token_budget=view.budget,
        total_tokens=view.total_tokens,
        feasible=view.fits,
        binding=list(plan.binding) if plan else [],
        weights_sum=finite(plan.weights_sum) if plan else None,
        effective_tokens=plan.effective_tokens if plan else None,
        predicted_loss=finite(detail.prediction.loss) if detail and detail.prediction else None,
        cost=_cost(detail.cost, view) if detail and detail.cost else None,
        spread=_spread(detail.spread) if detail and detail.spread else None,
        components=[_planned(one) for one in view.components],
        shares={tag: _portions(found) for tag, found in view.detail.portions.items()}
        if view.detail
        else {},
    )


def _cost(found: Cost, view: PhaseView) -> CostOut:
    return CostOut(
        amount=str(found.amount),
        bought_tokens=found.bought_tokens,
        unpriced=[view.drawn[place].dataset for place in found.unpriced],
        unpriced_tokens=found.unpriced_tokens,
    )


def _spread(found: Spread) -> SpreadOut:
    budget = found.feasible_budget
    return SpreadOut(
        feasible_budget=IntervalOut(
            low=finite(budget.low), mid=finite(budget.mid), high=finite(budget.high)
        )
        if budget
        else None,
        shortage=IntervalOut(
            low=found.shortage.low, mid=found.shortage.mid, high=found.shortage.high
        ),
        chance_feasible=found.chance_feasible,
    )


def _planned(one: ComponentView) -> PlannedOut:
    unique = one.unique
    return PlannedOut(
        dataset=one.dataset,
        weight=one.weight,
        ratio=one.ratio,
        tokens=one.tokens,
        unique_tokens=UniqueOut(
            low=unique.low,
            mid=unique.mid,
            high=unique.high,
            method=unique.method,
            tokenizer=unique.tokenizer,
            rescaled_from=unique.rescaled_from,
            is_foreign=unique.is_foreign,
            assumed=unique.is_assumed,
            has_repeats=unique.has_repeats,
        )
        if unique
        else None,
        epochs=_interval(one.epochs),
        exposure=_interval(one.exposure),
        effective_tokens=finite(one.planned.effective_tokens) if one.planned else None,
        tone=one.tone.value,
        locked=one.locked,
        max_epochs=one.max_epochs,
        shortage=one.shortage,
    )


def _exposure(one: Exposure) -> ExposureOut:
    return ExposureOut(
        dataset=one.dataset,
        tokens=one.tokens,
        carried_tokens=one.carried_tokens,
        passes=_interval(one.passes),
    )


def _interval(passes: Passes | None) -> IntervalOut | None:
    if passes is None:
        return None
    return IntervalOut(low=finite(passes.low), mid=finite(passes.mid), high=finite(passes.high))


def _portions(found: tuple[Portion, ...]) -> list[PortionOut]:
    return [
        PortionOut(values=list(one.values), tokens=one.tokens, ratio=one.ratio) for one in found
    ]
