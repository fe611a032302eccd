"""Which layouts a search looks at, and the arrays that hold them all at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.compute.divisibility import divisors
from app.compute.hardware.machines import Cluster
from app.compute.layout.layout_rules import FILLS_STAGES
from app.compute.layout.layouts import Attention, Layout, Precision
from app.compute.layout.placement import Placement
from app.compute.layout.stages import propose_split, split_layers, splits
from app.compute.model.shapes import ModelShape
from app.compute.units import Floats

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

LEAST_TOKENS_PER_RANK = 2048
"""Tokens of a sequence that context parallelism leaves on a rank, at least."""


@dataclass(frozen=True)
class SearchLimits:
    """
    What a search is limited to.

    Attributes
    ----------
    states : tuple of (str, int or None)
        Optimizers of one software stack, with their ZeRO stage; see `states.OPTIMIZERS`.
    micro_batches : tuple of int
    recompute : tuple of str
    max_tp, max_pp, max_cp, max_ep : int or None
        A node's GPUs, the layers, sequence / `LEAST_TOKENS_PER_RANK` and the experts if None.
    max_interleave : int
        Virtual stages per GPU; 1 for stacks without interleaving.
    uneven : bool
        Where layers do not split evenly over stages, list them as `stages.propose_split` does.
    precision, attention, profile
        As in `Layout` and `estimate`.
    """

    states: tuple[tuple[str, int | None], ...] = (
        ("megatron_distributed", None),
        ("megatron", None),
    )
    micro_batches: tuple[int, ...] = (1, 2, 4, 8, 16)
    recompute: tuple[str, ...] = ("none", "selective", "full")
    max_tp: int | None = None
    max_pp: int | None = None
    max_cp: int | None = None
    max_ep: int | None = None
    max_interleave: int = 8
    uneven: bool = True
    precision: Precision = "bf16"
    attention: Attention | None = None
    profile: str | None = None

    @property
    def fills(self) -> bool:
        """Some framework of these splits layers unevenly by itself."""
        return any(optimizer in FILLS_STAGES for optimizer, _ in self.states)


@dataclass(frozen=True)
class Grid:
    """
    Candidates as arrays of one length.

    Attributes
    ----------
    tp, pp, dp, cp, ep, micro_batch, interleave : (n,) int64
        `micro_batch` is 0 where a candidate was refused before one was chosen.
    """

    tp: Integers
    pp: Integers
    dp: Integers
    cp: Integers
    ep: Integers
    micro_batch: Integers
    interleave: Integers

    def __len__(self) -> int:
        return len(self.tp)

    def take(self, chosen: Booleans | Integers) -> "Grid":
        """Keep some of the candidates."""
        return Grid(**{name: getattr(self, name)[chosen] for name in self.__dataclass_fields__})


@dataclass(frozen=True)
class StageKinds:
    """
    Stages that hold the same, per number of stages; arrays of shape (n_counts, n_kinds).

    A kind is known by the layers and embeddings that it holds, and by the index of its first stage,
    which is the one with most micro-batches in flight.
    """

    counts: Integers
    stage: Floats
    weight: Floats
    dense_layers: Floats
    moe_layers: Floats
    first: Floats
    last: Floats
    slots: Integers
    embedding_slots: Booleans


def sizes(shape: ModelShape, cluster: Cluster, limits: SearchLimits) -> Grid:
    """
    Combine all tensor-, pipeline-, context- and expert-parallel sizes that could be meant.

    Sizes are divisors of the GPUs. Twice the limit of `tp` is included, so that a reader sees why
    it was refused.

    Parameters
    ----------
    shape : ModelShape
    cluster : Cluster
    limits : SearchLimits

    Returns
    -------
    Grid
        `dp` is 0 where the sizes do not divide the GPUs; `micro_batch` is 0, `interleave` 1.

    Examples
    --------
    >>> from app.compute.hardware.machines import Accelerator
    >>> from app.compute.model.shapes import gpt
    >>> shape = gpt(layers=4, hidden=64, heads=4, vocab=512)
    >>> grid = sizes(shape, Cluster(Accelerator("A100", 312, 80), 4), SearchLimits())
    >>> sorted({*map(int, grid.pp)}), len(grid)
    ([1, 2, 4], 9)
    """
    whole = divisors(cluster.count)
    widest = limits.max_tp or cluster.gpus_per_node
    longest = limits.max_cp or max(shape.sequence // LEAST_TOKENS_PER_RANK, 1)
    experts = divisors(shape.experts.count) if shape.experts else [1]
    most_experts = limits.max_ep or experts[-1]
    axes = np.meshgrid(
        [value for value in whole if value <= 2 * widest],
        [value for value in whole if value <= (limits.max_pp or shape.layers)],
        [value for value in whole if value <= longest],
        [value for value in experts if value <= min(most_experts, cluster.count)],
        indexing="ij",
    )
    tp, pp, cp, ep = (axis.ravel().astype(np.int64) for axis in axes)
    model = tp * pp * cp
    dp = np.where(cluster.count % model == 0, cluster.count // model, 0)
    return Grid(tp, pp, dp, cp, ep, np.zeros_like(tp), np.ones_like(tp))


def stage_kinds(shape: ModelShape, limits: SearchLimits, counts: Sequence[int]) -> StageKinds:
    """
    Split the layers for every number of stages, and merge stages that hold the same.

    Parameters
    ----------
    shape : ModelShape
    limits : SearchLimits
    counts : sequence of int
        Numbers of stages, at most the layers.

    Returns
    -------
    StageKinds
        Rows in the order of `counts`; short rows are filled with kinds of weight 0.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> shape = gpt(layers=8, hidden=64, heads=4, vocab=512)
    >>> kinds = stage_kinds(shape, SearchLimits(), [1, 8])
    >>> kinds.weight
    array([[1., 0., 0.],
           [1., 6., 1.]])
    """
    dense = shape.layers - shape.moe_layers
    rows = []
    slots, embedding_slots = [], []
    for count in counts:
        split = split_layers(
            shape.layers, count, listed_stages(shape, limits, count), fill=limits.fills
        )
        slots.append(split.slots)
        embedding_slots.append(split.embedding_slots)
        rows.append(_merge(split.layers, dense))
    width = max(map(len, rows))
    table = np.array([row + [(*row[0][:1], 0, *row[0][2:])] * (width - len(row)) for row in rows])
    stage, weight, dense_layers, moe_layers, first, last = np.moveaxis(table.astype(float), -1, 0)
    return StageKinds(
        counts=np.asarray(counts, dtype=np.int64),
        stage=stage,
        weight=weight,
        dense_layers=dense_layers,
        moe_layers=moe_layers,
        first=first,
        last=last,
        slots=np.asarray(slots, dtype=np.int64),
        embedding_slots=np.asarray(embedding_slots, dtype=np.bool_),
    )


def stage_counts(shape: ModelShape, limits: SearchLimits, grid: Grid) -> list[int]:
    """
    List the numbers of stages in a grid over which the layers split.

    Examples
    --------
    >>> from app.compute.hardware.machines import Accelerator
    >>> from app.compute.model.shapes import gpt
    >>> shape = gpt(layers=4, hidden=512, heads=8, vocab=1024)
    >>> cluster = Cluster(Accelerator("A100", 312, 80, link_gb_s=300), 8)
    >>> limits = SearchLimits()
    >>> grid = sizes(shape, cluster, limits)
    >>> stage_counts(shape, limits, grid)
    [1, 2, 4]
    """
    return [
        int(count)
        for count in np.unique(grid.pp)
        if limits.uneven or splits(shape.layers, int(count), fill=limits.fills)
    ]


def listed_stages(shape: ModelShape, limits: SearchLimits, count: int) -> tuple[int, ...] | None:
    """
    List the layers per stage where no framework derives them; None where one does.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> shape = gpt(layers=61, hidden=64, heads=4, vocab=512)
    >>> listed_stages(shape, SearchLimits(), 4)
    (15, 16, 15, 15)
    """
    if splits(shape.layers, count, fill=limits.fills):
        return None
    return propose_split(shape.layers, count)


def place_grid(
    shape: ModelShape, grid: Grid, kinds: StageKinds, *, global_batch: int, shares: bool
) -> Placement:
    """
    Lay all candidates out over the kinds of stages.

    Parameters
    ----------
    shape : ModelShape
    grid : Grid
        Valid candidates.
    kinds : StageKinds
        With a row for every number of stages in the grid.
    global_batch : int
    shares : bool
        Sequence parallelism wherever there is tensor parallelism.

    Returns
    -------
    Placement
        Arrays of shape (n_candidates, n_kinds).

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> shape = gpt(layers=4, hidden=512, heads=8, vocab=1024)
    >>> one = np.ones(1, dtype=np.int64)
    >>> grid = Grid(tp=one, pp=2 * one, dp=4 * one, cp=one, ep=one, micro_batch=one, interleave=one)
    >>> kinds = stage_kinds(shape, SearchLimits(), [2])
    >>> placed = place_grid(shape, grid, kinds, global_batch=16, shares=True)
    >>> placed.dense_layers.tolist(), placed.micro_batches.tolist()
    ([[2.0, 2.0]], [[4.0, 4.0]])
    """
    row = np.searchsorted(kinds.counts, grid.pp)
    like = kinds.stage[row]

    def spread(values: NDArray[np.generic]) -> Floats:
        return np.broadcast_to(np.asarray(values, dtype=np.float64)[:, None], like.shape)

    etp = expert_tensor(shape, grid)
    stage_gpus = grid.tp * grid.cp * grid.dp
    return Placement(
        tp=spread(grid.tp),
        pp=spread(grid.pp),
        dp=spread(grid.dp),
        cp=spread(grid.cp),
        ep=spread(grid.ep),
        etp=spread(etp),
        micro_batch=spread(grid.micro_batch),
        micro_batches=spread(global_batch / (grid.micro_batch * grid.dp)),
        interleave=spread(grid.interleave),
        stage=like,
        weight=kinds.weight[row],
        dense_layers=kinds.dense_layers[row],
        moe_layers=kinds.moe_layers[row],
        first=kinds.first[row],
        last=kinds.last[row],
        shared=spread(grid.tp if shares else np.ones_like(grid.tp)),
        shards=spread(grid.dp * grid.cp),
        expert_shards=spread(np.maximum(stage_gpus / (grid.ep * etp), 1)),
    )


def expert_tensor(shape: ModelShape, grid: Grid) -> Integers:
    """
    Tell the experts' tensor-parallel size: 1 where experts are spread, else `tp`.

    Examples
    --------
    >>> from app.compute.model.shapes import Experts, gpt
    >>> dense = gpt(layers=4, hidden=512, heads=8, vocab=1024)
    >>> mixed = replace(dense, experts=Experts(count=8, top_k=2, ffn=512))
    >>> one = np.ones(2, dtype=np.int64)
    >>> spread = np.array([1, 4])
    >>> grid = Grid(
    ...     tp=2 * one, pp=one, dp=4 * one, cp=one, ep=spread, micro_batch=one, interleave=one
    ... )
    >>> expert_tensor(dense, grid).tolist(), expert_tensor(mixed, grid).tolist()
    ([2, 2], [2, 1])
    """
    if shape.experts is None:
        return grid.tp
    size: Integers = np.where(grid.ep > 1, 1, grid.tp)
    return size


def layout_at(
    shape: ModelShape,
    limits: SearchLimits,
    grid: Grid,
    index: int,
    base: Layout,
    *,
    shares: bool,
) -> Layout:
    """
    Make the layout of one candidate, the choices beside its sizes taken from `base`.

    Examples
    --------
    >>> from app.compute.model.shapes import gpt
    >>> shape = gpt(layers=4, hidden=512, heads=8, vocab=1024)
    >>> one = np.ones(1, dtype=np.int64)
    >>> grid = Grid(tp=one, pp=2 * one, dp=4 * one, cp=one, ep=one, micro_batch=one, interleave=one)
    >>> found = layout_at(shape, SearchLimits(), grid, 0, Layout(global_batch=16), shares=True)
    >>> found.gpus, found.micro_batches
    (8, 4.0)
    """
    tp, pp, ep = int(grid.tp[index]), int(grid.pp[index]), int(grid.ep[index])
    return replace(
        base,
        tp=tp,
        pp=pp,
        dp=int(grid.dp[index]),
        cp=int(grid.cp[index]),
        ep=ep,
        etp=1 if shape.experts and ep > 1 else None,
        micro_batch=int(grid.micro_batch[index]),
        interleave=int(grid.interleave[index]),
        sequence_parallel=shares and tp > 1,
        stages=listed_stages(shape, limits, pp),
    )


Kind = tuple[int, int, int, int, int, int]


def _merge(layers: Sequence[int], dense: int) -> list[Kind]:
    merged: dict[tuple[int, int, int, int], list[int]] = {}
    before = 0
    for stage, held in enumerate(layers):
        plain = min(max(dense - before, 0), held)
        key = (plain, held - plain, int(stage == 0), int(stage == len(layers) - 1))
        merged.setdefault(key, []).append(stage)
        before += held
    return [(stages[0], len(stages), *key) for key, stages in merged.items()]
