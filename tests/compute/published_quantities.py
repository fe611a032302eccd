"""How each quantity of the published figures is computed with the planner's own functions."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.compute.estimating.estimate import Assumptions, estimate
from app.compute.estimating.prepared import prepare_run, run_memory
from app.compute.hardware.machines import Accelerator, Cluster
from app.compute.layout import pipeline
from app.compute.layout.layouts import Layout
from app.compute.memory.checkpoints import checkpoint_gib
from app.compute.model import flops, parameters, states
from app.compute.spending import cost, energy
from app.compute.timing import schedule, utilisation
from app.compute.timing.efficiency import Efficiency
from app.compute.timing.goodput import with_goodput
from app.compute.units import GB, GIB, SECONDS_PER_DAY, TERA
from app.training.presets import make_shape

Inputs = dict[str, Any]
VECTORS = Path(__file__).parent / "vectors"
A100 = Accelerator("A100 80 GB", 312, 80, link_gb_s=300, watts=400)
B200 = Accelerator("B200", 2250, 180, link_gb_s=900)
LAYOUT_FIELDS = (
    "tp",
    "pp",
    "dp",
    "micro_batch",
    "global_batch",
    "interleave",
    "recompute",
    "sequence_parallel",
)


def read_vectors(name: str = "published.json") -> list[Inputs]:
    vectors: list[Inputs] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return vectors


def compute(quantity: str, inputs: Inputs) -> float:
    return QUANTITIES[quantity](inputs)


def _counts(i: Inputs) -> parameters.ParameterCounts:
    return parameters.count_parameters(make_shape(i["model"]))


def _layout(i: Inputs, **defaults: Any) -> Layout:
    given = {name: i[name] for name in LAYOUT_FIELDS if name in i}
    return Layout(**{**defaults, **given})


def _hardware_tflops(i: Inputs) -> float:
    shape = make_shape(i["model"])
    step = flops.hardware_flops_per_token(shape, "full") * i["global_batch"] * shape.sequence
    return utilisation.tflops_per_gpu(step, step_seconds=i["step_seconds"], gpus=i["gpus"])


def _days_at_hardware_tflops(i: Inputs) -> float:
    shape = make_shape(i["model"])
    step = flops.hardware_flops_per_token(shape, "full") * i["global_batch"] * shape.sequence
    seconds = step / (i["gpus"] * i["tflops"] * TERA)
    return schedule.run_duration(
        i["tokens"],
        global_batch=i["global_batch"],
        sequence=shape.sequence,
        step_seconds=seconds,
    ).days


def _utilisations(i: Inputs) -> tuple[float, float]:
    layout = _layout(i, optimizer="megatron", precision="fp16")
    plan = estimate(
        make_shape(i["model"]),
        Cluster(A100, layout.gpus),
        layout,
        tokens=1e9,
        assumptions=Assumptions(
            Efficiency(step_seconds=i["step_seconds"]), convention=i["convention"]
        ),
    )
    return 100 * plan.utilisation.mfu, 100 * plan.utilisation.hfu


def _throughput_mfu(i: Inputs) -> float:
    # Only the parameters are published of these models; 6 N + 12 L h s, or half of the scores.
    scores = 12 * i["layers"] * i["hidden"] * i["sequence"] / (2 if i["causal"] else 1)
    return 100 * utilisation.utilisation_from_throughput(
        6 * i["parameters"] + scores,
        tokens_per_second=i["tokens_per_second"],
        gpus=1,
        peak_tflops=i["peak_tflops"],
    )


def _activations(i: Inputs) -> float:
    # A batch that fills the pipeline; the published figure is of the blocks on the first stage.
    layout = _layout(
        i, optimizer="megatron", precision="fp16", global_batch=i["micro_batch"] * i["pp"] * 4
    )
    run = prepare_run(make_shape(i["model"]), Cluster(A100, layout.gpus), layout)
    return float(run_memory(run).activations[0])


def _allocated(i: Inputs) -> float:
    layout = _layout(i)
    run = prepare_run(make_shape(i["model"]), Cluster(B200, layout.gpus), layout)
    return float(run_memory(run).allocated.max())


def _block_states(i: Inputs) -> float:
    blocks = 12 * i["layers"] * i["hidden"] ** 2
    return blocks * i["bytes_per_parameter"] / (i["tp"] * i["pp"]) / GIB


def _zero_gb(i: Inputs) -> float:
    kept = states.state_bytes("adam", zero=i["zero"])
    return i["parameters"] * states.bytes_per_parameter(kept, float(i["dp"])) / GB


def _bytes_per_parameter(i: Inputs) -> float:
    kept = states.state_bytes(i["optimizer"], precision=i["precision"])
    return states.bytes_per_parameter(kept, float(i["dp"]))


def _duration(i: Inputs, tokens: float) -> schedule.Duration:
    return schedule.run_duration(
        tokens,
        global_batch=i["global_batch"],
        sequence=i["sequence"],
        step_seconds=i["step_seconds"],
    )


def _slot_step(i: Inputs) -> float:
    # Slot and fixed time are fitted to three published steps, these rows among them.
    slot, fixed = pipeline.fit_slot_time([32, 64, 128], [35.77, 59.65, 107.12], pp=12)
    micro_batches = i["global_batch"] / (i["micro_batch"] * i["dp"])
    return (micro_batches + i["pp"] - 1) * slot + fixed


def _paid_hours(i: Inputs) -> float:
    seconds = _duration(i, i["tokens"]).seconds
    return with_goodput(schedule.gpu_hours(i["gpus"], seconds), i["goodput"])


QUANTITIES: dict[str, Callable[[Inputs], float]] = {
    "parameters": lambda i: _counts(i).total,
    "billions": lambda i: _counts(i).total / 1e9,
    "active_billions": lambda i: _counts(i).active / 1e9,
    "block_parameters": lambda i: parameters.count_block(make_shape(i["model"]), moe=False).total,
    "narayanan_billions": lambda i: parameters.narayanan_parameters(**i) / 1e9,
    "flops_6nd": lambda i: 6 * i["parameters"] * i["tokens"],
    "hardware_tflops": _hardware_tflops,
    "aggregate_pflops": lambda i: i["gpus"] * i["tflops"] / 1000,
    "days_at_hardware_tflops": _days_at_hardware_tflops,
    "days_eq4": lambda i: schedule.narayanan_seconds(**i) / SECONDS_PER_DAY,
    "mfu_percent": lambda i: _utilisations(i)[0],
    "hfu_percent": lambda i: _utilisations(i)[1],
    "share_of_peak_percent": lambda i: 100 * i["tflops"] / i["peak_tflops"],
    "throughput_mfu_percent": _throughput_mfu,
    "given_flops_mfu_percent": lambda i: (
        100
        * utilisation.utilisation(
            i["flops_per_sequence"] * i["global_batch"],
            step_seconds=i["step_seconds"],
            gpus=i["gpus"],
            peak_tflops=i["peak_tflops"],
        )
    ),
    "tokens_per_second": lambda i: _duration(i, 1e12).tokens_per_second,
    "days_per_trillion": lambda i: _duration(i, 1e12).days,
    "activations_gib": _activations,
    "allocated_gib": _allocated,
    "block_states_gib": _block_states,
    "zero_gb": _zero_gb,
    "bytes_per_parameter": _bytes_per_parameter,
    "checkpoint_gib": lambda i: checkpoint_gib(**i),
    "checkpoint_tib": lambda i: checkpoint_gib(**i) / 1024,
    "energy_kwh": lambda i: energy.energy_kwh(i["hours"], i["watts"], pue=i["pue"]),
    "energy_mwh": lambda i: energy.energy_kwh(i["hours"], i["watts"], pue=i["pue"]) / 1000,
    "co2_t": lambda i: energy.co2_tonnes(i["kwh"], i["grams_per_kwh"]),
    "co2_of_hours_t": lambda i: energy.co2_tonnes(
        energy.energy_kwh(i["hours"], i["watts"], pue=i["pue"]), i["grams_per_kwh"]
    ),
    "cost_usd": lambda i: float(cost.gpu_cost(i["hours"], Decimal(i["price"]))),
    "thousand_hours_per_trillion": lambda i: i["hours"] / 1000 / (i["tokens"] / 1e12),
    "days_of_hours": lambda i: i["hours"] / i["gpus"] / 24,
    "hours_at_rate": lambda i: i["tokens"] / i["tokens_per_second_per_gpu"] / 3600,
    "paid_hours": _paid_hours,
    "slot_step_seconds": _slot_step,
    "bubble_fraction": lambda i: pipeline.bubble_fraction(
        pipeline.bubble_slots(float(i["pp"])), float(i["micro_batches"])
    ),
    "interleave_factor": lambda i: (
        pipeline.in_flight(0.0, float(i["pp"]), 1e9, float(i["interleave"])) / i["pp"]
    ),
}
