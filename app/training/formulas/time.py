"""Formulas of the pipeline, the step and the days."""

from collections.abc import Iterator

from app.compute.estimating.prepared import PreparedRun
from app.compute.estimating.results import Ramp
from app.compute.units import SECONDS_PER_DAY
from app.training.formulas.formula import NARAYANAN, Formula, n
from app.training.formulas.parts import part_formulas
from app.training.service import Plan
from app.web.i18n import later


def time_formulas(plan: Plan, run: PreparedRun) -> Iterator[tuple[str, Formula]]:
    """Yield the formulas of the pipeline, the step and the run's length, by id."""
    found, layout = plan.estimate, plan.estimate.layout
    time, pipeline = found.time, found.pipeline
    yield (
        "bubble",
        Formula(
            later("Bubble"),
            "b / (b + m)",
            f"{n(pipeline.bubble_slots)} / ({n(pipeline.bubble_slots)} + {pipeline.micro_batches})",
            pipeline.bubble_fraction,
            source=f"{NARAYANAN}, section 2.2",
            note=later("b idle slots of the schedule, m micro-batches per pipeline and step."),
        ),
    )
    yield "step", _step(plan)
    yield from part_formulas(plan)
    yield (
        "paid_days",
        Formula(
            later("Days, interruptions counted"),
            "d / goodput",
            f"{n(time.days, 9)} / {n(found.gpu_hours.goodput)}",
            time.days_with_goodput,
            "d",
            kind="given" if plan.assumed.goodput else "assumed",
            note=later("d days of computation. Goodput is the share of paid time that trains."),
        ),
    )
    step_tokens = layout.global_batch * run.shape.sequence
    yield (
        "tokens_per_second",
        Formula(
            later("Tokens per second"),
            "B s / T",
            f"{n(layout.global_batch)} × {n(run.shape.sequence)} / {n(time.step_seconds)}",
            time.tokens_per_second,
            note=later("B global batch, s sequence length, T seconds per step."),
        ),
    )
    if time.ramp is not None:
        yield from _ramped(plan, time.ramp, step_tokens)
        return
    yield (
        "steps",
        Formula(
            later("Steps"),
            "D / (B s)",
            f"{n(plan.tokens)} / {n(step_tokens)}",
            time.steps,
            note=later("D training tokens, B s tokens of a step."),
        ),
    )
    yield (
        "days",
        Formula(
            later("Days of computation"),
            "n T / 86,400",
            f"{n(time.steps, 9)} × {n(time.step_seconds)} / {n(SECONDS_PER_DAY)}",
            time.days,
            "d",
            note=later("n steps of T seconds."),
        ),
    )


def _ramped(plan: Plan, ramp: Ramp, step_tokens: float) -> Iterator[tuple[str, Formula]]:
    """Yield steps and days of a run whose batch grows at the start."""
    time = plan.estimate.time
    full_steps = time.steps - ramp.steps
    source = "NVIDIA/Megatron-LM, core/num_microbatches_calculator.py"
    yield (
        "steps",
        Formula(
            later("Steps"),
            "Σ qᵢ / Bᵢ + (D − R) / (B s)",
            f"{n(ramp.steps)} + ({n(plan.tokens)} − {n(ramp.tokens)}) / {n(step_tokens)}",
            time.steps,
            source=source,
            note=later(
                "qᵢ sequences at each batch size Bᵢ of the ramp, R tokens of the ramp, D training"
                " tokens, B s tokens of a full step."
            ),
        ),
    )
    yield (
        "days",
        Formula(
            later("Days of computation"),
            "Σ nᵢ Tᵢ / 86,400 + n T / 86,400",
            f"{n(ramp.days)} + {n(full_steps, 9)} × {n(time.step_seconds)} / {n(SECONDS_PER_DAY)}",
            time.days,
            "d",
            source=source,
            note=later(
                "nᵢ steps of Tᵢ seconds at each batch size of the ramp, then n full steps of T"
                " seconds. A small batch has few micro-batches and so a large bubble."
            ),
        ),
    )


def _step(plan: Plan) -> Formula:
    time, found = plan.estimate.time, plan.estimate
    step_tokens = found.layout.global_batch * plan.shape.sequence
    given = plan.assumed.efficiency
    count, used = plan.cluster.count, found.utilisation
    title = later("Seconds per step")
    if given.step_seconds is not None:
        return Formula(title, "T", n(given.step_seconds), time.step_seconds, "s", "measured")
    if given.hfu_tflops is not None:
        return Formula(
            title,
            "F B s / (n X)",
            f"{n(found.flops.hardware_per_token)} × {n(step_tokens)}"
            f" / ({count} × {n(given.hfu_tflops)}e12)",
            time.step_seconds,
            "s",
            "given",
            note=later("F hardware FLOPs per token, n GPUs, X hardware TFLOP/s of one GPU."),
        )
    if given.mfu is not None:
        return Formula(
            title,
            "F B s / (n U X)",
            f"{n(found.flops.per_token)} × {n(step_tokens)}"
            f" / ({count} × {n(given.mfu)} × {n(used.peak_tflops)}e12)",
            time.step_seconds,
            "s",
            "given",
            note=later("F model FLOPs per token, n GPUs, U the MFU, X the dense peak of one GPU."),
        )
    parts = time.parts
    kernels = parts.matmul + parts.attention + parts.elementwise + parts.launch
    inside = parts.tensor + parts.context + parts.expert
    return Formula(
        title,
        "K + E + b + X + u",
        f"{n(kernels)} + {n(inside)} + {n(parts.bubble)} + {n(parts.exchange)} + {n(parts.update)}",
        time.step_seconds,
        "s",
        time.kind,
        note=later(
            "K kernels and E exchanges of the slowest stage over all micro-batches, b the bubble, X"
            " the exposed gradient exchange, u the optimizer; predicted by a profile."
        ),
    )
