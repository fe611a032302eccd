"""What a run assumes: goodput from failures, the framework's share of memory as one says it."""

import pytest

from tests.training.test_api import ask, changed, refused
from tests.training.test_calculator import page, text_of
from tests.training.test_formulas import compute, formulas_of

STOPS = {
    "failures_per_device_month": 0.01, "restart_hours": 1.5, "checkpoint_hours": 3.0,
    "save_seconds": 40.0, "other_share": 0.02,
}  # fmt: skip
RUN = {
    "model": "llama3-8b", "accelerator": "h100-sxm", "gpus": "384", "tokens": "1T",
    "global_batch": "384", "optimizer": "fsdp", "recompute": "full",
}  # fmt: skip
FIELDS = {
    "failures": "0.01", "restart_hours": "1.5", "checkpoint_hours": "3", "save_seconds": "40",
    "other_share": "2%",
}  # fmt: skip


def address(**fields):
    return "/training?" + "&".join(f"{name}={value}" for name, value in (RUN | fields).items())


def test_goodput_follows_from_what_interrupts(client):
    body = changed(interruptions=STOPS)
    del body["goodput"]
    hours = ask(client, body).json()["gpu_hours"]
    # 384 GPUs fail 3.84 times a month and lose 3 hours each time.
    paid = 1 + 3.84 * 3 / 730.5 + 40 / 3600 / 3
    assert hours["goodput"] == pytest.approx(0.98 / paid)
    assert hours["with_goodput"] == pytest.approx(hours["compute"] / hours["goodput"])


def test_goodput_and_what_interrupts_are_not_both_given(client):
    assert refused(client, changed(interruptions=STOPS))["field"] == "goodput"
    shown = page(client, address(**{**FIELDS, "other_share": "0.02", "goodput": "0.9"}), status=422)
    assert 'id="goodput-error"' in shown


def test_the_page_tells_how_the_goodput_comes_about(client):
    shown = text_of(page(client, address(**{**FIELDS, "other_share": "0.02"})))
    assert "n GPUs with f failures a month each" in shown
    found = formulas_of(RUN | FIELDS)["goodput"]
    assert compute(found.values) == pytest.approx(found.result)
    assert 0.9 < found.result < 0.98


def test_half_of_what_interrupts_is_refused_at_its_field(client):
    shown = page(client, address(failures="0.01"), status=422)
    assert 'id="restart_hours-error"' in shown
    assert 'id="checkpoint_hours-error"' in shown


def test_the_framework_takes_what_one_says(client):
    memory = ask(client, changed(overhead_gib=10.0, overhead_band_gib=2.0)).json()["memory"]
    assert {one["overhead_gib"] for one in memory["per_stage"]} == {10.0}
    assert memory["low_gib"] == pytest.approx(memory["max_gib"] - 2)
    assert memory["high_gib"] == pytest.approx(memory["max_gib"] + 2)
    # What is nearer to the limit than the band is tight, and what is over it does not fit.
    plain = memory["usable_gib"] - (memory["max_gib"] - 10)
    tight = ask(client, changed(overhead_gib=plain - 1, overhead_band_gib=2.0)).json()["memory"]
    assert tight["verdict"] == "tight"
    over = ask(client, changed(overhead_gib=plain + 1)).json()["memory"]
    assert over["fits"] is False


def test_the_page_says_whose_number_the_framework_is(client):
    shown = text_of(page(client, address(overhead_gib="7.5", overhead_band="1")))
    assert "your input" in shown
    assert "7.5" in shown
    found = formulas_of(RUN | {"overhead_gib": "7.5"})["overhead"]
    assert found.kind == "given"
    assert found.result == 7.5
