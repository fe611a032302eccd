"""The stateless planning endpoints: numbers in, numbers out, nothing is kept, nobody signs in."""

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.mixtures import sentences
from app.mixtures.api import answers, examples
from app.mixtures.content import Epochs, Flag, Number, Scheme, Share, Tokens, refuse_text
from app.planning.errors import PlanningError
from app.planning.limits import MAX_COMPONENTS, MAX_GROUPS, MAX_TOKENS
from app.planning.plans import plan, solve
from app.planning.plans import request as planning
from app.planning.plans.request import OnShortage, PlanRequest

router = APIRouter(prefix="/api/v1", tags=["planning"])

MAX_TAGS = 20
# The solver's tables grow with components times groups: beyond this it would think too long.
MAX_CELLS = 200_000
Text = Annotated[str, Field(min_length=1, max_length=200)]
Amount = Annotated[int, BeforeValidator(refuse_text), Field(ge=0, le=MAX_TOKENS)]
TagValue = (
    Text
    | Annotated[list[Text], Field(max_length=50)]
    | Annotated[dict[Text, Share], Field(max_length=50)]
)


class Strict(BaseModel):
    """A body in which nothing unknown passes."""

    model_config = ConfigDict(extra="forbid")


class PlanComponent(Strict):
    """A component: without `unique_tokens` there is no estimate, without `max_epochs` no limit."""

    name: Text
    unique_tokens: Amount | None = None
    weight: Number = 1
    max_epochs: Epochs | None = None
    min_ratio: Share | None = None
    max_ratio: Share | None = None
    locked: Flag = False
    tags: Annotated[dict[Text, TagValue], Field(max_length=MAX_TAGS)] = {}
    seen_tokens: Amount = 0
    price: Number | None = Field(default=None, description="Of one million tokens.")


class PlanGroup(Strict):
    """The components with one value of a tag, and how much of the budget they may get."""

    name: Text
    tag: Text
    value: Text
    min: Share | None = None
    max: Share | None = None
    weight: Number | None = None


class PlanIn(Strict):
    """One phase to plan."""

    token_budget: Tokens
    scheme: Scheme = Scheme()
    components: Annotated[list[PlanComponent], Field(min_length=1, max_length=MAX_COMPONENTS)]
    groups: Annotated[list[PlanGroup], Field(max_length=MAX_GROUPS)] = []
    on_shortage: OnShortage = OnShortage.REPORT
    cost_ceiling: Number | None = None
    unique_floor: Tokens | None = None


@router.post("/plan", name="mixtures.api.plan", responses=examples.answered("plan"))
def plan_phase(
    body: Annotated[PlanIn, Body(openapi_examples=examples.asked("plan"))],
) -> answers.PlanOut:
    """
    Share a token budget over components.

    The tokens are whole and sum to `total_tokens`; an infeasible plan is an answer, with what
    binds and what would help.
    """
    try:
        return answers.plan_out(plan.plan(_request(body)))
    except PlanningError as error:
        raise _explain(error, body) from None


@router.post("/plan/solve", name="mixtures.api.solve", responses=examples.answered("plan_solve"))
def solve_phase(
    body: Annotated[PlanIn, Body(openapi_examples=examples.asked("plan_solve"))],
) -> answers.SolveOut:
    """Find the ratios nearest to those asked for that keep every limit, or what contradicts."""
    if len(body.components) * len(body.groups) > MAX_CELLS:
        raise sentences.too_much(len(body.components), len(body.groups))
    try:
        return answers.solve_out(solve.solve(_request(body)))
    except PlanningError as error:
        raise _explain(error, body) from None


def _explain(error: PlanningError, body: PlanIn) -> Exception:
    return sentences.explain(error, names=[component.name for component in body.components])


def _request(body: PlanIn) -> PlanRequest:
    return PlanRequest(
        token_budget=body.token_budget,
        components=tuple(
            planning.Component(
                name=one.name,
                unique_tokens=one.unique_tokens,
                weight=one.weight,
                max_epochs=one.max_epochs,
                min_ratio=one.min_ratio or 0,
                max_ratio=1 if one.max_ratio is None else one.max_ratio,
                locked=one.locked,
                tags=one.tags,
                seen_tokens=one.seen_tokens,
                price=None if one.price is None else Decimal(repr(one.price)),
            )
            for one in body.components
        ),
        scheme=planning.Scheme(
            body.scheme.name, alpha=body.scheme.alpha, max_epochs=body.scheme.max_epochs
        ),
        groups=tuple(
            planning.Group(one.name, one.tag, one.value, one.min, one.max, one.weight)
            for one in body.groups
        ),
        on_shortage=body.on_shortage,
        cost_ceiling=body.cost_ceiling,
        unique_floor=body.unique_floor,
    )
