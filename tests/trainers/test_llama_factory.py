"""LLaMA-Factory's pair of files: both read together, and what it notices late or never."""

import json
from collections import Counter
from dataclasses import fields, replace

import datasets
import pytest
import yaml

from app.trainers.formats.llama_factory import FORMAT, INFO
from app.trainers.formats.llama_factory_places import INFO_KEYS
from app.trainers.kit.findings import CannotWrite
from app.trainers.kit.plan import Layout, Location
from tests.trainers import checking, plans
from tests.trainers.real import llama_factory

TWO = {"web": {"hf_hub_url": "org/web"}, "code": {"file_name": "code.jsonl"}}
MIXED = "dataset: web,code\nmix_strategy: interleave_over\n"


def codes(training: str, info: object = TWO) -> set[str]:
    files = {"train.yaml": training, **({} if info is None else {INFO: json.dumps(info)})}
    return {one.code for one in FORMAT.lint(files)}


def arguments(text: str):
    """Return the real DataArguments of a training file, its other keys left to the trainer."""
    given = yaml.safe_load(text)
    known = {one.name for one in fields(llama_factory.module().DataArguments)}
    return llama_factory.arguments(**{key: one for key, one in given.items() if key in known})


@pytest.mark.parametrize("name", plans.recipes())
def test_recipes_are_written_as_they_were_read_by_eye(name):
    checking.check_golden(FORMAT, name)


def test_random_plans_come_back():
    checking.check_random_plans(FORMAT)


def test_a_thousand_components_are_written_fast():
    checking.check_speed(FORMAT)


def test_the_real_llama_factory_reads_both_files():
    for plan in [*plans.recipes().values(), *(plans.random_plan(seed) for seed in range(200))]:
        *trainings, listed = FORMAT.write(plan).files
        info = json.loads(listed.text)
        for file, phase in zip(trainings, plan.phases, strict=True):
            read = arguments(file.text)
            assert read.dataset == [one.name for one in phase.drawn]
            assert abs(sum(read.interleave_probs) - 1) < 1e-9
            found = llama_factory.datasets_of(read.dataset, info)
            assert [one.dataset_name for one in found] == [
                one.locations[5].uri for one in phase.drawn
            ]
            assert {one.prompt for one in found} == {"text"}
            # The mean tokens of a document turn the shares of rows into those of tokens.
            tokens = [
                share * one.tokens_per_document
                for share, one in zip(read.interleave_probs, phase.drawn, strict=True)
            ]
            ratios = [one / sum(tokens) for one in tokens]
            assert ratios == pytest.approx([one.ratio for one in phase.drawn], abs=1e-9)


def test_rows_merged_by_the_real_llama_factory_make_the_plan_s_tokens():
    plan = plans.make_plan(plans.make_phase("Main", {"web": 7, "code": 3}, 10**9, code=10**6))
    read = arguments(FORMAT.write(plan).files[0].text)
    sizes = {"web": 15_000, "code": 1_000}
    sources = [
        datasets.Dataset.from_dict({"text": [name] * sizes[name]}).to_iterable_dataset()
        for name in read.dataset
    ]
    drawn = Counter(row["text"] for row in llama_factory.merge(sources, read))
    tokens = {name: drawn[name] * mean for name, mean in (("web", 1_000), ("code", 1_100))}
    assert tokens["web"] / sum(tokens.values()) == pytest.approx(0.7, abs=0.015)


def test_every_key_that_the_linter_knows_of_an_entry_is_read_by_the_real_parser():
    from tests.trainers.real import wheels

    source = wheels.source(llama_factory.WHEEL, "llamafactory/data/parser.py").read_text()
    assert all(f'"{key}"' in source for key in INFO_KEYS)


def test_files_say_where_they_lie():
    plan = plans.two_phases()
    for location, shown in [
        (Location("s3://b/web.jsonl", Layout.JSONL), {"cloud_file_name": "s3://b/web.jsonl"}),
        (Location("/data/web", Layout.PARQUET), {"file_name": "/data/web"}),
        (
            Location("org/web", Layout.HUGGINGFACE, subset="en"),
            {"hf_hub_url": "org/web", "split": "train", "subset": "en"},
        ),
    ]:
        web = replace(
            plan.phases[0].components[0], locations=(replace(location, text_field="body"),)
        )
        phase = replace(plan.phases[0], components=(web, plan.phases[0].components[1]))
        written = FORMAT.write(replace(plan, phases=(phase,)))
        info = json.loads(written.texts()[INFO])
        assert info["web"] == {**shown, "columns": {"prompt": "body"}}
        (component, _code) = FORMAT.read(written.texts()).phases[0].components
        assert (component.location, component.subset) == (location.uri, location.subset)


def loaded(written, cache, **changed):
    """Return the training rows that the real LLaMA-Factory makes of a plan's files."""
    training, listed = written.files
    keys = {**yaml.safe_load(training.text), **changed}
    read = arguments(yaml.safe_dump(keys))
    found = llama_factory.datasets_of(read.dataset, json.loads(listed.text))
    workers = keys.get("dataloader_num_workers", 0)  # the default of Hugging Face's Trainer
    sources = [llama_factory.rows(one, read, workers, str(cache)) for one in found]
    return llama_factory.split(llama_factory.merge(sources, read), read)


@pytest.fixture
def local(tmp_path):
    for name in ("web", "code"):
        (tmp_path / f"{name}.jsonl").write_text(f'{{"text": "{name}"}}\n' * 20)
    return plans.lying_at(
        *(Location(str(tmp_path / f"{one}.jsonl"), Layout.JSONL) for one in ("web", "code"))
    )


def test_local_files_are_streamed_by_the_real_llama_factory(local, tmp_path):
    rows = loaded(FORMAT.write(local), tmp_path)
    assert {row["_prompt"][0]["content"] for row in rows.take(40)} == {"web", "code"}


def test_without_loader_workers_the_real_llama_factory_finds_no_rows_in_a_local_file(
    local, tmp_path
):
    with pytest.raises(StopIteration):
        loaded(FORMAT.write(local), tmp_path, dataloader_num_workers=0)


def test_files_in_the_cloud_are_read_whole_by_the_real_llama_factory(tmp_path):
    written = FORMAT.write(
        plans.lying_at(
            Location("s3://b/web", Layout.JSONL), Location("gs://b/code.jsonl", Layout.JSONL)
        )
    )
    assert "llama_factory_cloud" in {one.kind.code for one in written.notes}
    assert {row["_prompt"][0]["content"] for row in loaded(written, tmp_path)} == {
        "s3://b/web",
        "gs://b/code.jsonl",
    }
    with pytest.raises(TypeError, match="buffer_size"):
        loaded(written, tmp_path, streaming=True)


@pytest.mark.parametrize(
    ("uri", "layout"),
    [
        ("/data/web/*.jsonl", Layout.JSONL),
        ("/data/web.jsonl.zst", Layout.JSONL),
        ("s3://b/web.parquet", Layout.PARQUET),
        ("s3://b/web", Layout.PARQUET),
        ("s3://b/*.jsonl", Layout.JSONL),
        ("hdfs://b/web.jsonl", Layout.JSONL),
    ],
)
def test_what_llama_factory_cannot_read_is_refused(uri, layout):
    with pytest.raises(CannotWrite, match="cannot read"):
        FORMAT.write(plans.lying_at(Location(uri, layout)))


def test_a_name_with_a_comma_is_refused():
    plan = plans.make_plan(plans.make_phase("Main", {"web,code": 1}, 10**9))
    with pytest.raises(CannotWrite, match="comma"):
        FORMAT.write(plan)


@pytest.mark.parametrize(
    ("training", "code"),
    [
        (MIXED + "interleave_probs: 0.9,0.3", "sum_not_one"),
        (MIXED + "interleave_probs: 0.7,0.2999999", "sum_not_one"),
        (MIXED + "interleave_probs: 1.2,-0.2", "negative"),
        (MIXED + "interleave_probs: nan,1", "not_finite"),
        (MIXED + "interleave_probs: 1,0", "hf_zero_refused"),
        (MIXED + "interleave_probs: 0.7,much", "not_a_number"),
        (MIXED + "interleave_probs: 1.0", "lengths_differ"),
        (MIXED, "llama_factory_no_probs"),
        (MIXED.replace("web", "books") + "interleave_probs: 0.7,0.3", "llama_factory_undefined"),
        ("dataset: web,code\ninterleave_probs: 0.7,0.3", "llama_factory_concat"),
        ("dataset: web,code", "llama_factory_joined"),
        (MIXED.replace("over", "under") + "interleave_probs: 0.7,0.3", "llama_factory_under"),
        (MIXED.replace("over", "once") + "interleave_probs: 0.7,0.3", "llama_factory_once"),
        (MIXED.replace("_over", "") + "interleave_probs: 0.7,0.3", "llama_factory_bad_strategy"),
        (MIXED + "interleave_prob: 0.7,0.3", "misspelt_key"),
        (MIXED + "interleave_probs: 0.7,0.3\nstreaming: true", "llama_factory_no_steps"),
    ],
)
def test_what_the_framework_notices_late_or_never_is_named(training, code):
    assert code in codes(training)


def test_entries_are_judged_too():
    training = MIXED + "interleave_probs: 0.7,0.3\nstreaming: true\nmax_steps: 5"
    assert codes(training) == {"llama_factory_no_workers"}
    training += "\ndataloader_num_workers: 2"
    assert not codes(training)
    assert codes(training, {**TWO, "web": {"cloud_file_name": "s3://b/web.jsonl"}}) == {
        "llama_factory_cloud_streamed"
    }
    assert codes(training, {**TWO, "web": {"hf_hub_url": "org/web", "num_samples": 5}}) == {
        "llama_factory_samples_ignored"
    }
    assert codes(training, {**TWO, "web": {"hf_hub_url": "org/web", "colums": {}}}) == {
        "misspelt_key"
    }
    assert codes(training, None) == {"llama_factory_no_info"}
    assert {one.code for one in FORMAT.lint({INFO: json.dumps(TWO)})} == {
        "llama_factory_no_training"
    }


def test_the_two_files_are_told_apart_by_what_is_in_them():
    texts = {"a": MIXED + "interleave_probs: [0.7, 0.3]", "b": json.dumps(TWO)}
    (phase,) = FORMAT.read(texts).phases
    assert [(one.location, one.weight) for one in phase.components] == [
        ("org/web", 0.7),
        ("code.jsonl", 0.3),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("stage: pt", "not_this_format"),
        ("a: &x [1]\nb: *x", "alias"),
        ("a: !!python/object/apply:os.system [ls]", "tag"),
        ("dataset: [", "syntax"),
    ],
)
def test_other_texts_are_refused(text, code):
    assert codes(text, None) == {code}


def test_a_missing_location_is_a_placeholder_that_the_linter_flags():
    checking.check_placeholders(FORMAT)
