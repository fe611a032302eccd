"""The questions the other way round: GPUs for a deadline, tokens for a budget, size for both."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.compute.errors import ComputeError
from app.compute.estimating import inverse
from app.compute.estimating.inverse import Speed
from app.errors import InvalidInput
from app.planning.errors import PlanningError
from app.planning.loss import data_constrained, scaling
from app.planning.loss import presets as laws
from app.planning.loss.scaling import Optimum
from app.training import service
from app.training.api_models import QuestionsIn
from app.training.known import Known
from app.training.service import Plan
from app.web.i18n import later

DEFAULT_LAW = "besiroglu_2024"
LAWS: Mapping[str, str] = {
    "besiroglu_2024": later("Besiroglu 2024 (Chinchilla, refitted)"),
    "hoffmann_unrounded": later("Hoffmann 2022 (Chinchilla)"),
    "muennighoff": later("Muennighoff 2023 (knows repeats)"),
}


@dataclass(frozen=True)
class Deadline:
    """GPUs that finish within so many days, in whole replicas, and what they cost."""

    days: float
    gpus: int
    replicas: int
    cost: Decimal | None


@dataclass(frozen=True)
class Purchase:
    """
    What a budget buys.

    Attributes
    ----------
    budget : Decimal
    gpu_hours : float
    tokens : float
        Of this model.
    days : float
        On the GPUs of the plan.
    flops : float
        Whatever the model, in the convention of the MFU.
    optimum : Optimum
        The size and tokens with the least predicted loss for these FLOPs.
    size_for_tokens : float
        Parameters of the model that spends them on the plan's tokens.
    gpus : int or None
        The most GPUs, in whole replicas, that it pays for over the days that were asked; 0 where
        it does not pay for one replica, None where no days were asked.
    """

    budget: Decimal
    gpu_hours: float
    tokens: float
    days: float
    flops: float
    optimum: Optimum | None
    size_for_tokens: float
    gpus: int | None = None


@dataclass(frozen=True)
class Answers:
    """
    What was asked the other way round, None where it was not.

    `size_for_tokens` and the optimum are in parameters, `budget` and `cost` in `currency`.
    """

    deadline: Deadline | None
    purchase: Purchase | None
    currency: str | None


def answer(body: QuestionsIn, known: Known | None = None) -> Answers:
    """
    Answer what is asked of a run.

    Raises
    ------
    TrainingRefused, InvalidInput
        A run that cannot be; a budget without a price; a question that no number answers.
    """
    if body.days is None and body.budget is None:
        raise InvalidInput("Ask for days, for a budget, or for both.", field="days")
    plan = service.plan_run(body.run, known)
    if body.budget is not None and not plan.cluster.price_per_hour:
        raise InvalidInput(
            "A budget buys nothing without the price of a GPU-hour: give price_per_hour.",
            field="run.hardware.price_per_hour",
        )
    deadline = None if body.days is None else meet_deadline(plan, body.days)
    purchase = None
    if body.budget is not None:
        purchase = spend(
            plan, body.budget, law=body.law, unique_tokens=body.unique_tokens, days=body.days
        )
    for name, asked, found in (
        ("days", body.days, deadline),
        ("budget", body.budget, purchase),
    ):
        if asked is not None and found is None:
            raise InvalidInput("No number of GPUs or tokens answers this.", field=name)
    return Answers(deadline, purchase, plan.estimate.currency)


def speed_of(plan: Plan) -> Speed:
    """Return how fast one GPU of the plan trains: its MFU holds at that scale."""
    found = plan.estimate
    return Speed(
        flops_per_token=found.flops.per_token,
        peak_tflops=found.utilisation.peak_tflops,
        mfu=min(found.utilisation.mfu, 1.0),
        goodput=found.gpu_hours.goodput,
    )


def replica_of(plan: Plan) -> int:
    """Return the GPUs of one model replica of the plan's layout."""
    layout = plan.estimate.layout
    return layout.tp * layout.pp * layout.cp


def meet_deadline(plan: Plan, days: float) -> Deadline | None:
    """Tell the GPUs that train the plan's tokens within `days`, in whole model replicas."""
    multiple = replica_of(plan)
    try:
        gpus = inverse.gpus_for_days(plan.tokens, days, speed_of(plan), multiple=multiple)
    except ComputeError:
        return None
    price = plan.cluster.price_per_hour
    hours = plan.tokens / speed_of(plan).tokens_per_hour
    cost = None if price is None else Decimal(repr(hours)) * price
    return Deadline(days, gpus, gpus // multiple, cost)


def spend(
    plan: Plan,
    budget: Decimal,
    *,
    law: str,
    unique_tokens: float | None,
    days: float | None = None,
) -> Purchase | None:
    """Tell what a budget buys at the plan's speed and price, or None without a price."""
    price = plan.cluster.price_per_hour
    if not price:
        return None
    speed = speed_of(plan)
    try:
        tokens = inverse.tokens_for_budget(budget, price, speed)
        flops = inverse.flops_for_budget(budget, price, speed)
        gpus = None
        if days is not None:
            gpus = inverse.gpus_for_budget(budget, price, days, multiple=replica_of(plan))
    except ComputeError:
        return None
    hours = float(budget / price)
    return Purchase(
        budget=budget,
        gpu_hours=hours,
        tokens=tokens,
        days=hours / plan.cluster.count / 24,
        flops=flops,
        optimum=find_optimum(flops, law=law, unique_tokens=unique_tokens),
        size_for_tokens=inverse.size_for_tokens(flops, plan.tokens),
        gpus=gpus,
    )


def find_optimum(flops: float, *, law: str, unique_tokens: float | None) -> Optimum | None:
    """Return the compute-optimal size of a budget; repeats count for less where tokens are few."""
    try:
        found = laws.find(law)
        if unique_tokens is None:
            return scaling.optimum(found, flops=flops)
        return data_constrained.optimum(found, flops=flops, unique_tokens=unique_tokens)
    except PlanningError:
        return None
