"""Training runs as JSON: what one takes, which layouts a cluster has, what can be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app.accounts.viewers import get_viewer
from app.compute.estimating.results import Estimate
from app.compute.hardware.profiles import PROFILES
from app.compute.model.flops import CONVENTIONS
from app.compute.model.states import OPTIMIZERS
from app.db import DbSession
from app.training import knowledge, presets, questions, service
from app.training.api.refusals import refusal
from app.training.api_models import EstimateIn, LayoutsIn, QuestionsIn
from app.training.known import Grid, Price
from app.training.problems import TrainingRefused
from app.training.questions import Answers
from app.training.service import Search

# Anybody may ask, but a token that does not hold is refused as everywhere.
router = APIRouter(
    prefix="/api/v1/training",
    tags=["training"],
    dependencies=[Depends(get_viewer, scope="function")],
)


@dataclass(frozen=True)
class Presets:
    """What a body can name: models, accelerators, published runs, and the words for the rest."""

    models: list[presets.ModelPreset]
    accelerators: list[presets.AcceleratorPreset]
    prices: list[Price]
    grids: list[Grid]
    runs: list[presets.PublishedRun]
    optimizers: Mapping[str, str]
    conventions: Mapping[str, str]
    profiles: Mapping[str, str]


@router.post("/estimate", name="training.api.estimate", response_model=Estimate)
def estimate_run(request: Request, session: DbSession, body: EstimateIn) -> Estimate | Response:
    """
    Tell what a training run takes: parameters, FLOPs, memory per stage, time, money, energy.

    Stateless. A layout that breaks rules is 422; `details.problems` has every rule with its field,
    its sentence and the nearest valid values.
    """
    try:
        return service.plan_run(body, knowledge.load_known(session)).estimate
    except TrainingRefused as error:
        return refusal(request, error)


@router.post("/layouts", name="training.api.layouts", response_model=Search)
def search_layouts(request: Request, session: DbSession, body: LayoutsIn) -> Search | Response:
    """Search all layouts of a cluster: those that fit, fastest first, and why others do not."""
    try:
        return service.find_layouts(body, knowledge.load_known(session))
    except TrainingRefused as error:
        return refusal(request, error)


@router.post("/questions", name="training.api.questions", response_model=Answers)
def answer_questions(request: Request, session: DbSession, body: QuestionsIn) -> Answers | Response:
    """Answer the other way round: GPUs for a deadline, tokens and optimal size for a budget."""
    try:
        return questions.answer(body, knowledge.load_known(session))
    except TrainingRefused as error:
        return refusal(request, error)


@router.get("/presets", name="training.api.presets")
def list_presets(session: DbSession) -> Presets:
    """List the models, accelerators, prices, grids and published runs that can be named, by id."""
    known = knowledge.load_known(session)
    return Presets(
        models=list(presets.models().values()),
        accelerators=list(known.accelerators.values()),
        prices=list(known.prices.values()),
        grids=list(known.grids.values()),
        runs=list(presets.runs().values()),
        optimizers=OPTIMIZERS,
        conventions=CONVENTIONS,
        profiles={name: profile.origin for name, profile in PROFILES.items()},
    )
