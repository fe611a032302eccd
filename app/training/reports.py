"""A plan and a search as lines of text, for terminals."""

from app.compute.layout.layouts import Layout
from app.training import sentences
from app.training.questions import Answers
from app.training.service import Plan, Search
from app.web.i18n import gettext as _
from app.web.i18n import pgettext
from app.web.numbers import decimal, short, whole

MOST_REASONS = 8


def summary_lines(plan: Plan) -> list[str]:
    """Return what a run takes, a line for each number, remarks last."""
    found = plan.estimate
    memory, used, hours = found.memory, found.utilisation, found.gpu_hours
    rows = [
        (_("Parameters"), whole(found.params.total)),
        (pgettext("parallelism", "Layout"), layout_name(found.layout)),
        (_("Seconds per step"), decimal(found.time.step_seconds, 2)),
        (_("Tokens per second"), short(found.time.tokens_per_second)),
        (_("MFU"), f"{100 * used.mfu:.1f} % ({found.flops.convention})"),
        (_("HFU"), f"{100 * used.hfu:.1f} %, {used.hardware_tflops_per_gpu:.1f} TFLOP/s"),
        (_("Bubble"), f"{100 * found.pipeline.bubble_fraction:.1f} %"),
        (
            _("Memory, fullest stage"),
            f"{memory.max_gib:.1f} / {memory.usable_gib:.1f} GiB, "
            + sentences.verdict_word(memory.verdict),
        ),
        (_("Days"), decimal(found.time.days_with_goodput, 1)),
        (_("GPU-hours that compute"), whole(round(hours.compute))),
        (_("GPU-hours that are paid"), whole(round(hours.with_goodput))),
    ]
    if found.time.ramp is not None:
        ramp = found.time.ramp
        more = _("%(extra)s more than without", extra=decimal(ramp.extra_days, 2))
        rows.append((_("Days of the batch ramp"), f"{decimal(ramp.days, 2)}, {more}"))
    if found.cost is not None:
        rows.append((_("Cost"), f"{whole(round(found.cost))} {found.currency}"))
    if found.energy_kwh is not None:
        rows.append((_("Energy, kWh"), whole(round(found.energy_kwh))))
    if found.co2_t is not None:
        rows.append((_("CO2, t"), decimal(found.co2_t, 2)))
    lines = [f"{name}\t{value}" for name, value in rows]
    return lines + [f"! {one.message}" for one in found.warnings]


def answer_lines(found: Answers) -> list[str]:
    """Return what was asked the other way round, a line for each number."""
    lines = []
    if found.deadline is not None:
        rows = [(_("GPUs"), whole(found.deadline.gpus))]
        if found.deadline.cost is not None:
            rows.append((_("Cost"), f"{whole(round(found.deadline.cost))} {found.currency}"))
        lines += [f"{name}\t{value}" for name, value in rows]
    if found.purchase is not None:
        bought = found.purchase
        rows = [
            (_("GPU-hours"), whole(round(bought.gpu_hours))),
            (_("Tokens"), short(bought.tokens)),
            (_("Days"), decimal(bought.days, 1)),
            (_("Parameters for the plan’s tokens"), short(bought.size_for_tokens)),
        ]
        if bought.gpus is not None:
            rows.append((_("GPUs that the budget pays for over the days"), whole(bought.gpus)))
        if bought.optimum is not None:
            rows.append((_("Compute-optimal parameters"), short(bought.optimum.parameters)))
            rows.append((_("Compute-optimal tokens"), short(bought.optimum.tokens)))
        lines += [f"{name}\t{value}" for name, value in rows]
    return lines


def search_lines(found: Search) -> list[str]:
    """Return the layouts that fit, fastest first, and how many each rule refused."""
    lines = [
        f"{one.rank}\t{layout_name(one.layout)}\t{one.step_seconds:.2f} s"
        f"\t{100 * one.mfu:.1f} %\t{one.max_gib:.1f} GiB"
        for one in found.layouts
    ]
    lines.append(
        _(
            "%(fit)s of %(searched)s layouts fit.",
            fit=whole(found.layouts_total),
            searched=whole(found.searched),
        )
    )
    seen: set[str] = set()
    for row in found.rejected:
        if row.rule not in seen and len(seen) < MOST_REASONS:
            seen.add(row.rule)
            lines.append(f"{found.rejected_by_rule[row.rule]}\t{row.reason}")
    return lines


def layout_name(layout: Layout) -> str:
    """
    Return the sizes of a layout in one line: what is 1 or off is left out, but never TP, PP, DP.

    Examples
    --------
    >>> layout_name(Layout(tp=4, pp=12, dp=8, micro_batch=2, global_batch=2048, recompute="full"))
    'TP 4 · PP 12 · DP 8 · MBS 2 · full recompute · megatron_distributed'
    """
    sizes = [f"TP {layout.tp}", f"PP {layout.pp}"]
    if layout.interleave > 1:
        sizes.append(f"VP {layout.interleave}")
    sizes.append(f"DP {layout.dp}")
    sizes += [f"{name} {size}" for name, size in (("CP", layout.cp), ("EP", layout.ep)) if size > 1]
    sizes.append(f"MBS {layout.micro_batch}")
    if layout.sequence_parallel:
        sizes.append("SP")
    sizes.append(sentences.recompute_word(layout.recompute))
    sizes.append(layout.optimizer + ("" if layout.zero is None else f" ZeRO-{layout.zero}"))
    return " · ".join(sizes)
