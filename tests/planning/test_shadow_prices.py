"""Relaxing a limit a step: for every kind, the answer agrees with solving from scratch."""

import numpy as np
import pytest

from app.planning.solving import selection, shadow_prices, solver
from app.planning.solving.problem import Constraint, ConstraintKind, Row, state
from app.planning.solving.solver import Solution
from tests.planning import problems


def test_relaxing_never_moves_away_from_the_target() -> None:
    rng = np.random.default_rng(2)
    kinds = set()
    for _ in range(60):
        problem = problems.feasible(rng, 10, 4)
        found = solver.solve(problem)
        assert isinstance(found, Solution)
        for price in shadow_prices.ask(problem, found):
            kinds.add(price.constraint.kind)
            assert price.price > 0
            assert price.relaxed_divergence <= price.divergence + 1e-9
            relaxed, bound = shadow_prices.relax(problem, price.constraint)
            again = solver.solve(relaxed)
            assert isinstance(again, Solution)
            assert again.divergence == pytest.approx(price.relaxed_divergence, abs=1e-8)
            assert bound == price.relaxed_bound
            # The price bounds what a finite step can gain, since the optimum is convex.
            gained = price.divergence - price.relaxed_divergence
            if bound is not None:
                assert gained <= price.price * abs(bound - price.bound) * (1 + 1e-5) + 1e-8
    assert kinds >= {
        ConstraintKind.MAX_EPOCHS,
        ConstraintKind.GROUP_MIN,
        ConstraintKind.GROUP_MAX,
        ConstraintKind.COST_CEILING,
        ConstraintKind.UNIQUE_FLOOR,
    }


def test_the_most_helpful_comes_first_and_few_are_asked() -> None:
    rng = np.random.default_rng(4)
    problem = problems.feasible(rng, 40, 6)
    found = solver.solve(problem)
    assert isinstance(found, Solution)
    assert len(found.prices) > 5
    asked = shadow_prices.ask(problem, found, most=5)
    assert len(asked) == 5
    divergences = [price.relaxed_divergence for price in asked]
    assert divergences == sorted(divergences)


def test_a_lock_is_lifted_whole() -> None:
    rows = [Row(ConstraintKind.GROUP_MIN, np.array([1.0, 0, 0]), 0.6)]
    problem = state([0.5, 0.3, 0.2], locked=[False, True, False], rows=rows)
    found = solver.solve(problem)
    assert isinstance(found, Solution)
    prices = {price.constraint: price for price in shadow_prices.ask(problem, found)}
    lock = prices[Constraint(ConstraintKind.LOCKED, 1)]
    assert lock.relaxed_bound is None
    assert lock.share == pytest.approx(0.3)
    assert lock.relaxed_share == pytest.approx(0.24)


@pytest.mark.parametrize(
    ("kind", "index", "bound"),
    [
        (ConstraintKind.MAX_EPOCHS, 0, 0.3),
        (ConstraintKind.MAX_RATIO, 1, 0.51),
        (ConstraintKind.MIN_RATIO, 2, 0.04),
        (ConstraintKind.UNIQUE_FLOOR, 0, 0.29),
        (ConstraintKind.GROUP_MIN, 0, 0.19),
        (ConstraintKind.GROUP_MAX, 1, 0.71),
        (ConstraintKind.COST_CEILING, 2, 44.0),
    ],
)
def test_a_step_of_every_kind(kind: ConstraintKind, index: int, bound: float) -> None:
    """One more pass (a tenth of the budget), one percentage point, a tenth more money."""
    ones = np.ones(3)
    problem = state(
        [1, 1, 1],
        caps=[0.2, 1, 1],
        max_ratio=[1, 0.5, 1],
        min_ratio=[0, 0, 0.05],
        unique=[0.1, 0.5, 0.5],
        unique_floor=0.3,
        rows=[
            Row(ConstraintKind.GROUP_MIN, ones, 0.2),
            Row(ConstraintKind.GROUP_MAX, ones, 0.7),
            Row(ConstraintKind.COST_CEILING, ones, 40.0),
        ],
    )
    relaxed, found = shadow_prices.relax(problem, Constraint(kind, index))
    assert found == pytest.approx(bound)
    assert selection.bound_of(relaxed, Constraint(kind, index)) == found
