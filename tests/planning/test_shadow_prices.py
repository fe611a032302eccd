"""Relaxing a limit a step: for every kind, the answer agrees with solving from scratch."""

import numpy as np
import pytest

from app.planning import shadow_prices, solver
from app.planning.problem import Constraint, ConstraintKind
from app.planning.solver import Solution
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
    from app.planning.problem import Row, state

    rows = [Row(ConstraintKind.GROUP_MIN, np.array([1.0, 0, 0]), 0.6)]
    problem = state([0.5, 0.3, 0.2], locked=[False, True, False], rows=rows)
    found = solver.solve(problem)
    assert isinstance(found, Solution)
    prices = {price.constraint: price for price in shadow_prices.ask(problem, found)}
    lock = prices[Constraint(ConstraintKind.LOCKED, 1)]
    assert lock.relaxed_bound is None
    assert lock.share == pytest.approx(0.3)
    assert lock.relaxed_share == pytest.approx(0.24)
