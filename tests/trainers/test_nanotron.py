"""nanotron's stages."""

import pytest

from app.trainers.formats.nanotron import FORMAT
from tests.trainers import checking, plans


def codes(text: str) -> set[str]:
    return {one.code for one in FORMAT.lint({"": text})}


@pytest.mark.parametrize("name", plans.recipes())
def test_recipes_are_written_as_they_were_read_by_eye(name):
    checking.check_golden(FORMAT, name)


def test_random_plans_come_back_and_are_drawn_within_the_bound():
    assert checking.check_random_plans(FORMAT) > 0.5


def test_a_thousand_components_are_written_fast():
    checking.check_speed(FORMAT)


def test_a_missing_location_is_a_placeholder_that_the_linter_flags():
    checking.check_placeholders(FORMAT)


STAGES = """data_stages:
  - name: stable
    start_training_step: 1
    data:
      seed: 42
      num_loading_workers: 1
      dataset:
        dataset_folder: [/data/web, /data/code]
        dataset_weights: [0.7, 0.3]
  - name: decay
    start_training_step: 90000
    data: {seed: 42, dataset: {dataset_folder: [/data/web, /data/code], dataset_weights: [3, 7]}}
"""


def test_stages_are_read_in_the_order_of_their_steps():
    reading = FORMAT.read({"": STAGES})
    assert {one.code for one in reading.findings} <= {"normalised"}
    assert [(one.name, one.start_step) for one in reading.phases] == [
        ("stable", 1),
        ("decay", 90000),
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("[0.7, 0.3]", "[0.7]", "lengths_differ", 9),
        ("[0.7, 0.3]", "[0.7, -0.3]", "negative", 9),
        ("[0.7, 0.3]", "[0.7, .nan]", "not_finite", 9),
        ("[0.7, 0.3]", "[0, 0]", "all_zero", 9),
        ("[/data/web, /data/code]", "{/data/web: 0.7, /data/code: 0.3}", "nanotron_map_form", 8),
        ("dataset_weights", "dataset_weigths", "misspelt_key", 9),
        ("      seed: 42", "      sede: 42", "misspelt_key", 5),
        ("step: 1\n", "step: 0\n", "nanotron_first_step", 2),
        ("90000", "1", "nanotron_bad_step", 11),
        ("name: decay", "name: stable", "nanotron_same_stage", 10),
        ("data_stages", "stages", "not_this_format", 1),
    ],
)
def test_silent_failures_are_named(old, new, code, line):
    found = {one.code: one.line for one in FORMAT.lint({"": STAGES.replace(old, new, 1)})}
    assert found.get(code) == line
