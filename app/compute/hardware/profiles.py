"""
What a software stack costs beyond the formulas: efficiencies in time, overhead in memory.

Every profile says where its numbers come from. Fitted numbers are fitted on published
measurements only (docs/decisions/compute-calibration.md); a fitted number is a default to start
from, and a measured step of one's own replaces it.
"""

from dataclasses import dataclass

from app.compute.errors import NoSuchChoice


@dataclass(frozen=True)
class Overhead:
    """
    Memory that no formula accounts for: context, communication library, allocator.

    GiB = `fixed_gib` + `share` x allocated + `working_share` x working set of one block.

    Attributes
    ----------
    fixed_gib, share, working_share : float
        The middle of the band.
    low_fixed_gib, low_share, high_fixed_gib, high_share : float
        Its ends.
    """

    fixed_gib: float
    share: float
    working_share: float
    low_fixed_gib: float
    low_share: float
    high_fixed_gib: float
    high_share: float


@dataclass(frozen=True)
class Profile:
    """
    Efficiencies and overheads of one software stack.

    Attributes
    ----------
    name, origin : str
        Id, and what the numbers were fitted on or assumed from.
    fitted : bool
        The times are fitted; otherwise they are carried over and named as such.
    matmul_share : float
        Of the sustained matrix throughput that matrix products reach.
    attention_share : float
        Of the peak of an A100 that attention products reach; see `attention_rate`.
    misaligned_factor : float
        Slow-down of unfused attention where the head dimension is no multiple of 8.
    memory_share : float
        Of the memory bandwidth that element-wise kernels reach.
    hidden_passes : float
        Passes over a hidden-sized tensor per block, forward and backward.
    score_passes : float
        Passes over the score matrix, where it is kept, per block, forward and backward.
    block_seconds : float
        Per block and micro-batch, forward and backward, independent of its size.
    link_share, network_share : float
        Of the links' labels that collectives reach.
    network_sharing : float
        Exponent with which a gradient exchange gains from a node's network when fewer groups
        share it: 1 all of it, 0 none.
    exchange_doublings : bool
        The gradient exchange grows with log2 of its ranks; otherwise as a ring.
    exchange_exposed : float
        Share of the gradient or weight exchange that no computation hides.
    fixed_seconds : float
        Per step.
    network_gb_s : float or None
        Network bandwidth of one GPU where the profile was measured.
    logits_bytes : float
        Bytes per logit at the peak of the last stage.
    keeps_weight_gradients : bool
        One block's 16-bit weight gradients are held while the backward pass runs.
    overhead : Overhead
    """

    name: str
    origin: str
    fitted: bool
    matmul_share: float
    attention_share: float
    misaligned_factor: float
    memory_share: float
    hidden_passes: float
    score_passes: float
    block_seconds: float
    link_share: float
    network_share: float
    network_sharing: float
    exchange_doublings: bool
    exchange_exposed: float
    fixed_seconds: float
    network_gb_s: float | None
    logits_bytes: float
    keeps_weight_gradients: bool
    overhead: Overhead


MEGATRON_DEEPSPEED_2022 = Profile(
    name="megatron_deepspeed_2022",
    origin="fitted on the BigScience layout sweep (A100 80 GB, Omni-Path, February 2022)",
    fitted=True,
    matmul_share=0.869,
    attention_share=0.4,
    misaligned_factor=10.9,
    memory_share=0.8,
    hidden_passes=60.0,
    score_passes=20.0,
    block_seconds=0.0119,
    link_share=0.636,
    network_share=0.369,
    network_sharing=0.5,
    exchange_doublings=True,
    exchange_exposed=1.0,
    fixed_seconds=0.0,
    network_gb_s=6.25,
    logits_bytes=10.0,
    keeps_weight_gradients=False,
    overhead=Overhead(11.6, 0.0, 1.1, 9.6, 0.0, 13.6, 0.0),
)
"""Megatron-DeepSpeed as it trained BLOOM: unfused attention, nothing overlapped."""

_MODERN_OVERHEAD = Overhead(2.0, 0.048, 0.0, 1.5, 0.028, 4.0, 0.093)

FSDP_2023 = Profile(
    name="fsdp_2023",
    origin="fitted on the MosaicML MPT throughput table (A100, H100, 2023)",
    fitted=True,
    matmul_share=0.95,
    attention_share=0.275,
    misaligned_factor=1.0,
    memory_share=0.8,
    hidden_passes=124.0,
    score_passes=20.0,
    block_seconds=0.00228,
    link_share=0.8,
    network_share=0.878,
    network_sharing=1.0,
    exchange_doublings=False,
    exchange_exposed=1.0,
    fixed_seconds=0.035,
    network_gb_s=None,
    logits_bytes=10.0,
    keeps_weight_gradients=False,
    overhead=_MODERN_OVERHEAD,
)
"""PyTorch FSDP with a fused attention kernel."""

MEGATRON_CORE = Profile(
    name="megatron_core",
    origin="kernels carried over from the MPT fit, links from the BigScience fit; not fitted",
    fitted=False,
    matmul_share=0.95,
    attention_share=0.275,
    misaligned_factor=1.0,
    memory_share=0.8,
    hidden_passes=124.0,
    score_passes=20.0,
    block_seconds=0.00228,
    link_share=0.636,
    network_share=0.878,
    network_sharing=1.0,
    exchange_doublings=False,
    exchange_exposed=0.2,
    fixed_seconds=0.035,
    network_gb_s=None,
    logits_bytes=6.0,
    keeps_weight_gradients=True,
    overhead=_MODERN_OVERHEAD,
)
"""Current Megatron-LM: fused attention, fused cross entropy, overlapped gradient exchange."""

PROFILES: dict[str, Profile] = {
    profile.name: profile for profile in (MEGATRON_DEEPSPEED_2022, FSDP_2023, MEGATRON_CORE)
}

_BY_OPTIMIZER = {
    "deepspeed": MEGATRON_DEEPSPEED_2022,
    "deepspeed_bf16": MEGATRON_DEEPSPEED_2022,
    "fsdp": FSDP_2023,
}


def find_profile(name: str | None, optimizer: str) -> Profile:
    """
    Find a profile by its id, or the one that goes with an optimizer.

    Raises
    ------
    NoSuchChoice
        Unknown id.

    Examples
    --------
    >>> find_profile(None, "deepspeed_bf16").name
    'megatron_deepspeed_2022'
    >>> find_profile("fsdp_2023", "megatron").name
    'fsdp_2023'
    """
    if name is None:
        return _BY_OPTIMIZER.get(optimizer, MEGATRON_CORE)
    if name not in PROFILES:
        raise NoSuchChoice(name, list(PROFILES))
    return PROFILES[name]
