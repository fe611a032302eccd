"""
How fast and how right the planning numerics are, against cvxpy with Clarabel in the same run.

`python -m benchmarks.planning` prints one row per target. Times are processor time, since other
work on the machine is no property of this code; on an idle one they are what a clock shows.
"""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from app.planning.errors import PlanningError
from app.planning.plans.plan import plan
from app.planning.plans.request import Component, Group, PlanRequest
from app.planning.plans.solve import solve
from app.planning.sampling import apportionment
from app.planning.solving import shadow_prices, solver
from app.planning.solving.conflicts import Conflict
from app.planning.solving.problem import ConstraintKind, Problem, Row, state
from app.planning.solving.solver import Solution
from app.planning.supply import uncertainty
from tests.planning import invariants, problems, referee

SEED = 20_261_124
PROBLEMS = 1_000
REQUESTS = 10_000
CONFLICTS = 100


@dataclass(frozen=True)
class Measured:
    """One line of the table: what was measured, and what it must reach."""

    what: str
    value: float
    unit: str
    target: str
    is_met: bool


def milliseconds(task: Callable[[], object], *, repeats: int = 7) -> float:
    """Return the median processor time of a task after one warm-up."""
    task()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        task()
        times.append((time.process_time() - start) * 1e3)
    return statistics.median(times)


def at_most(what: str, value: float, unit: str, limit: float) -> Measured:
    """Judge a number that must not exceed a limit."""
    return Measured(what, value, unit, f"<= {limit:g} {unit}".strip(), value <= limit)


def at_least(what: str, value: float, unit: str, limit: float) -> Measured:
    """Judge a number that must reach a limit."""
    return Measured(what, value, unit, f">= {limit:g} {unit}".strip(), value >= limit)


def told(what: str, value: float, unit: str) -> Measured:
    """Report a number without a target."""
    return Measured(what, value, unit, "", is_met=True)


def run() -> list[Measured]:
    """Measure everything; about two minutes on two shared cores."""
    return [
        *same_optimum(),
        *solver_speed("20 components, 10 limits", 20, 10, limit=5, count=60),
        *solver_speed("2,000 components, 50 limits", 2_000, 50, limit=50, count=6),
        *contradictions(),
        *vector_work(),
        *plans(),
        *random_requests(),
    ]


def same_optimum() -> list[Measured]:
    """Solve random problems by both and compare the divergence from the target."""
    rng = np.random.default_rng(SEED)
    drawn = [
        problems.feasible(rng, int(rng.integers(3, 21)), int(rng.integers(0, 11)))
        for _ in range(PROBLEMS)
    ]
    start = time.process_time()
    found = [solver.solve(problem) for problem in drawn]
    middle = time.process_time()
    quick = [referee.optimum(problem, (1e-8,)) for problem in drawn]
    end = time.process_time()
    gaps, unjudged = [], 0
    for problem, ours, first in zip(drawn, found, quick, strict=True):
        verdict = referee.optimum(problem) or first
        if verdict is None or not isinstance(ours, Solution):
            unjudged += 1
        else:
            gaps.append(abs(ours.divergence - verdict.divergence))
    return [
        at_most(
            f"{PROBLEMS:,} random problems: largest difference to Clarabel", max(gaps), "", 1e-6
        ),
        at_most("of these without a verdict of the referee", unjudged, "", 5),
        at_least(
            "of these: times faster than cvxpy + Clarabel",
            (end - middle) / (middle - start),
            "x",
            10,
        ),
    ]


def solver_speed(name: str, size: int, rows: int, *, limit: float, count: int) -> list[Measured]:
    """Time problems of one size by both."""
    rng = np.random.default_rng(SEED + size)
    drawn = [problems.feasible(rng, size, rows, evenness=3.0) for _ in range(count)]
    ours = [milliseconds(partial(solver.solve, problem), repeats=5) for problem in drawn]
    theirs = [
        milliseconds(partial(referee.optimum, problem, (1e-8,)), repeats=1)
        for problem in drawn[: max(count // 4, 3)]
    ]
    middle, worst = statistics.median(ours), max(ours)
    return [
        at_most(f"{name}: median", middle, "ms", limit),
        at_most(f"{name}: slowest of {count}", worst, "ms", limit),
        at_least(
            f"{name}: times faster than cvxpy + Clarabel",
            statistics.median(theirs) / middle,
            "x",
            10,
        ),
    ]


def contradictions() -> list[Measured]:
    """Time the search for irreducible sets, and count what it finds."""
    rng = np.random.default_rng(SEED)
    times: list[float] = []
    sizes: list[int] = []
    proven = 0
    while len(times) < CONFLICTS:
        problem = problems.any_kind(rng, 20, 10)
        if problem.crossed.any():
            continue  # two bounds of one component: seen without a search
        start = time.process_time()
        found = solver.solve(problem)
        if isinstance(found, Conflict):
            times.append((time.process_time() - start) * 1e3)
            sizes.append(len(found.remedies))
            proven += found.is_irreducible
    rows = [
        told(
            "contradiction among 20 components, 10 limits: median", statistics.median(times), "ms"
        ),
        told(f"the same, slowest of {CONFLICTS}", max(times), "ms"),
        at_least("the same, proven irreducible", proven, "", CONFLICTS),
        told("the same, limits named: median", statistics.median(sizes), ""),
    ]
    for name, problem in large_contradictions():
        found = solver.solve(problem)
        spent = milliseconds(partial(solver.solve, problem), repeats=1)
        named = len(found.remedies) if isinstance(found, Conflict) else 0
        rows.append(told(f"2,000 components, {name} ({named} named)", spent, "ms"))
    return rows


def large_contradictions() -> list[tuple[str, Problem]]:
    """Build the contradictions that take longest."""
    rng = np.random.default_rng(SEED)
    target = rng.dirichlet(np.ones(2_000))
    half = rng.integers(0, 2, 2_000).astype(np.float64)
    most = [
        Row(ConstraintKind.GROUP_MIN, half, 0.6),
        Row(ConstraintKind.GROUP_MIN, 1 - half, 0.6),
    ]
    cost = [Row(ConstraintKind.COST_CEILING, rng.uniform(0, 100, 2_000), 10.0)]
    return [
        ("two shares beyond one", state(target, rows=most)),
        ("all caps too low", state(target, caps=target / 2)),
        ("least ratios too high", state(target, min_ratio=target * 2)),
        ("caps against a cost ceiling", state(target, caps=target * 1.5, rows=cost)),
    ]


def vector_work() -> list[Measured]:
    """Time intervals and apportionment."""
    rng = np.random.default_rng(SEED)
    mid = rng.integers(10**9, 10**12, 500)
    low, high = (mid * 3 // 5).tolist(), (mid * 17 // 10).tolist()
    tokens, limits = rng.integers(10**9, 10**12, 500).tolist(), [4.0] * 500

    def intervals() -> object:
        return uncertainty.spread(uncertainty.estimates(low, mid.tolist(), high), tokens, limits)

    weights = rng.random(5_000).tolist()
    unique = rng.integers(1, 10**12, 5_000).tolist()
    budget = sum(unique) * 3

    def share() -> object:
        return apportionment.allocate_tokens(unique, weights, [4] * 5_000, budget=budget)

    handed = sum(apportionment.largest_remainder(weights, 10**15))
    return [
        at_most("intervals of 500 components", milliseconds(intervals), "ms", 20),
        told("5,000 capped components, water-filled to the token", milliseconds(share), "ms"),
        at_most("5,000 components, 10^15 tokens: tokens lost", abs(handed - 10**15), "", 0),
    ]


def plans() -> list[Measured]:
    """Time whole plans as one edit of the composer needs them."""
    rng = np.random.default_rng(SEED)
    rows = []
    for count in (200, 500):
        request = draft(rng, count)
        found = solver_of(request)
        rows += [
            told(
                f"plan of {count} components, 7 groups",
                milliseconds(partial(plan, request)),
                "ms",
            ),
            told(
                f"the same, solved with {found} prices",
                milliseconds(partial(solve, request)),
                "ms",
            ),
        ]
    problem = problems.feasible(rng, 20, 10)
    solution = solver.solve(problem)
    if isinstance(solution, Solution):
        rows.append(
            told(
                f"what {len(solution.prices)} binding limits cost, 20 components",
                milliseconds(partial(shadow_prices.ask, problem, solution)),
                "ms",
            )
        )
    return rows


def draft(rng: np.random.Generator, count: int) -> PlanRequest:
    """Make a draft as large as a team's, of which some components are short."""
    components = tuple(
        Component(
            f"c{index}",
            int(rng.integers(10**9, 10**12)),
            float(rng.choice([0.5, 1, 2, 3.7])),
            4,
            tags={
                "language": str(rng.choice(["en", "zh", "de"])),
                "category": str(rng.choice(list("abcdef"))),
            },
        )
        for index in range(count)
    )
    groups = (
        Group("Chinese", "language", "zh", min_share=0.35),
        *(Group(value, "category", value, max_share=0.25) for value in "abcdef"),
    )
    return PlanRequest(count * 25 * 10**10, components, groups=groups)


def solver_of(request: PlanRequest) -> int:
    """Return how many limits the solver prices."""
    return len(solve(request).shadow_prices)


def random_requests() -> list[Measured]:
    """Plan and solve requests of every kind; count what escapes and what fails an invariant."""
    rng = np.random.default_rng(SEED)
    outcomes: Counter[str] = Counter()
    start = time.process_time()
    for _ in range(REQUESTS):
        outcomes[one_request(problems.request(rng))] += 1
    spent = time.process_time() - start
    wrong = sum(count for name, count in outcomes.items() if name.startswith("escaped"))
    return [
        at_most(f"{REQUESTS:,} random requests: exceptions and broken invariants", wrong, "", 0),
        told("of these feasible", outcomes["feasible"], ""),
        told("of these contradictory", outcomes["contradictory"], ""),
        told("of these refused with a PlanningError", outcomes["refused"], ""),
        told("of these, time each", spent / REQUESTS * 1e3, "ms"),
    ]


def one_request(request: PlanRequest) -> str:
    """Plan and solve one request and check both answers."""
    try:
        invariants.assert_plan(request, plan(request))
        found = solve(request, with_prices=False)
        invariants.assert_solved(request, found)
    except PlanningError:
        return "refused"
    except Exception as error:  # noqa: BLE001  counting what should never come is the point
        return f"escaped {error!r}"
    return "feasible" if found.feasible else "contradictory"


def table(rows: Sequence[Measured]) -> str:
    """Lay the rows out for a terminal."""
    width = max(len(row.what) for row in rows)
    return "\n".join(
        f"{row.what:<{width}}  {row.value:>12.4g} {row.unit:<7} "
        f"{row.target:<14} {'' if not row.target else 'ok' if row.is_met else 'MISSED'}"
        for row in rows
    )


if __name__ == "__main__":
    print(table(run()))
