"""Formulas of time, utilisation, GPU-hours, money, energy and traffic."""

from collections.abc import Iterator

from app.compute.prepared import PreparedRun
from app.compute.units import SECONDS_PER_DAY, SECONDS_PER_HOUR, TERA
from app.training.formulas.formula import Formula, n
from app.training.service import Plan
from app.web.i18n import later

NARAYANAN = "Narayanan et al. 2021, arXiv 2104.04473"
AXES = {
    "data": later("Data parallel"),
    "tensor": later("Tensor parallel"),
    "pipeline": later("Pipeline"),
    "context": later("Context parallel"),
    "expert": later("Expert parallel"),
}


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


def use_formulas(plan: Plan) -> Iterator[tuple[str, Formula]]:
    """Yield the formulas of utilisation, hours, money, energy and carbon, by id."""
    found, count = plan.estimate, plan.cluster.count
    step_tokens = found.layout.global_batch * plan.shape.sequence
    step, used, hours = found.time.step_seconds, found.utilisation, found.gpu_hours
    for name, title, per_token, result in (
        ("mfu", later("MFU"), found.flops.per_token, used.mfu),
        ("hfu", later("HFU"), found.flops.hardware_per_token, used.hfu),
    ):
        yield (
            name,
            Formula(
                title,
                "F B s / (n T X)",
                f"{n(per_token)} × {n(step_tokens)}"
                f" / ({n(count)} × {n(step)} × {n(used.peak_tflops)}e12)",
                result,
                source="arXiv 2204.02311, app. B; arXiv 2205.05198, app. A",
                note=later(
                    "F FLOPs per token: of the model for MFU, recomputation included for HFU; B s"
                    " tokens of a step, n GPUs, T seconds per step, X the dense peak."
                ),
            ),
        )
    yield (
        "tflops",
        Formula(
            later("Hardware TFLOP/s of one GPU"),
            "F B s / (n T 10¹²)",
            f"{n(found.flops.hardware_per_token)} × {n(step_tokens)}"
            f" / ({n(count)} × {n(step)} × {n(TERA)})",
            used.hardware_tflops_per_gpu,
            "TFLOP/s",
            source=f"{NARAYANAN}, eq. 3",
        ),
    )
    yield (
        "gpu_hours",
        Formula(
            later("GPU-hours of computation"),
            "n × days × 24",
            f"{n(count)} × {n(found.time.days, 9)} × {SECONDS_PER_DAY // SECONDS_PER_HOUR}",
            hours.compute,
            "h",
            note=later("n GPUs."),
        ),
    )
    yield (
        "paid_hours",
        Formula(
            later("GPU-hours that are paid"),
            "h / goodput",
            f"{n(hours.compute, 9)} / {n(hours.goodput)}",
            hours.with_goodput,
            "h",
            kind="given" if plan.assumed.goodput else "assumed",
            note=later("Goodput is the share of paid time that trains."),
        ),
    )
    yield from _money(plan)


def _money(plan: Plan) -> Iterator[tuple[str, Formula]]:
    found, assumed, hours = plan.estimate, plan.assumed, plan.estimate.gpu_hours
    price, watts = plan.cluster.price_per_hour, plan.cluster.accelerator.watts
    if found.cost is not None and price is not None:
        yield (
            "cost",
            Formula(
                later("Cost"),
                "h × p",
                f"{n(hours.with_goodput, 9)} × {n(price)}",
                float(found.cost),
                found.currency or "",
                kind="given",
                note=later("h paid GPU-hours, p the price of one; no storage, no staff."),
            ),
        )
    if found.energy_kwh is not None and watts is not None:
        yield (
            "energy",
            Formula(
                later("Energy"),
                "h × W / 1000 × PUE",
                f"{n(hours.with_goodput, 9)} × {n(watts)} / 1000 × {n(assumed.pue)}",
                found.energy_kwh,
                "kWh",
                source="Luccioni et al. 2022, arXiv 2211.02001",
                note=later("h paid GPU-hours, W board power, PUE of the data centre."),
            ),
        )
    if found.co2_t is not None and found.energy_kwh is not None:
        yield (
            "co2",
            Formula(
                later("Carbon"),
                "E × g / 10⁶",
                f"{n(found.energy_kwh, 9)} × {n(assumed.grid_g_per_kwh or 0)} / 1000000",
                found.co2_t,
                "t",
                source="Luccioni et al. 2022, arXiv 2211.02001",
                note=later("E energy, g grams of CO2 per kWh. Idle and embodied are not in it."),
            ),
        )


def traffic_formulas(plan: Plan) -> Iterator[tuple[str, Formula]]:
    """Yield how long each axis needs for what it sends, by id."""
    for name, axis in plan.estimate.communication.items():
        if axis.bytes:
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
