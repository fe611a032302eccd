"""What the reader of an estimate should know beside its numbers."""

from collections.abc import Iterator

import numpy as np

from app.compute.estimating.prepared import PreparedRun
from app.compute.estimating.results import Memory, Notice, Time
from app.compute.layout.placement import padded_vocab
from app.compute.model.states import default_stage, has_stages

SLOW_MFU = 0.2
FAST_MFU = 0.65
LARGE_BUBBLE = 0.2


def find_notices(
    run: PreparedRun, memory: Memory, time: Time, *, mfu: float, bubble: float
) -> Iterator[Notice]:
    """
    Find what the reader of an estimate should know.

    Parameters
    ----------
    run : PreparedRun
    memory : Memory
    time : Time
    mfu, bubble : float
        Shares.

    Yields
    ------
    Notice
        By code, with the numbers of its sentence.

    Examples
    --------
    >>> from app.compute.estimating.estimate import estimate
    >>> from app.compute.estimating.prepared import prepare_run
    >>> from app.compute.hardware.machines import Accelerator, Cluster
    >>> from app.compute.model.shapes import gpt
    >>> from app.compute.layout.layouts import Layout
    >>> shape = gpt(layers=4, hidden=512, heads=8, vocab=1024)
    >>> cluster = Cluster(Accelerator("A100", 312, 80, sustained_tflops=271.2, link_gb_s=300), 8)
    >>> layout = Layout(tp=2, pp=2, dp=2, micro_batch=1, global_batch=16)
    >>> run = prepare_run(shape, cluster, layout)
    >>> plan = estimate(shape, cluster, layout, tokens=1e9)
    >>> found = find_notices(run, plan.memory, plan.time, mfu=0.1, bubble=0.25)
    >>> {"large_bubble", "unusual_mfu"} <= {notice.code for notice in found}
    True
    """
    yield from _layout_notices(run)
    yield from _memory_notices(memory)
    if time.kind in ("calibrated", "assumed"):
        yield Notice(
            "predicted_step",
            f"the step time is predicted with the profile {time.profile}:"
            f" {run.profile.origin}; a measured step is better",
            {"profile": time.profile, "origin": run.profile.origin},
        )
    if bubble > LARGE_BUBBLE:
        yield Notice(
            "large_bubble",
            f"the pipeline idles {bubble:.0%} of the step; more micro-batches or interleaving help",
            {"bubble": bubble},
        )
    if not SLOW_MFU <= mfu <= FAST_MFU:
        yield Notice(
            "unusual_mfu",
            f"an MFU of {mfu:.1%} is outside what published runs reach"
            f" ({SLOW_MFU:.0%} to {FAST_MFU:.0%}); check peak, count and step",
            {"mfu": mfu, "low": SLOW_MFU, "high": FAST_MFU},
        )


def _layout_notices(run: PreparedRun) -> Iterator[Notice]:
    layout, shape, node = run.layout, run.shape, run.cluster.gpus_per_node
    if layout.tp > node:
        yield Notice(
            "tp_leaves_node",
            f"tensor-parallel size {layout.tp} exceeds the {node} GPUs that share a fast link",
            {"tp": layout.tp, "node": node},
        )
    padded = int(padded_vocab(shape, np.asarray([float(layout.tp)]))[0])
    if padded != shape.vocab:
        yield Notice(
            "vocab_padded",
            f"the vocabulary {shape.vocab} is padded to {padded} for tensor-parallel size"
            f" {layout.tp}",
            {"vocab": shape.vocab, "padded": padded, "tp": layout.tp},
        )
    if layout.stages is None and len(set(run.split.layers)) > 1:
        listed = ", ".join(map(str, run.split.layers))
        yield Notice(
            "uneven_stages",
            f"{shape.layers} layers on {layout.pp} stages are {listed}",
            {"layers": shape.layers, "pp": layout.pp, "stages": run.split.layers},
        )
    if layout.tp > shape.kv_heads:
        yield Notice(
            "kv_heads_copied",
            f"{shape.kv_heads} key/value heads are copied to tensor-parallel size {layout.tp}",
            {"kv_heads": shape.kv_heads, "tp": layout.tp},
        )
    if not has_stages(layout.optimizer) and (layout.zero or 0) > default_stage(
        layout.optimizer, None
    ):
        yield Notice(
            "zero_unused",
            f"the optimizer {layout.optimizer} has no ZeRO stage {layout.zero}: none of it is"
            " counted",
            {"optimizer": layout.optimizer, "zero": layout.zero},
        )


def _memory_notices(memory: Memory) -> Iterator[Notice]:
    if memory.verdict == "does_not_fit":
        yield Notice(
            "does_not_fit",
            f"stage {memory.fullest_stage} needs {memory.max_gib:.1f} GiB of"
            f" {memory.usable_gib:.1f}, over by {-memory.margin_gib:.1f}",
            {
                "stage": memory.fullest_stage,
                "gib": memory.max_gib,
                "usable": memory.usable_gib,
                "over": -memory.margin_gib,
            },
        )
    elif memory.verdict == "tight":
        yield Notice(
            "tight",
            f"stage {memory.fullest_stage} leaves {memory.margin_gib:.1f} GiB, less than the"
            " overhead is uncertain by",
            {"stage": memory.fullest_stage, "margin": memory.margin_gib},
        )
