"""Ramp, goodput, checkpoints, number formats and the inverse questions."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.compute.errors import InvalidLayout, InvalidNumber
from app.compute.estimating import inverse
from app.compute.layout.pipeline import bubble_slots, fit_slot_time
from app.compute.model.precision import FORMATS, bf16_sum_stalls_at
from app.compute.spending.cost import gpu_cost
from app.compute.spending.energy import co2_tonnes, energy_kwh
from app.compute.timing.goodput import Interruptions, estimate_goodput, with_goodput
from app.compute.timing.ramp import BatchRamp, ramp_stages
from app.compute.timing.schedule import run_duration

SPEED = inverse.Speed(flops_per_token=6 * 8.03e9, peak_tflops=989, mfu=0.4, goodput=0.9)


def test_a_ramp_of_no_length_is_no_ramp():
    ramp = BatchRamp(start=64, increment=64, sequences=0)

    (stage,) = ramp_stages(
        1e9, ramp=ramp, global_batch=256, sequence=1024, step_seconds=lambda _batch: 2.0
    )
    plain = run_duration(1e9, global_batch=256, sequence=1024, step_seconds=2.0)

    assert stage.seconds == pytest.approx(plain.seconds)
    assert stage.steps == pytest.approx(plain.steps)


def test_a_ramp_takes_its_steps_by_hand():
    """Two batches of 10 and 20 over 60 sequences, then 30: 3 + 1.5 steps, and 1 of 30."""
    ramp = BatchRamp(start=10, increment=10, sequences=60)

    found = ramp_stages(90, ramp=ramp, global_batch=30, sequence=1, step_seconds=float)

    assert [one.steps for one in found] == pytest.approx([3, 1.5, 1])
    assert sum(one.seconds for one in found) == pytest.approx(90)


def test_a_run_that_ends_within_its_ramp():
    ramp = BatchRamp(start=10, increment=10, sequences=1000)

    found = ramp_stages(
        100, ramp=ramp, global_batch=30, sequence=1, step_seconds=lambda _batch: 1.0
    )

    assert sum(one.steps for one in found) == pytest.approx(10)


@pytest.mark.parametrize("start", [11, 40])
def test_a_ramp_must_reach_the_batch(start):
    with pytest.raises(InvalidLayout, match=r"increments|starts"):
        ramp_stages(
            1e9,
            ramp=BatchRamp(start, 10, 100),
            global_batch=30,
            sequence=1,
            step_seconds=lambda _batch: 1.0,
        )


def test_bloom_trains_107_days_with_its_ramp():
    """192 to 2048 sequences in steps of 16 over 9,765,625 sequences."""
    found = ramp_stages(
        366e9,
        ramp=BatchRamp(start=192, increment=16, sequences=9_765_625),
        global_batch=2048,
        sequence=2048,
        step_seconds=lambda batch: (batch / 16 + 11) * 0.7045 + 6.78,
    )

    assert sum(one.seconds for one in found) / 86_400 == pytest.approx(107.1, abs=0.05)


def test_slot_time_of_bigscience():
    """Slot 0.743 s, fixed 3.86 s, no step further off than 0.06 s (chronicles-prequel.md)."""
    measured = {32: 35.77, 64: 59.65, 128: 107.12}
    slot, fixed = fit_slot_time(list(measured), list(measured.values()), pp=12)

    for micro_batches, seconds in measured.items():
        step = (micro_batches + float(bubble_slots(12.0))) * slot + fixed
        assert step == pytest.approx(seconds, abs=0.065)
    with pytest.raises(InvalidNumber):
        fit_slot_time([32, 32], [35.0, 36.0], pp=12)


def test_goodput_by_hand():
    """One failure in 100 h costs 1 + 2 / 2 h, a save of 36 s every 2 h is half a per cent."""
    failures = Interruptions(
        failures_per_device_month=24 * 30.4375 / 100,
        restart_hours=1,
        checkpoint_hours=2,
        save_seconds=36,
        other_share=0.1,
    )

    assert estimate_goodput(1, failures) == pytest.approx(0.9 / (1 + 0.02 + 0.005))


@given(st.integers(1, 100_000), st.floats(0, 5), st.floats(0, 10), st.floats(0.1, 24))
def test_goodput_is_a_share(gpus, failures, restart, interval):
    share = estimate_goodput(gpus, Interruptions(failures, restart, interval, 60))

    assert 0 < share <= 1
    assert with_goodput(100.0, share) >= 100


def test_number_formats_match_numpy():
    for name, kind in (("fp16", np.float16), ("fp32", np.float32)):
        limits = np.finfo(kind)
        found = FORMATS[name]

        assert found.maximum == float(limits.max)
        assert found.smallest_normal == float(limits.smallest_normal)
        assert found.smallest_subnormal == float(limits.smallest_subnormal)
        assert found.epsilon == float(limits.eps)
        assert found.bits == limits.bits


def test_bf16_has_the_range_of_fp32_and_stalls_early():
    """Adding 1 to 256 in bf16 changes nothing: BF16Optimizer sums in fp32."""
    assert FORMATS["bf16"].exponent_bits == FORMATS["fp32"].exponent_bits
    assert FORMATS["bf16"].maximum == pytest.approx(3.39e38, rel=0.001)
    assert FORMATS["bf16"].epsilon == pytest.approx(7.81e-3, rel=0.001)
    assert FORMATS["fp8_e4m3"].smallest_normal == 2**-6
    assert bf16_sum_stalls_at(1.0) == 256


def test_gpus_and_days_invert_each_other():
    gpus = inverse.gpus_for_days(1e12, 30, SPEED)

    hours = 1e12 / SPEED.tokens_per_hour
    assert gpus * 30 * 24 >= hours > (gpus - 1) * 30 * 24
    assert inverse.gpus_for_days(1e12, 30, SPEED, multiple=64) % 64 == 0


def test_tokens_and_budget_invert_each_other():
    price = Decimal("2.5")
    tokens = inverse.tokens_for_budget(Decimal(100_000), price, SPEED)

    assert tokens / SPEED.tokens_per_hour * 2.5 == pytest.approx(100_000)


def test_rented_gpus_stay_within_the_budget():
    gpus = inverse.gpus_for_budget(Decimal(1_000_000), Decimal("2.5"), 10, multiple=8)

    assert gpus % 8 == 0
    assert gpus * 240 * 2.5 <= 1_000_000 < (gpus + 8) * 240 * 2.5
    assert inverse.gpus_for_budget(Decimal(100), Decimal(10), 30, multiple=8) == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: inverse.gpus_for_days(0, 30, SPEED),
        lambda: inverse.gpus_for_days(1e12, 0, SPEED),
        lambda: inverse.Speed(1, 989, 40),
        lambda: inverse.tokens_for_budget(Decimal(1), Decimal(0), SPEED),
        lambda: inverse.size_for_tokens(1e20, -1),
        lambda: gpu_cost(-1, Decimal(1)),
        lambda: energy_kwh(1, 400, pue=0.5),
        lambda: co2_tonnes(-1, 400),
    ],
)
def test_numbers_out_of_range_are_refused(call):
    with pytest.raises(InvalidNumber):
        call()
