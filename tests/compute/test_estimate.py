"""The one entry: BLOOM's page, every way to say how fast, and what the reader is told."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.compute.errors import InvalidLayout, InvalidNumber, NoSuchChoice
from app.compute.estimating.estimate import Assumptions, estimate
from app.compute.hardware.machines import Accelerator, Cluster
from app.compute.layout.layouts import Layout
from app.compute.model.shapes import llama
from app.compute.timing.efficiency import Efficiency
from app.training import presets

SHAPE = llama(layers=8, hidden=1024, heads=8, kv_heads=4, ffn=2816, vocab=32000, sequence=2048)
H100 = presets.accelerators()["h100-sxm"].device
LAYOUT = Layout(tp=2, dp=4, micro_batch=1, global_batch=64, sequence_parallel=True)


@pytest.fixture(scope="module")
def bloom():
    run = presets.runs()["bloom-176b"]
    cluster = replace(run.cluster(), price_per_hour=Decimal("1.75"))
    return estimate(
        presets.models()[run.model].shape,
        cluster,
        run.layout,
        tokens=run.tokens,
        assumptions=Assumptions(
            Efficiency(step_seconds=run.step_seconds),
            goodput=run.goodput,
            grid_g_per_kwh=run.grid_g_per_kwh,
        ),
    )


def test_bloom_parameters_and_flops(bloom):
    assert bloom.params.total == 176_247_271_424
    assert bloom.flops.per_token == pytest.approx(6 * 176_247_271_424 + 12 * 70 * 14336 * 2048)
    assert bloom.flops.total == pytest.approx(bloom.flops.per_token * 366e9)
    assert bloom.flops.convention == "palm"


def test_bloom_utilisation_tells_mfu_and_hfu_apart(bloom):
    assert bloom.utilisation.hardware_tflops_per_gpu == pytest.approx(149.77, rel=0.0005)
    assert bloom.utilisation.hfu == pytest.approx(0.480, abs=0.0005)
    assert bloom.utilisation.mfu == pytest.approx(0.362, abs=0.0005)
    assert bloom.utilisation.by_convention["6n"] == pytest.approx(0.354, abs=0.0005)
    assert bloom.utilisation.by_convention["matmul"] == pytest.approx(0.362, abs=0.0005)


def test_bloom_hours_money_and_energy(bloom):
    assert bloom.time.steps == pytest.approx(87_261, abs=1)
    assert bloom.time.days == pytest.approx(105.7, abs=0.05)
    assert bloom.gpu_hours.compute == pytest.approx(974_533, abs=1)
    assert bloom.gpu_hours.with_goodput == pytest.approx(1_082_990, rel=0.001)
    assert bloom.cost == pytest.approx(Decimal(1_894_925), abs=1)
    assert bloom.energy_kwh == pytest.approx(433_196, rel=0.001)
    assert bloom.co2_t == pytest.approx(24.69, rel=0.001)
    assert bloom.checkpoint_gib == pytest.approx(2298.0, abs=0.1)


def test_bloom_pipeline_and_memory(bloom):
    assert bloom.pipeline.stages == (5, *[6] * 10, 5)
    assert bloom.pipeline.micro_batches == 128
    assert bloom.pipeline.bubble_fraction == pytest.approx(0.0791, abs=0.0001)
    assert bloom.memory.fits
    assert bloom.memory.max_gib == pytest.approx(59.5, abs=2)  # nvidia-smi showed 59 to 60 GB
    assert bloom.memory.fullest_stage == 0
    assert len(bloom.memory.per_stage) == 12
    assert bloom.memory.per_stage[0].in_flight == 12


def test_bloom_traffic(bloom):
    """Tensor parallelism within the node sends 812 GB, with the recomputed third of it."""
    assert bloom.communication["tensor"].bytes == pytest.approx(812e9, rel=0.001)
    assert bloom.communication["pipeline"].bytes == pytest.approx(30e9, rel=0.01)
    assert bloom.communication["data"].bytes == pytest.approx(1.5 * 13.9e9, rel=0.01)
    assert bloom.communication["expert"].bytes == 0


def test_bloom_step_is_measured_and_its_prediction_stays_apart(bloom):
    assert bloom.time.kind == "measured"
    assert bloom.time.step_seconds == 104.7
    assert bloom.time.predicted.total == pytest.approx(104.7, rel=0.03)
    assert bloom.time.parts.total == pytest.approx(104.7)
    assert bloom.time.parts.bubble / 104.7 == pytest.approx(
        bloom.time.predicted.bubble / bloom.time.predicted.total
    )
    assert "predicted_step" not in {notice.code for notice in bloom.warnings}
    assert "uneven_stages" in {notice.code for notice in bloom.warnings}


def plan(efficiency=None, layout=LAYOUT, cluster=None, shape=SHAPE, **assumed):
    return estimate(
        shape,
        cluster or Cluster(H100, layout.gpus),
        layout,
        tokens=1e11,
        assumptions=Assumptions(efficiency or Efficiency(), **assumed),
    )


def test_every_way_to_say_how_fast_agrees():
    measured = plan(Efficiency(step_seconds=1.5))

    by_mfu = plan(Efficiency(mfu=measured.utilisation.mfu))
    by_rate = plan(Efficiency(hfu_tflops=measured.utilisation.hardware_tflops_per_gpu))

    assert by_mfu.time.step_seconds == pytest.approx(1.5)
    assert by_rate.time.step_seconds == pytest.approx(1.5)
    assert (measured.time.kind, by_mfu.time.kind) == ("measured", "given")


def test_without_a_speed_a_profile_predicts_and_says_so():
    found = plan()

    assert found.time.step_seconds == found.time.predicted.total
    assert found.time.kind == "assumed"
    assert "predicted_step" in {notice.code for notice in found.warnings}
    assert plan(layout=Layout(dp=8, global_batch=64, optimizer="fsdp")).time.kind == "calibrated"


def test_without_price_power_or_grid_there_is_no_figure():
    device = Accelerator("Unknown", 300, 64)

    found = plan(cluster=Cluster(device, 8), grid_g_per_kwh=400)

    assert (found.cost, found.currency, found.energy_kwh, found.co2_t) == (None, None, None, None)


def test_goodput_is_all_unless_given():
    assert plan().gpu_hours.with_goodput == plan().gpu_hours.compute
    assert plan(goodput=0.5).gpu_hours.with_goodput == pytest.approx(2 * plan().gpu_hours.compute)


def test_fp8_divides_by_the_fp8_peak():
    layout = replace(LAYOUT, precision="fp8")

    assert plan(layout=layout).utilisation.peak_tflops == 1979
    with pytest.raises(InvalidNumber, match="fp8"):
        plan(layout=layout, cluster=Cluster(Accelerator("A100", 312, 80), 8))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tp": 16, "dp": 1, "shape": replace(SHAPE, heads=16, head_dim=64)}, "tp_leaves_node"),
        ({"tp": 8, "dp": 1}, "kv_heads_copied"),
        ({"shape": replace(SHAPE, vocab=32001)}, "vocab_padded"),
        (
            {"pp": 8, "tp": 1, "dp": 1, "global_batch": 8, "sequence_parallel": False},
            "large_bubble",
        ),
    ],
)
def test_reader_is_told(change, code):
    shape = change.pop("shape", SHAPE)
    found = plan(layout=replace(LAYOUT, **change), shape=shape)

    assert code in {notice.code for notice in found.warnings}


def test_padded_vocabulary_tells_both_sizes():
    notices = plan(shape=replace(SHAPE, vocab=32001)).warnings
    padded = next(notice for notice in notices if notice.code == "vocab_padded")

    assert (padded.values["vocab"], padded.values["padded"]) == (32001, 32256)


def test_a_peak_that_is_too_low_is_noticed():
    """1979 TFLOP/s is the H100's sparse figure; taking it for dense halves the MFU, and so on."""
    found = plan(Efficiency(step_seconds=0.001))

    assert found.utilisation.mfu > 1
    assert "unusual_mfu" in {notice.code for notice in found.warnings}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"tokens": 0}, InvalidNumber),
        ({"tokens": float("inf")}, InvalidNumber),
        ({"assumptions": {"goodput": 0}}, InvalidNumber),
        ({"assumptions": {"pue": 0.9}}, InvalidNumber),
        ({"assumptions": {"grid_g_per_kwh": -1}}, InvalidNumber),
        ({"assumptions": {"convention": "9n"}}, NoSuchChoice),
        ({"assumptions": {"profile": "mine"}}, NoSuchChoice),
        ({"layout": {"tp": 3}}, InvalidLayout),
        ({"layout": {"recompute": "half"}}, NoSuchChoice),
    ],
)
def test_bad_input_is_refused(arguments, error):
    layout = replace(LAYOUT, **arguments.get("layout", {}))

    with pytest.raises(error):
        estimate(
            SHAPE,
            Cluster(H100, 8),
            layout,
            tokens=arguments.get("tokens", 1e9),
            assumptions=Assumptions(**arguments.get("assumptions", {})),
        )


@pytest.mark.parametrize(
    "given",
    [
        {"mfu": 36},
        {"mfu": 0},
        {"step_seconds": -1},
        {"hfu_tflops": float("nan")},
        {"mfu": 0.4, "step_seconds": 1},
    ],
)
def test_bad_efficiency_is_refused(given):
    with pytest.raises(InvalidNumber):
        Efficiency(**given)


@pytest.mark.parametrize("count", [0, -8])
def test_a_cluster_has_devices(count):
    with pytest.raises(InvalidNumber, match="count"):
        Cluster(H100, count)


@pytest.mark.parametrize("schedule", ["1f1b", "zb1p", "dualpipe"])
def test_schedules_trade_bubble_for_memory(schedule):
    layout = Layout(pp=4, dp=2, micro_batch=1, global_batch=32)
    plain = plan(layout=replace(layout, schedule="1f1b"))
    found = plan(layout=replace(layout, schedule=schedule))

    assert found.pipeline.bubble_slots <= plain.pipeline.bubble_slots
    assert found.memory.max_gib >= plain.memory.max_gib - 1e-9
    assert found.time.step_seconds <= plain.time.step_seconds + 1e-9
