"""What binds, the largest budget, and the three ways out."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.errors import BudgetInfeasible, FloorsExceedBudget, NoWeight
from app.planning.sampling.apportionment import token_caps
from app.planning.sampling.shares import Shares
from app.planning.supply import feasibility, respreading
from app.planning.supply.feasibility import check_budget, sample_sizes

SOURCES = st.lists(
    st.tuples(st.integers(1, 50), st.integers(0, 200), st.sampled_from([0, 0.5, 1, 2.5, 4, None])),
    min_size=1,
    max_size=6,
)


def test_the_source_that_binds_is_not_the_one_with_the_largest_difference() -> None:
    """
    The first allows two thirds of the budget and binds; the second needs 2 passes more.

    First: 1.5 passes needed, 1 allowed. Second: 10 needed, 8 allowed. OLMo-core names the second.
    """
    found = check_budget(Shares((1, 1)), [100, 15], [1, 8], budget=300)
    assert found.binding == (0,)
    assert found.largest_budget == 200
    assert [shortage.index for shortage in found.shortages] == [0, 1]
    assert [shortage.max_epochs_needed for shortage in found.shortages] == [1.5, 10.0]


def test_all_that_tie_bind() -> None:
    found = check_budget(Shares((1, 2, 3)), [10, 20, 90], [1, 1, 1], budget=100)
    assert found.binding == (0, 1)
    assert found.largest_budget == 60


def test_a_shortage_says_what_is_missing_and_what_to_buy() -> None:
    found = check_budget(Shares((1, 1)), [10, 100], [4, 4], budget=100)
    (short,) = found.shortages
    assert short.missing_tokens == 10
    assert short.more_unique_tokens == 3
    assert short.max_epochs_needed == 5.0
    assert short.largest_budget == 80


def test_what_was_seen_counts_against_the_limit() -> None:
    found = check_budget(Shares((1, 1)), [10, 100], [4, 4], budget=60, seen_tokens=[20, 0])
    (short,) = found.shortages
    assert short.largest_budget == 40
    assert short.max_epochs_needed == 5.0


def test_no_passes_help_an_empty_source() -> None:
    found = check_budget(Shares((1, 1)), [0, 100], [4, 4], budget=60)
    assert found.shortages[0].max_epochs_needed is None
    assert found.largest_budget == 0


def test_without_limits_nothing_binds() -> None:
    found = check_budget(Shares((1, 1)), [10, None], [None, 4], budget=10**15)
    assert found.feasible
    assert found.largest_budget is None


@given(SOURCES, st.integers(1, 500))
def test_the_largest_budget_fits_and_one_more_does_not(
    sources: list[tuple[int, int, float | None]], budget: int
) -> None:
    shares = Shares(tuple(part for part, _, _ in sources))
    unique = [size for _, size, _ in sources]
    limits = [limit for _, _, limit in sources]
    found = check_budget(shares, unique, limits, budget=budget)
    caps = token_caps(unique, limits, count=len(sources))
    largest = found.largest_budget
    if largest is None:
        assert all(cap is None for cap in caps)
        return
    tokens = shares.tokens(largest)
    assert all(cap is None or count <= cap for count, cap in zip(tokens, caps, strict=True))
    quotas = [shares.ratio(i) * (largest + 1) for i in range(len(sources))]
    assert any(cap is not None and q > cap for q, cap in zip(quotas, caps, strict=True))
    assert found.feasible == (largest >= budget)


@given(SOURCES, st.integers(1, 500))
def test_the_passes_needed_are_enough(
    sources: list[tuple[int, int, float | None]], budget: int
) -> None:
    shares = Shares(tuple(part for part, _, _ in sources))
    unique = [size for _, size, _ in sources]
    limits = [limit for _, _, limit in sources]
    found = check_budget(shares, unique, limits, budget=budget)
    if any(shortage.max_epochs_needed is None for shortage in found.shortages):
        return
    raised = list(limits)
    for shortage in found.shortages:
        raised[shortage.index] = shortage.max_epochs_needed
    assert check_budget(shares, unique, raised, budget=budget).feasible
    more = list(unique)
    for shortage in found.shortages:
        if limits[shortage.index]:
            more[shortage.index] += shortage.more_unique_tokens
    again = check_budget(shares, more, limits, budget=budget)
    assert all(not limits[shortage.index] for shortage in again.shortages)


@given(st.integers(1, 10**15), st.integers(1, 10**15))
def test_passes_are_the_smallest_that_yield_the_tokens(tokens: int, unique: int) -> None:
    passes = feasibility.passes_for(tokens, unique)
    (cap,) = token_caps([unique], [passes], count=1)
    assert cap is not None
    assert cap >= tokens
    assert passes == pytest.approx(tokens / unique, rel=1e-12)


@given(SOURCES, st.integers(1, 500))
def test_respreading_keeps_budget_caps_and_proportions(
    sources: list[tuple[int, int, float | None]], budget: int
) -> None:
    shares = Shares(tuple(part for part, _, _ in sources))
    caps = token_caps(
        [size for _, size, _ in sources], [limit for _, _, limit in sources], count=len(sources)
    )
    if None not in caps and sum(cap or 0 for cap in caps) < budget:
        with pytest.raises(BudgetInfeasible) as raised:
            respreading.respread(shares, caps, budget=budget)
        assert raised.value.capacity == sum(cap or 0 for cap in caps)
        return
    found = respreading.respread(shares, caps, budget=budget)
    assert sum(found.tokens) == budget
    assert sum(found.moved) == 0
    free = []
    for i, (count, cap) in enumerate(zip(found.tokens, caps, strict=True)):
        assert cap is None or count <= cap
        if i not in found.at_cap:
            free.append(Fraction(count, shares.parts[i]))
    if free:
        assert max(free) - min(free) <= 2


def test_a_locked_source_keeps_its_ratio() -> None:
    found = respreading.respread(
        Shares((5, 3, 2)), [100, 400, 400], budget=600, locked=[False, True, False]
    )
    assert found.tokens == (100, 180, 320)


def test_a_locked_source_above_its_cap_is_in_the_way() -> None:
    with pytest.raises(BudgetInfeasible) as raised:
        respreading.respread(Shares((1, 1)), [40, None], budget=100, locked=[True, False])
    assert raised.value.binding == (0,)


def test_least_and_most_ratios_hold_to_the_token() -> None:
    found = respreading.respread(
        Shares((8, 1, 1)),
        [None, None, None],
        budget=1000,
        min_ratio=[0, 0.15, 0],
        max_ratio=[0.6, 1, 1],
    )
    assert found.tokens == (600, 200, 200)
    found = respreading.respread(
        Shares((8, 1, 1)), [None, None, None], budget=1000, min_ratio=[0, 0.15, 0]
    )
    assert found.tokens == (756, 150, 94)


def test_least_ratios_beyond_one_are_refused() -> None:
    with pytest.raises(FloorsExceedBudget) as raised:
        respreading.respread(Shares((1, 1)), [None, None], budget=100, min_ratio=[0.6, 0.6])
    assert raised.value.floor == 120


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=8))
def test_moves_add_up_to_the_changes(changes: list[int]) -> None:
    changes = [*changes, -sum(changes)]
    found = respreading.moves(changes)
    result = [0] * len(changes)
    for move in found:
        assert move.tokens > 0
        result[move.source] -= move.tokens
        result[move.target] += move.tokens
    assert result == changes
    assert len(found) < max(sum(1 for change in changes if change), 1)


def test_sample_sizes_sum_to_the_largest_budget_where_olmo_core_rounds_down() -> None:
    assert sample_sizes(Shares((1, 1, 1)), [100, 34, 100], budget=100) == (34, 33, 33)
    assert sample_sizes(Shares((1, 1, 1)), [33, 33, 100]) == (33, 33, 33)


def test_sample_sizes_without_any_limit_are_refused() -> None:
    with pytest.raises(NoWeight):
        sample_sizes(Shares((1, 1)), [None, None])
