"""Layouts as arrays over (layout, stage), so that one and a hundred thousand are computed alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.compute.layout.layouts import Layout
from app.compute.layout.stages import StageSplit
from app.compute.model.parameters import (
    count_block,
    count_embedding_norm,
    count_final_norm,
    count_positions,
)
from app.compute.model.shapes import ModelShape
from app.compute.units import Floats

VOCAB_ALIGNMENT = 128
"""Rows per GPU that frameworks align the embedding to."""


@dataclass(frozen=True)
class Placement:
    """
    What each GPU of a stage holds and does.

    All fields are arrays of one shape: (n_stages,) for one layout, (n_layouts, n_kinds) for many,
    where stages that hold the same are one kind.

    Attributes
    ----------
    tp, pp, dp, cp, ep, etp, micro_batch, micro_batches, interleave : array
        As in `Layout`, repeated for every stage.
    stage : array
        Index of the stage, from 0; of a kind, the first that is of it.
    weight : array
        Stages that the column stands for: 1, or the number of the kind.
    dense_layers, moe_layers : array
        Layers of the stage.
    first, last : array
        1 on the first or last stage, else 0.
    shared : array
        What divides activations outside the tensor-parallel blocks: `tp` with sequence
        parallelism, else 1.
    shards, expert_shards : array
        GPUs over which the states of a parameter, or of an expert's parameter, are divided.
    """

    tp: Floats
    pp: Floats
    dp: Floats
    cp: Floats
    ep: Floats
    etp: Floats
    micro_batch: Floats
    micro_batches: Floats
    interleave: Floats
    stage: Floats
    weight: Floats
    dense_layers: Floats
    moe_layers: Floats
    first: Floats
    last: Floats
    shared: Floats
    shards: Floats
    expert_shards: Floats

    def tokens(self, sequence: int) -> Floats:
        """Tokens of one micro-batch on one GPU."""
        return self.micro_batch * sequence / self.cp

    @property
    def layers(self) -> Floats:
        """Layers of the stage."""
        return self.dense_layers + self.moe_layers


@dataclass(frozen=True)
class StageParameters:
    """
    Parameters on one GPU of a stage.

    Attributes
    ----------
    common, routed : array
        Those sharded over data parallelism, and experts' weights, which have their own group.
    """

    common: Floats
    routed: Floats

    @property
    def total(self) -> Floats:
        """All parameters on the GPU."""
        return self.common + self.routed


def place(shape: ModelShape, layout: Layout, split: StageSplit) -> Placement:
    """
    Lay one layout out over its stages.

    Parameters
    ----------
    shape : ModelShape
    layout : Layout
        Valid for the shape.
    split : StageSplit
        Layers per stage.

    Returns
    -------
    Placement
        Arrays of shape (n_stages,).

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> from app.compute.layout.stages import split_layers
    >>> shape = gpt(layers=70, hidden=14336, heads=112, vocab=250880)
    >>> layout = Layout(tp=4, pp=12, dp=8, micro_batch=2, global_batch=2048)
    >>> place(shape, layout, split_layers(70, 12)).layers[:2]
    array([5., 6.])
    """
    count = len(split.layers)
    stage = np.arange(count, dtype=np.float64)
    dense = shape.layers - shape.moe_layers
    before = np.concatenate([[0], np.cumsum(split.layers)[:-1]]).astype(np.float64)
    per_stage = np.asarray(split.layers, dtype=np.float64)
    # Dense layers stand at the start of the model.
    dense_layers = np.clip(dense - before, 0, per_stage)

    def repeat(value: float) -> Floats:
        return np.full(count, value, dtype=np.float64)

    etp = layout.expert_tensor
    shards = layout.shard_group or layout.dp * layout.cp
    expert_shards = max(layout.tp * layout.cp * layout.dp / (layout.ep * etp), 1)
    return Placement(
        tp=repeat(layout.tp),
        pp=repeat(layout.pp),
        dp=repeat(layout.dp),
        cp=repeat(layout.cp),
        ep=repeat(layout.ep),
        etp=repeat(etp),
        micro_batch=repeat(layout.micro_batch),
        micro_batches=repeat(layout.micro_batches),
        interleave=repeat(layout.interleave),
        stage=stage,
        weight=repeat(1),
        dense_layers=dense_layers,
        moe_layers=per_stage - dense_layers,
        first=(stage == 0).astype(np.float64),
        last=(stage == count - 1).astype(np.float64),
        shared=repeat(layout.tp if layout.sequence_parallel else 1),
        shards=repeat(shards),
        expert_shards=repeat(expert_shards),
    )


def padded_vocab(shape: ModelShape, tp: Floats) -> Floats:
    """
    Tell the rows of the embedding that are allocated for a tensor-parallel size.

    A vocabulary that the size divides is taken as it is; another is padded to `VOCAB_ALIGNMENT`
    rows per GPU, as the frameworks do.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> padded_vocab(gpt(layers=2, hidden=64, heads=8, vocab=50257), np.array([1.0, 8.0]))
    array([50257., 51200.])
    """
    multiple = VOCAB_ALIGNMENT * tp
    padded: Floats = np.where(
        shape.vocab % tp == 0, shape.vocab, np.ceil(shape.vocab / multiple) * multiple
    )
    return padded


def stage_parameters(shape: ModelShape, placement: Placement) -> StageParameters:
    """
    Count the parameters on one GPU of each stage.

    A tied embedding lives on both end stages, once where they are the same.

    Parameters
    ----------
    shape : ModelShape
    placement : Placement

    Returns
    -------
    StageParameters
        Arrays of the placement's shape.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> from app.compute.layout.stages import split_layers
    >>> shape = gpt(layers=70, hidden=14336, heads=112, vocab=250880, positions="alibi")
    >>> layout = Layout(tp=4, pp=12, dp=8, micro_batch=2, global_batch=2048)
    >>> parameters = stage_parameters(shape, place(shape, layout, split_layers(70, 12)))
    >>> (parameters.total[:2] / 1e9).round(2)
    array([3.98, 3.7 ])
    """
    common = np.zeros_like(placement.tp)
    routed = np.zeros_like(placement.tp)
    # A key/value head is never cut: with more ranks than heads it is copied.
    key_value_parts = np.minimum(placement.tp, shape.kv_heads)
    for moe, layers in ((False, placement.dense_layers), (True, placement.moe_layers)):
        block = count_block(shape, moe=moe)
        common = common + layers * (
            block.sharded / placement.tp + block.key_value / key_value_parts + block.replicated
        )
        routed = routed + layers * block.routed / (placement.ep * placement.etp)
    matrix = padded_vocab(shape, placement.tp) * shape.hidden / placement.tp
    copies = placement.first + placement.last * output_matrix(shape, placement)
    common = common + matrix * copies
    common = common + placement.first * (count_positions(shape) + count_embedding_norm(shape))
    common = common + placement.last * count_final_norm(shape)
    return StageParameters(common, routed)


def output_matrix(shape: ModelShape, placement: Placement) -> NDArray[np.float64]:
    """
    Tell where the last stage holds an output matrix of its own: untied, or not the first stage.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> from app.compute.layout.stages import split_layers
    >>> shape = gpt(layers=4, hidden=64, heads=8, vocab=512)
    >>> output_matrix(shape, place(shape, Layout(), split_layers(4, 1)))
    array([0.])
    """
    own: Floats = np.where(placement.pp > 1, 1.0, 0.0 if shape.tied else 1.0)
    return own
