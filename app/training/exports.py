"""A plan as a file: JSON, CSV, a Megatron-LM script, a DeepSpeed configuration, a torchrun line."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

from app.training import launch
from app.training.models import TrainingPlanVersion
from app.training.plans.content import Computed
from app.training.service import Plan


@dataclass(frozen=True)
class ExportKind:
    """A kind of file: its name's ending, its media type, and what writes it."""

    suffix: str
    media_type: str
    write: Callable[[Plan], str]


def to_json(plan: Plan) -> str:
    """Return shape, cluster, layout and everything that was computed, as the API names it."""
    cluster = asdict(plan.cluster)
    found = {
        "shape": asdict(plan.shape),
        "cluster": cluster,
        "tokens": plan.tokens,
        "estimate": asdict(plan.estimate),
    }
    return json.dumps(found, ensure_ascii=False, indent=2, default=plain) + "\n"


def to_csv(plan: Plan) -> str:
    """Return the numbers of a plan, a line each, and the memory of every stage below."""
    return write_csv(rows_of(plan))


def rows_of(plan: Plan) -> Iterator[list[object]]:
    """Yield the lines of a plan's table."""
    found = plan.estimate
    yield ["quantity", "value", "unit"]
    for name, value, unit in (
        ("parameters", found.params.total, ""),
        ("parameters_active", found.params.active, ""),
        ("tokens", plan.tokens, ""),
        ("gpus", plan.cluster.count, ""),
        ("flops", found.flops.total, "FLOP"),
        ("step", found.time.step_seconds, "s"),
        ("steps", found.time.steps, ""),
        ("ramp_days", found.time.ramp.days if found.time.ramp else None, "d"),
        ("ramp_extra_days", found.time.ramp.extra_days if found.time.ramp else None, "d"),
        ("tokens_per_second", found.time.tokens_per_second, "1/s"),
        ("mfu", found.utilisation.mfu, ""),
        ("hfu", found.utilisation.hfu, ""),
        ("bubble", found.pipeline.bubble_fraction, ""),
        ("days", found.time.days_with_goodput, "d"),
        ("gpu_hours_compute", found.gpu_hours.compute, "h"),
        ("gpu_hours_paid", found.gpu_hours.with_goodput, "h"),
        ("cost", found.cost, found.currency or ""),
        ("energy", found.energy_kwh, "kWh"),
        ("co2", found.co2_t, "t"),
        ("memory_fullest_stage", found.memory.max_gib, "GiB"),
        ("memory_usable", found.memory.usable_gib, "GiB"),
    ):
        yield [name, "" if value is None else value, unit]
    yield []
    names = [
        "stage", "layers", "weights_gib", "gradients_gib", "optimizer_gib", "activations_gib",
        "logits_gib", "buffers_gib", "overhead_gib", "total_gib", "spare_gib",
    ]  # fmt: skip
    yield [*names]
    for stage in found.memory.per_stage:
        yield [getattr(stage, name) for name in names]


def write_csv(rows: Iterator[list[object]]) -> str:
    """Return rows as CSV with Windows line ends, as spreadsheets want them."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def plain(value: object) -> object:
    """Return what JSON has no type for: money as a string, mappings as objects."""
    if isinstance(value, Decimal):
        return str(value)
    return dict(value) if isinstance(value, Mapping) else str(value)


def to_torchrun(plan: Plan) -> str:
    """Return the torchrun line of one node, as a script."""
    return f'#!/bin/bash\n{launch.torchrun_line(plan)} "$@"\n'


EXPORTS: Mapping[str, ExportKind] = {
    "json": ExportKind("json", "application/json", to_json),
    "csv": ExportKind("csv", "text/csv; charset=utf-8", to_csv),
    "megatron": ExportKind("megatron.sh", "text/x-shellscript", launch.megatron_script),
    "deepspeed": ExportKind("deepspeed.json", "application/json", launch.deepspeed_config),
    "torchrun": ExportKind("torchrun.sh", "text/x-shellscript", to_torchrun),
}


def names() -> list[str]:
    """Return the kinds of files."""
    return list(EXPORTS)


def plan_json(name: str, version: TrainingPlanVersion, computed: Computed) -> str:
    """Return a saved version: what it says, and every phase with everything that it takes."""
    found = {
        "name": name,
        "version": version.number,
        "saved_at": version.created_at.isoformat(),
        "content": version.content,
        "totals": asdict(computed.totals),
        "phases": [
            {"name": one.part.name, "estimate": asdict(one.plan.estimate)}
            for one in computed.phases
        ],
    }
    return json.dumps(found, ensure_ascii=False, indent=2, default=plain) + "\n"


def plan_csv(computed: Computed) -> str:
    """Return the phases of a saved version as a table, safe for spreadsheets."""

    def rows() -> Iterator[list[object]]:
        yield [
            "phase", "tokens", "sequence", "global_batch", "step_seconds", "days", "gpu_hours_paid",
            "cost", "currency", "energy_kwh", "co2_t", "max_gib",
        ]  # fmt: skip
        for one in computed.phases:
            found = one.plan.estimate
            yield [
                safe_cell(one.part.name),
                one.part.tokens,
                one.plan.shape.sequence,
                found.layout.global_batch,
                found.time.step_seconds,
                found.time.days_with_goodput,
                found.gpu_hours.with_goodput,
                "" if found.cost is None else found.cost,
                found.currency or "",
                "" if found.energy_kwh is None else found.energy_kwh,
                "" if found.co2_t is None else found.co2_t,
                found.memory.max_gib,
            ]

    return write_csv(rows())


def safe_cell(text: str) -> str:
    """
    Return a text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("Main")
    ("'=1+1", 'Main')
    """
    return "'" + text if text[:1] in "=+-@\t\r" else text
