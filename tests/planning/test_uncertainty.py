"""Intervals: exact where one source decides, drawn where many do, the same for the same seed."""

import math

import numpy as np
import pytest

from app.planning.errors import OutOfRange
from app.planning.supply import uncertainty
from app.planning.supply.uncertainty import estimates, spread


def test_epochs_are_the_ends_of_the_interval_turned_around() -> None:
    found = spread(estimates([50], [100], [200]), [400], [None])
    (passes,) = found.epochs
    assert passes is not None
    assert (passes.low, passes.mid, passes.high) == (2.0, 4.0, 8.0)


def test_the_chance_follows_from_the_quantiles() -> None:
    """400 tokens at 4 passes need 100 unique: the median. At 50 and 200 the 5 % quantiles."""
    for tokens, chance in ((400, 0.5), (200, 0.05), (800, 0.95)):
        found = spread(estimates([50], [100], [200]), [tokens], [4])
        assert found.chance_over == (pytest.approx(chance, abs=1e-9),)


def test_the_chance_agrees_with_drawing() -> None:
    found = spread(estimates([60], [100], [250]), [500], [4], draws=100_000)
    (chance,) = found.chance_over
    assert chance is not None
    assert 1 - found.chance_feasible == pytest.approx(chance, abs=0.01)


def test_no_spread_is_no_chance_and_no_estimate_is_nothing() -> None:
    found = spread(estimates([None, None], [100, None], [None, None]), [500, 500], [4, 4])
    assert found.chance_over == (None, None)
    assert found.epochs[1] is None
    assert found.epochs[0] is not None
    assert found.epochs[0].low == found.epochs[0].high == 5.0
    assert found.shortage.low == found.shortage.high == pytest.approx(100, rel=1e-5)
    assert found.chance_feasible == 0.0


def test_exactly_at_the_limit_is_not_short() -> None:
    found = spread(estimates([None], [123_456_789_123], [None]), [4 * 123_456_789_123], [4])
    assert found.chance_feasible == 1.0
    assert found.shortage.high == 0.0


def test_the_feasible_budget_is_the_least_of_all_sources() -> None:
    """The chance that the minimum of independent budgets exceeds b is a product: compare."""
    low, mid, high = [50, 30], [100, 100], [200, 300]
    found = spread(estimates(low, mid, high), [400, 400], [4, 4], draws=100_000)
    budget = found.feasible_budget
    assert budget is not None

    def exceeds(b: float) -> float:
        chance = 1.0
        for lo, hi in ((50, 200), (30, 300)):
            distance = math.log(b / 2 / 4 / 100)
            width = math.log(100 / lo) if distance < 0 else math.log(hi / 100)
            chance *= 0.5 * math.erfc(1.6448536 * distance / width / math.sqrt(2))
        return chance

    for value, share in ((budget.low, 0.95), (budget.mid, 0.5), (budget.high, 0.05)):
        assert exceeds(value) == pytest.approx(share, abs=0.01)


def test_tokens_seen_before_use_up_passes() -> None:
    plain = spread(estimates([50], [100], [200]), [200], [4])
    seen = spread(estimates([50], [100], [200]), [200], [4], seen_tokens=[200])
    assert seen.epochs[0] is not None
    assert seen.epochs[0].mid == 4.0
    assert plain.chance_over[0] == pytest.approx(0.05)
    assert seen.chance_over[0] == pytest.approx(0.5)
    assert seen.feasible_budget is not None
    assert seen.feasible_budget.mid == pytest.approx(200, rel=0.05)


def test_the_same_seed_gives_the_same_answer() -> None:
    found = estimates([50, 60], [100, 100], [200, 150])
    one, two = (spread(found, [400, 500], [4, 4], seed=3) for _ in range(2))
    other = spread(found, [400, 500], [4, 4], seed=4)
    assert one == two or (one.shortage, one.feasible_budget) == (two.shortage, two.feasible_budget)
    assert one.shortage != other.shortage


def test_common_errors_widen_the_total() -> None:
    many = 200
    found = estimates([50] * many, [100] * many, [200] * many)
    alone = spread(found, [400] * many, [4] * many).shortage
    together = spread(found, [400] * many, [4] * many, common=0.9).shortage
    assert together.high - together.low > 3 * (alone.high - alone.low)


@pytest.mark.parametrize(
    ("low", "mid", "high", "field"),
    [(120, 100, 200, "low"), (50, 100, 90, "high"), (0, 100, 200, "low")],
)
def test_intervals_out_of_order_are_refused(low: int, mid: int, high: int, field: str) -> None:
    with pytest.raises(OutOfRange) as raised:
        estimates([low], [mid], [high])
    assert raised.value.field == field


def test_an_empty_source_is_always_short() -> None:
    found = spread(estimates([0, 50], [0, 100], [0, 200]), [10, 10], [4, 4])
    assert found.chance_feasible == 0.0
    assert found.shortage.low == pytest.approx(10)
    assert found.feasible_budget is not None
    assert found.feasible_budget.high == 0.0


def test_sources_without_tokens_do_not_matter() -> None:
    found = spread(estimates([50], [100], [200]), [0], [4])
    assert found.feasible_budget is None
    assert found.chance_feasible == 1.0


def test_five_thousand_sources_stay_finite() -> None:
    rng = np.random.default_rng(0)
    mid = rng.integers(1, 10**15, 5000)
    found = estimates((mid // 2 + 1).clip(max=mid).tolist(), mid.tolist(), (mid * 2).tolist())
    plan = spread(found, rng.integers(0, 10**15, 5000).tolist(), [4] * 5000, draws=100)
    assert math.isfinite(plan.shortage.high)
    assert uncertainty.Interval(0, 0, 0) != plan.shortage
