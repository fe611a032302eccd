"""What every format has to show: a plan comes back, shares hold, files stay as they are."""

import math
import os
import time
from pathlib import Path

import pytest

from app.trainers.kit import arithmetic, placing
from app.trainers.kit.findings import Severity
from app.trainers.kit.outputs import Format
from app.trainers.kit.plan import Plan
from tests.trainers import plans

GOLDEN = Path(__file__).parent / "golden"
PLANS = 2_000
MOST_SECONDS = 0.05


def check_random_plans(trainer: Format, *, resolution: float = 1e-9) -> float:
    """Check 2,000 random plans; return the most of the bound that one of them used."""
    return max(
        check_plan(trainer, plans.random_plan(seed), resolution=resolution) for seed in range(PLANS)
    )


def check_plan(trainer: Format, plan: Plan, *, resolution: float = 1e-9) -> float:
    """
    Check that a plan comes back from its files, and that the framework draws what it asks for.

    Returns the most of the error bound that a dataset used: above 1 it is broken.
    """
    texts = trainer.write(plan).texts()
    sizes = placing.sizes_of(plan)
    reading = trainer.read(texts)
    errors = [one.english() for one in reading.findings if one.severity is Severity.ERROR]
    assert not errors
    realised = trainer.realised_shares(texts, sizes)
    assert len(reading.phases) == len(realised) == len(plan.phases)
    used = 0.0
    for read, shares, phase in zip(reading.phases, realised, plan.phases, strict=True):
        wanted = {one.name: one.ratio for one in phase.drawn}
        assert arithmetic.token_shares(read, sizes) == pytest.approx(wanted, abs=resolution)
        bound = trainer.error_bound(phase, plan.settings)
        for name, ratio in wanted.items():
            off = abs(shares.get(name, 0.0) - ratio)
            assert off <= bound, (name, off, bound)
            used = max(used, off / bound)
        assert math.isclose(sum(shares.values()), 1, abs_tol=1e-9)
    return used


def check_golden(trainer: Format, name: str) -> None:
    """Check the files of a recipe against those that somebody has read."""
    folder = GOLDEN / trainer.id / name
    written = trainer.write(plans.recipes()[name])
    if os.environ.get("PEIBI_WRITE_GOLDEN"):
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for file in written.files:
            (folder / file.name).write_text(file.text)
    kept = {path.name: path.read_text() for path in folder.iterdir()}
    assert written.texts() == kept


def check_speed(trainer: Format) -> None:
    """Check that 1,000 components are written fast: CPU time, the best of five."""
    plan = large_plan()
    assert min(_seconds(trainer, plan) for _try in range(5)) < MOST_SECONDS


def check_placeholders(trainer: Format) -> None:
    """Check that datasets without a location are named, and come back by their names."""
    plan = plans.without_locations(plans.two_phases())
    written = trainer.write(plan)
    assert "missing_location" in {one.code for one in written.findings}
    reading = trainer.read(written.texts())
    errors = {one.code for one in reading.findings if one.severity is Severity.ERROR}
    assert errors == {"placeholder"}
    assert [one.name for one in reading.phases[0].components] == ["web", "code"]


def large_plan() -> Plan:
    """Return a plan of 1,000 components."""
    weights = {f"set-{place}": float(1 + place % 17) for place in range(1_000)}
    return plans.make_plan(plans.make_phase("Main", weights, 10**12))


def _seconds(trainer: Format, plan: Plan) -> float:
    start = time.thread_time()
    trainer.write(plan)
    return time.thread_time() - start
