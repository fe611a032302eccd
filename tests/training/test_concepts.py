"""The pages on ideas: every one in both languages, with the numbers of the plan in the address."""

import pytest

from app.training.concepts.explanations import CONCEPTS, EXPLANATIONS
from tests.training.test_calculator import page, text_of


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("concept", list(CONCEPTS))
def test_every_idea_has_its_page(client, concept, language):
    shown = page(client, f"/training/concepts/{concept}", **{"Accept-Language": language})
    is_english = EXPLANATIONS[concept][0][:30] in shown
    assert is_english == (language == "en")


@pytest.mark.parametrize(
    ("concept", "expected"),
    [
        ("zero", "ZeRO stage 1 5.50 bytes per parameter 20.40 GiB"),
        ("zero", "(3,982,551,552 × (2 + 2 + 12 / 8)) / 1,073,741,824"),
        ("zero", "DeepSpeed BF16Optimizer this plan 9.50 bytes per parameter 35.24 GiB"),
        ("tensor", "811.7"),
        ("pipeline", "Bubble with 1F1B this plan 7.9 %"),
        ("pipeline", "11 / (1 × 128 + 11)"),
        ("precision", "FP16 1 + 5 + 10 65504 (2 − 2^−10) × 2^15 6.1e-05 2^−14 5.96e-08 2^−24"),
        ("precision", "FP8 E4M3 1 + 4 + 3 448 1.75 × 2^8"),
        ("bf16-optimizer", "9.50 bytes per parameter"),
        ("bf16-optimizer", "2^(7 + 1)"),
        ("three-d", "4 × 12 × 1 × 8"),
        ("three-d", "across nodes, sends 20.9 GB in a step"),
        ("nccl", "Network of a GPU its share of the node’s 6.25 GB/s"),
    ],
)
def test_numbers_are_those_of_the_plan(client, concept, expected):
    assert expected in text_of(page(client, f"/training/concepts/{concept}"))


def test_another_run_has_other_numbers(client):
    shown = page(client, "/training/concepts/pipeline?run=korthikanti-175b")
    assert "9.9 %" in text_of(shown)  # 7 of 71 slots


@pytest.mark.parametrize("run", ["deepseek-v3", "llama3-8b"])
@pytest.mark.parametrize("concept", list(CONCEPTS))
def test_every_idea_has_numbers_of_every_kind_of_run(client, concept, run):
    """Experts, one stage, states that are sharded whole: nothing to divide, nothing to send."""
    where = f"model={run}&accelerator=h800&gpus=64&tokens=1T&optimizer=fsdp&global_batch=512"
    page(client, f"/training/concepts/{concept}?{where}")


def test_states_of_a_plan_are_those_of_its_memory(client):
    """What the idea says of the plan is what its fullest stage holds."""
    plan = client.post(
        "/api/v1/training/estimate",
        json={
            "model": {"preset": "deepseek-v3"},
            "hardware": {"accelerator": "h800", "count": 256},
            "layout": {"pp": 16, "ep": 16, "global_batch": 1024, "stages": [4] * 15 + [1]},
            "tokens": 1e12,
        },
    ).json()
    stage = plan["memory"]["per_stage"][plan["memory"]["fullest_stage"]]
    held = stage["weights_gib"] + stage["gradients_gib"] + stage["optimizer_gib"]
    where = "model=deepseek-v3&accelerator=h800&gpus=256&pp=16&ep=16&global_batch=1024&tokens=1T"
    stages = ",".join(["4"] * 15 + ["1"])
    shown = text_of(page(client, f"/training/concepts/zero?{where}&stages={stages}"))
    assert f"{held:.2f} GiB" in shown


def test_unknown_ideas_and_runs(client):
    page(client, "/training/concepts/magic", status=404)
    page(client, "/training/concepts/zero?gpus=0", status=422)
