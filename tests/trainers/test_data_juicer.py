"""Data-Juicer's datasets: rows rounded up until none are left, and what it passes over."""

from dataclasses import replace

import pytest
import yaml

from app.trainers.formats.data_juicer import FORMAT
from app.trainers.kit import arithmetic, placing
from app.trainers.kit.findings import CannotWrite
from app.trainers.kit.plan import Layout, Location
from tests.trainers import checking, plans
from tests.trainers.real import data_juicer


def codes(text: str) -> set[str]:
    return {one.code for one in FORMAT.lint({"": text})}


def configs(*given: str, head: str = "max_sample_num: 100") -> set[str]:
    lines = "".join(f"    - {{{one}}}\n" for one in given)
    return codes(f"dataset:\n  {head}\n  configs:\n{lines}")


@pytest.mark.parametrize("name", plans.recipes())
def test_recipes_are_written_as_they_were_read_by_eye(name):
    checking.check_golden(FORMAT, name)


def test_random_plans_come_back_and_keep_their_shares_up_to_a_document_each():
    # Thousands of rows: of a handful, most datasets would get none.
    used = [
        checking.check_plan(FORMAT, plans.random_plan(seed, scale=1_000))
        for seed in range(checking.PLANS)
    ]
    assert 0.8 < max(used) <= 1


def test_a_thousand_components_are_written_fast():
    checking.check_speed(FORMAT)


def test_the_real_data_juicer_takes_the_rows_that_the_arithmetic_says():
    for seed in range(500):
        plan = plans.random_plan(seed, scale=1_000)
        written = FORMAT.write(plan)
        realised = FORMAT.realised_shares(written.texts(), placing.sizes_of(plan))
        for file, phase, shares in zip(written.files, plan.phases, realised, strict=True):
            dataset = yaml.safe_load(file.text)["dataset"]
            weights = [one["weight"] for one in dataset["configs"]]
            rows = data_juicer.builder().get_sample_numbers(weights, dataset["max_sample_num"])
            assert all(isinstance(one, float) for one in weights)
            assert sum(rows) == dataset["max_sample_num"]
            means = {f"/data/jsonl/{one.name}.jsonl": one for one in phase.drawn}
            parts = [means[one["path"]] for one in dataset["configs"]]
            tokens = [
                count * one.tokens_per_document for count, one in zip(rows, parts, strict=True)
            ]
            bound = FORMAT.error_bound(phase, plan.settings)
            for one, share in zip(parts, arithmetic.normalised(tokens), strict=True):
                assert share == pytest.approx(shares[one.name], abs=1e-12)
                assert share == pytest.approx(one.ratio, abs=bound)


def test_the_largest_dataset_stands_last_so_that_no_small_one_loses_its_rows():
    text = FORMAT.write(plans.two_phases()).files[0].text
    assert [one["path"] for one in yaml.safe_load(text)["dataset"]["configs"]] == [
        "/data/jsonl/code.jsonl",
        "/data/jsonl/web.jsonl",
    ]


def test_a_dataset_that_would_get_no_row_is_named():
    many = {f"set-{place}": 1.0 for place in range(50)}
    written = FORMAT.write(plans.make_plan(plans.make_phase("Main", many, 60_000)))
    assert {one.code for one in written.findings} == {"data_juicer_no_rows"}
    assert "data_juicer_no_rows" in {one.code for one in FORMAT.lint(written.texts())}


def test_a_dataset_on_the_hub_alone_has_no_location_here():
    plan = plans.two_phases()
    web = replace(
        plan.phases[0].components[0], locations=(Location("org/web", Layout.HUGGINGFACE),)
    )
    phase = replace(plan.phases[0], components=(web, plan.phases[0].components[1]))
    assert {one.code for one in FORMAT.write(replace(plan, phases=(phase,))).findings} == {
        "missing_location"
    }


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["type: local, path: a, weight: -1", "type: local, path: b, weight: 2"], "negative"),
        (["type: local, path: a, weight: 0", "type: local, path: b, weight: 2"], "zero"),
        (["type: local, path: a, weight: .nan"], "not_finite"),
        (["type: local, path: a, weight: many"], "not_a_number"),
        (["type: local, path: a, wieght: 1"], "misspelt_key"),
        (["type: local, path: a, repeat: 1"], "unknown_key"),
        (["type: local, path: a", "type: remote, path: b"], "data_juicer_mixed_types"),
        (["type: remote, path: a", "type: remote, path: b"], "data_juicer_several_remote"),
        (["type: local, weight: 1"], "missing_value"),
        (["type: local, path: a", "type: local, path: a"], "duplicate_name"),
        (["type: local, path: PEIBI-LOCATION-MISSING/web"], "placeholder"),
    ],
)
def test_silent_failures_are_named(given, code):
    assert code in configs(*given)


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ("x: 1", "data_juicer_no_limit"),
        ("max_sample_num: 0", "data_juicer_bad_limit"),
        ("max_sample_num: 1.5", "data_juicer_bad_limit"),
        ("max_sample_num: 2", "data_juicer_no_rows"),
    ],
)
def test_the_number_of_rows_is_judged(head, code):
    given = [f"type: local, path: {name}, weight: 1" for name in "abc"]
    assert code in configs(*given, head=head)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("0.7 a.jsonl b.jsonl", {"data_juicer_path_without_weight", "data_juicer_no_limit"}),
        ("-1 a.jsonl 2 b.jsonl", {"data_juicer_clipped", "data_juicer_no_limit"}),
        ("nan a.jsonl 2 b.jsonl", {"not_finite", "data_juicer_no_limit"}),
        ("0.7 a.jsonl 0.3 b.jsonl", {"data_juicer_no_limit"}),
        ("'a.jsonl", {"syntax"}),
    ],
)
def test_the_one_line_form_is_judged(path, found):
    assert codes(f'dataset_path: "{path}"') == found


def test_the_real_data_juicer_ignores_weights_without_a_number_of_rows():
    from tests.trainers.real import wheels

    source = wheels.source(data_juicer.WHEEL, "data_juicer/core/data/dataset_builder.py")
    assert "self.weights = [1.0 for stra in self.load_strategies]" in source.read_text()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("process: []", "not_this_format"),
        ("a: &x [1]\nb: *x", "alias"),
        ("a: !!python/object/apply:os.system [ls]", "tag"),
        ("dataset: [", "syntax"),
    ],
)
def test_other_texts_are_refused(text, code):
    assert codes(text) == {code}


def test_a_missing_location_is_a_placeholder_that_the_linter_flags():
    written = FORMAT.write(plans.without_locations(plans.two_phases()))
    assert {one.code for one in written.findings} == {"missing_location"}
    assert codes(written.files[0].text) == {"placeholder"}


@pytest.mark.parametrize(
    ("uri", "layout"),
    [
        ("/data/web/*.jsonl", Layout.JSONL),
        ("s3://b/web.jsonl", Layout.JSONL),
    ],
)
def test_a_location_that_the_framework_cannot_read_is_refused(uri, layout):
    with pytest.raises(CannotWrite, match="cannot read"):
        FORMAT.write(plans.lying_at(Location(uri, layout)))


@pytest.mark.parametrize(
    ("uri", "layout"),
    [
        ("/data/web", Layout.JSONL),
        ("/data/web.jsonl.zst", Layout.JSONL),
    ],
)
def test_a_location_that_the_framework_reads_is_written(uri, layout):
    assert uri in FORMAT.write(plans.lying_at(Location(uri, layout))).files[0].text
