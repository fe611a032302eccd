"""What ships: every entry can be read, cites its source, and fits together."""

import pytest

from app.compute.layout.layout_rules import find_violations
from app.compute.layout.layouts import Layout
from app.training import presets


def test_every_model_and_device_cites_a_source():
    for preset in [*presets.models().values(), *presets.accelerators().values()]:
        assert preset.sources
        assert all(preset.sources)


def test_devices_sold_in_china_are_there():
    wanted = {"ascend-910b", "ascend-910c", "h20", "h800", "a800-80gb", "a100-sxm-80gb", "h100-sxm"}

    assert wanted <= set(presets.accelerators())
    assert presets.accelerators()["ascend-910b"].confidence == "unverified"


def test_no_peak_is_a_sparse_one():
    """1979 is the H100's sparse bf16 figure, and its dense fp8 one."""
    h100 = presets.accelerators()["h100-sxm"].device

    assert (h100.peak("bf16"), h100.peak("fp8")) == (989, 1979)


@pytest.mark.parametrize("run", presets.runs().values(), ids=lambda run: run.id)
def test_published_runs_are_valid(run):
    shape = presets.models()[run.model].shape

    assert run.published
    assert run.cluster().count == run.gpus
    if isinstance(run.layout, Layout):
        assert list(find_violations(shape, run.layout, run.gpus)) == []


def test_measured_rows_are_complete():
    layouts = presets.bloom_layouts()

    assert {row["outcome"] for row in layouts} == {"ran", "oom"}
    for row in layouts:
        assert (row["outcome"] == "ran") == bool(row["step_seconds"])
