"""Formulas of what each parallel axis sends, and of the time that this takes."""

import math
from collections.abc import Iterator

from app.compute.estimating.prepared import PreparedRun
from app.compute.timing.communication import ACTIVATION_BYTES
from app.compute.units import GB
from app.training.formulas.formula import NARAYANAN, Formula, n
from app.training.service import Plan
from app.web.i18n import later

AXES = {
    "data": later("Data parallel"),
    "tensor": later("Tensor parallel"),
    "pipeline": later("Pipeline"),
    "context": later("Context parallel"),
    "expert": later("Expert parallel"),
}


def traffic_formulas(plan: Plan, run: PreparedRun) -> Iterator[tuple[str, Formula]]:
    """Yield what each axis sends and how long it needs for that, by id."""
    yield from _volumes(plan, run)
    for name, axis in plan.estimate.communication.items():
        if axis.bytes:
            yield f"bandwidth_{name}", _bandwidth(run, name, axis.bandwidth_gb_s)
            yield (
                f"traffic_{name}",
                Formula(
                    AXES[name],
                    "V / w",
                    f"{n(axis.bytes)} / ({n(axis.bandwidth_gb_s)} × 1000000000)",
                    axis.seconds,
                    "s",
                    source=f"{NARAYANAN}, section 3",
                    note=later(
                        "V bytes that one GPU of the busiest stage sends in a step, w what the link"
                        " reaches. What is hidden behind computation counts too."
                    ),
                ),
            )


def _bandwidth(run: PreparedRun, name: str, reached: float) -> Formula:
    """Return how the bandwidth of an axis comes about: of the link, or of the node's network."""
    cluster, profile = run.cluster, run.profile
    link = cluster.link_bytes_per_second / GB
    network = cluster.network_bytes_per_second(profile.network_gb_s) / GB
    symbols, values = "b s", f"{n(link)} × {n(profile.link_share)}"
    if not math.isclose(reached, link * profile.link_share):
        values = f"{n(network)} × {n(profile.network_share)}"
        if not math.isclose(reached, network * profile.network_share):
            groups = min(run.layout.tp, cluster.gpus_per_node)
            symbols = "b s (k / g)^x"
            values += f" × ({cluster.gpus_per_node} / {groups})^{n(profile.network_sharing)}"
    return Formula(
        AXES[name],
        symbols,
        values,
        reached,
        "GB/s",
        kind="calibrated",
        note=later(
            "b: bandwidth of one GPU, within a node or to the network; s: the share that the"
            " profile says collectives reach; k: GPUs of a node, g: data-parallel groups that share"
            " its network, x: how far they share it, fitted."
        ),
    )


def _volumes(plan: Plan, run: PreparedRun) -> Iterator[tuple[str, Formula]]:
    """Yield the bytes that one GPU of an axis' busiest stage sends in a step."""
    sent = plan.estimate.communication
    for name, note in NOTES.items():
        if not sent[name].bytes:
            continue
        symbols, values = _VALUES[name](run)
        yield (
            f"volume_{name}",
            Formula(
                AXES[name],
                symbols,
                values,
                sent[name].bytes,
                "B",
                source=f"{NARAYANAN}, section 3",
                note=note,
            ),
        )


def _data(run: PreparedRun) -> tuple[str, str]:
    stage = int(run.traffic.exchange.argmax())
    gradients, weights = (
        float(part[stage]) for part in (run.traffic.gradients, run.traffic.weights)
    )
    return "G + W", f"{n(gradients)} + {n(weights)}"


def _tensor(run: PreparedRun) -> tuple[str, str]:
    place, stage = run.placement, int(run.traffic.tensor.argmax())
    exchanges = 6 if run.layout.recompute == "full" else 4
    values = (
        f"{n(float(place.layers[stage]))} × {n(float(place.micro_batches[stage]))} × {exchanges}"
        f" × 2 × {_hidden(run, stage)} × {run.layout.tp - 1} / {run.layout.tp}"
    )
    return "l m x × 2 × w t h (TP − 1) / TP", values


def _pipeline(run: PreparedRun) -> tuple[str, str]:
    place, stage = run.placement, int(run.traffic.pipeline.argmax())
    neighbours = 2.0 - float(place.first[stage]) - float(place.last[stage])
    values = (
        f"{n(neighbours)} × {n(float(place.micro_batches[stage]))} × {run.layout.interleave}"
        f" × {_hidden(run, stage)} / {n(float(place.shared[stage]))}"
    )
    return "e m v × w t h / q", values


def _context(run: PreparedRun) -> tuple[str, str]:
    stage = int(run.traffic.context.argmax())
    blocks = float(run.placement.layers[stage] * run.placement.micro_batches[stage])
    each = float(run.traffic.context[stage]) / blocks
    return "l m × c", f"{n(blocks)} × {n(each, 10)}"


def _expert(run: PreparedRun) -> tuple[str, str]:
    place, stage = run.placement, int(run.traffic.expert.argmax())
    experts = run.shape.experts
    top_k = experts.top_k if experts else 0
    ep = run.layout.ep
    values = (
        f"{n(float(place.moe_layers[stage]))} × {n(float(place.micro_batches[stage]))}"
        f" × 4 × {top_k} × {_hidden(run, stage)} / {run.layout.tp} × {ep - 1} / {ep}"
    )
    return "l m × 4 k × w t h / TP × (EP − 1) / EP", values


def _hidden(run: PreparedRun, stage: int) -> str:
    """Return the bytes of a micro-batch between two blocks, as a product."""
    tokens = float(run.placement.tokens(run.shape.sequence)[stage])
    return f"{n(ACTIVATION_BYTES)} × {n(tokens)} × {n(run.shape.hidden)}"


_VALUES = {
    "data": _data,
    "tensor": _tensor,
    "pipeline": _pipeline,
    "context": _context,
    "expert": _expert,
}
NOTES = {
    "data": later(
        "G gradients that are reduced and W weights that are gathered over the data-parallel group,"
        " as the kind of model states has it: about 2 bytes per byte all-reduced, 1 per byte"
        " gathered."
    ),
    "tensor": later(
        "l layers of the stage, m micro-batches, x exchanges per block (4, or 6 with full"
        " recomputation), each an all-reduce of w bytes × t tokens × h hidden."
    ),
    "pipeline": later(
        "e neighbouring stages, m micro-batches, v chunks, w bytes × t tokens × h hidden; q the"
        " tensor-parallel size with sequence parallelism."
    ),
    "context": later(
        "l layers, m micro-batches, c bytes of keys and values that go round, forward and backward."
    ),
    "expert": later(
        "l layers with experts, m micro-batches, 4 exchanges of k experts per token, w bytes × t"
        " tokens × h hidden."
    ),
}
