"""What a version of a plan says: a run, its phases, and the mixture version it starts from."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.errors import AppError, InvalidInput
from app.training import service
from app.training.api_models import (
    MOST_BATCH,
    MOST_SEQUENCE,
    MOST_TOKENS,
    Batch,
    EstimateIn,
    Recompute,
    Size,
)
from app.training.known import Known
from app.training.service import Plan
from app.web.errors import sentence

MOST_PHASES = 20
LAYOUT_OF_PHASE = frozenset({"tp", "pp", "cp", "micro_batch", "recompute"})
"""What a phase may set otherwise than the run; data parallelism is what is left of the GPUs."""


class Saved(BaseModel):
    """A part of a version as it is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PhasePart(Saved):
    """A stretch of training: its tokens, and where it has them its own sequence, batch, layout."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    tokens: Annotated[int, Field(ge=1, le=int(MOST_TOKENS))]
    seq: Annotated[int, Field(ge=1, le=MOST_SEQUENCE)] | None = None
    global_batch: Annotated[int, Field(ge=1, le=MOST_BATCH)] | None = None
    tp: Size | None = None
    pp: Size | None = None
    cp: Size | None = None
    micro_batch: Batch | None = None
    recompute: Recompute | None = None

    @property
    def layout(self) -> dict[str, Any]:
        """The fields of a layout that it has of its own."""
        return self.model_dump(include=set(LAYOUT_OF_PHASE), exclude_none=True)

    @property
    def is_changed(self) -> bool:
        """Whether it trains otherwise than the run says."""
        return self.seq is not None or self.global_batch is not None or bool(self.layout)


class MixturePart(Saved):
    """The version of a mixture whose tokens are trained on, as it was when the plan was saved."""

    slug: str
    name: str
    number: int
    unique_tokens: int | None = None
    effective_tokens: float | None = None


class Content(Saved):
    """A plan: the run, its phases in order, and the mixture version."""

    run: EstimateIn
    phases: Annotated[tuple[PhasePart, ...], Field(min_length=1, max_length=MOST_PHASES)]
    mixture: MixturePart | None = None


@dataclass(frozen=True)
class PhaseResult:
    """A phase and what it takes; `body` is its run, `plan` the answer."""

    part: PhasePart
    body: EstimateIn
    plan: Plan


@dataclass(frozen=True)
class Totals:
    """What all phases take together; the memory is that of the fullest."""

    tokens: int
    days: float
    gpu_hours: float
    gpu_hours_paid: float
    cost: Decimal | None
    currency: str | None
    energy_kwh: float | None
    co2_t: float | None
    max_gib: float
    fits: bool


@dataclass(frozen=True)
class Computed:
    """A content with everything that it comes to."""

    content: Content
    phases: tuple[PhaseResult, ...]
    totals: Totals


def read(stored: dict[str, Any]) -> Content:
    """Return a stored content."""
    return Content.model_validate(stored)


def to_json(content: Content) -> dict[str, Any]:
    """Return a content as it is stored: what was not said stays unsaid."""
    return content.model_dump(mode="json", exclude_unset=True)


def compute(content: Content, known: Known) -> Computed:
    """
    Compute every phase of a plan.

    A phase with its own sequence, batch or layout has no measured step: it runs at the hardware
    rate that the step of the run shows.

    Raises
    ------
    InvalidInput
        What a phase cannot be, with its name.
    """
    base = service.plan_run(content.run, known)
    phases = []
    for index, part in enumerate(content.phases):
        body = body_of(content.run, part, base, is_first=index == 0)
        try:
            plan = service.plan_run(body, known)
        except AppError as error:
            raise InvalidInput(
                "The phase %(name)s cannot be computed: %(problem)s",
                field="phases",
                name=part.name,
                problem=sentence(error),
            ) from error
        phases.append(PhaseResult(part, body, plan))
    return Computed(content, tuple(phases), add_up(phases))


def fullest(computed: Computed) -> PhaseResult:
    """Return the phase whose memory is the largest."""
    return max(computed.phases, key=lambda one: one.plan.estimate.memory.max_gib)


def body_of(run: EstimateIn, part: PhasePart, base: Plan, *, is_first: bool) -> EstimateIn:
    """Return the run of one phase; only the first grows its batch."""
    changed = run.model_dump(exclude_unset=True)
    if not is_first:
        changed.pop("ramp", None)
    changed["tokens"] = float(part.tokens)
    if part.seq is not None:
        changed["model"]["seq"] = part.seq
    layout = changed.setdefault("layout", {})
    if part.global_batch is not None:
        layout["global_batch"] = part.global_batch
    if part.layout:
        # The batch stays the run's, not the one of the new sizes.
        layout.setdefault("global_batch", base.estimate.layout.global_batch)
        layout |= {"dp": None, **part.layout}
    if part.is_changed and run.efficiency.step_seconds is not None:
        rate = base.estimate.utilisation.hardware_tflops_per_gpu
        changed["efficiency"] = {"hfu_tflops": rate}
    return EstimateIn.model_validate(changed)


def add_up(phases: list[PhaseResult]) -> Totals:
    """Add the phases up."""
    found = [one.plan.estimate for one in phases]
    return Totals(
        tokens=sum(one.part.tokens for one in phases),
        days=sum(one.time.days_with_goodput for one in found),
        gpu_hours=sum(one.gpu_hours.compute for one in found),
        gpu_hours_paid=sum(one.gpu_hours.with_goodput for one in found),
        cost=_sum([one.cost for one in found]),
        currency=found[0].currency,
        energy_kwh=_sum([one.energy_kwh for one in found]),
        co2_t=_sum([one.co2_t for one in found]),
        max_gib=max(one.memory.max_gib for one in found),
        fits=all(one.memory.fits for one in found),
    )


def _sum(values: list[Any]) -> Any:  # noqa: ANN401  money or numbers
    return None if any(value is None for value in values) else sum(values[1:], start=values[0])


def results_of(computed: Computed) -> dict[str, Any]:
    """Return what is kept with a version, for lists and comparisons."""
    totals, first = computed.totals, computed.phases[0].plan
    found = first.estimate
    return {
        "tokens": totals.tokens,
        "days": totals.days,
        "gpu_hours": totals.gpu_hours,
        "gpu_hours_paid": totals.gpu_hours_paid,
        "cost": None if totals.cost is None else str(totals.cost),
        "currency": totals.currency,
        "energy_kwh": totals.energy_kwh,
        "co2_t": totals.co2_t,
        "max_gib": totals.max_gib,
        "usable_gib": found.memory.usable_gib,
        "fits": totals.fits,
        "parameters": found.params.total,
        "active": found.params.active,
        "gpus": first.cluster.count,
        "accelerator": first.cluster.accelerator.name,
        "mfu": found.utilisation.mfu,
        "hfu": found.utilisation.hfu,
        "step_seconds": found.time.step_seconds,
        "bubble": found.pipeline.bubble_fraction,
    }


def frozen_run(run: EstimateIn, known: Known) -> EstimateIn:
    """Return a run with the accelerator's numbers put in, so that a version keeps them."""
    device = known.accelerators.get(run.hardware.accelerator)
    if device is None:
        return run
    numbers = {
        name: getattr(device.device, name)
        for name in ("peak_tflops", "memory_gb", "link_gb_s", "watts")
        if getattr(run.hardware, name) is None and getattr(device.device, name) is not None
    }
    hardware = run.hardware.model_dump(exclude_unset=True) | {
        name: float(value) for name, value in numbers.items()
    }
    return EstimateIn.model_validate(run.model_dump(exclude_unset=True) | {"hardware": hardware})
