"""What would make a run fit: single changes of its layout, each at the nearest value that does."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from app.compute.divisibility import divisors
from app.compute.errors import InvalidLayout
from app.compute.estimating.prepared import PreparedRun, predict_step, prepare_run, run_memory
from app.compute.estimating.results import Remedy
from app.compute.layout.layouts import Layout
from app.compute.memory.per_stage import MemoryParts, judge
from app.compute.model.states import default_stage, has_stages

TERMS = ("optimizer", "states", "activations", "logits", "buffers")
MOST_TRIED = 12
"""Values of one size that are tried: divisors, so that twelve reach far."""
LAST_ZERO = 3


def find_remedies(run: PreparedRun, parts: MemoryParts) -> list[Remedy]:
    """
    Find the single changes that shrink the fullest stage, best first.

    Of every size, the value nearest to the layout's is taken that fits; where none does, the one
    that leaves the least. What the GPUs are then not needed for goes to data parallelism.

    Parameters
    ----------
    run : PreparedRun
    parts : MemoryParts
        Of every stage of the run.

    Returns
    -------
    list of Remedy
        Those that fit first, the fastest of them foremost; then the others, the smallest foremost.

    Examples
    --------
    A phase of long sequences: what a layout for 8,192 tokens leaves no room for.

    >>> from app.compute.hardware.machines import Accelerator, Cluster
    >>> from app.compute.model.shapes import llama
    >>> shape = llama(
    ...     layers=80, hidden=8192, heads=64, kv_heads=8, ffn=28672, vocab=128256, sequence=32768
    ... )
    >>> layout = Layout(tp=8, pp=4, dp=16, global_batch=64, sequence_parallel=True)
    >>> h100 = Accelerator("H100", 989, 80, link_gb_s=450)
    >>> long = prepare_run(shape, Cluster(h100, 512, network_gb_s=50), layout)
    >>> [
    ...     (one.term, one.change, one.value, round(one.max_gib, 1), one.verdict)
    ...     for one in find_remedies(long, run_memory(long))[:2]
    ... ]
    [('activations', 'cp', 2, 61.4, 'fits'), ('activations', 'recompute', 'full', 24.2, 'fits')]
    """
    found = []
    for change, trials in _trials(run):
        tried = [one for one in (_try(run, parts, change, *trial) for trial in trials) if one]
        if tried:
            fitting = [one for one in tried if one.verdict == "fits"]
            roomy = [one for one in tried if one.verdict != "does_not_fit"]
            nearest = fitting or roomy
            found.append(nearest[0] if nearest else min(tried, key=lambda one: one.max_gib))
    return sorted(found, key=_worth)


def _worth(remedy: Remedy) -> tuple[bool, float]:
    is_short = remedy.verdict == "does_not_fit"
    return is_short, remedy.max_gib if is_short else remedy.step_ratio


def _try(
    run: PreparedRun, parts: MemoryParts, change: str, value: int | str, layout: Layout
) -> Remedy | None:
    """Return what a changed layout comes to; None where it is not one, or shrinks nothing."""
    try:
        changed = prepare_run(run.shape, run.cluster, layout, None)
    except InvalidLayout:
        return None
    changed = replace(changed, profile=run.profile)
    after = run_memory(changed)
    was, now = int(np.argmax(parts.total)), int(np.argmax(after.total))
    largest = float(after.total[now])
    if largest >= float(parts.total[was]):
        return None
    freed = {term: float(getattr(parts, term)[was] - getattr(after, term)[now]) for term in TERMS}
    term = max(TERMS, key=freed.__getitem__)
    return Remedy(
        term=term,
        gib=float(getattr(parts, term)[was]),
        change=change,
        value=value,
        max_gib=largest,
        verdict=judge(
            largest,
            run.profile.overhead,
            float(after.allocated[now]),
            run.cluster.accelerator.usable_memory_gib,
        ),
        step_ratio=predict_step(changed).total / predict_step(run).total,
    )


Trials = Iterator[tuple[int | str, Layout]]


def _trials(run: PreparedRun) -> Iterator[tuple[str, Trials]]:
    """Yield every change with the layouts that it could lead to, the nearest first."""
    layout, gpus = run.layout, run.cluster.count
    spread = {
        "tp": (gpus // (layout.pp * layout.cp), run.cluster.gpus_per_node),
        "pp": (gpus // (layout.tp * layout.cp), run.shape.layers),
        "cp": (gpus // (layout.tp * layout.pp), run.shape.sequence // 2),
    }
    for size, (whole, most) in spread.items():
        larger = [one for one in divisors(whole) if getattr(layout, size) < one <= most]
        yield size, _resized(layout, size, larger[:MOST_TRIED], gpus)
    smaller = [one for one in divisors(layout.micro_batch) if one < layout.micro_batch]
    yield "micro_batch", _changed(layout, "micro_batch", smaller[::-1])
    levels = ("none", "selective", "full")
    yield "recompute", _changed(layout, "recompute", levels[levels.index(layout.recompute) + 1 :])
    if layout.tp > 1 and not layout.sequence_parallel:
        yield "sequence_parallel", iter([(True, replace(layout, sequence_parallel=True))])
    if layout.optimizer == "megatron":
        yield "optimizer", _changed(layout, "optimizer", ("megatron_distributed",))
    elif has_stages(layout.optimizer):
        first = default_stage(layout.optimizer, layout.zero) + 1
        yield "zero", _changed(layout, "zero", tuple(range(first, LAST_ZERO + 1)))


def _resized(layout: Layout, size: str, values: Sequence[int], gpus: int) -> Trials:
    for value in values:
        sizes: dict[str, Any] = {"tp": layout.tp, "pp": layout.pp, "cp": layout.cp, size: value}
        yield value, replace(layout, **sizes, dp=gpus // (sizes["tp"] * sizes["pp"] * sizes["cp"]))


def _changed(layout: Layout, field: str, values: Sequence[Any]) -> Trials:
    for value in values:
        changes: dict[str, Any] = {field: value}
        yield value, replace(layout, **changes)
