"""From the memory of every stage to a verdict with a margin, and to what would change it."""

from collections.abc import Iterator

import numpy as np

from app.compute.estimating.prepared import PreparedRun
from app.compute.estimating.remedies import find_remedies
from app.compute.estimating.results import Memory, StageMemory
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
        Every stage, the verdict, its margin, and what would make it fit where it is not sure to.

    Examples
    --------
    >>> from app.compute.hardware.machines import Accelerator, Cluster
    >>> from app.compute.estimating.prepared import prepare_run, run_memory
    >>> from app.compute.model.shapes import gpt
    >>> from app.compute.layout.layouts import Layout
    >>> shape = gpt(layers=4, hidden=512, heads=8, vocab=1024)
    >>> cluster = Cluster(Accelerator("A100", 312, 80, sustained_tflops=271.2, link_gb_s=300), 8)
    >>> layout = Layout(tp=2, pp=2, dp=2, micro_batch=1, global_batch=16)
    >>> run = prepare_run(shape, cluster, layout)
    >>> memory = judge_memory(run, run_memory(run))
    >>> memory.verdict, memory.fullest_stage, memory.low_gib <= memory.max_gib <= memory.high_gib
    ('fits', 0, True)
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
        remedies=() if verdict == "fits" else tuple(find_remedies(run, parts)),
    )


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
