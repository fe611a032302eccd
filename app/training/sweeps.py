"""Two published tables of measured runs beside what we predict: BLOOM layouts, MPT throughput."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from app.compute.errors import ComputeError
from app.compute.estimating.estimate import Assumptions, estimate
from app.compute.estimating.prepared import PreparedRun, predict_step, prepare_run, run_memory
from app.compute.hardware.machines import Cluster
from app.compute.layout.layouts import Layout
from app.compute.model.shapes import ModelShape, gpt
from app.compute.timing.efficiency import Efficiency
from app.training import presets
from app.training.published import rank_correlation

BLOOM_VOCAB, MPT_VOCAB = 250_880, 50_368
JEAN_ZAY_GB_S = 50.0
MPT_GB_S = {"a100-sxm-80gb": 200.0, "a100-sxm-40gb": 200.0, "h100-sxm": 400.0}
SMALLEST_GROUP = 3
# The source says of this size that it failed while a slightly smaller one had room.
NEAR_THE_LIMIT = "206B"


@dataclass(frozen=True)
class Sweep:
    """
    A measured layout beside our prediction; None where it did not run, or where we refuse it.

    Attributes
    ----------
    size, day, layout : str
    outcome : {"ran", "oom"}
    measured_seconds, predicted_seconds : float or None
    measured_gb, predicted_gib : float or None
    fits : bool
        Whether we say that it fits.
    """

    size: str
    day: str
    layout: str
    outcome: str
    measured_seconds: float | None
    predicted_seconds: float | None
    measured_gb: float | None
    predicted_gib: float | None
    fits: bool

    @property
    def is_right(self) -> bool:
        """Whether it ran and we say so, or ran out of memory and we say so."""
        return (self.outcome == "ran") == self.fits

    @property
    def error(self) -> float | None:
        """Predicted over measured step, less 1."""
        if self.measured_seconds is None or self.predicted_seconds is None:
            return None
        return self.predicted_seconds / self.measured_seconds - 1


@dataclass(frozen=True)
class Group:
    """How well the order of one size's layouts is predicted."""

    size: str
    count: int
    correlation: float
    mean_error: float


@dataclass(frozen=True)
class BloomSweep:
    """All rows, the sizes with enough of them, and how the memory verdicts stand."""

    rows: Sequence[Sweep]
    groups: Sequence[Group]
    mean_error: float
    refused: int
    lost: int
    caught: int


@dataclass(frozen=True)
class MptTable:
    """The MPT rows: how many, and the worst difference of MFU and of the predicted step."""

    count: int
    worst_mfu: float
    mean_step_error: float


@cache
def bloom_sweep() -> BloomSweep:
    """Predict every layout of the BigScience sweep."""
    rows = tuple(_sweep(row) for row in presets.bloom_layouts())
    errors = [abs(row.error) for row in rows if row.error is not None]
    lost = [row for row in rows if row.outcome == "oom" and row.size != NEAR_THE_LIMIT]
    return BloomSweep(
        rows=rows,
        groups=_groups(rows),
        mean_error=sum(errors) / len(errors),
        refused=sum(row.outcome == "ran" and not row.fits for row in rows),
        lost=len(lost),
        caught=sum(not row.fits for row in lost),
    )


@cache
def mpt_table() -> MptTable:
    """Compute the MFU of every MPT row at its measured step, and predict the step."""
    worst, errors = 0.0, []
    for row in presets.mpt_throughput():
        found, seconds = _mpt(row)
        worst = max(worst, abs(100 * found[0] / float(row["mfu_percent"]) - 1))
        errors.append(abs(found[1] / seconds - 1))
    return MptTable(len(errors), worst, sum(errors) / len(errors))


def _groups(rows: Sequence[Sweep]) -> list[Group]:
    found = []
    for size in sorted({row.size for row in rows}):
        timed = [row for row in rows if row.size == size and row.error is not None]
        if len(timed) < SMALLEST_GROUP:
            continue
        found.append(
            Group(
                size=size,
                count=len(timed),
                correlation=rank_correlation(
                    [row.predicted_seconds or 0 for row in timed],
                    [row.measured_seconds or 0 for row in timed],
                ),
                mean_error=sum(abs(row.error or 0) for row in timed) / len(timed),
            )
        )
    return found


def _sweep(row: Mapping[str, str]) -> Sweep:
    layout = Layout(
        tp=int(row["tp"]),
        pp=int(row["pp"]),
        dp=int(row["dp"]),
        micro_batch=int(row["micro_batch"]),
        global_batch=int(row["global_batch"]),
        recompute="full",
        optimizer=row["optimizer"],
        precision="fp16" if row["optimizer"] == "deepspeed" else "bf16",
    )
    run = _prepare(_bloom_shape(row), layout)
    peak = None if run is None else float(run_memory(run).total.max())
    usable = presets.accelerators()["a100-sxm-80gb"].device.usable_memory_gib
    return Sweep(
        size=row["size"],
        day=row["day"],
        layout=f"TP {layout.tp} · PP {layout.pp} · DP {layout.dp} · MBS {layout.micro_batch}",
        outcome=row["outcome"],
        measured_seconds=float(row["step_seconds"]) if row["step_seconds"] else None,
        predicted_seconds=None if run is None else predict_step(run).total,
        measured_gb=float(row["memory_gb"]) if row["memory_gb"] else None,
        predicted_gib=peak,
        fits=peak is not None and peak <= usable,
    )


def _prepare(shape: ModelShape, layout: Layout) -> PreparedRun | None:
    device = presets.accelerators()["a100-sxm-80gb"].device
    cluster = Cluster(device, layout.gpus, network_gb_s=JEAN_ZAY_GB_S)
    try:
        return prepare_run(shape, cluster, layout)
    except ComputeError:
        return None


def _mpt(row: Mapping[str, str]) -> tuple[tuple[float, float], float]:
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
    tokens = int(row["global_batch"]) * int(row["sequence"]) / int(row["gpus"])
    seconds = tokens / float(row["tokens_per_second_per_gpu"])
    found = estimate(
        shape,
        Cluster(device, layout.gpus, network_gb_s=MPT_GB_S[name]),
        layout,
        tokens=1e9,
        assumptions=Assumptions(Efficiency(step_seconds=seconds)),
    )
    return (found.utilisation.mfu, found.time.predicted.total), seconds


def _bloom_shape(row: Mapping[str, str]) -> ModelShape:
    return gpt(
        layers=int(row["layers"]),
        hidden=int(row["hidden"]),
        heads=int(row["heads"]),
        vocab=BLOOM_VOCAB,
        positions="alibi",
        embedding_norm=True,
    )
