"""Memory on one GPU of each pipeline stage, part by part, and whether it fits."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.compute.hardware.profiles import Overhead, Profile
from app.compute.layout.pipeline import in_flight, weight_multiplier
from app.compute.layout.placement import Placement, padded_vocab, stage_parameters
from app.compute.memory.activations import (
    ActivationBytes,
    backward_bytes,
    block_activations,
    checkpoint_bytes,
    layer_bytes,
)
from app.compute.model.parameters import count_block
from app.compute.model.shapes import ModelShape
from app.compute.model.states import StateBytes, divide_states
from app.compute.units import GIB, Floats

Verdict = Literal["fits", "tight", "does_not_fit"]


@dataclass(frozen=True)
class MemoryParts:
    """
    GiB on one GPU, by part; arrays of the placement's shape.

    Attributes
    ----------
    weights, gradients, optimizer : array
        Model states.
    activations : array
        What the micro-batches in flight keep; with full recomputation their checkpoints and one
        block's working set.
    recompute : array
        The working set alone, a part of `activations`.
    logits : array
        On the last stage.
    buffers : array
        Gradients that pass through, gathered weights, messages between stages.
    overhead : array
        Context, communication library, allocator: the middle of its band.
    """

    weights: Floats
    gradients: Floats
    optimizer: Floats
    activations: Floats
    recompute: Floats
    logits: Floats
    buffers: Floats
    overhead: Floats

    @property
    def states(self) -> Floats:
        """Weights, gradients and optimizer states."""
        return self.weights + self.gradients + self.optimizer

    @property
    def allocated(self) -> Floats:
        """What the formulas account for: everything but the overhead."""
        return self.states + self.activations + self.logits + self.buffers

    @property
    def total(self) -> Floats:
        """Everything."""
        return self.allocated + self.overhead


def stage_memory(
    shape: ModelShape,
    placement: Placement,
    states: StateBytes,
    *,
    recompute: str,
    attention: str,
    profile: Profile,
    schedule: str = "1f1b",
) -> MemoryParts:
    """
    Compute the memory of one GPU of every stage.

    Parameters
    ----------
    shape : ModelShape
    placement : Placement
        One layout over its stages, or many.
    states : StateBytes
    recompute : {"none", "selective", "full"}
    attention : {"unfused", "flash"}
    profile : Profile
        Bytes per logit, buffers and overhead of the software stack.
    schedule : str
        Key of `pipeline.SCHEDULES`.

    Returns
    -------
    MemoryParts
        GiB, arrays of the placement's shape.

    References
    ----------
    Rajbhandari et al. 2019, arXiv 1910.02054; Korthikanti et al. 2022, arXiv 2205.05198.

    Examples
    --------
    BLOOM's first stage: 43.8 GiB of states and activations by formula.

    >>> from app.compute.layout.layouts import Layout
    >>> from app.compute.layout.placement import place
    >>> from app.compute.hardware.profiles import MEGATRON_DEEPSPEED_2022
    >>> from app.compute.model.shapes import gpt
    >>> from app.compute.layout.stages import split_layers
    >>> from app.compute.model.states import state_bytes
    >>> shape = gpt(layers=70, hidden=14336, heads=112, vocab=250880, positions="alibi")
    >>> layout = Layout(tp=4, pp=12, dp=8, micro_batch=2, global_batch=2048)
    >>> parts = stage_memory(
    ...     shape,
    ...     place(shape, layout, split_layers(70, 12)),
    ...     state_bytes("deepspeed_bf16"),
    ...     recompute="full",
    ...     attention="unfused",
    ...     profile=MEGATRON_DEEPSPEED_2022,
    ... )
    >>> (parts.states + parts.activations + parts.logits)[[0, 1, 11]].round(1)
    array([43.8, 41.9, 40.1])
    """
    weights, gradients, optimizer = _states(shape, placement, states, schedule)
    working = _working_set(shape, placement, attention)
    kept, recomputed = _activations(shape, placement, recompute, attention, schedule, working)
    logits = _logits(shape, placement, profile)
    buffers = _buffers(shape, placement, states, profile, attention, logits)
    allocated = weights + gradients + optimizer + kept + recomputed + logits + buffers
    return MemoryParts(
        weights=weights / GIB,
        gradients=gradients / GIB,
        optimizer=optimizer / GIB,
        activations=(kept + recomputed) / GIB,
        recompute=recomputed / GIB,
        logits=logits / GIB,
        buffers=buffers / GIB,
        overhead=overhead_gib(profile.overhead, allocated / GIB, working / GIB),
    )


def overhead_gib(overhead: Overhead, allocated_gib: Floats, working_gib: Floats) -> Floats:
    """
    Estimate the memory that no formula accounts for.

    Parameters
    ----------
    overhead : Overhead
    allocated_gib : array
        What the formulas account for.
    working_gib : array
        One block's activations, the size of the pieces that the allocator juggles.

    Returns
    -------
    array
        GiB, the middle of the band.

    Examples
    --------
    >>> from app.compute.hardware.profiles import MEGATRON_CORE
    >>> overhead_gib(MEGATRON_CORE.overhead, np.array([50.0]), np.array([1.0]))
    array([4.4])
    """
    return (
        overhead.fixed_gib + overhead.share * allocated_gib + overhead.working_share * working_gib
    )


def judge(total_gib: float, overhead: Overhead, allocated_gib: float, usable_gib: float) -> Verdict:
    """
    Say whether a stage fits, with the band of the overhead as the margin.

    Parameters
    ----------
    total_gib : float
        With the middle of the overhead's band.
    overhead : Overhead
    allocated_gib : float
        Without any overhead.
    usable_gib : float
        Of the device.

    Returns
    -------
    {"fits", "tight", "does_not_fit"}
        "tight" fits with the middle of the band but not with its upper end.

    Examples
    --------
    >>> from app.compute.hardware.profiles import MEGATRON_CORE
    >>> judge(76.0, MEGATRON_CORE.overhead, 70.6, 79.15)
    'tight'
    """
    if total_gib > usable_gib:
        return "does_not_fit"
    spread = overhead.high_fixed_gib - overhead.fixed_gib
    spread += (overhead.high_share - overhead.share) * allocated_gib
    return "fits" if total_gib + spread <= usable_gib else "tight"


def _states(
    shape: ModelShape, placement: Placement, states: StateBytes, schedule: str
) -> tuple[Floats, Floats, Floats]:
    parameters = stage_parameters(shape, placement)
    copies = weight_multiplier(schedule)
    common = divide_states(states, placement.shards)
    routed = divide_states(states, placement.expert_shards)
    weights, gradients, optimizer = (
        parameters.common * one + parameters.routed * other
        for one, other in zip(common, routed, strict=True)
    )
    return copies * weights, copies * gradients, optimizer


def _block(shape: ModelShape, placement: Placement, attention: str, *, moe: bool) -> Floats:
    part = block_activations(shape, attention=attention, moe=moe)
    return _keep(shape, placement, part)


def _keep(shape: ModelShape, placement: Placement, part: ActivationBytes) -> Floats:
    whole = np.ones_like(placement.tp)
    return layer_bytes(
        placement.tokens(shape.sequence),
        replicated=part.replicated * whole,
        sharded=part.sharded * whole,
        scores=part.scores * whole,
        tp=placement.tp,
        shared=placement.shared,
    )


def _working_set(shape: ModelShape, placement: Placement, attention: str) -> Floats:
    dense = _block(shape, placement, attention, moe=False) * (placement.dense_layers > 0)
    moe = _block(shape, placement, attention, moe=True) * (placement.moe_layers > 0)
    largest: Floats = np.maximum(dense, moe)
    return largest


def _activations(  # noqa: PLR0917 - private, the arguments of `stage_memory`
    shape: ModelShape,
    placement: Placement,
    recompute: str,
    attention: str,
    schedule: str,
    working: Floats,
) -> tuple[Floats, Floats]:
    flying = in_flight(
        placement.stage,
        placement.pp,
        placement.micro_batches,
        placement.interleave,
        schedule=schedule,
    )
    if recompute == "full":
        tokens = placement.tokens(shape.sequence)
        kept = placement.layers * checkpoint_bytes(tokens, shape.hidden, placement.shared)
        return kept * flying, working
    kept = np.zeros_like(placement.tp)
    for moe, layers in ((False, placement.dense_layers), (True, placement.moe_layers)):
        part = block_activations(shape, attention=attention, moe=moe)
        if recompute == "selective":
            part = part.without_scores()
        kept = kept + layers * _keep(shape, placement, part)
    return kept * flying, np.zeros_like(kept)


def _logits(shape: ModelShape, placement: Placement, profile: Profile) -> Floats:
    rows = padded_vocab(shape, placement.tp) / placement.tp
    tokens = placement.tokens(shape.sequence)
    return placement.last * tokens * rows * profile.logits_bytes


def _buffers(  # noqa: PLR0917 - likewise
    shape: ModelShape,
    placement: Placement,
    states: StateBytes,
    profile: Profile,
    attention: str,
    logits: Floats,
) -> Floats:
    tokens = placement.tokens(shape.sequence)
    message = 2.0 * shape.hidden * tokens / placement.shared
    buffers = np.where(placement.pp > 1, 2.0 * message, 0.0)
    if shape.dropout:
        # The mask after the embedding, for each micro-batch in flight.
        masks = np.minimum(placement.pp, placement.micro_batches)
        buffers = buffers + placement.first * masks * message / 2.0
    matrix = 2.0 * padded_vocab(shape, placement.tp) * shape.hidden / placement.tp
    largest = _largest_block(shape, placement)
    if states.shard_weights:
        # The unit in use and the one being fetched, both gathered in 16 bits.
        gathered = 2.0 * np.maximum(2.0 * largest, placement.first * matrix)
        buffers = buffers + np.where(placement.shards > 1, gathered, 0.0)
    if profile.keeps_weight_gradients:
        passing = backward_bytes(
            tokens, shape, attention=attention, tp=placement.tp, shared=placement.shared
        )
        at_logits = placement.last * matrix
        # Logits are gone when the backward pass reaches the blocks.
        rest = np.maximum(at_logits, passing - logits)
        buffers = buffers + 2.0 * largest + np.maximum(rest, 0.0)
    return np.asarray(buffers, dtype=np.float64)


def _largest_block(shape: ModelShape, placement: Placement) -> Floats:
    sizes = []
    for moe, layers in ((False, placement.dense_layers), (True, placement.moe_layers)):
        block = count_block(shape, moe=moe)
        size = (block.sharded + block.key_value) / placement.tp
        size = size + block.routed / (placement.ep * placement.etp)
        sizes.append(np.where(layers > 0, size, 0.0))
    largest: Floats = np.maximum(sizes[0], sizes[1])
    return largest
