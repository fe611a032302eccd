"""Axolotl's datasets: the part that is kept, passes as entries, and what Axolotl ignores."""

from dataclasses import replace

import pytest
import yaml

from app.trainers.formats.axolotl import FORMAT
from app.trainers.kit.findings import CannotWrite
from app.trainers.kit.plan import Layout, Location
from tests.trainers import checking, plans
from tests.trainers.real import axolotl


def codes(text: str) -> set[str]:
    return {one.code for one in FORMAT.lint({"": text})}


def entries(*given: str, more: str = "") -> set[str]:
    return codes("datasets:\n" + "".join(f"  - {{{one}}}\n" for one in given) + more)


@pytest.mark.parametrize("name", plans.recipes())
def test_recipes_are_written_as_they_were_read_by_eye(name):
    checking.check_golden(FORMAT, name)


def test_random_plans_come_back_and_keep_their_shares_up_to_a_document():
    assert checking.check_random_plans(FORMAT, resolution=1e-8) > 0.8


def test_a_thousand_components_are_written_fast():
    checking.check_speed(FORMAT)


def test_the_real_schema_takes_every_entry_as_it_was_meant():
    plans_ = [*plans.recipes().values(), *(plans.random_plan(seed) for seed in range(200))]
    for plan in plans_:
        for file, phase in zip(FORMAT.write(plan).files, plan.phases, strict=True):
            kept: dict[str, float] = {}
            for entry in yaml.safe_load(file.text)["datasets"]:
                one = axolotl.dataset(entry)
                assert isinstance(entry["weight"], float)
                assert set(entry) <= set(type(one).model_fields)
                kept[one.path] = kept.get(one.path, 0.0) + one.weight
            passes = [one.ratio * phase.tokens / one.unique_tokens for one in phase.drawn]
            assert list(kept.values()) == pytest.approx(passes, abs=2e-9)


def test_every_key_that_the_linter_knows_is_one_of_the_real_schema():
    from app.trainers.formats.axolotl import KEYS

    assert set(KEYS) == set(axolotl.schema().SFTDataset.model_fields)


def test_two_and_a_half_passes_are_two_entries_and_a_half():
    plan = plans.make_plan(
        plans.make_phase("Main", {"web": 3, "code": 1}, 10**12, web=10**12, code=10**11)
    )
    written = FORMAT.write(plan)
    listed = yaml.safe_load(written.files[0].text)["datasets"]
    assert [(one["path"], one["weight"]) for one in listed] == [
        ("org/web", 0.75),
        ("org/code", 1.0),
        ("org/code", 1.0),
        ("org/code", 0.5),
    ]
    (note,) = [one for one in written.notes if one.kind.code == "axolotl_repeated"]
    assert note.english() == (
        "Axolotl cannot repeat: the 2.5 passes of code became 2 whole entries and one with "
        "weight 0.5."
    )
    assert not FORMAT.lint(written.texts())


def test_whole_passes_have_no_rest():
    plan = plans.make_plan(plans.make_phase("Main", {"web": 1}, 3 * 10**9, web=10**9))
    written = FORMAT.write(plan)
    listed = yaml.safe_load(written.files[0].text)["datasets"]
    assert [one["weight"] for one in listed] == [1.0, 1.0, 1.0]
    assert "axolotl_repeated_whole" in {one.kind.code for one in written.notes}


def test_more_passes_than_can_be_listed_are_refused():
    plan = plans.make_plan(plans.make_phase("Main", {"web": 1}, 10**12, web=10**9))
    with pytest.raises(CannotWrite, match="web is passed 1000 times"):
        FORMAT.write(plan)


def test_without_a_size_nothing_is_written():
    plan = plans.two_phases()
    parts = tuple(replace(one, unique_tokens=None) for one in plan.phases[0].components)
    with pytest.raises(CannotWrite) as refused:
        FORMAT.write(replace(plan, phases=(replace(plan.phases[0], components=parts),)))
    assert [one.code for one in refused.value.findings] == ["no_size"]


def test_files_say_their_type_and_names_on_the_hub_their_subset():
    plan = plans.two_phases()
    for location, shown in [
        (Location("/data/web.jsonl", Layout.JSONL), "path: /data/web.jsonl\n    ds_type: json\n"),
        (Location("org/web", Layout.HUGGINGFACE, subset="en"), "path: org/web\n    name: en\n"),
    ]:
        web = replace(plan.phases[0].components[0], locations=(location,))
        phase = replace(plan.phases[0], components=(web, plan.phases[0].components[1]))
        assert shown in FORMAT.write(replace(plan, phases=(phase,))).files[0].text


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["path: a, wieght: 0.5"], "misspelt_key"),
        (["path: a, fraction: 0.5"], "unknown_key"),
        (["path: a, weight: 1.5"], "axolotl_out_of_range"),
        (["path: a, weight: 0"], "axolotl_out_of_range"),
        (["path: a, weight: -0.1"], "negative"),
        (["path: a, weight: .nan"], "not_finite"),
        (["path: a, weight: many"], "not_a_number"),
        (["path: a, weight: 0.5", "path: a, weight: 0.5"], "axolotl_same_rows"),
        (["weight: 0.5"], "missing_value"),
        (["path: PEIBI-LOCATION-MISSING/web"], "placeholder"),
    ],
)
def test_silent_failures_are_named(given, code):
    assert code in entries(*given)


def test_weights_where_axolotl_ignores_them_are_named():
    assert entries("path: a, weight: 0.5", more="streaming: true\n") == {"axolotl_streaming"}
    assert entries("path: a", more="num_epochs: 3\n") == {"axolotl_several_epochs"}
    text = "pretraining_dataset:\n  - path: a\n    weight: 0.5\n"
    (finding,) = FORMAT.lint({"": text})
    assert (finding.code, finding.line) == ("axolotl_ignored_weight", 3)


def test_what_axolotl_takes_is_no_finding():
    assert not entries("path: a, weight: 0.5, type: completion", "path: b", "path: b")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("base_model: a", "not_this_format"),
        ("a: &x [1]\nb: *x", "alias"),
        ("a: !!python/object/apply:os.system [ls]", "tag"),
        ("datasets: [", "syntax"),
    ],
)
def test_other_texts_are_refused(text, code):
    assert codes(text) == {code}


def test_a_missing_location_is_a_placeholder_that_the_linter_flags():
    written = FORMAT.write(plans.without_locations(plans.two_phases()))
    assert {one.code for one in written.findings} == {"missing_location"}
    assert {one.code for one in FORMAT.lint(written.texts())} == {"placeholder"}


def test_of_many_repeated_datasets_the_first_are_named_and_the_others_counted():
    names = {f"set-{place}": 1.0 for place in range(50)}
    plan = plans.make_plan(plans.make_phase("Main", names, 10**9, **dict.fromkeys(names, 10**7)))
    said = [one for one in FORMAT.write(plan).notes if one.kind.code.startswith("axolotl_repeated")]
    assert len(said) == 21
    assert said[-1].english() == (
        "Axolotl cannot repeat: 30 further datasets became several entries each."
    )


@pytest.mark.parametrize(
    ("uri", "layout"),
    [
        ("/data/web/*.jsonl", Layout.JSONL),
        ("s3://b/web", Layout.PARQUET),
    ],
)
def test_a_location_that_the_framework_cannot_read_is_refused(uri, layout):
    with pytest.raises(CannotWrite, match="cannot read"):
        FORMAT.write(plans.lying_at(Location(uri, layout)))


@pytest.mark.parametrize(
    ("uri", "layout"),
    [
        ("/data/web", Layout.JSONL),
        ("s3://b/web.jsonl", Layout.JSONL),
        ("org/web", Layout.HUGGINGFACE),
    ],
)
def test_a_location_that_the_framework_reads_is_written(uri, layout):
    assert uri in FORMAT.write(plans.lying_at(Location(uri, layout))).files[0].text
