"""The one entry: a model, a cluster, a layout and tokens in, everything the plan says out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.compute.errors import InvalidLayout, require_at_least, require_positive, require_share
from app.compute.estimating.notices import find_notices
from app.compute.estimating.prepared import PreparedRun, predict_step, prepare_run, run_memory
from app.compute.estimating.results import (
    AxisTraffic,
    Estimate,
    Flops,
    GpuHours,
    Pipeline,
    Ramp,
    StepParts,
    Time,
    Utilisation,
)
from app.compute.estimating.verdict import judge_memory
from app.compute.hardware.machines import Cluster
from app.compute.hardware.profiles import Overhead
from app.compute.layout.layouts import Layout
from app.compute.layout.pipeline import bubble_fraction, bubble_slots
from app.compute.memory.checkpoints import checkpoint_gib
from app.compute.model.flops import CONVENTIONS, FlopCounts, count_flops, model_flops_per_token
from app.compute.model.parameters import count_parameters
from app.compute.model.shapes import ModelShape
from app.compute.spending.cost import gpu_cost
from app.compute.spending.energy import co2_tonnes, energy_kwh
from app.compute.timing.communication import exchange_bandwidth, group_bandwidth
from app.compute.timing.efficiency import Efficiency, given_step_seconds
from app.compute.timing.goodput import Interruptions, estimate_goodput, with_goodput
from app.compute.timing.ramp import BatchRamp, find_ramp_violations, ramp_stages
from app.compute.timing.schedule import gpu_hours, run_duration
from app.compute.timing.utilisation import tflops_per_gpu, utilisation
from app.compute.units import GB, SECONDS_PER_DAY, Floats


@dataclass(frozen=True)
class Assumptions:
    """
    What a plan assumes beside model, cluster and layout.

    Attributes
    ----------
    efficiency : Efficiency
        Of the run; a profile predicts where nothing is given.
    goodput : float or None
        Share of paid time that trains; all of it if None.
    pue : float
        Power usage effectiveness, at least 1.
    grid_g_per_kwh : float or None
        Carbon intensity of the grid.
    convention : str
        FLOP convention of the MFU, key of `flops.CONVENTIONS`.
    profile : str or None
        Key of `profiles.PROFILES`; the one of the layout's framework if None.
    ramp : BatchRamp or None
        How the global batch grows at the start; full from the first step if None.
    interruptions : Interruptions or None
        What the goodput follows from where none is given.
    overhead_gib, overhead_band_gib : float or None, float
        What the framework takes on each GPU, give or take; the profile's if None.
    """

    efficiency: Efficiency = field(default_factory=Efficiency)
    goodput: float | None = None
    pue: float = 1.0
    grid_g_per_kwh: float | None = None
    convention: str = "palm"
    profile: str | None = None
    ramp: BatchRamp | None = None
    interruptions: Interruptions | None = None
    overhead_gib: float | None = None
    overhead_band_gib: float = 0.0

    def __post_init__(self) -> None:
        if self.overhead_gib is not None:
            require_at_least("overhead_gib", self.overhead_gib, 0)
        require_at_least("overhead_band_gib", self.overhead_band_gib, 0)
        require_at_least("pue", self.pue, 1)
        if self.grid_g_per_kwh is not None:
            require_at_least("grid_g_per_kwh", self.grid_g_per_kwh, 0)


def estimate(
    shape: ModelShape,
    cluster: Cluster,
    layout: Layout,
    *,
    tokens: float,
    assumptions: Assumptions | None = None,
) -> Estimate:
    """
    Tell what a training run takes: parameters, FLOPs, memory, time, GPU-hours, money, energy.

    Parameters
    ----------
    shape : ModelShape
    cluster : Cluster
        As many GPUs as the layout takes.
    layout : Layout
    tokens : float
        Training tokens, repeats counted, above 0.
    assumptions : Assumptions or None
        Defaults if None.

    Returns
    -------
    Estimate
        Fields named as in the JSON of the API. Money, energy and carbon are of the paid hours.

    Raises
    ------
    InvalidLayout
        Broken rules, each with the nearest valid values.
    InvalidNumber
        A number out of range.
    NoSuchChoice
        An unknown convention, optimizer or profile.

    Examples
    --------
    BLOOM-176B at its logged step time.

    >>> from app.compute.hardware.machines import Accelerator
    >>> from app.compute.model.shapes import gpt
    >>> bloom = gpt(
    ...     layers=70, hidden=14336, heads=112, vocab=250880, positions="alibi", embedding_norm=True
    ... )
    >>> a100 = Accelerator("A100", 312, 80, sustained_tflops=271.2, link_gb_s=300, watts=400)
    >>> layout = Layout(
    ...     tp=4,
    ...     pp=12,
    ...     dp=8,
    ...     micro_batch=2,
    ...     global_batch=2048,
    ...     recompute="full",
    ...     optimizer="deepspeed_bf16",
    ... )
    >>> plan = estimate(
    ...     bloom,
    ...     Cluster(a100, 384),
    ...     layout,
    ...     tokens=366e9,
    ...     assumptions=Assumptions(Efficiency(step_seconds=104.7), goodput=0.9),
    ... )
    >>> plan.params.total, round(plan.utilisation.hardware_tflops_per_gpu, 1)
    (176247271424, 149.8)
    >>> round(plan.utilisation.mfu, 3), round(plan.utilisation.hfu, 3)
    (0.362, 0.48)
    >>> round(plan.gpu_hours.compute), plan.memory.fits
    (974533, True)
    """
    assumed = assumptions or Assumptions()
    require_positive("tokens", tokens)
    run = lay_out(shape, cluster, layout, assumed)
    if assumed.goodput is None and assumed.interruptions is not None:
        goodput = estimate_goodput(cluster.count, assumed.interruptions)
        require_share("goodput", goodput)
        assumed = replace(assumed, goodput=goodput)
    params = count_parameters(shape)
    flops = count_flops(shape, recompute=layout.recompute, convention=assumed.convention)
    time = _time(run, tokens, flops, assumed)
    used = _utilisation(run, flops, time.step_seconds)
    hours = gpu_hours(cluster.count, time.days * SECONDS_PER_DAY)
    paid = gpu_hours(cluster.count, time.days_with_goodput * SECONDS_PER_DAY)
    memory = judge_memory(run, run_memory(run))
    pipeline = _pipeline(run)
    energy = _energy(cluster, paid, assumed)
    price = cluster.price_per_hour
    return Estimate(
        params=params,
        flops=Flops(
            per_token=flops.model_per_token,
            total=flops.model_per_token * tokens,
            convention=flops.convention,
            hardware_per_token=flops.hardware_per_token,
        ),
        layout=layout,
        memory=memory,
        pipeline=pipeline,
        communication=_axes(run),
        time=time,
        utilisation=used,
        gpu_hours=GpuHours(hours, paid, 1.0 if assumed.goodput is None else assumed.goodput),
        cost=None if price is None else gpu_cost(paid, price),
        currency=None if price is None else cluster.currency,
        energy_kwh=energy,
        co2_t=_carbon(energy, assumed),
        checkpoint_gib=checkpoint_gib(params.total),
        warnings=tuple(
            find_notices(run, memory, time, mfu=used.mfu, bubble=pipeline.bubble_fraction)
        ),
    )


def lay_out(
    shape: ModelShape, cluster: Cluster, layout: Layout, assumed: Assumptions
) -> PreparedRun:
    """
    Check a layout and lay the run out, with the framework's share as it is assumed.

    Examples
    --------
    >>> from app.compute.hardware.machines import Accelerator
    >>> from app.compute.model.shapes import gpt
    >>> shape = gpt(layers=4, hidden=512, heads=8, vocab=1024)
    >>> cluster = Cluster(Accelerator("A100", 312, 80, sustained_tflops=271.2, link_gb_s=300), 8)
    >>> layout = Layout(tp=2, pp=2, dp=2, micro_batch=1, global_batch=16)
    >>> run = lay_out(shape, cluster, layout, Assumptions(overhead_gib=3.0))
    >>> run.profile.overhead.fixed_gib
    3.0
    """
    run = prepare_run(shape, cluster, layout, assumed.profile)
    if assumed.overhead_gib is None:
        return run
    middle, band = assumed.overhead_gib, assumed.overhead_band_gib
    given = Overhead(
        fixed_gib=middle,
        share=0.0,
        working_share=0.0,
        low_fixed_gib=max(middle - band, 0.0),
        low_share=0.0,
        high_fixed_gib=middle + band,
        high_share=0.0,
    )
    return replace(run, profile=replace(run.profile, overhead=given))


def _time(run: PreparedRun, tokens: float, flops: FlopCounts, assumed: Assumptions) -> Time:
    layout = run.layout
    step_tokens = layout.global_batch * run.shape.sequence
    given = given_step_seconds(
        assumed.efficiency,
        model_flops=flops.model_per_token * step_tokens,
        hardware_flops=flops.hardware_per_token * step_tokens,
        gpus=run.cluster.count,
        peak_tflops=run.cluster.accelerator.peak(layout.precision),
    )
    predicted: StepParts = predict_step(run)
    seconds = predicted.total if given is None else given
    duration = run_duration(
        tokens,
        global_batch=layout.global_batch,
        sequence=run.shape.sequence,
        step_seconds=seconds,
    )
    goodput, steps, days = assumed.goodput, duration.steps, duration.days
    ramp = None
    if assumed.ramp is not None:
        ramp = _ramp(run, tokens, assumed.ramp, scale=seconds / predicted.total, flat=days)
        steps = sum(one.steps for one in ramp.stages)
        days += ramp.extra_days
    return Time(
        step_seconds=seconds,
        tokens_per_second=duration.tokens_per_second,
        steps=steps,
        days=days,
        days_with_goodput=days if goodput is None else with_goodput(days, goodput),
        kind=assumed.efficiency.kind or ("calibrated" if run.profile.fitted else "assumed"),
        profile=run.profile.name,
        predicted=predicted,
        parts=predicted.scaled_to(seconds),
        ramp=ramp,
    )


def _ramp(run: PreparedRun, tokens: float, ramp: BatchRamp, *, scale: float, flat: float) -> Ramp:
    """Lay the ramp out; the profile tells how a step depends on its micro-batches."""
    full = run.layout.global_batch
    together = run.layout.micro_batch * run.layout.dp
    if run.layout.interleave > 1:
        together *= run.layout.pp
    violations = list(find_ramp_violations(ramp, global_batch=full, together=together))
    if violations:
        raise InvalidLayout(violations)

    def step_seconds(batch: int) -> float:
        layout = replace(run.layout, global_batch=batch)
        laid_out = prepare_run(run.shape, run.cluster, layout, run.profile.name)
        return predict_step(laid_out).total * scale

    stages = ramp_stages(
        tokens,
        ramp=ramp,
        global_batch=full,
        sequence=run.shape.sequence,
        step_seconds=step_seconds,
    )
    growing = [one for one in stages if one.global_batch < full]
    return Ramp(
        stages=stages,
        tokens=sum(one.sequences for one in growing) * run.shape.sequence,
        steps=sum(one.steps for one in growing),
        days=sum(one.seconds for one in growing) / SECONDS_PER_DAY,
        extra_days=sum(one.seconds for one in stages) / SECONDS_PER_DAY - flat,
    )


def _utilisation(run: PreparedRun, flops: FlopCounts, step_seconds: float) -> Utilisation:
    step_tokens = run.layout.global_batch * run.shape.sequence
    gpus = run.cluster.count
    peak = run.cluster.accelerator.peak(run.layout.precision)

    def share(per_token: float) -> float:
        return utilisation(
            per_token * step_tokens, step_seconds=step_seconds, gpus=gpus, peak_tflops=peak
        )

    def rate(per_token: float) -> float:
        return tflops_per_gpu(per_token * step_tokens, step_seconds=step_seconds, gpus=gpus)

    return Utilisation(
        mfu=share(flops.model_per_token),
        hfu=share(flops.hardware_per_token),
        hardware_tflops_per_gpu=rate(flops.hardware_per_token),
        model_tflops_per_gpu=rate(flops.model_per_token),
        peak_tflops=peak,
        by_convention={name: share(model_flops_per_token(run.shape, name)) for name in CONVENTIONS},
    )


def _pipeline(run: PreparedRun) -> Pipeline:
    layout = run.layout
    slots = bubble_slots(
        float(layout.pp), schedule=layout.schedule_name, interleave=layout.interleave
    )
    return Pipeline(
        schedule=layout.schedule_name,
        stages=run.split.layers,
        micro_batches=round(layout.micro_batches),
        bubble_slots=slots,
        bubble_fraction=bubble_fraction(slots, layout.micro_batches),
    )


def _axes(run: PreparedRun) -> Mapping[str, AxisTraffic]:
    placement, cluster, profile, traffic = run.placement, run.cluster, run.profile, run.traffic
    network = cluster.network_bytes_per_second(profile.network_gb_s) * profile.network_share
    sent: dict[str, tuple[Floats, Floats]] = {
        "data": (traffic.exchange, exchange_bandwidth(placement, cluster, profile)),
        "tensor": (traffic.tensor, group_bandwidth(placement.tp, cluster, profile)),
        "pipeline": (traffic.pipeline, 0.0 * placement.tp + network),
        "context": (
            traffic.context,
            group_bandwidth(placement.tp * placement.cp, cluster, profile),
        ),
        "expert": (
            traffic.expert,
            group_bandwidth(placement.ep * placement.etp, cluster, profile),
        ),
    }
    axes = {}
    for name, (volume, bandwidth) in sent.items():
        busiest = int(volume.argmax())
        rate = float(bandwidth[busiest])
        size = float(volume[busiest])
        axes[name] = AxisTraffic(bytes=size, seconds=size / rate, bandwidth_gb_s=rate / GB)
    return axes


def _energy(cluster: Cluster, hours: float, assumed: Assumptions) -> float | None:
    watts = cluster.accelerator.watts
    return None if watts is None else energy_kwh(hours, watts, pue=assumed.pue)


def _carbon(energy: float | None, assumed: Assumptions) -> float | None:
    grid = assumed.grid_g_per_kwh
    return None if energy is None or grid is None else co2_tonnes(energy, grid)
