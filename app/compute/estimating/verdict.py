"""From the memory of every stage to a verdict with a margin, and to what would change it."""

from collections.abc import Iterator

import numpy as np

from app.compute.estimating.prepared import PreparedRun
from app.compute.estimating.results import Memory, Remedy, StageMemory
from app.compute.layout.pipeline import in_flight
from app.compute.memory.per_stage import MemoryParts, judge
from app.compute.units import Floats


def judge_memory(run: PreparedRun, parts: MemoryParts) -> Memory:
    """
    Judge whether a run fits, by its fullest stage.

    Parameters
    ----------
    run : PreparedRun
    parts : MemoryParts
        Of every stage of the run.

    Returns
    -------
    Memory
        Every stage, the verdict, its margin, and remedies for the fullest stage.
    """
    usable = run.cluster.accelerator.usable_memory_gib
    total, allocated = parts.total, parts.allocated
    fullest = int(np.argmax(total))
    overhead = run.profile.overhead
    working = parts.overhead[fullest] - overhead.fixed_gib - overhead.share * allocated[fullest]
    low = allocated[fullest] * (1 + overhead.low_share) + overhead.low_fixed_gib + working
    high = allocated[fullest] * (1 + overhead.high_share) + overhead.high_fixed_gib + working
    largest = float(total[fullest])
    verdict = judge(largest, overhead, float(allocated[fullest]), usable)
    return Memory(
        per_stage=tuple(_stages(run, parts, usable)),
        max_gib=largest,
        fullest_stage=fullest,
        fits=verdict != "does_not_fit",
        verdict=verdict,
        margin_gib=usable - largest,
        usable_gib=usable,
        low_gib=float(low),
        high_gib=float(high),
        remedies=tuple(find_remedies(run, parts, fullest)),
    )


def find_remedies(run: PreparedRun, parts: MemoryParts, stage: int) -> list[Remedy]:
    """
    Find what would shrink a stage, the largest terms first.

    Parameters
    ----------
    run : PreparedRun
    parts : MemoryParts
    stage : int
        Index of the stage.

    Returns
    -------
    list of Remedy
        A term, its GiB and a change by code: ``shard_optimizer``, ``raise_tp``, ``raise_pp``,
        ``recompute_full``, ``recompute_selective``, ``sequence_parallel``, ``lower_micro_batch``.
    """
    sizes = {
        "states": float(parts.states[stage]),
        "optimizer": float(parts.optimizer[stage]),
        "activations": float(parts.activations[stage]),
        "logits": float(parts.logits[stage]),
    }
    found = [Remedy(term, sizes[term], change) for term, change in _changes(run) if sizes[term] > 0]
    return sorted(found, key=lambda remedy: -remedy.gib)


def _changes(run: PreparedRun) -> Iterator[tuple[str, str]]:
    layout, node = run.layout, run.cluster.gpus_per_node
    if not run.states.shard_optimizer and layout.dp * layout.cp > 1:
        yield "optimizer", "shard_optimizer"
    if layout.tp * 2 <= node and run.shape.heads % (layout.tp * 2) == 0:
        yield "states", "raise_tp"
    if layout.pp * 2 <= run.shape.layers:
        yield "states", "raise_pp"
    if layout.recompute == "none" and run.attention == "unfused":
        yield "activations", "recompute_selective"
    if layout.recompute != "full":
        yield "activations", "recompute_full"
    if layout.tp > 1 and not layout.sequence_parallel:
        yield "activations", "sequence_parallel"
    if layout.micro_batch > 1:
        yield "activations", "lower_micro_batch"
        yield "logits", "lower_micro_batch"


def _stages(run: PreparedRun, parts: MemoryParts, usable: float) -> Iterator[StageMemory]:
    placement = run.placement
    flying: Floats = in_flight(
        placement.stage,
        placement.pp,
        placement.micro_batches,
        placement.interleave,
        schedule=run.layout.schedule_name,
    )
    allocated, total = parts.allocated, parts.total
    for stage, layers in enumerate(run.split.layers):
        yield StageMemory(
            stage=stage,
            layers=layers,
            in_flight=float(flying[stage]),
            weights_gib=float(parts.weights[stage]),
            gradients_gib=float(parts.gradients[stage]),
            optimizer_gib=float(parts.optimizer[stage]),
            activations_gib=float(parts.activations[stage]),
            recompute_gib=float(parts.recompute[stage]),
            logits_gib=float(parts.logits[stage]),
            buffers_gib=float(parts.buffers[stage]),
            overhead_gib=float(parts.overhead[stage]),
            allocated_gib=float(allocated[stage]),
            total_gib=float(total[stage]),
            spare_gib=usable - float(total[stage]),
        )
