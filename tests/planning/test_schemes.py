"""Sampling schemes: hand cases and what holds for every input."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.errors import (
    BudgetInfeasible,
    EmptyGroup,
    MissingEstimate,
    NoWeight,
    OutOfRange,
    UngroupedComponents,
)
from app.planning.sampling import blending, groups, schemes

SIZES = st.lists(st.integers(0, 10**12), min_size=1, max_size=12).filter(any)


@given(SIZES, st.sampled_from([0, 0.3, 0.7, 1, 2]))
def test_temperature_sums_to_one_and_keeps_the_order(sizes: list[int], alpha: float) -> None:
    ratios = schemes.temperature(sizes, alpha=alpha).ratios
    assert ratios.sum() == pytest.approx(1)
    for one, small in zip(ratios, sizes, strict=True):
        assert (one == 0) == (small == 0) or small > 0
        for other, large in zip(ratios, sizes, strict=True):
            if small <= large and (small or not one):
                assert one <= other + 1e-15


def test_temperature_zero_gives_an_empty_source_nothing() -> None:
    """0 ** 0 is 1: the trap."""
    assert schemes.temperature([10, 0, 90], alpha=0).ratios.tolist() == [0.5, 0, 0.5]


def test_temperature_is_exact_at_its_ends() -> None:
    assert schemes.temperature([1, 3], alpha=1).parts == (1, 3)
    assert schemes.temperature([1, 3], alpha=0).parts == (1, 1)


def test_published_temperature_of_xlm_r() -> None:
    """An alpha of 0.3 lifts 1 % to 14.7 % beside 90 % and 9 %."""
    ratios = schemes.temperature([90, 9, 1], alpha=0.3).ratios
    assert ratios.round(4).tolist() == [0.568, 0.2847, 0.1473]


def test_a_source_without_an_estimate_has_no_natural_share() -> None:
    with pytest.raises(MissingEstimate) as raised:
        schemes.proportional([10, None, None])
    assert raised.value.indices == (1, 2)


def test_uniform_knows_an_empty_source_from_an_unknown_one() -> None:
    assert schemes.uniform([10, 0, None]).ratios.tolist() == [0.5, 0, 0.5]


@given(SIZES, st.integers(1, 10**12), st.sampled_from([0.5, 1, 4]))
def test_unimax_is_an_even_level_below_the_caps(
    sizes: list[int], budget: int, max_epochs: float
) -> None:
    caps = [int(max_epochs * size) for size in sizes]
    if sum(caps) < budget:
        with pytest.raises(BudgetInfeasible) as raised:
            schemes.unimax(sizes, budget=budget, max_epochs=max_epochs)
        assert raised.value.capacity == sum(caps)
        return
    tokens = schemes.unimax(sizes, budget=budget, max_epochs=max_epochs).tokens(budget)
    assert sum(tokens) == budget
    level = max(tokens)
    for count, cap in zip(tokens, caps, strict=True):
        assert count <= cap
        assert count == cap or count >= level - 1


def test_unimax_as_printed() -> None:
    """Algorithm 1 of arXiv 2304.09151, walked in its own order."""
    sizes, budget, limit = [700, 30, 210, 5, 90], 800, 2
    left, expected = budget, {}
    order = sorted(range(5), key=lambda i: sizes[i])
    for place, index in enumerate(order):
        share = min(left / (5 - place), limit * sizes[index])
        expected[index] = share
        left -= share
    shares = schemes.unimax(sizes, budget=budget, max_epochs=limit)
    assert [float(shares.ratio(i) * budget) for i in range(5)] == pytest.approx(
        [expected[i] for i in range(5)]
    )


def test_capped_without_an_estimate_is_not_capped() -> None:
    assert schemes.capped([1, 1], [10, None], budget=100, max_epochs=1).ratios.tolist() == [
        0.1,
        0.9,
    ]


def test_seqio_scales_clips_and_then_tempers() -> None:
    """The order of google/seqio's own test: 3 examples, scale 27, maximum 50.5, T 0.5."""
    rates = schemes.seqio_rates([3], temperature=0.5, maximum=50.5, scale=27)
    assert rates.tolist() == [2550.25]


def test_gpt_neox_turns_the_order_around() -> None:
    weights = blending.neox_weights([1000, 100, 10])
    assert weights.argmin() == 0


def test_gpt_neox_of_one_source() -> None:
    assert blending.neox_weights([7]).tolist() == [1.0]


@given(st.lists(st.integers(1, 20), min_size=1, max_size=5), st.integers(1, 200))
def test_megatron_stays_within_a_sample_of_the_ratio(weights: list[int], samples: int) -> None:
    order = blending.megatron_order(weights, samples)
    for source, weight in enumerate(weights):
        expected = samples * weight / sum(weights)
        assert abs(order.count(source) - expected) <= len(weights)


def test_two_levels_multiply() -> None:
    shares = groups.two_level({"en": 6, "zh": 4}, ["en", "en", "zh"], [1, 2, 0.1])
    assert shares.ratios.tolist() == pytest.approx([0.2, 0.4, 0.4])


def test_two_levels_are_exact() -> None:
    shares = groups.two_level({"a": 1, "b": 2}, ["a", "a", "a", "b"], [1, 1, 1, 7])
    assert shares.tokens(9) == (1, 1, 1, 6)


def test_a_group_with_weight_needs_a_member_with_weight() -> None:
    with pytest.raises(EmptyGroup) as raised:
        groups.two_level({"en": 1, "zh": 1}, ["en", "zh"], [1, 0])
    assert raised.value.name == "zh"


def test_a_group_without_weight_may_be_empty() -> None:
    assert groups.two_level({"en": 1, "zh": 0}, ["en", "en"], [1, 1]).ratios.tolist() == [0.5, 0.5]


def test_a_component_outside_all_groups_is_refused() -> None:
    with pytest.raises(UngroupedComponents) as raised:
        groups.two_level({"en": 1}, ["en", None, "fr"], [1, 1, 1])
    assert raised.value.indices == (1, 2)


def test_groups_without_any_weight_are_refused() -> None:
    with pytest.raises(NoWeight):
        groups.two_level({"en": 0}, ["en"], [1])


@pytest.mark.parametrize("alpha", [-0.1, 101])
def test_alpha_outside_its_range_is_refused(alpha: float) -> None:
    with pytest.raises((OutOfRange, ValueError)):
        schemes.temperature([1, 2], alpha=alpha)
