"""The quality curve of Dolma 3: its invariants, its range, its refusal."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.errors import MissingEstimate, NoWeight, UpsamplingInfeasible
from app.planning.sampling.upsampling import by_quality, upsample


@given(
    st.lists(st.integers(1, 10**6), min_size=2, max_size=20),
    st.floats(0.2, 5),
    st.floats(0, 0.9),
    st.sampled_from([0.2, 2.0]),
)
def test_curve_keeps_target_order_and_cap(
    sizes: list[int], multiple: float, throw_away: float, max_rate: float
) -> None:
    target = sum(sizes) * multiple
    try:
        found = upsample(sizes, target=target, throw_away=throw_away, max_rate=max_rate)
    except UpsamplingInfeasible as error:
        smaller = upsample(sizes, target=error.largest * 0.999, throw_away=throw_away)
        assert smaller.factors.max() <= 7 + 1e-5
        assert error.largest < target  # noqa: PT017  the property has two halves
        return
    assert found.tokens.sum() == pytest.approx(target, rel=1e-9)
    assert (np.diff(found.factors) >= -1e-9).all()
    assert found.factors.max() <= 7 + 2e-6
    assert (found.factors[: found.dropped] == 0).all()
    assert sum(sizes[: found.dropped]) <= throw_away * sum(sizes) + 1e-6
    assert 0 <= found.rate <= found.max_rate


def test_the_range_of_lambda_moves_the_factors() -> None:
    sizes = [100] * 10
    published = upsample(sizes, target=1500)
    repository = upsample(sizes, target=1500, max_rate=2)
    assert np.abs(published.factors - repository.factors).max() > 0.1


def test_a_target_that_the_best_bucket_cannot_bear_is_refused_with_the_largest() -> None:
    with pytest.raises(UpsamplingInfeasible) as raised:
        upsample([100, 100], target=5000, throw_away=0)
    assert 1390 < raised.value.largest < 1410


def test_empty_buckets_take_part_with_nothing() -> None:
    found = upsample([100, 0, 100, 0], target=300, throw_away=0)
    assert found.tokens.sum() == pytest.approx(300)
    assert found.tokens[[1, 3]].tolist() == [0, 0]


def test_no_tokens_at_all_are_refused() -> None:
    with pytest.raises(NoWeight):
        upsample([0, 0], target=10)


def test_by_quality_is_the_curve_over_buckets_of_one_quality() -> None:
    sizes, quality = [300, 100, 200, 400], [3, 1, 2, 3]
    curve = upsample([100, 200, 700], target=3000)
    shares = by_quality(sizes, quality, budget=3000, max_epochs=7)
    epochs = [tokens / size for tokens, size in zip(shares.tokens(3000), sizes, strict=True)]
    worst, middle, best = curve.factors
    assert epochs == pytest.approx([best, worst, middle, best], abs=0.01)


def test_by_quality_shares_what_no_passes_allow_like_the_largest_that_they_allow() -> None:
    most = by_quality([100, 100], [1, 2], budget=10**6, max_epochs=2).ratios
    with pytest.raises(UpsamplingInfeasible) as raised:
        upsample([100, 100], target=10**6, max_factor=2)
    largest = upsample([100, 100], target=raised.value.largest, max_factor=2)
    assert most == pytest.approx(largest.tokens / largest.tokens.sum())


def test_by_quality_needs_sizes() -> None:
    with pytest.raises(MissingEstimate):
        by_quality([100, None], [1, 2], budget=100, max_epochs=4)
