"""LLM-Foundry's streams and curriculum."""

from dataclasses import replace

import pytest

from app.trainers.formats.llm_foundry import FORMAT
from app.trainers.kit import placing
from app.trainers.kit.findings import CannotWrite
from app.trainers.kit.plan import Settings
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


TRAIN = """max_duration: 600tok
train_loader:
  dataset:
    shuffle: true
    epoch_size: 100
    streams:
      web: {remote: s3://b/web, local: /cache/web, proportion: 0.7}
      code: {remote: s3://b/code, local: /cache/code, proportion: 0.3}
callbacks:
  curriculum_learning:
    duration: 500tok
    schedule:
      - duration: 100tok
        dataset: {epoch_size: 50, streams: {web: {local: /w, proportion: 1}}}
"""


def test_phases_come_with_their_tokens():
    reading = FORMAT.read({"": TRAIN})
    assert not reading.findings
    assert [one.tokens for one in reading.phases] == [500, 100]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("proportion: 0.3", "repeat: 2", "mosaic_mixed_kinds", 8),
        ("proportion: 0.3", "proportion: 0.3, choose: 4", "mosaic_two_kinds", 8),
        ("proportion: 0.3", "propotion: 0.3", "misspelt_key", 8),
        ("proportion: 0.3", "proportion: -0.3", "negative", 8),
        ("    epoch_size: 100\n", "", "mosaic_no_epoch_size", 3),
        ("/cache/code", "/cache/web", "mosaic_same_local", 8),
        ("shuffle: true", "shuffle: false", "mosaic_no_shuffle", 3),
        ("500tok", "500ba", "mosaic_duration", 11),
        ("600tok", "700tok", "mosaic_duration_sum", 1),
        ("streams", "sources", "not_this_format", 1),
    ],
)
def test_silent_failures_are_named(old, new, code, line):
    found = {one.code: one.line for one in FORMAT.lint({"": TRAIN.replace(old, new, 1)})}
    assert found.get(code) == line


def test_epoch_size_beside_passes_is_named():
    text = TRAIN.replace("proportion: 0.7", "repeat: 1").replace("proportion: 0.3", "repeat: 2")
    assert "mosaic_epoch_size_with_repeat" in codes(text)


def test_proportions_are_whole_samples_as_the_framework_has_them():
    # .7/.3 of 1,100 samples: 770 and 330.
    plan = plans.make_plan(plans.make_phase("Main", {"web": 7, "code": 3}, 1100 * 4096))
    (shares,) = FORMAT.realised_shares(FORMAT.write(plan).texts(), placing.sizes_of(plan))
    assert shares == {"web": 0.7, "code": 0.3}


def test_exact_passes_are_written_and_come_back():
    plan = plans.make_plan(
        plans.make_phase("Main", {"web": 7, "code": 3}, 10**9, code=10**8),
        settings=Settings(exact_epochs=True),
    )
    assert "repeat: 3.0" in FORMAT.write(plan).texts()["train.yaml"]
    checking.check_plan(FORMAT, plan)


def test_passes_need_sizes():
    phase = plans.make_phase("Main", {"web": 1}, 10**9)
    unknown = replace(phase, components=(replace(phase.components[0], unique_tokens=None),))
    with pytest.raises(CannotWrite, match="no token estimate of web"):
        FORMAT.write(plans.make_plan(unknown, settings=Settings(exact_epochs=True)))
