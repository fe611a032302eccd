"""
How long a step takes: kernels, exchanges and the bubble, from the efficiencies of a profile.

This is a prediction from fitted or carried-over efficiencies, and named so. A measured step, an
MFU or a rate that the user enters replaces it (`calibrate`).
"""

import math
from dataclasses import dataclass

import numpy as np

from app.compute.hardware.machines import Cluster
from app.compute.hardware.profiles import Profile
from app.compute.layout.placement import Placement, StageParameters, padded_vocab
from app.compute.model.flops import block_matmuls
from app.compute.model.shapes import ModelShape
from app.compute.model.states import StateBytes
from app.compute.timing.communication import Traffic, exchange_bandwidth, group_bandwidth
from app.compute.units import TERA, Floats

REFERENCE_TFLOPS = 312.0
"""Peak of the A100, on which the attention share of every profile is stated."""

FP8_SHARE = 0.8
"""Of the fp8 peak's gain over 16 bits that matrix products keep (fitted: MPT, H100, 4 rows)."""

OPTIMIZER_BYTES = 30.0
"""Bytes read and written per parameter by an Adam step."""

LOGIT_PASSES_BYTES = 20.0
"""Bytes read and written per logit, forward and backward."""


@dataclass(frozen=True)
class SlotTime:
    """
    Seconds of one micro-batch, forward and backward, on each stage.

    Attributes
    ----------
    matmul, attention, elementwise, launch : array
        Kernels.
    tensor, context, expert : array
        Exchanges within the block.
    """

    matmul: Floats
    attention: Floats
    elementwise: Floats
    launch: Floats
    tensor: Floats
    context: Floats
    expert: Floats

    @property
    def total(self) -> Floats:
        """All of it."""
        kernels = self.matmul + self.attention + self.elementwise + self.launch
        return kernels + self.tensor + self.context + self.expert


@dataclass(frozen=True)
class StepTime:
    """
    Seconds of one step; arrays over layouts, the stage axis gone.

    Attributes
    ----------
    work : array
        All micro-batches on the slowest stage.
    bubble : array
        What that stage waits.
    exchange : array
        Gradients and weights over the data-parallel group that nothing hides.
    update : array
        The optimizer's step and fixed costs.
    """

    work: Floats
    bubble: Floats
    exchange: Floats
    update: Floats

    @property
    def total(self) -> Floats:
        """Seconds per step."""
        return self.work + self.bubble + self.exchange + self.update


def slot_time(
    shape: ModelShape,
    placement: Placement,
    traffic: Traffic,
    cluster: Cluster,
    profile: Profile,
    *,
    recompute: str,
    attention: str,
    precision: str = "bf16",
) -> SlotTime:
    """
    Predict the seconds of one micro-batch on each stage.

    Parameters
    ----------
    shape : ModelShape
    placement : Placement
    traffic : Traffic
        Of the same placement, per step.
    cluster : Cluster
    profile : Profile
    recompute : {"none", "selective", "full"}
    attention : {"unfused", "flash"}
    precision : {"bf16", "fp16", "fp32", "fp8"}

    Returns
    -------
    SlotTime
        Arrays of the placement's shape.

    Examples
    --------
    >>> from app.compute.hardware.machines import Accelerator
    >>> from app.compute.estimating.prepared import prepare_run
    >>> from app.compute.model.shapes import gpt
    >>> from app.compute.layout.layouts import Layout
    >>> shape = gpt(layers=4, hidden=512, heads=8, vocab=1024)
    >>> cluster = Cluster(Accelerator("A100", 312, 80, sustained_tflops=271.2, link_gb_s=300), 8)
    >>> layout = Layout(tp=2, pp=2, dp=2, micro_batch=1, global_batch=16)
    >>> run = prepare_run(shape, cluster, layout)
    >>> slot = slot_time(
    ...     shape,
    ...     run.placement,
    ...     run.traffic,
    ...     cluster,
    ...     run.profile,
    ...     recompute="none",
    ...     attention=run.attention,
    ... )
    >>> slot.total.shape, bool((slot.total > slot.matmul).all())
    ((2,), True)
    """
    device = cluster.accelerator
    tokens = placement.tokens(shape.sequence)
    passes = 4.0 if recompute == "full" else 3.0
    rate = device.sustained * TERA * profile.matmul_share
    if precision == "fp8":
        rate *= FP8_SHARE * device.peak("fp8") / device.peak_tflops
    per_token = 2.0 * (
        placement.dense_layers * block_matmuls(shape, moe=False)
        + placement.moe_layers * block_matmuls(shape, moe=True)
    )
    rows = padded_vocab(shape, placement.tp)
    logits = 6.0 * placement.last * rows * shape.hidden
    matmul = tokens * (passes * per_token + logits) / placement.tp / rate
    bandwidth = device.memory_tb_s * TERA * profile.memory_share
    return SlotTime(
        matmul=matmul,
        attention=_attention(shape, placement, device.peak_tflops, profile, recompute, attention),
        elementwise=_elementwise(shape, placement, profile, passes, attention) / bandwidth,
        launch=placement.layers * profile.block_seconds * (passes - 1.0) / 3.0,
        tensor=traffic.tensor
        / placement.micro_batches
        / group_bandwidth(placement.tp, cluster, profile),
        context=traffic.context
        / placement.micro_batches
        / group_bandwidth(placement.tp * placement.cp, cluster, profile),
        expert=traffic.expert
        / placement.micro_batches
        / group_bandwidth(placement.ep * placement.etp, cluster, profile),
    )


def step_time(
    slot: SlotTime,
    placement: Placement,
    parameters: StageParameters,
    states: StateBytes,
    *,
    traffic: Traffic,
    cluster: Cluster,
    profile: Profile,
    bubble_scale: Floats,
) -> StepTime:
    """
    Predict the seconds of a step.

    The slowest stage sets the pace of the steady state; filling and draining the pipeline costs the
    sum of the other stages, `bubble_scale` times.

    Parameters
    ----------
    slot : SlotTime
        Per stage.
    placement : Placement
    parameters : StageParameters
    states : StateBytes
    traffic : Traffic
    cluster : Cluster
    profile : Profile
    bubble_scale : array
        Bubble over that of 1F1B: 1, or 1 / interleave; without the stage axis.

    Returns
    -------
    StepTime
        The last axis (stages) reduced.

    Examples
    --------
    >>> from app.compute.hardware.machines import Accelerator
    >>> from app.compute.estimating.prepared import prepare_run
    >>> from app.compute.model.shapes import gpt
    >>> from app.compute.layout.layouts import Layout
    >>> shape = gpt(layers=4, hidden=512, heads=8, vocab=1024)
    >>> cluster = Cluster(Accelerator("A100", 312, 80, sustained_tflops=271.2, link_gb_s=300), 8)
    >>> layout = Layout(tp=2, pp=2, dp=2, micro_batch=1, global_batch=16)
    >>> run = prepare_run(shape, cluster, layout)
    >>> slot = slot_time(
    ...     shape,
    ...     run.placement,
    ...     run.traffic,
    ...     cluster,
    ...     run.profile,
    ...     recompute="none",
    ...     attention=run.attention,
    ... )
    >>> step = step_time(
    ...     slot,
    ...     run.placement,
    ...     run.parameters,
    ...     run.states,
    ...     traffic=run.traffic,
    ...     cluster=cluster,
    ...     profile=run.profile,
    ...     bubble_scale=np.asarray(1.0),
    ... )
    >>> bool(step.work == 8 * slot.total.max()), bool(step.total > step.work)
    (True, True)
    """
    per_stage = slot.total
    slowest = per_stage.max(axis=-1)
    micro_batches = placement.micro_batches[..., 0]
    work = micro_batches * slowest
    others = (per_stage * placement.weight).sum(axis=-1) - slowest
    bubble = others * bubble_scale
    exchange = _exchange(placement, states, traffic, cluster, profile, per_stage)
    bandwidth = cluster.accelerator.memory_tb_s * TERA * profile.memory_share
    owned = parameters.common / (placement.shards if states.shard_optimizer else 1.0)
    owned = owned + parameters.routed / (placement.expert_shards if states.shard_optimizer else 1.0)
    update = profile.fixed_seconds + OPTIMIZER_BYTES * owned.max(axis=-1) / bandwidth
    return StepTime(work=work, bubble=bubble, exchange=exchange.max(axis=-1), update=update)


def attention_rate(peak_tflops: float, profile: Profile) -> float:
    """
    Tell the rate of attention products, FLOP/s.

    It grows with the square root of the peak: attention is bound by more than arithmetic, and the
    MPT table has 1.8 times the A100's rate on an H100 of 3.2 times its peak.

    Examples
    --------
    >>> from app.compute.hardware.profiles import FSDP_2023
    >>> round(attention_rate(312.0, FSDP_2023) / 1e12, 1)
    85.8
    >>> round(attention_rate(989.0, FSDP_2023) / attention_rate(312.0, FSDP_2023), 2)
    1.78
    """
    scale = math.sqrt(peak_tflops / REFERENCE_TFLOPS)
    return profile.attention_share * REFERENCE_TFLOPS * TERA * scale


def _attention(  # noqa: PLR0917 - private, the arguments of `slot_time`
    shape: ModelShape,
    placement: Placement,
    peak_tflops: float,
    profile: Profile,
    recompute: str,
    attention: str,
) -> Floats:
    passes = {"none": 3.0, "selective": 4.0, "full": 4.0}[recompute]
    forward = 2.0 * shape.heads * (shape.score_dim + shape.value_dim) * shape.sequence
    rate = attention_rate(peak_tflops, profile)
    if attention == "flash":
        # The masked half is skipped.
        forward /= 2.0
    elif shape.score_dim % 8:
        rate /= profile.misaligned_factor
    tokens = placement.tokens(shape.sequence)
    return placement.layers * tokens * passes * forward / placement.tp / rate


def _elementwise(
    shape: ModelShape, placement: Placement, profile: Profile, passes: float, attention: str
) -> Floats:
    tokens = placement.tokens(shape.sequence)
    hidden = profile.hidden_passes * 2.0 * shape.hidden * tokens * passes / 3.0
    # A third of the passes are over tensors outside the tensor-parallel blocks.
    block = hidden * (1.0 / (3.0 * placement.shared) + 2.0 / (3.0 * placement.tp))
    if attention == "unfused":
        scores = 2.0 * shape.heads * shape.sequence * tokens / placement.tp
        block = block + profile.score_passes * scores * passes / 4.0
    rows = padded_vocab(shape, placement.tp) / placement.tp
    return placement.layers * block + placement.last * LOGIT_PASSES_BYTES * rows * tokens


def _exchange(  # noqa: PLR0917 - private, the arguments of `step_time`
    placement: Placement,
    states: StateBytes,
    traffic: Traffic,
    cluster: Cluster,
    profile: Profile,
    per_stage: Floats,
) -> Floats:
    seconds = traffic.exchange / exchange_bandwidth(placement, cluster, profile)
    if profile.exchange_doublings:
        # Stated for eight ranks.
        seconds = seconds * np.log2(np.maximum(placement.dp, 1.0)) / 3.0
    # Stage 3 exchanges beside all micro-batches, the others beside the last one's backward pass.
    beside = per_stage * (placement.micro_batches if states.shard_weights else 2.0 / 3.0)
    hidden = (1.0 - profile.exchange_exposed) * seconds
    exposed: Floats = seconds - np.minimum(hidden, beside)
    return exposed
