"""Contradictions: the set contradicts, without any one of its members it does not."""

import numpy as np
import pytest

from app.planning.solving import conflicts, dual, largest_budget, solver
from app.planning.solving.conflicts import Conflict
from app.planning.solving.problem import Constraint, ConstraintKind, Problem, Row, state
from tests.planning import problems, referee


def conflict(problem: Problem) -> Conflict:
    found = solver.solve(problem)
    assert isinstance(found, Conflict)
    return found


def kinds(found: Conflict) -> list[tuple[str, int]]:
    return [(item.kind.value, item.index) for item in found.constraints]


def test_two_shares_that_exceed_one() -> None:
    rows = [
        Row(ConstraintKind.GROUP_MIN, np.array([1.0, 0, 0]), 0.7),
        Row(ConstraintKind.GROUP_MIN, np.array([0, 1.0, 0]), 0.6),
        Row(ConstraintKind.GROUP_MAX, np.array([0, 0, 1.0]), 0.1),
    ]
    found = conflict(state([1, 1, 1], rows=rows, caps=[0.9, 0.9, 0.9]))
    assert kinds(found) == [("group_min", 0), ("group_min", 1)]
    assert [item.needed for item in found.remedies] == pytest.approx([0.4, 0.3])


def test_bounds_of_one_component_that_cross() -> None:
    found = conflict(state([1, 1], caps=[0.2, 1], min_ratio=[0.3, 0]))
    assert kinds(found) == [("max_epochs", 0), ("min_ratio", 0)]
    assert [item.needed for item in found.remedies] == [0.3, 0.2]


def test_a_least_ratio_for_what_has_no_weight() -> None:
    found = conflict(state([1, 0], min_ratio=[0, 0.3]))
    assert kinds(found) == [("min_ratio", 1), ("no_weight", 1)]


def test_a_lock_above_its_cap() -> None:
    found = conflict(state([1, 1], caps=[0.2, 1], locked=[True, False]))
    assert kinds(found) == [("locked", 0), ("max_epochs", 0)]


def test_caps_of_a_group_below_its_minimum() -> None:
    rows = [Row(ConstraintKind.GROUP_MIN, np.array([1.0, 1.0, 0]), 0.6)]
    found = conflict(state([1, 1, 1], caps=[0.2, 0.3, 1], rows=rows))
    assert kinds(found) == [("group_min", 0), ("max_epochs", 0), ("max_epochs", 1)]
    assert [item.needed for item in found.remedies] == pytest.approx([0.5, 0.3, 0.4])


def test_a_cost_ceiling_names_the_cheap_caps_only() -> None:
    """The cheap one is capped at 0.3; the other two cost 10 and 20 for the whole budget."""
    rows = [Row(ConstraintKind.COST_CEILING, np.array([0.0, 10.0, 20.0]), 5.0)]
    found = conflict(state([1, 1, 1], caps=[0.3, 1, 0.9], rows=rows))
    assert kinds(found) == [("cost_ceiling", 0), ("max_epochs", 0)]
    assert [item.needed for item in found.remedies] == pytest.approx([7.0, 0.5])


def test_a_floor_of_unique_data_that_does_not_exist() -> None:
    found = conflict(state([1, 1], unique=[0.3, 0.3], unique_floor=0.7))
    assert kinds(found) == [("unique_floor", 0)]
    assert found.remedies[0].needed == pytest.approx(0.6)


def test_a_cost_ceiling_beside_any_number_of_components_stays_irreducible() -> None:
    """Five hundred prices, no two alike: bisection by price instead of a test of each."""
    rng = np.random.default_rng(8)
    target = rng.dirichlet(np.ones(500))
    prices = rng.uniform(0, 100, 500)
    caps = target * 1.5
    problem = state(target, caps=caps, rows=[Row(ConstraintKind.COST_CEILING, prices, 20.0)])
    found = conflict(problem)
    assert found.is_irreducible
    capped = {item.index for item in found.constraints if item.kind is ConstraintKind.MAX_EPOCHS}
    # The set is a prefix of the prices: exactly the cheap components are needed.
    assert capped == set(np.argsort(prices)[: len(capped)].tolist())
    assert referee.worst_violation(problem, found.constraints) > dual.ACCEPTED
    dearest = max(capped, key=lambda index: prices[index])
    without = [c for c in found.constraints if c.index != dearest or c.kind != "max_epochs"]
    assert referee.worst_violation(problem, without) <= dual.ACCEPTED


def test_random_conflicts_are_irreducible_and_their_remedies_enough() -> None:
    rng = np.random.default_rng(1)
    seen = 0
    while seen < 120:
        problem = problems.any_kind(rng, int(rng.integers(2, 9)), int(rng.integers(0, 5)))
        found = solver.solve(problem)
        if not isinstance(found, Conflict):
            continue
        seen += 1
        members = found.constraints
        assert found.is_irreducible
        assert referee.worst_violation(problem, members) > dual.ACCEPTED
        for member in members:
            rest = [other for other in members if other != member]
            assert referee.worst_violation(problem, rest) <= dual.ACCEPTED, (member, members)
        for remedy in found.remedies:
            assert remedy.needed is not None
            changed = {remedy.constraint: remedy.needed}
            assert referee.worst_violation(problem, members, changed) <= 2 * dual.ACCEPTED
            short = remedy.bound + 0.999 * (remedy.needed - remedy.bound)
            if abs(remedy.needed - remedy.bound) > 1e-6:
                changed = {remedy.constraint: short}
                assert referee.worst_violation(problem, members, changed) > dual.ACCEPTED


def test_caps_that_miss_by_less_than_the_solver_sees_are_named_all_the_same() -> None:
    found = conflicts.of_caps(state([1, 1, 0], caps=[0.5, 0.4999999999, 0.1]))
    assert found.constraints == (
        Constraint(ConstraintKind.MAX_EPOCHS, 0),
        Constraint(ConstraintKind.MAX_EPOCHS, 1),
    )


def test_largest_budget_under_a_group_minimum() -> None:
    """Chinese is capped at 300 tokens and must be half: 600 is the most."""
    rows = [Row(ConstraintKind.GROUP_MIN, np.array([1.0, 0]), 0.5)]
    problem = state([1, 1], caps=[0.3, np.inf], rows=rows)
    assert largest_budget.find(problem, 1000) == 600


def test_largest_budget_knows_ratios_locks_cost_and_unique_data() -> None:
    assert largest_budget.find(state([1, 1], caps=[0.2, 1], min_ratio=[0.4, 0]), 1000) == 500
    assert largest_budget.find(state([1, 3], caps=[0.2, 1], locked=[True, False]), 1000) == 800
    cost = [Row(ConstraintKind.COST_CEILING, np.array([8.0, 8.0]), 4.0)]
    assert largest_budget.find(state([1, 1], rows=cost), 1000) == 500
    impossible = state([1, 1], unique=[0.3, 0.3], unique_floor=0.7)
    assert largest_budget.find(impossible, 1000) is None
