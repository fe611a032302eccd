"""Predicted loss and compute-optimal sizes, by named preset; stateless."""

from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import BaseModel, Field

from app.mixtures import sentences
from app.mixtures.api import examples
from app.mixtures.api.answers import finite
from app.mixtures.api.plans import Strict
from app.mixtures.words.lists import CAVEATS
from app.planning.errors import PlanningError
from app.planning.loss import data_constrained, overfitting, presets, scaling
from app.planning.loss.scaling import Caveat
from app.web.i18n import gettext as _

router = APIRouter(prefix="/api/v1/scaling", tags=["planning"])

Amount = Annotated[float, Field(strict=True, ge=1, le=1e30, allow_inf_nan=False)]
Flops = Annotated[float, Field(strict=True, ge=6, le=1e40, allow_inf_nan=False)]
PresetName = Annotated[str, Field(max_length=100)]


class LossIn(Strict):
    """A model and a run; without `unique_tokens` no token is repeated."""

    preset: PresetName = Field(
        description="hoffmann_printed, hoffmann_unrounded, besiroglu_2024 or muennighoff; "
        "lovelace_2026 for the form in which more passes can harm."
    )
    parameters: Amount
    tokens: Amount
    unique_tokens: Amount | None = None


class CaveatOut(BaseModel):
    """What a prediction does not know, or where it leaves what it was fitted on."""

    code: str
    message: str


class LossOut(BaseModel):
    """A predicted loss in nats per token: compare plans by its difference, not by its level."""

    preset: str
    loss: float
    effective_tokens: float
    effective_parameters: float
    caveats: list[CaveatOut]


class OptimumIn(Strict):
    """A compute budget; with `unique_tokens`, of the law that knows repeats."""

    preset: PresetName = Field(
        description="hoffmann_printed, hoffmann_unrounded, besiroglu_2024 or muennighoff."
    )
    flops: Flops
    unique_tokens: Amount | None = None


class OptimumOut(BaseModel):
    """The model and the tokens with the least predicted loss."""

    preset: str
    parameters: float
    tokens: float
    loss: float
    epochs: float | None
    caveats: list[CaveatOut]


@router.post("/loss", name="mixtures.api.loss", responses=examples.answered("scaling_loss"))
def predict_loss(
    body: Annotated[LossIn, Body(openapi_examples=examples.asked("scaling_loss"))],
) -> LossOut:
    """Predict the loss of a model after so many tokens."""
    try:
        if body.preset == overfitting.LOVELACE_2026.name:
            found = overfitting.predict_loss(
                parameters=body.parameters,
                tokens=body.tokens,
                unique_tokens=body.tokens if body.unique_tokens is None else body.unique_tokens,
            )
        else:
            found = scaling.predict_loss(
                presets.find(body.preset),
                parameters=body.parameters,
                tokens=body.tokens,
                unique_tokens=body.unique_tokens,
            )
    except PlanningError as error:
        raise sentences.explain(error) from None
    return LossOut(
        preset=body.preset,
        loss=found.loss,
        effective_tokens=found.effective_tokens,
        effective_parameters=found.effective_parameters,
        caveats=_caveats(found.caveats),
    )


@router.post(
    "/optimum", name="mixtures.api.optimum", responses=examples.answered("scaling_optimum")
)
def find_optimum(
    body: Annotated[OptimumIn, Body(openapi_examples=examples.asked("scaling_optimum"))],
) -> OptimumOut:
    """Find the model size and the tokens with the least predicted loss for a compute budget."""
    try:
        law = presets.find(body.preset)
        if body.unique_tokens is None:
            found = scaling.optimum(law, flops=body.flops)
        else:
            found = data_constrained.optimum(
                law, flops=body.flops, unique_tokens=body.unique_tokens
            )
    except PlanningError as error:
        raise sentences.explain(error) from None
    return OptimumOut(
        preset=body.preset,
        parameters=found.parameters,
        tokens=found.tokens,
        loss=found.loss,
        epochs=finite(found.epochs),
        caveats=_caveats(found.caveats),
    )


def _caveats(found: tuple[Caveat, ...]) -> list[CaveatOut]:
    return [CaveatOut(code=one.value, message=_(CAVEATS[one])) for one in found]
