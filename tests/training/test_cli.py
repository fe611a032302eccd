"""`peibi training`: the same answers as the API, in a terminal."""

import json

import pytest
from typer.testing import CliRunner

from app.training.cli import make_training_app

BLOOM = [
    "estimate", "--model", "bloom", "--accelerator", "a100", "--gpus", "384", "--tokens", "366e9",
    "--tp", "4", "--pp", "12", "--micro-batch", "2", "--global-batch", "2048",
    "--recompute", "full", "--optimizer", "bf16optimizer", "--step-seconds", "104.7",
]  # fmt: skip


def run(*arguments, text=None):
    return CliRunner().invoke(make_training_app(), list(arguments), input=text)


def test_estimate_prints_the_numbers_of_bloom():
    found = run(*BLOOM, "--goodput", "0.9", "--price", "1.75")
    assert found.exit_code == 0, found.output
    assert "176,247,271,424" in found.output
    assert "36.2 %" in found.output
    assert "48.0 %, 149.8 TFLOP/s" in found.output
    assert "1,894,926 USD" in found.output or "1,894,925 USD" in found.output


def test_estimate_prints_the_answer_of_the_api_as_json():
    found = json.loads(run(*BLOOM, "--json").output)
    assert found["params"]["total"] == 176_247_271_424
    assert found["memory"]["fits"] is True


def test_options_win_over_a_file():
    body = {
        "model": {"preset": "llama3-8b"},
        "hardware": {"accelerator": "h100", "count": 8},
        "tokens": 1e9,
    }
    found = run("estimate", "-", "--gpus", "16", "--json", text=json.dumps(body))
    assert found.exit_code == 0, found.output
    assert json.loads(found.output)["layout"]["dp"] == 16


def test_questions_are_answered_the_other_way_round():
    plan = ["questions", "--model", "llama3-8b", "--accelerator", "h100", "--gpus", "64"]
    found = run(*plan, "--tokens", "1e12", "--mfu", "0.4", "--price", "2", "--days", "10",
                "--budget", "100000", "--json")  # fmt: skip
    assert found.exit_code == 0, found.output
    answers = json.loads(found.output)
    assert answers["purchase"]["gpu_hours"] == 50_000
    assert answers["deadline"]["gpus"] > 64
    lines = run(*plan, "--tokens", "1e12", "--price", "2", "--budget", "100000").output
    assert "Compute-optimal parameters" in lines
    refused = run(*plan, "--tokens", "1e12", "--budget", "5")
    assert refused.exit_code == 1
    assert "price" in refused.output


def test_layouts_prints_ranks_and_reasons():
    found = run(
        "layouts", "--model", "bloom", "--accelerator", "a100", "--gpus", "384",
        "--global-batch", "2048", "--rows", "5",
    )  # fmt: skip
    assert found.exit_code == 0, found.output
    assert found.output.startswith("1\tTP ")
    assert "layouts fit." in found.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([*BLOOM, "--tp", "3"], "112 heads do not divide by tensor-parallel size 3."),
        ([*BLOOM, "--tokens", "many"], "tokens: A number is wanted here."),
        (["estimate"], "model: This field is missing."),
        (["estimate", "no-such-file.json"], "no-such-file.json"),
    ],
)
def test_a_refusal_is_a_sentence_and_an_exit_code(arguments, sentence):
    found = run(*arguments)
    assert found.exit_code == 1
    assert sentence in found.output


def test_presets_lists_what_can_be_named():
    found = run("presets")
    assert "bloom-176b" in found.output
    assert "ascend-910b" in found.output


def test_refusals_are_in_chinese_if_asked():
    assert "个注意力头不能被" in run("--language", "zh_CN", *BLOOM, "--tp", "3").output
