"""Every formula, with the plan's values put in, computes the number that the page shows."""

import re

import pytest

from app.compute.estimating.estimate import lay_out
from app.training import forms, presets, service
from app.training.formulas.all import find_formulas

RUNS = [run.id for run in presets.runs().values() if run.layout]
BY_HAND = {
    "model": "hand", "accelerator": "h100-sxm", "gpus": "512", "tokens": "10T", "tp": "4",
    "pp": "4", "global_batch": "1024", "price": "2.5", "grid": "536.6", "pue": "1.2",
}  # fmt: skip
EXTRA = [
    {"was": "deepseek-v3", "ep": "8", "pp": "3", "gpus": "384", "recompute": "selective"},
    {"was": "mixtral-8x7b", "ep": "8", "sequence_parallel": "yes", "speed": "mfu",
     "speed_value": "38%"},
    {"was": "llama3-70b", "optimizer": "fsdp", "pp": "1", "tp": "1", "convention": "8n"},
    {"was": "llama3-8b", "recompute": "full", "convention": "causal", "interleave": "2"},
]  # fmt: skip


def formulas_of(query):
    filled = forms.read_query(query)
    assert filled.body, filled.form.errors
    plan = service.plan_run(filled.body)
    run = lay_out(plan.shape, plan.cluster, plan.estimate.layout, plan.assumed)
    return find_formulas(plan, run)


def compute(expression):
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", expression).translate(
        {ord("×"): "*", ord("−"): "-", ord("^"): "**"}
    )
    assert re.fullmatch(r"(min\(|[\d.e+\-*/(), ])+", plain), expression
    return eval(plain)  # noqa: S307  numbers, operators and min only


@pytest.mark.parametrize("query", [{"run": one} for one in RUNS] + [BY_HAND | one for one in EXTRA])
def test_values_put_in_give_the_number_shown(query):
    found = formulas_of(query)
    for name, one in found.items():
        if one.values:
            assert compute(one.values) == pytest.approx(one.result, rel=1e-3, abs=1e-9), name


def test_every_number_of_a_priced_run_has_its_formula():
    assert set(formulas_of(BY_HAND | {"was": "llama3-8b"})) >= {
        "parameters", "flops_per_token", "flops", "hardware_flops", "checkpoint", "weights",
        "gradients", "optimizer", "activations", "logits", "buffers", "overhead", "bubble", "step",
        "tokens_per_second", "steps", "days", "mfu", "hfu", "tflops", "gpu_hours", "paid_hours",
        "cost", "energy", "co2", "traffic_data", "traffic_tensor", "traffic_pipeline", "in_flight",
        "bandwidth_data", "bandwidth_tensor", "bandwidth_pipeline",
    }  # fmt: skip
