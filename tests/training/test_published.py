"""Published and ours: the page's numbers, ZeRO's table, the orders that the sweep must keep."""

import re

import pytest

from app.training import published, sweeps
from tests.training.test_calculator import page, text_of


def rows_of(run):
    found = next(one for one in published.compare_runs() if one.run.id == run)
    return {row.name: row for row in found.rows}


def test_bloom():
    rows = rows_of("bloom-176b")
    assert rows["parameters"].ours == 176_247_271_424
    assert rows["hardware_tflops_per_gpu"].difference == pytest.approx(0, abs=1e-3)
    assert rows["gpu_hours"].difference == pytest.approx(0, abs=1e-3)
    assert rows["gpu_hours"].kind == "calibrated"  # goodput comes from this figure
    assert rows["predicted_step_seconds"].kind == "calibrated"
    assert abs(rows["predicted_step_seconds"].difference) < 0.05


def test_every_exact_parameter_count_is_met():
    exact = [one for one in published.compare_models() if one.is_exact]
    assert len(exact) >= 10
    assert all(one.ours == one.published for one in exact)


def test_printed_parameter_counts_are_met_to_their_digits():
    for one in published.compare_models():
        assert one.ours == pytest.approx(one.published, rel=0.04), one.id


def test_zero_table_is_reproduced():
    for row in published.zero_table().rows:
        for printed, ours in row.cells:
            assert ours == pytest.approx(printed, rel=0.01, abs=0.006)
    assert {row.parameters for row in published.zero_table().rows} == {7.5e9, 1e12}


def test_utilisations_of_korthikanti():
    rows = rows_of("korthikanti-175b")
    assert rows["mfu_percent"].ours == pytest.approx(51.4, abs=0.1)
    assert rows["hfu_percent"].ours == pytest.approx(52.8, abs=0.1)


def test_the_sweep_keeps_its_bounds():
    sweep = sweeps.bloom_sweep()
    assert sweep.refused <= 3
    assert sweep.caught == sweep.lost > 0
    large = {one.size: one.correlation for one in sweep.groups if one.count > 10}
    assert large["181B"] > 0.75
    assert large["182B"] > 0.95


def test_mpt_is_met_within_three_thousandths():
    assert sweeps.mpt_table().count == 108
    assert sweeps.mpt_table().worst_mfu < 0.003


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [([1, 2, 2, 4], [1, 2, 2, 4], 1), ([1, 2, 3, 4], [1, 3, 2, 4], 0.8)],
)
def test_rank_correlation(first, second, expected):
    assert published.rank_correlation(first, second) == pytest.approx(expected)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_shows_all_of_it(client, language):
    shown = text_of(page(client, "/training/published", **{"Accept-Language": language}))
    assert "176,247,271,424" in shown
    assert re.search(r"0\.98", shown)
    assert ("calibrated" if language == "en" else "经校准") in shown
