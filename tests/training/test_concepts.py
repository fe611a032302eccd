"""The pages on ideas: every one in both languages, with the numbers of the plan in the address."""

import pytest

from app.training.explanations import CONCEPTS, EXPLANATIONS
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
        ("zero", "0 16"),
        ("tensor", "811.7"),
        ("pipeline", "7.9%"),
        ("precision", "6.55e+04"),
        ("bf16-optimizer", "9.50"),
        ("three-d", "384"),
    ],
)
def test_numbers_are_those_of_the_plan(client, concept, expected):
    assert expected in text_of(page(client, f"/training/concepts/{concept}"))


def test_another_run_has_other_numbers(client):
    shown = page(client, "/training/concepts/pipeline?run=korthikanti-175b")
    assert "9.9%" in text_of(shown)  # 7 of 71 slots


def test_unknown_ideas_and_runs(client):
    page(client, "/training/concepts/magic", status=404)
    page(client, "/training/concepts/zero?gpus=0", status=422)
