"""OLMo-core's source mixtures."""

from dataclasses import replace

import pytest

from app.trainers.formats.olmo_core import FORMAT
from app.trainers.kit import placing
from app.trainers.kit.plan import Phase, Settings
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


SOURCES = """sources:
  - source_name: web
    target_ratio: 0.7
    paths: [/web.npy]
  - source_name: code
    target_ratio: 0.3
    paths: [/code.npy]
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("0.7", "1.2", "sum_not_one", 1),
        ("0.7", "0.70002", "sum_not_one", 1),
        ("0.3", "-0.2", "negative", 6),
        ("0.3", ".nan", "not_finite", 6),
        ("source_name: code", "source_name: web", "duplicate_source", None),
        ("target_ratio: 0.3", "target_ration: 0.3", "misspelt_key", 6),
        ("target_ratio: 0.3", "target_ratio: 0.3\n    colour: red", "unknown_key", 7),
        ("source_name: code", "name: code", "olmo_cookbook", 5),
        ("[/code.npy]", "[]", "olmo_no_paths", 5),
        ("0.3\n", "0.3\n    max_repetition_ratio: 0.5\n", "olmo_repetition_below_one", 7),
        ("sources", "streams", "not_this_format", 1),
    ],
)
def test_silent_failures_are_named(old, new, code, line):
    found = {one.code: one.line for one in FORMAT.lint({"": SOURCES.replace(old, new)})}
    assert code in found
    assert line is None or found[code] == line


def test_per_cent_are_named_as_such():
    text = SOURCES.replace("0.7", "70").replace("0.3", "30")
    assert codes(text) == {"olmo_percent"}


def test_a_sum_within_the_frameworks_tolerance_is_no_finding():
    assert not codes(SOURCES.replace("0.7", "0.7000001"))


def test_whole_batches_are_those_of_the_framework():
    # 100,000 tokens in batches of 4,096 with sequences of 1,024: web 71,680, code 30,720.
    components = (
        replace(one, unique_tokens=size, max_epochs=2.0 if one.name == "code" else None)
        for one, size in zip(
            plans.make_phase("Main", {"web": 7, "code": 3}, 100_000).components,
            (100_000, 20_000),
            strict=True,
        )
    )
    plan = plans.make_plan(
        Phase("Main", tuple(components)),
        settings=Settings(sequence_length=1024, global_batch_size=4),
    )
    texts = FORMAT.write(plan).texts()
    assert "max_repetition_ratio: 2.0" in texts["mixture.yaml"]
    (shares,) = FORMAT.realised_shares(texts, placing.sizes_of(plan))
    assert shares == {"web": 71_680 / 102_400, "code": 30_720 / 102_400}


def test_passes_above_one_are_allowed_for_only_as_far_as_the_plan_draws():
    plan = plans.make_plan(plans.make_phase("Main", {"web": 7, "code": 3}, 10**9, code=10**8))
    written = FORMAT.write(plan)
    # 239 batches are 1,002,438,656 tokens, of which code is 3.0073 times its 100,000,000.
    assert "max_repetition_ratio: 3.008" in written.texts()["mixture.yaml"]
    assert "olmo_repeats" in {one.kind.code for one in written.notes}
