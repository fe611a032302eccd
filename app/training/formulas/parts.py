"""Formulas of the parts of a step: what the profile predicts, scaled to the step."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from app.compute.hardware.profiles import PROFILES
from app.training.formulas.formula import Formula, n
from app.training.service import Plan
from app.web.i18n import later

STEP_PARTS: Mapping[str, str] = {
    "matmul": later("Matrix products"),
    "attention": later("Attention"),
    "elementwise": later("Element-wise kernels"),
    "launch": later("Launches, fixed per block"),
    "tensor": later("Tensor-parallel exchange"),
    "context": later("Context-parallel exchange"),
    "expert": later("Expert exchange"),
    "bubble": later("Bubble"),
    "exchange": later("Gradient exchange, exposed"),
    "update": later("Optimizer, fixed"),
}
PART_NOTES: Mapping[str, str] = {
    "matmul": later(
        "p: FLOPs of the matrix products on the slowest stage over what the profile says that they"
        " reach, for all micro-batches. T the step, P the whole prediction."
    ),
    "attention": later(
        "p: FLOPs of the attention scores on the slowest stage over what the profile says that they"
        " reach. T the step, P the whole prediction."
    ),
    "elementwise": later(
        "p: bytes that norms, activations and residuals read and write, over the bandwidth of the"
        " memory. T the step, P the whole prediction."
    ),
    "launch": later(
        "p: a fixed time per block and micro-batch, fitted. T the step, P the whole prediction."
    ),
    "tensor": later(
        "p: bytes of the tensor-parallel exchange over the link. T the step, P the whole"
        " prediction."
    ),
    "context": later(
        "p: bytes of keys and values that go round, over the link. T the step, P the whole"
        " prediction."
    ),
    "expert": later(
        "p: bytes of tokens sent to experts and back, over the link. T the step, P the whole"
        " prediction."
    ),
    "bubble": later(
        "o seconds of one micro-batch on the other stages together, b idle slots of the schedule, p"
        " stages. T the step, P the whole prediction."
    ),
    "exchange": later(
        "p: what of the gradient exchange is not hidden behind computation. T the step, P the whole"
        " prediction."
    ),
    "update": later(
        "p: bytes of the optimizer states over the bandwidth of the memory, and a fixed part. T the"
        " step, P the whole prediction."
    ),
}


def part_formulas(plan: Plan) -> Iterator[tuple[str, Formula]]:
    """Yield each part of the step: what the profile predicts, scaled to the step."""
    time, pipeline, layout = plan.estimate.time, plan.estimate.pipeline, plan.estimate.layout
    predicted = time.predicted
    is_scaled = time.kind in {"measured", "given"}
    for part in fields(predicted):
        seconds = float(getattr(predicted, part.name))
        if not seconds:
            continue
        symbols, values = "p", n(seconds)
        note = PART_NOTES[part.name]
        if part.name == "bubble":
            scale = pipeline.bubble_slots / (layout.pp - 1)
            symbols = "o b / (p − 1)"
            values = f"{n(seconds / scale)} × {n(pipeline.bubble_slots)} / {layout.pp - 1}"
        if is_scaled:
            symbols = f"{symbols} × T / P"
            values = f"{values} × {n(time.step_seconds)} / {n(predicted.total)}"
        yield (
            f"part_{part.name}",
            Formula(
                STEP_PARTS[part.name],
                symbols,
                values,
                float(getattr(time.parts, part.name)),
                "s",
                kind="calibrated" if time.profile != "megatron_core" else "assumed",
                source=PROFILES[time.profile].origin,
                note=note,
            ),
        )
