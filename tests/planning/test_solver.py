"""The optimum: hand cases, optimality, and cvxpy with Clarabel on a thousand random problems."""

import numpy as np
import pytest

from app.planning.solving import dual, solver
from app.planning.solving.conflicts import Conflict
from app.planning.solving.problem import Constraint, ConstraintKind, Problem, Row, state
from app.planning.solving.solver import Solution
from tests.planning import problems, referee


def solved(problem: Problem) -> Solution:
    found = solver.solve(problem)
    assert isinstance(found, Solution)
    return found


def assert_within_limits(problem: Problem, found: Solution) -> None:
    ratios = found.ratios
    assert ratios.sum() == pytest.approx(1, abs=1e-9)
    assert (ratios >= problem.lower - 1e-12).all()
    assert (ratios <= problem.upper + 1e-12).all()
    matrix, bound = problem.limits
    assert (matrix @ ratios <= bound + 1e-9).all()
    seen = np.minimum(ratios, problem.unique).sum()
    assert seen >= problem.unique_floor - 1e-9


def test_nothing_binds_nothing_moves() -> None:
    found = solved(state([6, 3, 1]))
    assert found.ratios == pytest.approx([0.6, 0.3, 0.1], abs=1e-15)
    assert found.prices == {}
    assert found.divergence == 0


def test_a_cap_spreads_the_rest_in_proportion() -> None:
    """Half asked, a quarter allowed: 0.3 and 0.2 share 0.75 as 3 to 2."""
    found = solved(state([0.5, 0.3, 0.2], caps=[0.25, 1, 1]))
    assert found.ratios == pytest.approx([0.25, 0.45, 0.3], abs=1e-12)
    assert found.moved_share == pytest.approx(0.25)


def test_a_group_minimum_scales_members_and_others_each_in_proportion() -> None:
    rows = [Row(ConstraintKind.GROUP_MIN, np.array([0.0, 0.0, 1.0]), 0.5)]
    found = solved(state([0.5, 0.3, 0.2], rows=rows))
    assert found.ratios == pytest.approx([0.3125, 0.1875, 0.5], abs=1e-10)
    # d KL / d bound at the optimum: ln(0.5 / 0.2) - ln(0.5 / 0.8).
    price = found.prices[Constraint(ConstraintKind.GROUP_MIN, 0)]
    assert price == pytest.approx(np.log(2.5) - np.log(0.625), rel=1e-6)


def test_a_locked_component_keeps_its_ratio() -> None:
    found = solved(state([0.5, 0.3, 0.2], caps=[0.25, 1, 1], locked=[False, True, False]))
    assert found.ratios == pytest.approx([0.25, 0.3, 0.45], abs=1e-10)


def test_a_component_without_weight_gets_nothing() -> None:
    found = solved(state([1, 0, 1], caps=[0.4, 1, 1]))
    assert found.ratios == pytest.approx([0.4, 0, 0.6], abs=1e-12)


def test_a_floor_of_unique_data_takes_from_what_repeats() -> None:
    """Of the first only 0.1 is unique; 0.7 unique needs 0.6 of the second, which has enough."""
    found = solved(state([0.8, 0.2], unique=[0.1, 1.0], unique_floor=0.7))
    assert found.ratios == pytest.approx([0.4, 0.6], abs=1e-9)


def test_groups_that_together_leave_nothing_push_the_others_to_zero() -> None:
    """No interior: en 60 % and zh 40 % leave 0 for the rest, where the dual has no maximum."""
    rows = [
        Row(ConstraintKind.GROUP_MIN, np.array([1.0, 0, 0]), 0.6),
        Row(ConstraintKind.GROUP_MIN, np.array([0, 1.0, 0]), 0.4),
    ]
    found = solved(state([0.5, 0.3, 0.2], rows=rows))
    assert found.ratios == pytest.approx([0.6, 0.4, 0], abs=1e-9)


def test_equal_bounds_of_one_group_are_an_equality() -> None:
    members = np.array([1.0, 1.0, 0])
    rows = [
        Row(ConstraintKind.GROUP_MIN, members, 0.4),
        Row(ConstraintKind.GROUP_MAX, members, 0.4),
    ]
    found = solved(state([0.5, 0.3, 0.2], rows=rows))
    assert found.ratios == pytest.approx([0.25, 0.15, 0.6], abs=1e-9)


def test_caps_that_just_suffice_are_all_reached() -> None:
    found = solved(state([5, 1, 1], caps=[0.5, 0.25, 0.25]))
    assert found.ratios == pytest.approx([0.5, 0.25, 0.25], abs=1e-12)


@pytest.mark.parametrize("tiny", [1e-12, 1e-100, 1e-300, 1e-310])
def test_targets_of_any_size_can_be_raised(tiny: float) -> None:
    rows = [Row(ConstraintKind.GROUP_MIN, np.array([0, 1.0]), 0.5)]
    found = solved(state([1, tiny], rows=rows))
    assert found.ratios == pytest.approx([0.5, 0.5], abs=1e-9)


def test_weights_near_the_limit_do_not_overflow() -> None:
    assert solved(state([1e300, 1e300, 1e300])).ratios == pytest.approx([1 / 3] * 3)


def test_a_price_is_the_slope_of_the_optimum() -> None:
    """Finite differences of the divergence against the multiplier, for every kind of limit."""
    rng = np.random.default_rng(11)
    checked = 0
    for _ in range(40):
        problem = problems.feasible(rng, 8, 3)
        found = solved(problem)
        for index, row in enumerate(problem.rows):
            price = found.prices.get(Constraint(row.kind, index), 0.0)
            step = 1e-6 * row.scale * (-1 if row.kind is ConstraintKind.GROUP_MIN else 1)
            rows = list(problem.rows)
            rows[index] = Row(row.kind, row.coefficients, max(row.bound + step, 0.0))
            eased = solver.solve(state_like(problem, rows))
            assert isinstance(eased, Solution)
            gained = (found.divergence - eased.divergence) / abs(step)
            if price > 1e-3 / row.scale:
                checked += 1
                assert gained == pytest.approx(price, rel=0.02, abs=1e-4 / row.scale)
    assert checked > 15


def state_like(problem: Problem, rows: list[Row]) -> Problem:
    return state(
        problem.target,
        caps=problem.caps,
        min_ratio=problem.min_ratio,
        max_ratio=problem.max_ratio,
        locked=problem.locked,
        rows=rows,
        unique=problem.unique,
        unique_floor=problem.unique_floor,
    )


def test_same_optimum_as_clarabel_on_a_thousand_random_problems() -> None:
    """Divergence to 1e-6 and every limit kept to 1e-9."""
    rng = np.random.default_rng(20_261_124)
    judged = 0
    for _ in range(1000):
        problem = problems.feasible(rng, int(rng.integers(3, 21)), int(rng.integers(0, 11)))
        found = solved(problem)
        assert_within_limits(problem, found)
        verdict = referee.optimum(problem)
        if verdict is not None:
            judged += 1
            assert found.divergence == pytest.approx(verdict.divergence, abs=1e-6)
            assert np.abs(found.ratios - verdict.ratios).max() < 1e-4
    assert judged > 990


def test_it_says_when_nothing_fits_just_as_often_as_a_linear_program() -> None:
    rng = np.random.default_rng(5)
    outcomes = {True: 0, False: 0}
    for _ in range(250):
        problem = problems.any_kind(rng, int(rng.integers(2, 9)), int(rng.integers(0, 5)))
        missed = referee.worst_violation(problem, referee.all_constraints(problem))
        found = solver.solve(problem)
        assert isinstance(found, Conflict) == (missed > dual.ACCEPTED)
        if isinstance(found, Solution):
            assert_within_limits(problem, found)
        outcomes[isinstance(found, Solution)] += 1
    assert min(outcomes.values()) > 50


def test_large_problems_end_after_few_iterations() -> None:
    rng = np.random.default_rng(3)
    for _ in range(3):
        found = solved(problems.feasible(rng, 2000, 50, evenness=3.0))
        assert found.iterations < 60
