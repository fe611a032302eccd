"""What each parallel axis sends: bytes per GPU and step, and the time that takes on the links."""

from dataclasses import dataclass

import numpy as np

from app.compute.hardware.collectives import all_gather_bytes, all_reduce_bytes, all_to_all_bytes
from app.compute.hardware.machines import Cluster
from app.compute.hardware.profiles import Profile
from app.compute.layout.placement import Placement, StageParameters
from app.compute.model.shapes import ModelShape
from app.compute.model.states import StateBytes
from app.compute.units import Floats

ACTIVATION_BYTES = 2.0
"""Bytes of an element of an activation."""


@dataclass(frozen=True)
class Traffic:
    """
    Bytes that one GPU of each stage sends in a step; arrays of the placement's shape.

    Attributes
    ----------
    gradients, weights : array
        Over the data-parallel group: reduced gradients, gathered weights.
    tensor, context, expert : array
        Over the tensor-, context- and expert-parallel group.
    pipeline : array
        To the neighbouring stages, both directions.
    """

    gradients: Floats
    weights: Floats
    tensor: Floats
    context: Floats
    expert: Floats
    pipeline: Floats

    @property
    def exchange(self) -> Floats:
        """Everything over the data-parallel group."""
        return self.gradients + self.weights


def step_traffic(
    shape: ModelShape,
    placement: Placement,
    parameters: StageParameters,
    states: StateBytes,
    *,
    recompute: str,
    optimizer: str,
) -> Traffic:
    """
    Count the bytes that one GPU of each stage sends in a step.

    Parameters
    ----------
    shape : ModelShape
    placement : Placement
    parameters : StageParameters
        Of the same placement.
    states : StateBytes
        Decides what is exchanged: gradients all-reduced, or reduced to their shard and weights
        gathered, or weights gathered for each micro-batch (ZeRO stage 3).
    recompute : {"none", "selective", "full"}
        Full recomputation repeats the forward pass's exchange of tensor parallelism.
    optimizer : str
        Key of `states.OPTIMIZERS`; BF16Optimizer all-reduces although it shards.

    Returns
    -------
    Traffic

    References
    ----------
    Narayanan et al. 2021, arXiv 2104.04473, section 3; Rajbhandari et al. 2019, arXiv 1910.02054,
    section 7.

    Examples
    --------
    BLOOM's middle stage: 13.0 GB of gradients, 812 GB within the node, 30 GB between stages.

    >>> from app.compute.layout.layouts import Layout
    >>> from app.compute.layout.placement import place, stage_parameters
    >>> from app.compute.model.shapes import gpt
    >>> from app.compute.layout.stages import split_layers
    >>> from app.compute.model.states import state_bytes
    >>> shape = gpt(layers=70, hidden=14336, heads=112, vocab=250880, positions="alibi")
    >>> layout = Layout(tp=4, pp=12, dp=8, micro_batch=2, global_batch=2048)
    >>> placement = place(shape, layout, split_layers(70, 12))
    >>> traffic = step_traffic(
    ...     shape,
    ...     placement,
    ...     stage_parameters(shape, placement),
    ...     state_bytes("deepspeed_bf16"),
    ...     recompute="full",
    ...     optimizer="deepspeed_bf16",
    ... )
    >>> [float(round(part[1] / 1e9, 1)) for part in (traffic.gradients, traffic.weights)]
    [13.0, 6.5]
    >>> [float(round(part[1] / 1e9, 1)) for part in (traffic.tensor, traffic.pipeline)]
    [811.7, 30.1]
    """
    tokens = placement.tokens(shape.sequence)
    hidden_bytes = ACTIVATION_BYTES * shape.hidden * tokens
    micro_batches = placement.micro_batches
    # Two exchanges per block forward and two backward; full recomputation repeats the forward two.
    exchanges = 6.0 if recompute == "full" else 4.0
    tensor = placement.layers * micro_batches * exchanges
    tensor = tensor * all_reduce_bytes(hidden_bytes, placement.tp)
    neighbours = 2.0 - placement.first - placement.last
    pipeline = neighbours * micro_batches * placement.interleave * hidden_bytes / placement.shared
    gradients, weights = _exchange(placement, parameters, states, optimizer)
    return Traffic(
        gradients=gradients,
        weights=weights,
        tensor=tensor,
        context=placement.layers * micro_batches * _context(shape, placement, tokens),
        expert=placement.moe_layers * micro_batches * _expert(shape, placement, hidden_bytes),
        pipeline=np.where(placement.pp > 1, pipeline, 0.0),
    )


def group_bandwidth(span: Floats, cluster: Cluster, profile: Profile) -> Floats:
    """
    Tell the bandwidth of a group that spans `span` consecutive GPUs.

    Parameters
    ----------
    span : array
        GPUs from the first to the last of the group.
    cluster : Cluster
    profile : Profile

    Returns
    -------
    array
        Bytes per second of one GPU, one way.

    Examples
    --------
    >>> from app.compute.hardware.machines import Accelerator
    >>> from app.compute.hardware.profiles import MEGATRON_CORE
    >>> cluster = Cluster(Accelerator("A100", 312, 80, link_gb_s=300), 16, network_gb_s=200)
    >>> (group_bandwidth(np.array([8.0, 16.0]), cluster, MEGATRON_CORE) / 1e9).round(6)
    array([190.8 ,  21.95])
    """
    network = cluster.network_bytes_per_second(profile.network_gb_s) * profile.network_share
    link = cluster.link_bytes_per_second * profile.link_share
    bandwidth: Floats = np.where(span <= cluster.gpus_per_node, link, network)
    return bandwidth


def exchange_bandwidth(placement: Placement, cluster: Cluster, profile: Profile) -> Floats:
    """
    Tell the bandwidth of the data-parallel group.

    Within a node it is the link. Across nodes, the groups of one node (as many as `tp`) share its
    network: with fewer groups each has more, as far as the profile's `network_sharing` goes.

    Returns
    -------
    array
        Bytes per second.

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
    >>> bandwidth = exchange_bandwidth(run.placement, cluster, run.profile)
    >>> bool((bandwidth == cluster.link_bytes_per_second * run.profile.link_share).all())
    True
    """
    inside = placement.tp * placement.cp * placement.dp <= cluster.gpus_per_node
    link = cluster.link_bytes_per_second * profile.link_share
    network = cluster.network_bytes_per_second(profile.network_gb_s) * profile.network_share
    groups = np.minimum(placement.tp, cluster.gpus_per_node)
    shared = network * (cluster.gpus_per_node / groups) ** profile.network_sharing
    bandwidth: Floats = np.where(inside, link, np.minimum(shared, link))
    return bandwidth


def _exchange(
    placement: Placement, parameters: StageParameters, states: StateBytes, optimizer: str
) -> tuple[Floats, Floats]:
    # BF16Optimizer reduces its 16-bit gradients and keeps the 32-bit sum to itself.
    width = 2.0 if optimizer == "deepspeed_bf16" else states.gradients
    gradients, weights = np.zeros_like(placement.tp), np.zeros_like(placement.tp)
    for count, shards in (
        (parameters.common, placement.shards),
        (parameters.routed, placement.expert_shards),
    ):
        reduced = all_gather_bytes(count * width, shards)
        gathered = all_gather_bytes(count * 2.0, shards)
        if states.shard_weights:
            # Gathered forward and backward, gradients reduced, for every micro-batch.
            gradients = gradients + reduced * placement.micro_batches
            weights = weights + 2.0 * gathered * placement.micro_batches
        elif states.shard_optimizer and optimizer != "deepspeed_bf16":
            gradients = gradients + reduced
            weights = weights + gathered
        else:
            gradients = gradients + 2.0 * reduced
            weights = weights + (gathered if states.shard_optimizer else 0.0)
    return gradients, weights


def _context(shape: ModelShape, placement: Placement, tokens: Floats) -> Floats:
    # Keys and values go round once forward and once backward.
    width = 2.0 * shape.kv_heads * shape.head_dim
    if shape.latent:
        width = float(shape.latent.key_value_rank + shape.latent.rope_dim)
    held = (
        ACTIVATION_BYTES * width * tokens * placement.cp / np.minimum(placement.tp, shape.kv_heads)
    )
    return 2.0 * all_gather_bytes(held, placement.cp)


def _expert(shape: ModelShape, placement: Placement, hidden_bytes: Floats) -> Floats:
    if not shape.experts:
        return np.zeros_like(placement.tp)
    # Out and back, forward and backward.
    held = shape.experts.top_k * hidden_bytes / placement.tp
    return 4.0 * all_to_all_bytes(held, placement.ep)
