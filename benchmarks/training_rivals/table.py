"""BLOOM-176B as published, as we compute it, and as other tools that install from an index do."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.compute.estimating.estimate import Assumptions, estimate
from app.compute.timing.efficiency import Efficiency
from app.compute.timing.ramp import BatchRamp
from app.training import presets

PROGRAM = Path(".venv-bench/bin/python")
ASKED = Path(__file__).with_name("asked.py")
ASK_SECONDS = 300
PARAMETERS, STEP_SECONDS, GPU_HOURS = 176_247_271_424, 104.7, 1_082_990
# What nvidia-smi showed in the sweep for the same sizes with 64 and with 128 heads; BLOOM has 112.
MEMORY_GIB = 59.5
RAMP = BatchRamp(start=192, increment=16, sequences=9_765_625)
NOT_HERE = "calflops, accelerate estimate-memory, hf-vram-calc: need PyTorch, and know no layout"


@dataclass(frozen=True)
class Line:
    """One tool's answer; None where it has none."""

    name: str
    parameters: float | None = None
    memory_gib: float | None = None
    step_seconds: float | None = None
    gpu_hours: float | None = None
    note: str = ""


def published() -> Line:
    """Return what the model card, the logs and the paper say."""
    return Line("published", PARAMETERS, MEMORY_GIB, STEP_SECONDS, GPU_HOURS, "hours are paid ones")


def ours() -> Iterator[Line]:
    """Yield our answers: told the rate as the others are, told nothing, told what was printed."""
    run = presets.runs()["bloom-176b"]
    if run.layout is None:
        return
    shape = presets.models()[run.model].shape
    plain = Assumptions(Efficiency(hfu_tflops=150))
    for name, assumed, note in (
        ("ours, told 150 TFLOP/s", plain, "compute hours"),
        ("ours, and the batch ramp", replace(plain, ramp=RAMP), "the ramp of the logs"),
        ("ours, told nothing", Assumptions(ramp=RAMP), "step by a fitted profile, with the ramp"),
        (
            "ours, step and goodput",
            replace(plain, efficiency=Efficiency(step_seconds=STEP_SECONDS), goodput=run.goodput),
            "goodput is taken from the very hours: no prediction",
        ),
    ):
        found = estimate(shape, run.cluster(), run.layout, tokens=run.tokens, assumptions=assumed)
        yield Line(
            name,
            found.params.total,
            found.memory.max_gib,
            found.time.step_seconds,
            found.gpu_hours.with_goodput,
            note,
        )


def rivals() -> Iterator[Line]:
    """Yield the answers of the other tools, or why there are none."""
    if not PROGRAM.exists():
        yield Line("others", note="run `make bench`, which installs them")
        return
    done = subprocess.run(
        [PROGRAM, ASKED], capture_output=True, text=True, timeout=ASK_SECONDS, check=False
    )
    if done.returncode:
        yield Line("others", note=done.stderr.strip().splitlines()[-1][:120])
        return
    said: Mapping[str, Any] = json.loads(done.stdout)
    for name, answer in said.items():
        if "error" in answer:
            yield Line(name, note=answer["error"])
        else:
            yield from _lines(f"{name} {answer['version']}", answer["answers"])


def _lines(name: str, found: Mapping[str, Any]) -> Iterator[Line]:
    if "zero2_gib" in found:
        yield Line(f"{name}, ZeRO 2", memory_gib=found["zero2_gib"], note="pure data parallel")
        yield Line(f"{name}, ZeRO 3", memory_gib=found["zero3_gib"], note="states alone")
    elif "num_gpus" in found:
        note = f"says {found['num_gpus']} cards are enough"
        yield Line(name, memory_gib=found["memory_per_gpu_gb"], note=note)
    elif "whole" in found:
        note = f"{float(found['whole']) / 2**40:.2f} TiB in all, no layout"
        yield Line(name, parameters=found["parameters"], note=note)
    else:
        names = ("parameters", "memory_gib", "step_seconds", "gpu_hours")
        yield Line(name, **{key: found[key] for key in names}, note="told 150 TFLOP/s, ZeRO 1")


def table() -> str:
    """Return everything side by side, each number with its difference from the published one."""
    truth = published()
    lines = [
        "BLOOM-176B on 384 A100 80 GB: TP 4, PP 12, DP 8, micro-batch 2, 366 B tokens",
        f"{'':26} {'parameters':>24} {'GiB of a GPU':>16} {'s per step':>16} {'GPU-hours':>20}",
    ]
    for one in (truth, *ours(), *rivals()):
        cells = (
            _cell(one.parameters, truth.parameters, 0, 24),
            _cell(one.memory_gib, truth.memory_gib, 1, 16),
            _cell(one.step_seconds, truth.step_seconds, 2, 16),
            _cell(one.gpu_hours, truth.gpu_hours, 0, 20),
        )
        lines.append(f"{one.name:26} {' '.join(cells)}  {one.note}".rstrip())
    return "\n".join([*lines, NOT_HERE]) + "\n"


def _cell(value: float | None, truth: float | None, digits: int, width: int) -> str:
    if value is None:
        return f"{'–':>{width}}"
    shown = f"{value:,.{digits}f}"
    if truth and value != truth:
        shown += f" {100 * (value / truth - 1):+.1f}%"
    return f"{shown:>{width}}"


if __name__ == "__main__":
    print(table())
