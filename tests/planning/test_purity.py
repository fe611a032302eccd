"""The planning modules import nothing that acts, and HiGHS only when a contradiction needs it."""

import json
import pkgutil
import subprocess
import sys

import app.planning

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(app.planning.__path__, "app.planning.")
)
IMPORT_ALL = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
from app.planning.plans.request import Component, PlanRequest
from app.planning.plans.plan import plan
from app.planning.plans.solve import solve
plan(PlanRequest(100, (Component("a", 10, max_epochs=4), Component("b", 100))))
found = solve(PlanRequest(100, (Component("a", 10, max_epochs=4), Component("b", 100))))
assert found.feasible
before = sorted(sys.modules)
found = solve(PlanRequest(100, (Component("a", 10, max_epochs=4),)))
assert found.conflict
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(json.dumps({"before": before, "after": sorted(sys.modules), "peak_kib": peak}))
"""


def loaded() -> dict[str, object]:
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, json.dumps(MODULES)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_highs_is_loaded_for_contradictions_only_and_nothing_that_acts_ever() -> None:
    found = loaded()
    before, after = set(found["before"]), set(found["after"])  # type: ignore[call-overload]
    assert "highspy" not in before
    assert "highspy" in after
    # SciPy would bring HiGHS as well, and 40 MB.
    for name in (
        "scipy",
        "sqlalchemy",
        "fastapi",
        "starlette",
        "psycopg",
        "jinja2",
        "cvxpy",
        "clarabel",
    ):
        assert name not in after
    # The whole web process has 200 MB; planning takes a third.
    assert int(str(found["peak_kib"])) < 75 * 1024
