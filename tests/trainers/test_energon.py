"""Energon's blends."""

from dataclasses import replace

import pytest

from app.trainers.formats.energon import FORMAT
from app.trainers.kit.findings import CannotWrite
from app.trainers.kit.plan import Layout, Location, Settings
from tests.trainers import checking, plans


def codes(text: str) -> set[str]:
    return {one.code for one in FORMAT.lint({"": text})}


@pytest.mark.parametrize("name", plans.recipes())
def test_recipes_are_written_as_they_were_read_by_eye(name):
    checking.check_golden(FORMAT, name)


def test_random_plans_come_back_and_are_drawn_within_the_bound():
    checking.check_random_plans(FORMAT)


def test_a_thousand_components_are_written_fast():
    checking.check_speed(FORMAT)


def test_a_missing_location_is_a_placeholder_that_the_linter_flags():
    checking.check_placeholders(FORMAT)


BLEND = """__module__: megatron.energon
__class__: MetadatasetV2
splits:
  train:
    blend:
      - {weight: 0.7, path: ./web}
      - {weight: 0.3, path: ./code, subset: {range: [0%, 50%]}, subflavors: {domain: code}}
  val:
    path: ./web
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("weight: 0.3", "weight: -0.3", "negative", 7),
        ("weight: 0.3", "weight: '0.3'", "energon_text_weight", 7),
        ("weight: 0.3", "weight: .nan", "not_finite", 7),
        ("weight: 0.3", "wieght: 0.3", "misspelt_key", 7),
        ("weight: 0.3", "repetitions: 2", "energon_wrong_key", 7),
        ("weight: 0.3, ", "", "energon_default_weight", 7),
        ("path: ./code", "path: ./web", "duplicate_name", 7),
        ("MetadatasetV2", "Dataset", "energon_no_class", 2),
        ("path: ./code, ", "", "missing_value", 7),
        ("train", "trian", "not_this_format", 1),
    ],
)
def test_silent_failures_are_named(old, new, code, line):
    found = {one.code: one.line for one in FORMAT.lint({"": BLEND.replace(old, new, 1)})}
    assert found.get(code) == line


def test_a_good_blend_has_no_finding():
    assert not codes(BLEND)


def test_nested_blends_are_multiplied_out():
    nested = BLEND.replace(
        "- {weight: 0.7, path: ./web}",
        "- {weight: 0.7, blend: [{weight: 3, path: ./a}, {weight: 1, path: ./b}]}",
    )
    parts = FORMAT.read({"": nested}).phases[0].components
    assert [(one.name, round(one.weight, 9)) for one in parts] == [
        ("a", 0.525),
        ("b", 0.175),
        ("code", 0.3),
    ]


def test_modes_inside_each_other_are_named():
    nested = BLEND.replace(
        "{weight: 0.7, path: ./web}", "{weight: 0.7, blend_epochized: [{path: ./a}]}"
    )
    assert "energon_nested_modes" in codes(nested)


def test_weights_count_documents():
    # Half the tokens each, documents of 1,000 and 1,100 tokens.
    plan = plans.make_plan(plans.make_phase("Main", {"web": 1, "code": 1}, 10**9))
    written = FORMAT.write(plan)
    parts = FORMAT.read(written.texts()).phases[0].components
    assert parts[0].weight / parts[1].weight == pytest.approx(1.1)
    (note,) = [one for one in written.notes if one.kind.code == "rows_not_tokens"]
    assert "web 1000, code 1100" in note.english()


def test_exact_passes_are_written_and_come_back():
    plan = plans.make_plan(
        plans.make_phase("Main", {"web": 7, "code": 3}, 10**9, code=10**8),
        settings=Settings(exact_epochs=True),
    )
    assert (
        "{repetitions: 3.0, path: /data/energon/code}"
        in (FORMAT.write(plan).texts()["metadataset.yaml"])
    )
    checking.check_plan(FORMAT, plan)


def test_documents_need_their_mean_length():
    phase = plans.make_phase("Main", {"web": 1}, 10**9)
    unknown = replace(phase, components=(replace(phase.components[0], tokens_per_document=None),))
    with pytest.raises(CannotWrite, match="mean tokens per document of web"):
        FORMAT.write(plans.make_plan(unknown))


@pytest.mark.parametrize(
    ("uri", "layout"),
    [
        ("s3://b/web", Layout.WEBDATASET),
        ("/data/web-*.tar", Layout.WEBDATASET),
    ],
)
def test_a_location_that_the_framework_cannot_read_is_refused(uri, layout):
    with pytest.raises(CannotWrite, match="cannot read"):
        FORMAT.write(plans.lying_at(Location(uri, layout)))


@pytest.mark.parametrize(
    ("uri", "layout"),
    [
        ("/data/web", Layout.WEBDATASET),
        ("msc://b/web", Layout.WEBDATASET),
    ],
)
def test_a_location_that_the_framework_reads_is_written(uri, layout):
    assert uri in FORMAT.write(plans.lying_at(Location(uri, layout))).files[0].text
