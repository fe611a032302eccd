"""Nemotron's blends: the JSON, what its preparation drops in silence, and Megatron's draw."""

import json

import pytest

from app.trainers.formats.nemotron import FORMAT
from app.trainers.kit import placing
from tests.trainers import checking, plans
from tests.trainers.real import megatron, mirrors


def codes(text: str) -> set[str]:
    return {one.code for one in FORMAT.lint({"": text})}


def blend(**changes: object) -> str:
    web = {"name": "web", "path": "hf://org/web", "split": "train", "weight": 0.7, **changes}
    code = {"name": "code", "path": "s3://b/code", "weight": 0.3}
    return json.dumps({"datasets": [web, code]})


@pytest.mark.parametrize("name", plans.recipes())
def test_recipes_are_written_as_they_were_read_by_eye(name):
    checking.check_golden(FORMAT, name)


def test_random_plans_come_back_and_are_drawn_within_two_sequences():
    assert checking.check_random_plans(FORMAT) > 0.5


def test_a_thousand_components_are_written_fast():
    checking.check_speed(FORMAT)


def test_mirror_of_nemotron_e27b371_hands_the_shares_to_the_real_megatron():
    for seed in range(300):
        plan = plans.random_plan(seed)
        files = FORMAT.write(plan).files
        realised = FORMAT.realised_shares(
            {one.name: one.text for one in files}, placing.sizes_of(plan)
        )
        for file, phase, shares in zip(files, plan.phases, realised, strict=True):
            items = mirrors.nemotron(json.loads(file.text)).data_paths()
            prefixes, weights = megatron.blend(items)
            assert [one.split("/")[3] for one in prefixes] == [one.name for one in phase.drawn]
            weights = megatron.utils().normalize(weights)
            assert weights == pytest.approx([one.ratio for one in phase.drawn], abs=1e-12)
            bound = FORMAT.error_bound(phase, plan.settings)
            assert weights == pytest.approx(list(shares.values()), abs=bound)


def test_mirror_of_nemotron_e27b371_accepts_what_the_linter_names():
    for text in (blend(weight=-1), blend(wieght=2), blend(path="")):
        mirrors.nemotron(json.loads(text))
        assert codes(text)


def test_the_head_is_a_key_that_the_preparation_passes_over():
    written = FORMAT.write(plans.two_phases())
    first, second = (json.loads(one.text) for one in written.files)
    assert [one.name for one in written.files] == [
        "data_blend_raw_phase_1.json",
        "data_blend_raw_phase_2.json",
    ]
    assert first["_peibi"]["content_hash"] == "0123456789abcdef" * 4
    assert (first["_peibi"]["phase"], second["_peibi"]["phase"]) == ("Main", "Anneal")
    assert first["datasets"][0] == {
        "name": "web",
        "path": "hf://org/web",
        "split": "train",
        "text_field": "text",
        "weight": 0.7,
    }
    assert not codes(written.files[0].text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (blend(weight=-1), "nemotron_dropped"),
        (blend(weight=0), "nemotron_dropped"),
        (blend(weight="many"), "not_a_number"),
        (blend(weight=float("nan")), "not_finite"),
        (blend(wieght=0.7), "misspelt_key"),
        (blend(epochs=2), "unknown_key"),
        (blend(name="code"), "duplicate_name"),
        (blend(split=None), "nemotron_no_split"),
        (blend(path=""), "missing_value"),
        (blend(path="hf://PEIBI-LOCATION-MISSING/web"), "placeholder"),
        ('{"datasets": [], "train": []}', "nemotron_both_forms"),
        ('{"train": [{"name": "web", "path": "/web"}]}', "nemotron_per_split"),
        ('{"valid": [{"name": "web", "path": "/web"}]}', "nemotron_per_split"),
        ('{"train": ["0.7", "/web"], "valid": null, "test": null}', "missing_value"),
        ('{"datasets": 3}', "not_this_format"),
        ("[1, 2]", "not_this_format"),
        ("{", "syntax"),
        ("\x00", "binary"),
    ],
)
def test_silent_failures_are_named(text, code):
    assert code in codes(text)


def test_a_finding_names_its_line():
    text = json.dumps(json.loads(blend(weight=-1)), indent=1)
    line = text.splitlines().index('   "weight": -1') + 1
    assert ("negative", line) in [(one.code, one.line) for one in FORMAT.lint({"": text})]


def test_a_missing_location_is_a_placeholder_that_the_linter_flags():
    written = FORMAT.write(plans.without_locations(plans.two_phases()))
    assert {one.code for one in written.findings} == {"missing_location"}
    assert codes(written.files[0].text) == {"placeholder"}
    assert [one.name for one in FORMAT.read(written.texts()).phases[0].components] == [
        "web",
        "code",
    ]
