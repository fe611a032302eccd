"""Whatever is asked: the invariants hold and nothing but PlanningError comes out."""

import contextlib

import numpy as np

from app.planning.errors import NotSolved, PlanningError
from app.planning.plans.plan import plan
from app.planning.plans.request import OnShortage, PlanRequest
from app.planning.plans.solve import solve
from app.planning.solving import largest_budget
from app.planning.solving.problem import state
from tests.planning import invariants, problems

PROBLEMS = 10_000


def test_plans_keep_their_invariants() -> None:
    rng = np.random.default_rng(17)
    for _ in range(PROBLEMS):
        request = problems.request(rng)
        with contextlib.suppress(PlanningError):
            invariants.assert_plan(request, plan(request))


def test_solved_plans_keep_their_invariants() -> None:
    rng = np.random.default_rng(19)
    feasible = 0
    for _ in range(PROBLEMS):
        request = problems.request(rng)
        try:
            found = solve(request, with_prices=rng.random() < 0.3)
        except NotSolved:
            raise
        except PlanningError:
            continue
        invariants.assert_solved(request, found)
        feasible += found.feasible
    assert PROBLEMS / 10 < feasible < PROBLEMS * 9 / 10


def test_the_largest_budget_is_exact_where_floats_are_not() -> None:
    budget = 9_191_411_552_703_067
    assert largest_budget.find(state([1, 1], caps=[1.0, 1.0]), budget) == budget


def test_the_same_request_gets_the_same_answer() -> None:
    rng = np.random.default_rng(23)
    for _ in range(30):
        request = problems.request(rng)
        with contextlib.suppress(PlanningError):
            assert plan(request) == plan(request)


def test_respread_and_solver_agree_where_only_components_are_limited() -> None:
    """Water-filling is the projection onto bounds; to one token per component."""
    rng = np.random.default_rng(29)
    compared = 0
    for _ in range(300):
        drawn = problems.request(rng)
        request = PlanRequest(
            drawn.token_budget,
            drawn.components,
            drawn.scheme,
            on_shortage=OnShortage.RESPREAD,
        )
        try:
            spread, solved = plan(request), solve(request, with_prices=False)
        except PlanningError:
            continue
        if spread.applied == "respread" and spread.feasible and solved.feasible:
            compared += 1
            slack = 2 + 1e-8 * request.token_budget
            for one, other in zip(spread.components, solved.plan.components, strict=True):
                assert abs(one.tokens - other.tokens) <= slack
    assert compared > 15
