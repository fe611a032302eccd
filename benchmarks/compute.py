"""
How fast and how right the planner of training runs is: `python -m benchmarks.compute`.

`python -m benchmarks.compute --fit` fits the efficiency profiles again and prints their numbers
(docs/decisions/compute-calibration.md).
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import least_squares
from scipy.stats import spearmanr

from app.compute.errors import InvalidLayout
from app.compute.estimating.estimate import Assumptions, estimate
from app.compute.estimating.prepared import PreparedRun, predict_step, prepare_run, run_memory
from app.compute.estimating.results import Estimate
from app.compute.hardware.machines import Cluster
from app.compute.hardware.profiles import FSDP_2023, MEGATRON_CORE, MEGATRON_DEEPSPEED_2022, Profile
from app.compute.layout.layouts import Layout
from app.compute.memory.per_stage import MemoryParts
from app.compute.model.shapes import ModelShape, gpt
from app.compute.search.layout_search import search_layouts
from app.compute.timing.efficiency import Efficiency
from app.compute.units import Floats
from app.training import presets

BLOOM_VOCAB, MPT_VOCAB = 250_880, 50_368
JEAN_ZAY_GB_S = 50.0
MPT_GB_S = {"a100-sxm-80gb": 200.0, "a100-sxm-40gb": 200.0, "h100-sxm": 400.0}
MOST_REFUSED, SMALLEST_GROUP, WORST_MFU = 3, 3, 0.003
NUMA_FIX = "2022-02-25"
"""Before this day the sweep's machines were a few per cent slower."""

# Published orders that the BigScience fit keeps: TP4 PP12, TP8 PP6, TP4 PP6, TP8 PP2 of 181B, and
# TP1 PP48 of 177B, fastest first (hidden, layers, tp, pp, dp, micro-batch, global batch).
ORDER = (
    (14336, 72, 4, 12, 8, 2, 2048),
    (14336, 72, 8, 6, 8, 4, 2048),
    (14336, 72, 4, 6, 16, 4, 2048),
    (14336, 72, 8, 2, 24, 2, 2016),
    (12288, 96, 1, 48, 8, 1, 2048),
)


@dataclass(frozen=True)
class Row:
    """One measured figure, what it should reach, and whether it does (None: no bound)."""

    name: str
    value: str
    bound: str = ""
    reached: bool | None = None


@dataclass(frozen=True)
class Measured:
    """A published measurement beside the run that it is of."""

    run: PreparedRun | None
    size: str
    day: str
    seconds: float | None
    memory_gb: float | None
    outcome: str
    known: bool


def run() -> list[Row]:
    """Measure everything."""
    return [*speed_rows(), *bloom_rows(measured_layouts()), *mpt_rows()]


def speed_rows() -> Iterator[Row]:
    """Time one estimate and the searches."""
    bloom = presets.runs()["bloom-176b"]
    shape, layout = presets.models()["bloom-176b"].shape, bloom.layout
    if layout is None:
        raise LookupError("the BLOOM run has lost its layout")
    best = _best(lambda: estimate(shape, bloom.cluster(), layout, tokens=bloom.tokens))
    yield Row("one estimate, BLOOM-176B", f"{1000 * best:.1f} ms")
    for model, gpus, bound in (
        ("llama3.1-405b", 1024, 0.3),
        ("llama3.1-405b", 16_384, 2.0),
        ("deepseek-v3", 1024, 0.3),
        ("deepseek-v3", 16_384, 2.0),
    ):
        wanted = presets.models()[model].shape
        cluster = Cluster(presets.accelerators()["h100-sxm"].device, gpus)
        searched = search_layouts(wanted, cluster, global_batch=16_384).searched
        best = _best(lambda: search_layouts(wanted, cluster, global_batch=16_384))  # noqa: B023
        yield Row(
            f"search, {model}, {gpus} GPUs, {searched} layouts",
            f"{1000 * best:.0f} ms",
            f"< {1000 * bound:.0f} ms",
            best < bound,
        )


def measured_layouts(rows: Iterable[Mapping[str, str]] = ()) -> list[Measured]:
    """Read rows of the BigScience sweep, ours if none; a layout that is refused has no run."""
    device = presets.accelerators()["a100-sxm-80gb"].device
    found = []
    for row in rows or presets.bloom_layouts():
        layout = _bloom_layout(row)
        cluster = Cluster(device, layout.gpus, network_gb_s=JEAN_ZAY_GB_S)
        shape = _bloom_shape(int(row["hidden"]), int(row["layers"]), int(row["heads"]))
        try:
            prepared = prepare_run(shape, cluster, layout)
        except InvalidLayout:
            prepared = None
        found.append(
            Measured(
                run=prepared,
                size=row["size"],
                day=row["day"],
                seconds=float(row["step_seconds"]) if row["step_seconds"] else None,
                memory_gb=float(row["memory_gb"]) if row["memory_gb"] else None,
                outcome=row["outcome"],
                known=row["heads_known"] == "yes",
            )
        )
    return found


def bloom_rows(found: list[Measured]) -> Iterator[Row]:
    """Compare predicted and measured steps and memory of the sweep."""
    timed = [item for item in found if item.run and item.seconds]
    errors = np.array([predict_step(_run(item)).total / _seconds(item) - 1 for item in timed])
    yield Row("BLOOM sweep, step, mean |error|", f"{100 * np.abs(errors).mean():.1f} %")
    yield Row("BLOOM sweep, step, median |error|", f"{100 * np.median(np.abs(errors)):.1f} %")
    for size, (count, rank) in rank_correlations(timed).items():
        yield Row(f"BLOOM sweep, {size}, rank correlation of {count}", f"{rank:.2f}")
    ran = [item for item in found if item.outcome == "ran"]
    refused = [item for item in ran if item.run is None or not fits(item.run)]
    yield Row(
        "BLOOM sweep, rows that ran and are refused",
        f"{len(refused)}",
        f"<= {MOST_REFUSED}",
        len(refused) <= MOST_REFUSED,
    )
    lost = [item for item in found if item.outcome == "oom" and item.size != "206B"]
    caught = [item for item in lost if item.run is None or not fits(item.run)]
    yield Row(
        "BLOOM sweep, rows out of memory and rejected (206B aside)",
        f"{len(caught)} of {len(lost)}",
        "all",
        len(caught) == len(lost),
    )
    sized = [item for item in ran if item.run and item.memory_gb and "196B" not in item.size]
    gaps = np.array([_memory(_run(item)).total.max() - (item.memory_gb or 0) for item in sized])
    yield Row("BLOOM sweep, memory, rms error", f"{np.sqrt((gaps**2).mean()):.2f} GiB")


def rank_correlations(timed: list[Measured]) -> Mapping[str, tuple[int, float]]:
    """Correlate the ranks of predicted and measured steps, per model size of 3 rows or more."""
    correlations = {}
    for size in sorted({item.size for item in timed}):
        group = [item for item in timed if item.size == size]
        if len(group) >= SMALLEST_GROUP:
            predicted = [predict_step(_run(item)).total for item in group]
            rank = spearmanr(predicted, [_seconds(item) for item in group])[0]
            correlations[size] = (len(group), float(rank))
    return correlations


def mpt_rows() -> Iterator[Row]:
    """Compare the MFU of every MPT row, and the steps that the profile predicts."""
    worst, errors = 0.0, []
    for row in presets.mpt_throughput():
        plan = mpt_estimate(row)
        worst = max(worst, abs(100 * plan.utilisation.mfu / float(row["mfu_percent"]) - 1))
        errors.append(plan.time.predicted.total / mpt_seconds(row) - 1)
    bad = np.abs(errors)
    yield Row("MPT, MFU, worst difference", f"{100 * worst:.2f} %", "<= 0.3 %", worst <= WORST_MFU)
    yield Row("MPT, step, mean |error|", f"{100 * bad.mean():.1f} %")


def fit_bloom() -> tuple[Profile, float]:
    """Fit the BigScience profile; also tells how much slower the machines were before the fix."""
    timed = [item for item in measured_layouts() if item.run and item.seconds and item.known]
    ordered = [order_run(*sizes) for sizes in ORDER]
    names = ("matmul_share", "misaligned_factor", "block_seconds", "link_share", "network_share")
    base = MEGATRON_DEEPSPEED_2022

    def residuals(logs: Floats) -> Floats:
        profile = _with(base, names, np.exp(logs[:-1]))
        slower = [logs[-1] if item.day < NUMA_FIX else 0.0 for item in timed]
        times = [predict_step(replace(_run(item), profile=profile)).total for item in timed]
        errors = np.log(times) + slower - np.log([_seconds(item) for item in timed])
        steps = np.log([predict_step(replace(item, profile=profile)).total for item in ordered])
        # A broken order weighs as much as twenty rows.
        broken = 20.0 * np.maximum(steps[:-1] - steps[1:] + 0.002, 0.0)
        return np.concatenate([errors, broken])

    start = np.log([*(getattr(base, name) for name in names), 1.05])
    found = least_squares(residuals, start, loss="soft_l1", f_scale=0.02)
    return _with(base, names, np.exp(found.x[:-1])), float(np.exp(found.x[-1]))


def fit_bloom_overhead() -> tuple[float, float, float]:
    """Fit the framework's memory: fixed GiB, share of the working set, rms error in GiB."""
    sized = [
        item for item in measured_layouts() if item.run and item.memory_gb and item.size != "196B"
    ]
    parts = [_memory(_run(item)) for item in sized]
    profile = MEGATRON_DEEPSPEED_2022.overhead
    full = [int(np.argmax(part.total)) for part in parts]
    allocated = np.array([part.allocated[at] for part, at in zip(parts, full, strict=True)])
    working = np.array(
        [
            (part.overhead[at] - profile.fixed_gib) / profile.working_share
            for part, at in zip(parts, full, strict=True)
        ]
    )
    gaps = np.array([item.memory_gb or 0 for item in sized]) - allocated
    table = np.stack([np.ones_like(working), working], axis=1)
    (fixed, share), *_ = np.linalg.lstsq(table, gaps, rcond=None)
    rest = gaps - table @ np.array([fixed, share])
    return float(fixed), float(share), float(np.sqrt((rest**2).mean()))


def fit_mpt() -> Profile:
    """Fit the FSDP profile."""
    rows = [(mpt_run(row), mpt_seconds(row)) for row in presets.mpt_throughput()]
    names = ("attention_share", "hidden_passes", "block_seconds", "network_share", "fixed_seconds")
    base = FSDP_2023

    def residuals(logs: Floats) -> Floats:
        profile = _with(base, names, np.exp(logs))
        times = [predict_step(replace(item, profile=profile)).total for item, _ in rows]
        errors: Floats = np.log(times) - np.log([seconds for _, seconds in rows])
        return errors

    start = np.log([getattr(base, name) for name in names])
    found = least_squares(residuals, start, loss="soft_l1", f_scale=0.05)
    return _with(base, names, np.exp(found.x))


def main() -> None:
    """Print the rows, or the fits."""
    if "--fit" in sys.argv[1:]:
        bloom, slower = fit_bloom()
        print(bloom, f"slower before {NUMA_FIX}: {slower:.3f}", sep="\n")
        print(
            "overhead: fixed {:.2f} GiB, share {:.2f}, rms {:.2f} GiB".format(*fit_bloom_overhead())
        )
        print(fit_mpt())
        print(f"{MEGATRON_CORE.name}: not fitted")
        return
    rows = run()
    width = max(len(row.name) for row in rows)
    for row in rows:
        mark = {True: "reached", False: "MISSED", None: ""}[row.reached]
        print(f"{row.name:<{width}}  {row.value:>12}  {row.bound:>10}  {mark}".rstrip())


def _bloom_shape(hidden: int, layers: int, heads: int) -> ModelShape:
    return gpt(
        layers=layers,
        hidden=hidden,
        heads=heads,
        vocab=BLOOM_VOCAB,
        positions="alibi",
        embedding_norm=True,
    )


def _bloom_layout(row: Mapping[str, str]) -> Layout:
    return Layout(
        tp=int(row["tp"]),
        pp=int(row["pp"]),
        dp=int(row["dp"]),
        micro_batch=int(row["micro_batch"]),
        global_batch=int(row["global_batch"]),
        recompute="full",
        optimizer=row["optimizer"],
        precision="fp16" if row["optimizer"] == "deepspeed" else "bf16",
    )


def order_run(*sizes: int) -> PreparedRun:
    """Make a run of the sweep from the fields of `ORDER`."""
    hidden, layers, tp, pp, dp, micro_batch, global_batch = sizes
    layout = Layout(
        tp=tp,
        pp=pp,
        dp=dp,
        micro_batch=micro_batch,
        global_batch=global_batch,
        recompute="full",
        optimizer="deepspeed",
        precision="fp16",
    )
    device = presets.accelerators()["a100-sxm-80gb"].device
    cluster = Cluster(device, layout.gpus, network_gb_s=JEAN_ZAY_GB_S)
    return prepare_run(_bloom_shape(hidden, layers, 64), cluster, layout)


def mpt_run(row: Mapping[str, str]) -> PreparedRun:
    """Make the run of an MPT row."""
    shape = gpt(
        layers=int(row["layers"]),
        hidden=int(row["hidden"]),
        heads=int(row["hidden"]) // 64,
        vocab=MPT_VOCAB,
        sequence=int(row["sequence"]),
        dropout=False,
    )
    layout = Layout(
        dp=int(row["gpus"]),
        micro_batch=int(row["micro_batch"]),
        global_batch=int(row["global_batch"]),
        recompute="full" if row["recompute"] == "full" else "none",
        optimizer="fsdp",
        zero=int(row["zero"]),
        precision="fp8" if row["precision"] == "fp8" else "bf16",
    )
    name = row["accelerator"]
    device = presets.accelerators()[name].device
    return prepare_run(shape, Cluster(device, layout.gpus, network_gb_s=MPT_GB_S[name]), layout)


def mpt_estimate(row: Mapping[str, str]) -> Estimate:
    """Estimate an MPT row at its measured step."""
    prepared = mpt_run(row)
    return estimate(
        prepared.shape,
        prepared.cluster,
        prepared.layout,
        tokens=1e9,
        assumptions=Assumptions(Efficiency(step_seconds=mpt_seconds(row))),
    )


def mpt_seconds(row: Mapping[str, str]) -> float:
    """Tell the measured seconds of a step of an MPT row."""
    tokens = int(row["global_batch"]) * int(row["sequence"]) / int(row["gpus"])
    return tokens / float(row["tokens_per_second_per_gpu"])


def _with(base: Profile, names: tuple[str, ...], values: Floats) -> Profile:
    fields: dict[str, float] = dict(zip(names, map(float, values), strict=True))
    return replace(base, **fields)  # type: ignore[arg-type]  # the names are those of numbers


def _run(item: Measured) -> PreparedRun:
    if item.run is None:
        raise LookupError("a refused layout has no run")
    return item.run


def _seconds(item: Measured) -> float:
    if item.seconds is None:
        raise LookupError("this layout was not timed")
    return item.seconds


def _memory(run: PreparedRun) -> MemoryParts:
    return run_memory(run)


def fits(run: PreparedRun) -> bool:
    """Tell whether the fullest stage fits."""
    return bool(_memory(run).total.max() <= run.cluster.accelerator.usable_memory_gib)


def _best(work: Callable[[], object], times: int = 5) -> float:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return min(took)


if __name__ == "__main__":
    main()
