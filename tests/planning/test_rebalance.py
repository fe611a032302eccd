"""An edited cell and what makes room for it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.planning.errors import MissingEstimate, NoWeight, OutOfRange
from app.planning.supply.rebalance import set_epochs, set_share, set_tokens, set_weight


@given(
    st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=2, max_size=8),
    st.fractions(0, 1),
    st.data(),
)
def test_a_share_is_met_exactly_and_locks_hold(
    rows: list[tuple[int, bool]], share: Fraction, data: st.DataObject
) -> None:
    weights = [weight for weight, _ in rows]
    locked = [lock for _, lock in rows]
    index = data.draw(st.integers(0, len(rows) - 1))
    total = sum(weights)
    if not total:
        return
    kept = sum(w for i, (w, lock) in enumerate(rows) if lock and i != index)
    loose = sum(w for i, (w, lock) in enumerate(rows) if not lock and i != index)
    if share + Fraction(kept, total) > 1:
        with pytest.raises(OutOfRange) as raised:
            set_share(weights, index, share, locked=locked)
        assert raised.value.high == pytest.approx(1 - kept / total)
        return
    if not loose and share + Fraction(kept, total) < 1:
        with pytest.raises(NoWeight):
            set_share(weights, index, share, locked=locked)
        return
    found = set_share(weights, index, share, locked=locked)
    assert sum(found.weights) == total
    assert found.weights[index] == share * total
    assert sum(found.changes) == 0
    for i, (weight, lock) in enumerate(rows):
        if lock and i != index:
            assert found.weights[i] == weight
            assert found.changes[i] == 0
    free = [
        (new, old)
        for i, (new, (old, lock)) in enumerate(zip(found.weights, rows, strict=True))
        if not lock and i != index and old
    ]
    assert len({new / old for new, old in free}) <= 1


def test_tokens_and_epochs_are_shares_of_the_budget() -> None:
    assert set_tokens([1, 1], 0, 25, budget=100).weights == (Fraction(1, 2), Fraction(3, 2))
    found = set_epochs([1, 1], 0, 2.5, unique_tokens=10, budget=100)
    assert found.weights == (Fraction(1, 2), Fraction(3, 2))


def test_more_than_the_budget_is_refused() -> None:
    with pytest.raises(OutOfRange):
        set_tokens([1, 1], 0, 101, budget=100)
    with pytest.raises(OutOfRange) as raised:
        set_epochs([1, 1], 0, 20, unique_tokens=10, budget=100)
    assert raised.value.high == 10


def test_epochs_need_an_estimate() -> None:
    with pytest.raises(MissingEstimate):
        set_epochs([1, 1], 0, 2, unique_tokens=None, budget=100)


def test_a_typed_weight_leaves_the_other_weights_alone() -> None:
    assert set_weight([50, 30, 20], 1, 60).weights == (50, 60, 20)


def test_a_typed_weight_keeps_locked_ratios() -> None:
    found = set_weight([50, 30, 20], 0, 80, locked=[False, False, True])
    assert found.changes[2] == 0
    assert found.weights[2] / sum(found.weights) == Fraction(1, 5)


def test_the_edited_cell_is_not_held_by_its_own_lock() -> None:
    assert set_share([50, 50], 0, 0.8, locked=[True, False]).weights == (80, 20)
