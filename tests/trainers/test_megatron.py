"""Megatron's blends: the grammar with its silent failures, the draw, the files."""

import json
from dataclasses import replace

import pytest

from app.trainers.formats.megatron import FORMAT
from app.trainers.kit import placing
from app.trainers.kit.findings import CannotWrite
from app.trainers.kit.plan import Layout, Location
from tests.trainers import checking, plans


def codes(text: str) -> set[str]:
    return {one.code for one in FORMAT.lint({"": text})}


@pytest.mark.parametrize("name", plans.recipes())
def test_recipes_are_written_as_they_were_read_by_eye(name):
    checking.check_golden(FORMAT, name)


def test_random_plans_come_back_and_are_drawn_within_two_sequences():
    used = checking.check_random_plans(FORMAT)
    # The bound is no invention: some plan needs most of it.
    assert used > 0.5


def test_a_thousand_components_are_written_fast():
    checking.check_speed(FORMAT)


def test_the_draw_is_that_of_the_framework():
    # .7/.3 gives 700 and 300 of 1,000 sequences, as Megatron-LM does.
    plan = plans.make_plan(plans.make_phase("Main", {"web": 7, "code": 3}, 1000 * 4096))
    texts = FORMAT.write(plan).texts()
    (shares,) = FORMAT.realised_shares(texts, placing.sizes_of(plan))
    assert shares == {"web": 0.7, "code": 0.3}


def test_each_form_says_the_same():
    written = FORMAT.write(plans.two_phases())
    readings = [
        FORMAT.read({file.name: file.text})
        for ending in (".txt", ".json", ".sh")
        for file in written.files
        if file.name.endswith(ending) and file.phase in (0, None)
    ]
    for reading in readings:
        assert [(one.location, one.weight) for one in reading.phases[0].components] == [
            ("/data/megatron/web_text_document", 0.7),
            ("/data/megatron/code_text_document", 0.3),
        ]


def test_all_three_splits_are_written_and_an_absent_one_is_null():
    plan = plans.with_valid(plans.two_phases(), Layout.MEGATRON)
    texts = FORMAT.write(plan).texts()
    splits = json.loads(texts["blend-phase-1.json"])
    assert splits["valid"] == ["0.7", "/data/valid/web"]
    assert splits["test"] is None
    assert json.loads(texts["blend-phase-2.json"])["valid"] is None


def test_arguments_name_budget_and_phases():
    script = FORMAT.write(plans.two_phases()).texts()["megatron-args.sh"]
    # 1.1T tokens in sequences of 4,096; the second phase starts at 1T / (4,096 x 1,024).
    assert "--train-samples 268554688" in script
    assert "--phase-transition-iterations 238419" in script
    assert "content hash 0123456789abcdef" in script


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("30 /a 70 /b /c", "megatron_odd_count"),
        ("30 /a /b /c", "megatron_lost_weight"),
        ("/a 30 /b 70", "megatron_reversed"),
        ("/a /b 30 /c", "megatron_lost_weight"),
        ("30 /a /b /c 40 /d", "megatron_lost_weight"),
        ("30 40 70 /b", "megatron_numeric_prefix"),
        ("nan /a 1 /b", "not_finite"),
        ("inf /a 1 /b", "not_finite"),
        ("-1 /a 2 /b", "negative"),
        ("0 /a 2 /b", "zero_stops"),
        ("0 /a 0 /b", "all_zero"),
        ("1 /a 2 /a", "duplicate_name"),
        ("1 /a.bin 2 /b", "megatron_bad_prefix"),
        ("/a /b", "megatron_unweighted"),
        ('{"train": ["1", "/a"], "valid": null}', "megatron_missing_split"),
        ('{"train": ["1", "/a"], "validation": null, "test": null}', "megatron_split_name"),
        ('{"train": [], "valid": null, "test": null}', "megatron_empty_list"),
        ('{"train": "1 /a 2", "valid": null, "test": null}', "megatron_odd_count"),
        ('{"train": ["1", "/a"], "train": ["1", "/b"]}', "duplicate_key"),
        ("--data-path 1 /a /b /c", "megatron_lost_weight"),
        ("1 PEIBI-LOCATION-MISSING/web 2 /b", "placeholder"),
        ("", "not_this_format"),
        ('{"datasets": []}', "not_this_format"),
        ("{", "syntax"),
        ("1 /a\x00", "binary"),
    ],
)
def test_silent_failures_are_named(text, code):
    assert code in codes(text)


def test_a_finding_names_its_line():
    (finding,) = FORMAT.lint({"": "1.3 /data/web\n-0.3 /data/code\n"})
    assert (finding.code, finding.line) == ("negative", 2)


@pytest.mark.parametrize("text", ["9_00e-3 /a 1e-1 /b", "0.7 /a\n0.3 /b\n"])
def test_what_the_framework_parses_is_no_finding(text):
    assert not codes(text)


def test_words_without_weights_are_each_passed_once():
    reading = FORMAT.read({"": "/a /b"})
    assert [one.unit.value for one in reading.phases[0].components] == ["epochs", "epochs"]


def test_a_missing_location_is_a_placeholder_that_the_linter_flags():
    plan = plans.without_locations(plans.two_phases())
    written = FORMAT.write(plan)
    assert {one.code for one in written.findings} == {"missing_location"}
    reading = FORMAT.read(written.texts())
    assert {one.code for one in reading.findings} == {"placeholder"}
    assert [one.name for one in reading.phases[0].components] == ["web", "code"]


@pytest.mark.parametrize(
    ("location", "code"),
    [
        (Location("/data/my web", Layout.MEGATRON), "megatron_bad_prefix"),
        (Location("/data/web", Layout.MEGATRON, tokenizer="llama3"), "other_tokenizer"),
        (Location("/data/megatron/code_text_document", Layout.MEGATRON), "duplicate_location"),
    ],
)
def test_what_the_framework_would_take_silently_is_refused(location, code):
    plan = plans.two_phases()
    phase = plan.phases[0]
    web = replace(phase.components[0], locations=(location,))
    changed = replace(phase, components=(web, phase.components[1]))
    with pytest.raises(CannotWrite) as refused:
        FORMAT.write(replace(plan, phases=(changed,)))
    assert code in {one.code for one in refused.value.findings}


def test_a_dataset_below_one_sequence_is_named():
    plan = plans.make_plan(plans.make_phase("Main", {"web": 10_000, "tiny": 1}, 4096 * 100))
    assert {one.code for one in FORMAT.write(plan).findings} == {"megatron_below_one_sample"}


def test_weights_of_zero_are_left_out_and_named():
    plan = plans.make_plan(plans.make_phase("Main", {"web": 1, "code": 0}, 10**9))
    written = FORMAT.write(plan)
    assert written.texts()["blend.txt"] == "1.0 /data/megatron/web_text_document\n"
    assert "zero_dropped" in {one.kind.code for one in written.notes}
