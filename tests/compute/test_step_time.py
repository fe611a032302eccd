"""Predicted steps: published orders, rows that were fitted on, and rows that were not."""

import csv
from dataclasses import fields

import numpy as np
import pytest

from app.compute.estimating.prepared import predict_step, prepare_run, run_memory
from app.compute.hardware.machines import Cluster
from app.compute.hardware.profiles import FSDP_2023, MEGATRON_DEEPSPEED_2022
from app.compute.layout.layouts import Layout
from app.training import presets
from benchmarks import compute
from tests.compute.published_quantities import VECTORS


@pytest.fixture(scope="module")
def sweep():
    return compute.measured_layouts()


@pytest.fixture(scope="module")
def held_out():
    with (VECTORS / "bloom_held_out.csv").open(encoding="utf-8", newline="") as file:
        return compute.measured_layouts(list(csv.DictReader(file)))


def errors(measured):
    timed = [item for item in measured if item.seconds]
    return np.array([predict_step(item.run).total / item.seconds - 1 for item in timed])


def bloom_step(tp, pp, dp, micro_batch):
    layout = Layout(
        tp=tp,
        pp=pp,
        dp=dp,
        micro_batch=micro_batch,
        global_batch=2048,
        recompute="full",
        optimizer="deepspeed_bf16",
    )
    device = presets.accelerators()["a100-sxm-80gb"].device
    run = prepare_run(presets.models()["bloom-176b"].shape, Cluster(device, 384), layout)
    return predict_step(run).total


def test_published_orders_of_181b_hold():
    """TP4 PP12 110.5 s < TP8 PP6 114.1 < TP4 PP6 117.1 < TP8 PP2 136.1 < TP1 PP48 142."""
    steps = [predict_step(compute.order_run(*sizes)).total for sizes in compute.ORDER]

    assert steps == sorted(steps)
    assert steps == pytest.approx([110.5, 114.1, 117.1, 136.1, 142.2], rel=0.05)


def test_published_orders_of_176b_hold():
    """TP4 DP8 beats TP8 DP4 (102 to 106 against 121.6 s); a micro-batch of 4 is no faster."""
    chosen = bloom_step(4, 12, 8, 2)

    assert chosen == pytest.approx(104.5, rel=0.03)
    assert chosen < bloom_step(8, 12, 4, 2)
    assert chosen < bloom_step(4, 12, 8, 4)


def test_sweep_is_met_and_ranked(sweep):
    assert np.abs(errors(sweep)).mean() < 0.05
    ranks = compute.rank_correlations([item for item in sweep if item.seconds])
    assert ranks["181B"][1] > 0.8
    assert ranks["182B"][1] > 0.95
    assert ranks["195B"][1] > 0.85


def test_rows_that_were_not_fitted_on_are_met_as_well(held_out):
    """The other rows of the same log, chronicles-prequel.md of bigscience@9e64edec."""
    found = errors(held_out)

    assert np.abs(found).mean() < 0.045
    ranks = compute.rank_correlations([item for item in held_out if item.seconds])
    assert ranks["181B"][1] > 0.8
    assert ranks["182B"][1] > 0.8


def test_rows_out_of_memory_are_rejected(sweep, held_out):
    lost = [item for item in [*sweep, *held_out] if item.outcome == "oom"]

    fitting = [item.size for item in lost if compute.fits(item.run)]

    assert len(lost) == 6
    # 206B failed while 203B used 67 GB: near the limit for another reason than its size.
    assert fitting == ["206B"]


def test_hardly_any_row_that_ran_is_refused(sweep, held_out):
    for rows in (sweep, held_out):
        ran = [item for item in rows if item.outcome == "ran"]
        refused = [item for item in ran if item.run is None or not compute.fits(item.run)]

        assert len(refused) <= 3


def test_memory_of_held_out_rows_is_met(held_out):
    sized = [item for item in held_out if item.memory_gb]
    gaps = [run_memory(item.run).total.max() - item.memory_gb for item in sized]

    assert abs(np.mean(gaps)) < 1
    assert np.sqrt(np.mean(np.square(gaps))) < 3.5


def test_every_mpt_row_reproduces_its_parameters_and_mfu():
    for row in presets.mpt_throughput():
        run = compute.mpt_run(row)
        found = compute.mpt_estimate(row)

        assert found.params.total == int(row["parameters"]), row
        assert 100 * found.utilisation.mfu == pytest.approx(float(row["mfu_percent"]), rel=0.003)
        assert found.time.predicted.total == pytest.approx(predict_step(run).total)


def test_mpt_steps_are_predicted():
    found = [
        compute.mpt_estimate(row).time.predicted.total / compute.mpt_seconds(row) - 1
        for row in presets.mpt_throughput()
    ]

    assert np.abs(found).mean() < 0.04


@pytest.mark.parametrize(
    ("group", "mean", "worst"),
    [("megatron-sc21", 0.05, 0.08), ("korthikanti", 0.04, 0.08), ("dgxc", 0.26, 0.4)],
)
def test_runs_of_other_stacks_are_predicted_without_a_fit(group, mean, worst):
    """Megatron on A100 comes close; H100 with the kernels of 2024 is faster than carried over."""
    found = []
    for run in presets.runs().values():
        if run.id.startswith(group):
            seconds = run.step_seconds or _seconds_at(run)
            prepared = prepare_run(presets.models()[run.model].shape, run.cluster(), run.layout)
            found.append(predict_step(prepared).total / seconds - 1)

    assert found
    assert np.abs(found).mean() < mean
    assert np.abs(found).max() < worst


def test_bigscience_profile_is_what_the_fit_gives():
    fitted, slower = compute.fit_bloom()

    assert 1.0 < slower < 1.1
    for field in fields(MEGATRON_DEEPSPEED_2022):
        kept, found = (getattr(item, field.name) for item in (MEGATRON_DEEPSPEED_2022, fitted))
        if isinstance(kept, float):
            assert found == pytest.approx(kept, rel=0.02), field.name


def test_bigscience_overhead_is_what_the_fit_gives():
    fixed, share, rms = compute.fit_bloom_overhead()

    assert fixed == pytest.approx(MEGATRON_DEEPSPEED_2022.overhead.fixed_gib, abs=0.1)
    assert share == pytest.approx(MEGATRON_DEEPSPEED_2022.overhead.working_share, abs=0.1)
    assert rms < 2


def test_fsdp_profile_is_what_the_fit_gives():
    fitted = compute.fit_mpt()

    for field in fields(FSDP_2023):
        kept, found = (getattr(item, field.name) for item in (FSDP_2023, fitted))
        if isinstance(kept, float):
            assert found == pytest.approx(kept, rel=0.03), field.name


def _seconds_at(run):
    from app.compute.model.flops import hardware_flops_per_token

    shape = presets.models()[run.model].shape
    tokens = run.layout.global_batch * shape.sequence
    flops = hardware_flops_per_token(shape, run.layout.recompute) * tokens
    return flops / (run.gpus * run.hfu_tflops * 1e12)
