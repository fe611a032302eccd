"""GPT-NeoX's paths and weights."""

import pytest

from app.trainers.formats.gpt_neox import FORMAT
from app.trainers.kit.plan import Layout
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


DATA = """{"train-data-paths": ["/web", "/code"],
 "train-data-weights": [0.7, 0.3],
 "valid-data-paths": ["/val"],
 "test-data-paths": ["/val"],
 "train_iters": 100}
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("[0.7, 0.3]", "[0.7]", "lengths_differ", 2),
        ("[0.7, 0.3]", "[-1, 2]", "negative", 2),
        ("[0.7, 0.3]", "[0, 0]", "all_zero", 2),
        ("[0.7, 0.3]", "[0.7, .nan]", "not_finite", 2),
        ("[0.7, 0.3]", "[0.7, x]", "not_a_number", 2),
        ('"/code"', '"/web"', "duplicate_name", 2),
        ('"test-data-paths": ["/val"],', "", "neox_not_all_splits", 1),
        ('"train_iters"', '"weight_by_num_documents"', "neox_overridden", 5),
        ('"train_iters"', '"train-epochs"', "neox_train_epochs", 5),
        ("train-data-paths", "data-paths", "not_this_format", 1),
    ],
)
def test_silent_failures_are_named(old, new, code, line):
    found = {one.code: one.line for one in FORMAT.lint({"": DATA.replace(old, new, 1)})}
    assert found.get(code) == line


def test_dashes_and_underscores_are_the_same():
    plain, other = FORMAT.read({"": DATA}), FORMAT.read({"": DATA.replace("-data-", "_data_")})
    assert not plain.findings
    assert [one.weight for one in other.phases[0].components] == [0.7, 0.3]


def test_files_for_validation_are_used_where_they_are_known():
    plan = plans.with_valid(plans.two_phases(), Layout.MEGATRON)
    texts = FORMAT.write(plan).texts()
    assert (
        "valid-data-paths:\n  - /data/valid/web\nvalid-data-weights:\n  - 1.0\n"
        in (texts["data-phase-1.yml"])
    )


def test_steps_count_from_the_first_start_and_so_does_the_learning_rate():
    # 1T and 0.1T tokens in steps of 4,096 x 1,024.
    (first, second) = FORMAT.write(plans.two_phases()).texts().values()
    for text in (first, second):
        words = " ".join(text.replace("#", " ").split())
        assert "train_iters 238419, 262261 in turn" in words
        assert "lr_decay_iters 262261" in words


def test_more_datasets_than_its_index_can_number_are_named_and_found():
    names = {f"set-{place}": 1.0 for place in range(255)}
    written = FORMAT.write(plans.make_plan(plans.make_phase("Main", names, 10**12)))
    assert {one.code for one in written.findings} == {"neox_too_many"}
    assert "neox_too_many" in {one.code for one in FORMAT.lint(written.texts())}
