"""The answer of an estimate: frozen, named as the API's JSON, every number with its unit."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal

from app.compute.layout.layouts import Layout
from app.compute.memory.per_stage import Verdict
from app.compute.model.parameters import ParameterCounts
from app.compute.timing.ramp import RampStage


@dataclass(frozen=True)
class Flops:
    """FLOPs of a run: model FLOPs in `convention`, and hardware FLOPs, recomputation included."""

    per_token: float
    total: float
    convention: str
    hardware_per_token: float


@dataclass(frozen=True)
class StageMemory:
    """GiB on one GPU of a stage; `recompute_gib` is a part of `activations_gib`."""

    stage: int
    layers: int
    in_flight: float
    weights_gib: float
    gradients_gib: float
    optimizer_gib: float
    activations_gib: float
    recompute_gib: float
    logits_gib: float
    buffers_gib: float
    overhead_gib: float
    allocated_gib: float
    total_gib: float
    spare_gib: float


@dataclass(frozen=True)
class Remedy:
    """
    A single change of the layout that shrinks the fullest stage, and what is then left.

    `term` is what shrinks most, `gib` what it takes now. `change` names a field of `Layout` and
    `value` what it becomes; `max_gib` and `verdict` are those of the changed run, `step_ratio` is
    its predicted step over the present one.
    """

    term: str
    gib: float
    change: str
    value: int | str
    max_gib: float
    verdict: Verdict
    step_ratio: float


@dataclass(frozen=True)
class Memory:
    """
    Memory of every stage and the verdict on the fullest.

    `margin_gib` is negative where it does not fit; `low_gib` and `high_gib` are `max_gib` at the
    ends of the overhead's band; `remedies` are there where it is not sure to fit, the
    best first.
    """

    per_stage: tuple[StageMemory, ...]
    max_gib: float
    fullest_stage: int
    fits: bool
    verdict: Verdict
    margin_gib: float
    usable_gib: float
    low_gib: float
    high_gib: float
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True)
class Pipeline:
    """Schedule of a step; the bubble is a share of total time, not over ideal time."""

    schedule: str
    stages: tuple[int, ...]
    micro_batches: int
    bubble_slots: float
    bubble_fraction: float


@dataclass(frozen=True)
class AxisTraffic:
    """What one GPU sends over an axis in a step, and how long that takes, hidden or not."""

    bytes: float
    seconds: float
    bandwidth_gb_s: float


@dataclass(frozen=True)
class StepParts:
    """Where the seconds of a step go; they sum to `total`."""

    matmul: float
    attention: float
    elementwise: float
    launch: float
    tensor: float
    context: float
    expert: float
    bubble: float
    exchange: float
    update: float

    @property
    def total(self) -> float:
        """Seconds of the step."""
        kernels = self.matmul + self.attention + self.elementwise + self.launch
        inside = self.tensor + self.context + self.expert
        return kernels + inside + self.bubble + self.exchange + self.update

    def scaled_to(self, seconds: float) -> "StepParts":
        """Keep the shares and let the parts sum to `seconds`: a prediction met with a step."""
        scale = seconds / self.total
        return StepParts(**{part.name: scale * getattr(self, part.name) for part in fields(self)})


@dataclass(frozen=True)
class Ramp:
    """
    A batch that grows: its sizes with their steps, the full batch last.

    `tokens`, `steps` and `days` are of the ramp alone; `extra_days` is by how much the run takes
    longer than at the full batch from the start.
    """

    stages: tuple[RampStage, ...]
    tokens: float
    steps: float
    days: float
    extra_days: float


@dataclass(frozen=True)
class Time:
    """
    Time of a step and of the run.

    `kind` says what the step rests on: "measured" (the user's step), "given" (the user's MFU or
    rate), "calibrated" (a profile fitted to published runs) or "assumed" (a profile that is not).
    `predicted` has the profile's own parts whatever the step rests on; `parts` are these, scaled
    to the step. Steps and days have the `ramp` in them; the step is that of the full batch.
    """

    step_seconds: float
    tokens_per_second: float
    steps: float
    days: float
    days_with_goodput: float
    kind: str
    profile: str
    predicted: StepParts
    parts: StepParts
    ramp: Ramp | None = None


@dataclass(frozen=True)
class Utilisation:
    """Shares of the dense peak; `by_convention` has the MFU in every convention."""

    mfu: float
    hfu: float
    hardware_tflops_per_gpu: float
    model_tflops_per_gpu: float
    peak_tflops: float
    by_convention: Mapping[str, float]


@dataclass(frozen=True)
class GpuHours:
    """Hours that train, and hours that are paid; `with_goodput` equals `compute` if not given."""

    compute: float
    with_goodput: float
    goodput: float


@dataclass(frozen=True)
class Notice:
    """Something that the reader should know, by code, with its numbers; `message` in English."""

    code: str
    message: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Estimate:
    """
    What a training run takes.

    `cost` and `currency` are None without a price, `energy_kwh` without board power, `co2_t`
    without either that or a grid intensity.
    """

    params: ParameterCounts
    flops: Flops
    layout: Layout
    memory: Memory
    pipeline: Pipeline
    communication: Mapping[str, AxisTraffic]
    time: Time
    utilisation: Utilisation
    gpu_hours: GpuHours
    cost: Decimal | None
    currency: str | None
    energy_kwh: float | None
    co2_t: float | None
    checkpoint_gib: float
    warnings: tuple[Notice, ...]
