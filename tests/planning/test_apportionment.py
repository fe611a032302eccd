"""Whole tokens: sums, caps, ties, and quotas, up to 10^15 tokens and 5,000 components."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.errors import (
    BudgetInfeasible,
    FloorsExceedBudget,
    Negative,
    NoComponents,
    NotFinite,
    NoWeight,
    OutOfRange,
    PlanningError,
    TooManyComponents,
    WrongLength,
)
from app.planning.exact import as_fraction
from app.planning.limits import MIN_WEIGHT
from app.planning.sampling import water_filling
from app.planning.sampling.apportionment import allocate_tokens, largest_remainder, token_caps

WEIGHT = st.one_of(
    st.integers(0, 10**9),
    st.floats(0, 1e12).filter(lambda weight: not 0 < weight < MIN_WEIGHT),
    st.decimals(0, 1000, places=4),
)


def test_ties_go_to_the_earlier_source() -> None:
    assert largest_remainder([1, 1, 1], 4) == (2, 1, 1)
    assert largest_remainder([1, 1, 1], 5) == (2, 2, 1)


def test_a_float_is_the_decimal_that_was_typed() -> None:
    """0.1 of 5 is half a unit: a tie with 0.7 of 5, which binary floats would break."""
    assert largest_remainder([0.7, 0.2, 0.1], 5) == (4, 1, 0)
    assert largest_remainder([0.1, 0.2, 0.7], 5) == (1, 1, 3)
    assert largest_remainder([Decimal("0.7"), Fraction(1, 5), 0.1], 5) == (4, 1, 0)


def test_one_more_unit_can_cost_a_source_one() -> None:
    """The Alabama paradox, on the census of 1880 in small."""
    assert largest_remainder([6, 6, 2], 10) == (4, 4, 2)
    assert largest_remainder([6, 6, 2], 11) == (5, 5, 1)


def test_five_thousand_sources_and_ten_to_the_fifteen_tokens_sum_exactly() -> None:
    rng = np.random.default_rng(1)
    weights = (rng.random(5000) ** 9 * 10.0 ** rng.integers(0, 12, 5000)).tolist()
    tokens = largest_remainder(weights, 10**15)
    assert sum(tokens) == 10**15
    exact = [as_fraction(weight) for weight in weights]
    whole = sum(exact)
    assert all(
        abs(Fraction(count) - weight * 10**15 / whole) < 1
        for count, weight in zip(tokens, exact, strict=True)
    )


def test_five_thousand_capped_sources_sum_exactly_and_keep_their_caps() -> None:
    rng = np.random.default_rng(2)
    weights = rng.random(5000).tolist()
    unique = rng.integers(0, 10**12, 5000).tolist()
    limits = rng.choice([0.5, 1, 2.5, 4, 7], 5000).tolist()
    caps = token_caps(unique, limits, count=5000)
    budget = 9 * sum(cap or 0 for cap in caps) // 10
    found = allocate_tokens(unique, weights, limits, budget=budget)
    assert sum(found.tokens) == budget
    assert sum(found.moved) == 0
    assert all(count <= (cap or 0) for count, cap in zip(found.tokens, caps, strict=True))
    assert len(found.at_cap) > 1000


@given(st.lists(WEIGHT, min_size=1, max_size=40), st.integers(0, 10**15))
def test_quotas_are_rounded_down_or_up(weights: list[float], units: int) -> None:
    exact = [as_fraction(weight) for weight in weights]
    if not any(exact):
        with pytest.raises(NoWeight):
            largest_remainder(weights, units)
        return
    tokens = largest_remainder(weights, units)
    assert sum(tokens) == units
    whole = sum(exact)
    for count, weight in zip(tokens, exact, strict=True):
        assert count in {math.floor(weight * units / whole), math.ceil(weight * units / whole)}


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 40)), min_size=1, max_size=6),
    st.integers(0, 120),
)
def test_water_level_is_the_one_that_bisection_finds(
    sources: list[tuple[int, int]], total: int
) -> None:
    weights = [weight for weight, _ in sources]
    caps = [cap for _, cap in sources]
    capacity = sum(cap for weight, cap in sources if weight)
    if total > capacity:
        with pytest.raises(BudgetInfeasible) as raised:
            water_filling.fill(weights, total, caps=caps)
        assert raised.value.capacity == capacity
        return
    filling = water_filling.fill(weights, total, caps=caps)
    amounts = [numerator / filling.denominator for numerator in filling.numerators]
    assert sum(filling.numerators) == total * filling.denominator
    low, high = 0.0, 200.0
    for _ in range(100):
        level = (low + high) / 2
        if sum(min(level * w, c) for w, c in sources) < total:
            low = level
        else:
            high = level
    expected = [min(high * weight, cap) for weight, cap in sources]
    assert amounts == pytest.approx(expected, abs=1e-6)


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 10), st.integers(0, 10)),
        min_size=1,
        max_size=5,
    ),
    st.integers(0, 60),
)
def test_floors_and_caps_hold_between_which_proportions_hold(
    sources: list[tuple[int, int, int]], total: int
) -> None:
    weights = [weight for weight, _, _ in sources]
    floors = [floor for _, floor, _ in sources]
    caps = [floor + room for _, floor, room in sources]
    try:
        filling = water_filling.fill(weights, total, caps=caps, floors=floors)
    except FloorsExceedBudget:
        assert sum(floors) > total
        return
    except BudgetInfeasible:
        assert sum(f + room if w else f for w, f, room in sources) < total
        return
    amounts = [Fraction(part, filling.denominator) for part in filling.numerators]
    assert sum(amounts) == total
    levels = []
    for amount, (weight, floor, room) in zip(amounts, sources, strict=True):
        assert floor <= amount <= floor + room
        if weight and floor < amount < floor + room:
            levels.append(amount / weight)
    assert len(set(levels)) <= 1
    for amount, (weight, floor, room) in zip(amounts, sources, strict=True):
        if weight and levels:
            if amount == floor < floor + room:
                assert amount >= levels[0] * weight
            if amount == floor + room > floor:
                assert amount <= levels[0] * weight


def test_numpy_arrays_are_read_like_lists() -> None:
    found = allocate_tokens([100, 400, 400], np.array([0.5, 0.3, 0.2]), [1, 1, 1], budget=600)
    assert found.tokens == (100, 300, 200)
    assert largest_remainder(np.array([1, 3]), 8) == (2, 6)


@pytest.mark.parametrize(
    ("weights", "error"),
    [
        ([], NoComponents),
        ([0, 0], NoWeight),
        ([1, float("nan")], NotFinite),
        ([1, float("inf")], NotFinite),
        ([1, -1], Negative),
        ([1, None], NotFinite),
        ([1, "2"], NotFinite),
        ([True, 1], NotFinite),
        ([10**400, 1], OutOfRange),
        ([5e-324, 1], OutOfRange),
        ([1] * 10_000, TooManyComponents),
    ],
)
def test_bad_weights_are_refused(weights: list[float], error: type[PlanningError]) -> None:
    with pytest.raises(error):
        largest_remainder(weights, 100)


def test_the_error_says_where() -> None:
    with pytest.raises(Negative) as raised:
        largest_remainder([1, 2, -3], 10)
    assert (raised.value.field, raised.value.index, raised.value.value) == ("weights", 2, -3)


@pytest.mark.parametrize("budget", [0, -1, 10**19, 1.5, float("nan"), None, True])
def test_bad_budgets_are_refused(budget: int) -> None:
    with pytest.raises(PlanningError):
        allocate_tokens([10], [1], [None], budget=budget)


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(WrongLength) as raised:
        allocate_tokens([10, 10], [1], [1], budget=5)
    assert (raised.value.field, raised.value.expected, raised.value.actual) == ("available", 1, 2)


def test_a_budget_above_all_caps_carries_the_capacity() -> None:
    with pytest.raises(BudgetInfeasible) as raised:
        allocate_tokens([10, 20], [1, 1], [1, 2], budget=51)
    assert (raised.value.capacity, raised.value.binding) == (50, (0, 1))
