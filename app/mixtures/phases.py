"""Plan one phase of a mixture, with what the planner does not know: words, tones, estimates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.errors import AppError
from app.mixtures import rollups, sentences
from app.mixtures.content import Phase
from app.mixtures.counting import Unique
from app.mixtures.facts import DatasetFacts
from app.mixtures.requests import KnownTags, empty_groups, plan_request
from app.mixtures.rollups import Drawn
from app.mixtures.tones import tone
from app.mixtures.views import ComponentView, PhaseDetail, PhaseView, passes_of
from app.planning.composition.rollups import cost
from app.planning.errors import PlanningError
from app.planning.loss import presets, scaling
from app.planning.loss.scaling import Prediction
from app.planning.plans import plan as planner
from app.planning.plans.outcome import PlannedComponent, PlanResult
from app.planning.plans.request import PlanRequest
from app.planning.supply import uncertainty
from app.planning.supply.overlap import Relation, find_overlaps
from app.planning.supply.uncertainty import Spread
from app.web.i18n import CHINESE, current_locale

# Priors that are wrong for one Chinese book are wrong for all of them.
_COMMON_SPREAD = 0.25


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a phase is planned with: the catalogue's facts, and what was drawn before it."""

    facts: Mapping[str, DatasetFacts]
    unique: Mapping[str, Unique]
    relations: Sequence[Relation]
    seen: Mapping[str, int]
    model_parameters: float | None = None
    # Tags by dataset, made once for all phases.
    tags: KnownTags = field(default_factory=dict)


def plan_phase(index: int, phase: Phase, around: Surroundings, *, has_detail: bool) -> PhaseView:
    """Return a phase with its plan, or with the sentence why it has none."""
    request: PlanRequest | None = None
    plan: PlanResult | None = None
    problem: AppError | None = None
    if phase.components:
        try:
            request = plan_request(
                phase, around.facts, around.unique, around.seen, known_tags=around.tags
            )
            plan = planner.plan(request, has_respread=has_detail)
        except PlanningError as error:
            problem = sentences.explain(error, names=names_of(phase, around.facts))
    spread = _spread(phase, around, plan) if has_detail and plan else None
    chances = spread.chance_over if spread else (None,) * len(phase.components)

    def components() -> tuple[ComponentView, ...]:
        planned: Sequence[PlannedComponent | None] = (
            plan.components if plan else [None] * len(phase.components)
        )
        return tuple(
            _component(phase, place, around, planned[place], chances[place])
            for place in range(len(phase.components))
        )

    drawn = _drawn(request, plan, around) if request and plan else ()
    return PhaseView(
        index=index,
        phase=phase,
        make_components=components,
        plan=plan,
        problem=problem,
        drawn=drawn,
        empty_groups=empty_groups(request, phase) if request else (),
        detail=_detail(phase, around, plan, drawn, spread) if has_detail and plan else None,
    )


def _drawn(request: PlanRequest, plan: PlanResult, around: Surroundings) -> tuple[Drawn, ...]:
    facts = around.facts
    return tuple(
        Drawn(
            one.name,
            tokens,
            one.tags,
            facts[one.name].licence_spdx if one.name in facts else None,
        )
        for one, tokens in zip(request.components, plan.tokens, strict=True)
    )


def names_of(phase: Phase, facts: Mapping[str, DatasetFacts]) -> list[str]:
    """Return the names of the components in the reader's language."""
    return [display_name(one.dataset, facts.get(one.dataset)) for one in phase.components]


def display_name(slug: str, facts: DatasetFacts | None) -> str:
    """Return a dataset's name in the reader's language, or its slug where nothing is known."""
    if facts is None:
        return slug
    return facts.name_zh if current_locale() == CHINESE else facts.name_en


def _component(
    phase: Phase,
    place: int,
    around: Surroundings,
    planned: PlannedComponent | None,
    chance_over: float | None,
) -> ComponentView:
    one = phase.components[place]
    unique = around.unique.get(one.dataset)
    seen = around.seen.get(one.dataset, 0)
    passes = exposure = None
    shortage = 0
    if planned is not None:
        passes = passes_of(planned.tokens, unique)
        exposure = passes_of(planned.tokens + seen, unique) if seen else passes
        if planned.cap_tokens is not None:
            shortage = max(planned.tokens - planned.cap_tokens, 0)
    return ComponentView(
        dataset=one.dataset,
        facts=around.facts.get(one.dataset),
        unique=unique,
        weight=one.weight,
        locked=one.locked,
        max_epochs=one.max_epochs,
        min_ratio=one.min_ratio,
        max_ratio=one.max_ratio,
        synthetic=one.synthetic,
        price=one.price,
        planned=planned,
        epochs=passes,
        exposure=exposure,
        tone=tone(
            exposure.mid if exposure else None,
            exposure.high if exposure else None,
            one.max_epochs,
            is_over=shortage > 0,
        ),
        seen_tokens=seen,
        shortage=shortage,
        chance_over=chance_over,
    )


def _detail(
    phase: Phase,
    around: Surroundings,
    plan: PlanResult,
    drawn: tuple[Drawn, ...],
    spread: Spread | None,
) -> PhaseDetail:
    names = [one.dataset for one in drawn]
    tokens = [one.tokens for one in drawn]
    sizes = [around.unique[name].mid if name in around.unique else None for name in names]
    prices = [one.price for one in phase.components]
    return PhaseDetail(
        drawn=drawn,
        licences=rollups.licences(drawn),
        overlaps=find_overlaps(names, tokens, sizes, around.relations),
        spread=spread,
        cost=cost(tokens, sizes, [None if p is None else _money(p) for p in prices])
        if any(price is not None for price in prices)
        else None,
        prediction=_prediction(around.model_parameters, plan),
    )


def _money(price: float) -> Decimal:
    return Decimal(repr(price))


def _prediction(parameters: float | None, plan: PlanResult) -> Prediction | None:
    """Predict the loss of the phase alone; what it leaves out, its caveats say."""
    if parameters is None or plan.total_tokens < 1 or plan.effective_tokens < 1:
        return None
    unique = sum(
        min(part.tokens, part.tokens / part.epochs) if part.epochs else part.tokens
        for part in plan.components
    )
    return scaling.predict_loss(
        presets.MUENNIGHOFF,
        parameters=parameters,
        tokens=plan.total_tokens,
        unique_tokens=max(unique, 1),
        effective_tokens=plan.effective_tokens + plan.uncounted_tokens,
    )


def _spread(phase: Phase, around: Surroundings, plan: PlanResult) -> Spread | None:
    sizes = [around.unique.get(one.dataset) for one in phase.components]
    try:
        found = uncertainty.estimates(
            [one.low if one else None for one in sizes],
            [one.mid if one else None for one in sizes],
            [one.high if one else None for one in sizes],
        )
        return uncertainty.spread(
            found,
            plan.tokens,
            [one.max_epochs for one in phase.components],
            common=_COMMON_SPREAD,
            seen_tokens=[around.seen.get(one.dataset, 0) for one in phase.components],
        )
    except PlanningError:
        # An estimate whose ends are out of order says nothing of its spread.
        return None
