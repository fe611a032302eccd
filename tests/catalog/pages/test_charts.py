import pytest

from app.catalog.pages import charts


def test_segments_are_shares_that_fill_the_bar_in_order():
    segments = charts.stacked([("web", 1, 60.0), ("books", 2, 30.0), ("code", 3, 10.0)])
    assert [segment.x for segment in segments] == pytest.approx([0, 60, 90])
    assert sum(segment.width for segment in segments) == pytest.approx(100)
    assert [segment.has_label for segment in segments] == [True, True, True]
    assert [segment.has_narrow_label for segment in segments] == [True, True, False]


def test_the_rest_is_one_part_at_the_end_however_large():
    parts = [(f"part {number}", number, 1.0) for number in range(30)]
    folded = charts.fold(parts, other="others")
    assert len(folded) == charts.MAX_HUES
    assert folded[-1] == ("others", 0, 21.0)
    assert charts.fold(parts[:5], other="others") == parts[:5]


def test_no_values_are_no_bars_and_never_a_division():
    assert charts.bars([(None, None), (0.0, None)]) == [None, None]
    assert charts.stacked([("nothing", 1, 0.0)])[0].width == 0


def test_repeats_lie_behind_the_raw_size_on_one_scale():
    first, second, missing = charts.bars([(50.0, 100.0), (25.0, 25.0), (None, None)])
    assert (first.raw, first.whole) == (50, 100)
    assert (second.raw, second.whole) == (25, 25)
    assert missing is None


@pytest.mark.parametrize(
    ("tokens", "percent"),
    [(10**8, 0), (10**15, 100), (1, 0), (0, 0), (10**18, 100), (10**11, 300 / 7)],
)
def test_log_scale_is_clipped_at_its_ends(tokens, percent):
    assert charts.log_position(tokens) == pytest.approx(percent)


def test_log_interval_without_a_spread_has_only_its_middle():
    assert charts.log_interval(None, 10**9, None) == charts.LogInterval(None, 100 / 7, None)


@pytest.mark.parametrize("largest", [1, 7, 999, 10**6 + 1, 5_110_000_000, 3 * 10**14])
def test_axis_holds_its_largest_value_with_few_round_ticks(largest):
    axis = charts.linear_axis(largest)
    values = [value for _position, value in axis.ticks]
    assert values[0] == 0
    assert values[-1] <= largest
    assert 1 <= len(values) <= 6
    assert 90 < axis.position(largest) < 100
