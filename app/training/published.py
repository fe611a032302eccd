"""What was published beside what we compute: runs, models, ZeRO's table, two measured tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import yaml

from app.compute.estimating.estimate import Assumptions, estimate
from app.compute.estimating.results import Estimate
from app.compute.model.parameters import count_parameters
from app.compute.model.states import bytes_per_parameter, state_bytes
from app.compute.timing.efficiency import Efficiency
from app.compute.units import GB
from app.training import presets
from app.training.presets import PublishedRun
from app.web.i18n import later

TRILLION = 1e12
QUANTITIES: Mapping[str, str] = {
    "parameters": later("Parameters"),
    "step_seconds": later("Seconds per step"),
    "predicted_step_seconds": later("Seconds per step, predicted by the profile"),
    "hardware_tflops_per_gpu": later("Hardware TFLOP/s per GPU"),
    "mfu_percent": later("MFU, %"),
    "hfu_percent": later("HFU, %"),
    "tokens_per_second": later("Tokens per second"),
    "days_per_trillion": later("Days per 1T tokens"),
    "gpu_hours": later("GPU-hours"),
    "energy_kwh": later("Energy, kWh"),
    "co2_t": later("CO2, t"),
    "checkpoint_gib": later("Full checkpoint, GiB"),
}


@dataclass(frozen=True)
class Compared:
    """A quantity: what was printed, what we compute, and what our value rests on."""

    name: str
    published: float
    ours: float
    kind: str

    @property
    def difference(self) -> float:
        """Ours over published, less 1."""
        return self.ours / self.published - 1


@dataclass(frozen=True)
class RunCompared:
    """A published run with its quantities."""

    run: PublishedRun
    rows: Sequence[Compared]


@dataclass(frozen=True)
class ModelCompared:
    """A model's printed parameters beside the counted ones."""

    id: str
    name: str
    published: float
    ours: int
    is_exact: bool


@dataclass(frozen=True)
class ZeroRow:
    """A row of ZeRO's table: printed and computed GB for each number of GPUs."""

    parameters: float
    stage: int
    cells: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class ZeroTable:
    """ZeRO's table with its source and its columns."""

    source: str
    ranks: Sequence[int]
    rows: Sequence[ZeroRow]


@cache
def compare_runs() -> tuple[RunCompared, ...]:
    """Compare every published run whose layout is known."""
    return tuple(
        RunCompared(run, tuple(_rows(run, _estimate(run))))
        for run in presets.runs().values()
        if run.layout is not None
    )


@cache
def compare_models() -> tuple[ModelCompared, ...]:
    """Compare the parameters of every model that prints them."""
    found = []
    for model in presets.models().values():
        ours = count_parameters(model.shape).total
        if model.parameters is not None:
            found.append(ModelCompared(model.id, model.name, model.parameters, ours, is_exact=True))
        elif model.published_b is not None:
            found.append(
                ModelCompared(model.id, model.name, model.published_b * 1e9, ours, is_exact=False)
            )
    return tuple(found)


@cache
def zero_table() -> ZeroTable:
    """
    Compute ZeRO's table of model states.

    Examples
    --------
    >>> [round(ours, 1) for _, ours in zero_table().rows[0].cells]
    [120.0, 52.5, 35.6, 31.4, 30.4, 30.1]
    """
    with (presets.DATA / "zero.yaml").open(encoding="utf-8") as file:
        stored = yaml.safe_load(file)
    rows = []
    for row in stored["rows"]:
        states = state_bytes("adam", zero=row["stage"])
        cells = [
            (printed, row["parameters"] * float(bytes_per_parameter(states, float(ranks))) / GB)
            for ranks, printed in zip(stored["ranks"], row["printed_gb"], strict=True)
        ]
        rows.append(ZeroRow(row["parameters"], row["stage"], cells))
    return ZeroTable(stored["source"], stored["ranks"], rows)


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """
    Tell how well two orders agree, from -1 to 1 (Spearman); ties share their rank.

    Examples
    --------
    >>> rank_correlation([1, 2, 3], [10, 20, 30]), rank_correlation([1, 2, 3], [3, 2, 1])
    (1.0, -1.0)
    """
    ranks = [_ranks(values) for values in (first, second)]
    return round(float(np.corrcoef(ranks[0], ranks[1])[0, 1]), 12)


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [
        (ordered.index(value) + len(ordered) - 1 - ordered[::-1].index(value)) / 2
        for value in values
    ]


def _estimate(run: PublishedRun) -> Estimate:
    if run.layout is None:
        raise LookupError(run.id)
    given = Efficiency()
    if run.step_seconds is not None:
        given = Efficiency(step_seconds=run.step_seconds)
    elif run.hfu_tflops is not None:
        given = Efficiency(hfu_tflops=run.hfu_tflops)
    return estimate(
        presets.models()[run.model].shape,
        run.cluster(),
        run.layout,
        tokens=run.tokens,
        assumptions=Assumptions(
            given,
            goodput=run.goodput,
            grid_g_per_kwh=run.grid_g_per_kwh,
            convention=run.convention,
        ),
    )


def _rows(run: PublishedRun, found: Estimate) -> Iterator[Compared]:
    printed = run.published
    from_goodput = "calibrated" if run.goodput is not None else "formula"
    ours = {
        "parameters": (found.params.total, "formula"),
        "step_seconds": (found.time.step_seconds, "measured"),
        "hardware_tflops_per_gpu": (
            found.utilisation.hardware_tflops_per_gpu,
            "formula" if run.step_seconds is not None else "measured",
        ),
        "mfu_percent": (100 * found.utilisation.mfu, "formula"),
        "hfu_percent": (100 * found.utilisation.hfu, "formula"),
        "tokens_per_second": (found.time.tokens_per_second, "formula"),
        "days_per_trillion": (TRILLION / found.time.tokens_per_second / 86_400, "formula"),
        "gpu_hours": (found.gpu_hours.with_goodput, from_goodput),
        "energy_kwh": (found.energy_kwh, from_goodput),
        "co2_t": (found.co2_t, from_goodput),
        "checkpoint_gib": (found.checkpoint_gib, "formula"),
    }
    for name, (value, kind) in ours.items():
        if name in printed and value is not None:
            yield Compared(name, printed[name], float(value), kind)
    if run.step_seconds is not None or run.hfu_tflops is not None:
        measured = found.time.step_seconds
        kind = "calibrated" if _is_fitted(found) else "assumed"
        yield Compared("predicted_step_seconds", measured, found.time.predicted.total, kind)


def _is_fitted(found: Estimate) -> bool:
    return found.time.profile != "megatron_core"
