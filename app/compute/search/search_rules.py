"""The rules of `layout_rules` over arrays of candidates: which refuses each, and in what words."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.compute.hardware.machines import Cluster
from app.compute.layout.layouts import Layout
from app.compute.model.shapes import ModelShape
from app.compute.model.states import state_bytes
from app.compute.search.search_space import Grid, Integers, SearchLimits, expert_tensor

RULES = (
    "valid",
    "tp_leaves_node",
    "sizes_divide_gpus",
    "heads_divide_by_tp",
    "kv_heads_divide_by_tp",
    "ffn_divides_by_tp",
    "layers_split_over_stages",
    "sequence_divides_by_cp",
    "ep_divides_stage",
    "global_batch_divides",
    "pipeline_excludes_sharding",
)
"""Names by code; a candidate has the first that it breaks."""


@dataclass(frozen=True)
class Refusals:
    """
    Candidates with the code of the rule that refuses them.

    Attributes
    ----------
    grid : Grid
        All candidates that were checked.
    codes : (n,) int64
        Index in `RULES`; 0 is valid.
    context : mapping
        What the reasons name beside the sizes.
    """

    grid: Grid
    codes: Integers
    context: Mapping[str, int | str]

    def __len__(self) -> int:
        return len(self._refused)

    @cached_property
    def _refused(self) -> Integers:
        return np.flatnonzero(self.codes)

    def by_rule(self) -> dict[str, int]:
        """Count the refused candidates by rule."""
        counts = np.bincount(self.codes, minlength=len(RULES))
        return {RULES[code]: int(counts[code]) for code in range(1, len(RULES)) if counts[code]}

    def describe(self, number: int) -> tuple[Mapping[str, object], str, str, Mapping[str, object]]:
        """Tell sizes, rule, reason and numbers of the refused candidate `number`."""
        index = int(self._refused[number])
        rule = RULES[int(self.codes[index])]
        chosen = {name: int(getattr(self.grid, name)[index]) for name in ("tp", "pp", "cp", "ep")}
        for name in ("dp", "micro_batch"):
            value = int(getattr(self.grid, name)[index])
            if value:
                chosen[name] = value
        products = {
            "model": chosen["tp"] * chosen["pp"] * chosen["cp"],
            "stage_gpus": chosen["tp"] * chosen["cp"] * chosen.get("dp", 0),
        }
        values = {**self.context, **chosen, **products}
        return chosen, rule, _REASONS[rule].format(**values), values


_REASONS = {
    "tp_leaves_node": "tensor-parallel size {tp} leaves the {widest} GPUs that share a fast link",
    "sizes_divide_gpus": "{tp} x {pp} x {cp} = {model} does not divide {gpus} GPUs",
    "heads_divide_by_tp": "{heads} heads do not divide by tensor-parallel size {tp}",
    "kv_heads_divide_by_tp": (
        "{kv_heads} key/value heads neither divide by tensor-parallel size {tp} nor divide it"
    ),
    "ffn_divides_by_tp": "feed-forward width {ffn} does not divide by tensor-parallel size {tp}",
    "layers_split_over_stages": "{layers} layers do not split evenly over {pp} stages",
    "sequence_divides_by_cp": (
        "sequence length {sequence} does not divide by twice the context-parallel size {cp}"
    ),
    "ep_divides_stage": (
        "expert-parallel size {ep} does not divide the {stage_gpus} GPUs of a stage"
    ),
    "global_batch_divides": (
        "global batch {global_batch} does not divide by micro-batch {micro_batch} x data-parallel"
        " size {dp}"
    ),
    "pipeline_excludes_sharding": (
        "{pp} pipeline stages do not run with gradients or weights that {optimizer} shards"
    ),
}


def refuse_sizes(
    shape: ModelShape, cluster: Cluster, limits: SearchLimits, grid: Grid, counts: Integers
) -> Refusals:
    """
    Check the parallel sizes of all candidates.

    Parameters
    ----------
    shape : ModelShape
    cluster : Cluster
    limits : SearchLimits
    grid : Grid
    counts : array of int
        Numbers of stages over which the layers split.

    Returns
    -------
    Refusals

    Examples
    --------
    >>> from app.compute.hardware.machines import Accelerator
    >>> from app.compute.model.shapes import gpt
    >>> from app.compute.search.search_space import sizes, stage_counts
    >>> shape = gpt(layers=4, hidden=512, heads=8, vocab=1024)
    >>> cluster = Cluster(Accelerator("A100", 312, 80, link_gb_s=300), 8)
    >>> limits = SearchLimits()
    >>> grid = sizes(shape, cluster, limits)
    >>> counts = np.asarray(stage_counts(shape, limits, grid))
    >>> refused = refuse_sizes(shape, cluster, limits, grid, counts)
    >>> len(grid), int((refused.codes == 0).sum())
    (12, 9)
    """
    widest = limits.max_tp or cluster.gpus_per_node
    tp, heads = grid.tp, shape.kv_heads
    stage_gpus = grid.tp * grid.cp * grid.dp
    broken = {
        "tp_leaves_node": tp > widest,
        "sizes_divide_gpus": grid.dp == 0,
        "heads_divide_by_tp": shape.heads % tp != 0,
        "kv_heads_divide_by_tp": (heads % tp != 0) & (tp % heads != 0),
        "ffn_divides_by_tp": shape.ffn % tp != 0,
        "layers_split_over_stages": ~np.isin(grid.pp, counts),
        "sequence_divides_by_cp": (grid.cp > 1) & (shape.sequence % (2 * grid.cp) != 0),
        "ep_divides_stage": stage_gpus % (grid.ep * expert_tensor(shape, grid)) != 0,
    }
    codes = np.zeros(len(grid), dtype=np.int64)
    for code in range(len(RULES) - 1, 0, -1):
        if RULES[code] in broken:
            codes = np.where(broken[RULES[code]], code, codes)
    context = {
        "widest": widest,
        "gpus": cluster.count,
        "heads": shape.heads,
        "kv_heads": shape.kv_heads,
        "ffn": shape.ffn,
        "layers": shape.layers,
        "sequence": shape.sequence,
    }
    return Refusals(grid, codes, context)


def batch_refusals(grid: Grid, limits: SearchLimits, global_batch: int) -> tuple[Grid, Refusals]:
    """
    Combine valid sizes with every micro-batch, and check that the global batch divides.

    Parameters
    ----------
    grid : Grid
        Valid sizes.
    limits : SearchLimits
    global_batch : int

    Returns
    -------
    valid : Grid
    refused : Refusals

    Examples
    --------
    >>> one = np.ones(1, dtype=np.int64)
    >>> grid = Grid(
    ...     tp=one, pp=2 * one, dp=4 * one, cp=one, ep=one, micro_batch=0 * one, interleave=one
    ... )
    >>> valid, refused = batch_refusals(grid, SearchLimits(micro_batches=(1, 2, 3)), 16)
    >>> valid.micro_batch.tolist(), [RULES[code] for code in refused.codes]
    ([1, 2], ['valid', 'valid', 'global_batch_divides'])
    """
    choices = np.asarray(limits.micro_batches, dtype=np.int64)
    repeated = grid.take(np.repeat(np.arange(len(grid)), len(choices)))
    micro_batch = np.tile(choices, len(grid))
    combined = Grid(
        repeated.tp,
        repeated.pp,
        repeated.dp,
        repeated.cp,
        repeated.ep,
        micro_batch,
        repeated.interleave,
    )
    wrong = global_batch % (micro_batch * combined.dp) != 0
    codes = np.where(wrong, RULES.index("global_batch_divides"), 0).astype(np.int64)
    return combined.take(~wrong), Refusals(combined, codes, {"global_batch": global_batch})


def refuse_pipelines(grid: Grid, base: Layout) -> tuple[Grid, Refusals]:
    """
    Refuse pipelines where gradients or weights are sharded (ZeRO stage 2 and 3, FSDP).

    Parameters
    ----------
    grid : Grid
        Valid candidates.
    base : Layout
        Optimizer, precision and ZeRO stage of all of them.

    Returns
    -------
    valid : Grid
    refused : Refusals

    Examples
    --------
    >>> one = np.ones(1, dtype=np.int64)
    >>> grid = Grid(
    ...     tp=one, pp=2 * one, dp=4 * one, cp=one, ep=one, micro_batch=0 * one, interleave=one
    ... )
    >>> valid, _ = refuse_pipelines(grid, Layout(optimizer="deepspeed_bf16", zero=1))
    >>> none, refused = refuse_pipelines(grid, Layout(optimizer="fsdp"))
    >>> len(valid), len(none), RULES[refused.codes[0]]
    (1, 0, 'pipeline_excludes_sharding')
    """
    states = state_bytes(base.optimizer, precision=base.precision, zero=base.zero)
    wrong = (grid.pp > 1) & states.shard_gradients
    codes = np.where(wrong, RULES.index("pipeline_excludes_sharding"), 0).astype(np.int64)
    return grid.take(~wrong), Refusals(grid, codes, {"optimizer": base.optimizer})
