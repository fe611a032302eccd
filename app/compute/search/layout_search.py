"""Search all layouts of a cluster: rank those that fit, and say why each of the others does not."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.compute.errors import InvalidNumber, require_positive
from app.compute.hardware.machines import Cluster
from app.compute.hardware.profiles import MEGATRON_DEEPSPEED_2022, Profile, find_profile
from app.compute.layout.layouts import Attention, Layout, attention_kernel
from app.compute.layout.pipeline import bubble_fraction
from app.compute.layout.placement import stage_parameters
from app.compute.memory.per_stage import judge, stage_memory
from app.compute.model.flops import model_flops_per_token
from app.compute.model.shapes import ModelShape
from app.compute.model.states import state_bytes
from app.compute.search.search_results import LazyRows, RankedLayout, RejectedLayout, SearchResult
from app.compute.search.search_rules import Refusals, batch_refusals, refuse_pipelines, refuse_sizes
from app.compute.search.search_space import (
    Booleans,
    Grid,
    Integers,
    SearchLimits,
    StageKinds,
    layout_at,
    place_grid,
    sizes,
    stage_counts,
    stage_kinds,
)
from app.compute.timing.communication import step_traffic
from app.compute.timing.step_time import slot_time, step_time
from app.compute.timing.utilisation import utilisation
from app.compute.units import Floats


@dataclass(frozen=True)
class _Scored:
    """Candidates of one software choice, what was computed of them, and those it cannot run."""

    grid: Grid
    base: Layout
    seconds: Floats
    gib: Floats
    allocated: Floats
    refused: Refusals


def search_layouts(
    shape: ModelShape,
    cluster: Cluster,
    *,
    global_batch: int,
    limits: SearchLimits | None = None,
    scale: float = 1.0,
) -> SearchResult:
    """
    Search all layouts of a cluster for the fastest that fits.

    Parameters
    ----------
    shape : ModelShape
    cluster : Cluster
    global_batch : int
        Sequences per step, above 0.
    limits : SearchLimits or None
        Defaults if None.
    scale : float
        Multiplies predicted times: a measured step over its prediction, for a calibrated search.

    Returns
    -------
    SearchResult

    Raises
    ------
    InvalidNumber
        A number out of range.
    NoSuchChoice
        An unknown optimizer or profile.

    Examples
    --------
    >>> from app.compute.hardware.machines import Accelerator
    >>> from app.compute.model.shapes import gpt
    >>> bloom = gpt(layers=70, hidden=14336, heads=112, vocab=250880, positions="alibi")
    >>> a100 = Accelerator("A100", 312, 80, sustained_tflops=271.2, link_gb_s=300)
    >>> found = search_layouts(
    ...     bloom,
    ...     Cluster(a100, 384),
    ...     global_batch=2048,
    ...     limits=SearchLimits(states=(("deepspeed_bf16", None),), max_interleave=1),
    ... )
    >>> found.layouts[0].fits, len(found.layouts) + len(found.rejected) == found.searched
    (True, True)
    """
    chosen = limits or SearchLimits()
    if global_batch < 1:
        raise InvalidNumber("global_batch", global_batch, "at least 1")
    require_positive("scale", scale)
    everything = sizes(shape, cluster, chosen)
    kinds = stage_kinds(shape, chosen, stage_counts(shape, chosen, everything))
    refused = refuse_sizes(shape, cluster, chosen, everything, kinds.counts)
    valid = everything.take(refused.codes == 0)
    with_batch, refused_batches = batch_refusals(valid, chosen, global_batch)
    grid = _interleaved(with_batch, kinds, chosen, global_batch)
    profile = find_profile(chosen.profile, chosen.states[0][0])
    scored = [
        _score(shape, cluster, profile, grid, kinds, choice, global_batch, scale)
        for choice in _choices(shape, chosen)
    ]
    refusals = [refused, refused_batches, *(part.refused for part in scored)]
    return _collect(shape, cluster, profile, scored, refusals, chosen, global_batch)


def _choices(shape: ModelShape, limits: SearchLimits) -> list[Layout]:
    """List the choices beside the sizes: model states and recomputation."""
    choices = []
    for optimizer, zero in limits.states:
        for recompute in limits.recompute:
            base = Layout(
                optimizer=optimizer,
                zero=zero,
                recompute=recompute,  # type: ignore[arg-type]  # checked where it is counted
                precision=limits.precision,
                attention=limits.attention,
            )
            if recompute == "selective" and attention_kernel(shape, base) == "flash":
                # There are no scores to drop: it is the same as none.
                continue
            choices.append(base)
    return choices


def _interleaved(grid: Grid, kinds: StageKinds, limits: SearchLimits, global_batch: int) -> Grid:
    """Add every interleaving that divides the layers of a stage and the micro-batches."""
    row = np.searchsorted(kinds.counts, grid.pp)
    slots = kinds.slots[row]
    even = kinds.embedding_slots[row] | (
        kinds.weight[row].sum(axis=1) * slots == _layers(kinds, row)
    )
    micro_batches = global_batch // (grid.micro_batch * grid.dp)
    pieces = [np.arange(len(grid))]
    virtual = [np.ones(len(grid), dtype=np.int64)]
    for count in range(2, limits.max_interleave + 1):
        fine = even & (grid.pp > 1) & (slots % count == 0) & (micro_batches % grid.pp == 0)
        index = np.flatnonzero(fine)
        pieces.append(index)
        virtual.append(np.full(len(index), count, dtype=np.int64))
    taken = grid.take(np.concatenate(pieces))
    return Grid(
        taken.tp, taken.pp, taken.dp, taken.cp, taken.ep, taken.micro_batch, np.concatenate(virtual)
    )


def _layers(kinds: StageKinds, row: Integers) -> Floats:
    held = (kinds.dense_layers + kinds.moe_layers) * kinds.weight
    total: Floats = held.sum(axis=1)[row]
    return total


def _score(  # noqa: PLR0917 - private, the arguments of `search_layouts`
    shape: ModelShape,
    cluster: Cluster,
    profile: Profile,
    grid: Grid,
    kinds: StageKinds,
    base: Layout,
    global_batch: int,
    scale: float,
) -> _Scored:
    grid, refused = refuse_pipelines(grid, base)
    states = state_bytes(base.optimizer, precision=base.precision, zero=base.zero)
    placement = place_grid(shape, grid, kinds, global_batch=global_batch, shares=_shares(profile))
    attention: Attention = attention_kernel(shape, base)
    parameters = stage_parameters(shape, placement)
    traffic = step_traffic(
        shape,
        placement,
        parameters,
        states,
        recompute=base.recompute,
        optimizer=base.optimizer,
    )
    parts = stage_memory(
        shape,
        placement,
        states,
        recompute=base.recompute,
        attention=attention,
        profile=profile,
    )
    slot = slot_time(
        shape,
        placement,
        traffic,
        cluster,
        profile,
        recompute=base.recompute,
        attention=attention,
        precision=base.precision,
    )
    step = step_time(
        slot,
        placement,
        parameters,
        states,
        traffic=traffic,
        cluster=cluster,
        profile=profile,
        bubble_scale=1.0 / grid.interleave,
    )
    fullest = parts.total.argmax(axis=-1)[..., None]
    gib = np.take_along_axis(parts.total, fullest, axis=-1)[..., 0]
    allocated = np.take_along_axis(parts.allocated, fullest, axis=-1)[..., 0]
    return _Scored(grid, base, scale * step.total, gib, allocated, refused)


def _shares(profile: Profile) -> bool:
    return profile is not MEGATRON_DEEPSPEED_2022


def _collect(  # noqa: PLR0917 - likewise
    shape: ModelShape,
    cluster: Cluster,
    profile: Profile,
    scored: list[_Scored],
    refusals: list[Refusals],
    limits: SearchLimits,
    global_batch: int,
) -> SearchResult:
    usable = cluster.accelerator.usable_memory_gib
    owner = np.concatenate([np.full(len(part.grid), i) for i, part in enumerate(scored)])
    index = np.concatenate([np.arange(len(part.grid)) for part in scored])
    seconds = np.concatenate([part.seconds for part in scored])
    gib = np.concatenate([part.gib for part in scored])
    allocated = np.concatenate([part.allocated for part in scored])
    fits = gib <= usable
    good, bad = np.flatnonzero(fits), np.flatnonzero(~fits)
    good = good[np.lexsort((gib[good], seconds[good]))]
    bad = bad[np.argsort(gib[bad], kind="stable")]
    best = _best_trades(gib[good])
    shares = _shares(profile)
    step_flops = model_flops_per_token(shape) * global_batch * shape.sequence

    def layout(place: int) -> Layout:
        part = scored[owner[place]]
        made = layout_at(shape, limits, part.grid, int(index[place]), part.base, shares=shares)
        return _with_batch(made, global_batch)

    def ranked(rank: int) -> RankedLayout:
        place = int(good[rank])
        made = layout(place)
        slots = (made.pp - 1) / made.interleave
        return RankedLayout(
            layout=made,
            step_seconds=float(seconds[place]),
            bubble_fraction=bubble_fraction(slots, made.micro_batches),
            max_gib=float(gib[place]),
            fits=True,
            verdict=judge(float(gib[place]), profile.overhead, float(allocated[place]), usable),
            rank=rank + 1,
            mfu=utilisation(
                step_flops,
                step_seconds=float(seconds[place]),
                gpus=cluster.count,
                peak_tflops=cluster.accelerator.peak(made.precision),
            ),
            is_best_trade=bool(best[rank]),
        )

    def rejected(number: int) -> RejectedLayout:
        for part in refusals:
            if number < len(part):
                sizes_, rule, reason, values = part.describe(number)
                return RejectedLayout(sizes_, rule, reason, values)
            number -= len(part)
        place = int(bad[number])
        need, over = float(gib[place]), float(gib[place]) - usable
        return RejectedLayout(
            _named(layout(place)),
            "does_not_fit",
            f"needs {need:.1f} GiB on its fullest stage, over by {over:.1f}",
            {"gib": need, "over": over, "usable": usable},
        )

    counts: Counter[str] = Counter()
    for part in refusals:
        counts.update(part.by_rule())
    if len(bad):
        counts["does_not_fit"] = len(bad)
    lost = counts.total()
    return SearchResult(
        layouts=LazyRows(len(good), ranked),
        rejected=LazyRows(lost, rejected),
        rejected_by_rule=dict(counts),
        searched=len(good) + lost,
        profile=profile.name,
    )


def _best_trades(gib: Floats) -> Booleans:
    """Tell which of the layouts, fastest first, need less memory than every faster one."""
    least = np.minimum.accumulate(np.concatenate([[np.inf], gib]))[:-1]
    best: Booleans = gib < least
    return best


def _with_batch(layout: Layout, global_batch: int) -> Layout:
    fields: dict[str, Any] = {**layout.__dict__, "global_batch": global_batch}
    return Layout(**fields)


def _named(layout: Layout) -> Mapping[str, object]:
    return {
        name: getattr(layout, name)
        for name in (
            "tp",
            "pp",
            "dp",
            "cp",
            "ep",
            "micro_batch",
            "interleave",
            "recompute",
            "optimizer",
            "zero",
        )
    }
