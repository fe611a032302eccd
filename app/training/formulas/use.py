"""Formulas of utilisation, GPU-hours, money, energy and carbon."""

from collections.abc import Iterator

from app.compute.timing.goodput import HOURS_PER_MONTH, Interruptions
from app.compute.units import SECONDS_PER_DAY, SECONDS_PER_HOUR, TERA
from app.training.formulas.formula import NARAYANAN, Formula, n
from app.training.service import Plan
from app.web.i18n import later


def use_formulas(plan: Plan) -> Iterator[tuple[str, Formula]]:
    """Yield the formulas of utilisation, hours, money, energy and carbon, by id."""
    found, count = plan.estimate, plan.cluster.count
    step_tokens = found.layout.global_batch * plan.shape.sequence
    step, used, hours = found.time.step_seconds, found.utilisation, found.gpu_hours
    for name, title, per_token, result in (
        ("mfu", later("MFU"), found.flops.per_token, used.mfu),
        ("hfu", later("HFU"), found.flops.hardware_per_token, used.hfu),
        ("mfu_6n", later("MFU, 6 N D"), 6.0 * found.params.active, used.by_convention["6n"]),
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
    if plan.assumed.goodput is None and plan.assumed.interruptions is not None:
        yield "goodput", _goodput(plan, plan.assumed.interruptions)
    yield from _money(plan)


def _goodput(plan: Plan, stops: Interruptions) -> Formula:
    count = plan.cluster.count
    return Formula(
        later("Goodput"),
        "(1 − o) / (1 + n f (r + c / 2) / H + s / (3600 c))",
        f"(1 − {n(stops.other_share)}) / (1 + {n(count)} × {n(stops.failures_per_device_month)}"
        f" × ({n(stops.restart_hours)} + {n(stops.checkpoint_hours)} / 2) / {n(HOURS_PER_MONTH)}"
        f" + {n(stops.save_seconds)} / (3600 × {n(stops.checkpoint_hours)}))",
        plan.estimate.gpu_hours.goodput,
        note=later(
            "n GPUs with f failures a month each, that cost r hours to restart and half of the c"
            " hours between checkpoints; H hours of a month, s seconds to save, o other stops."
        ),
        kind="given",
    )


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
