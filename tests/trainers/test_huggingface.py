"""Hugging Face's interleave_datasets: files that run, and what is wrong with those of others."""

import ast
from collections import Counter
from dataclasses import replace

import datasets
import numpy as np
import pytest

from app.trainers.formats.huggingface import FORMAT
from app.trainers.kit.findings import CannotWrite
from app.trainers.kit.plan import Layout, Location, Phase, Plan
from tests.trainers import checking, plans

LOAD = 'from datasets import *\nsources = [load_dataset("org/web"), load_dataset("org/code")]\n'


@pytest.fixture
def run(monkeypatch):
    """Run an exported file against the real `datasets`, with made-up data in place of the Hub."""

    def run_file(text, rows=5, fields=("text",)):
        def load_dataset(path, name=None, *, split, streaming, **files):
            assert split == "train"
            assert streaming
            where = files.get("data_files") or files.get("data_dir") or path
            row = {**dict.fromkeys(fields, where), "other": 1}
            return datasets.IterableDataset.from_generator(lambda: (row for _row in range(rows)))

        monkeypatch.setattr(datasets, "load_dataset", load_dataset)
        names = {}
        exec(compile(text, "mixture.py", "exec"), names)  # noqa: S102  our own file
        return names["train"]

    return run_file


def codes(text: str) -> set[str]:
    return {one.code for one in FORMAT.lint({"": text})}


def mixed(call: str) -> set[str]:
    return codes(
        LOAD
        + f'train = interleave_datasets(sources, seed=1, stopping_strategy="all_exhausted", {call})'
    )


@pytest.mark.parametrize("name", plans.recipes())
def test_recipes_are_written_as_they_were_read_by_eye(name):
    checking.check_golden(FORMAT, name)


def test_random_plans_come_back():
    checking.check_random_plans(FORMAT)


def test_probabilities_sum_to_one():
    for seed in range(checking.PLANS):
        for file in FORMAT.write(plans.random_plan(seed)).files:
            _before, _mark, after = file.text.partition("probabilities = [")
            shares = ast.literal_eval(f"[{after.partition(']')[0]}]")
            assert abs(sum(shares) - 1) < 1e-9


def test_a_thousand_components_are_written_fast():
    checking.check_speed(FORMAT)


def test_files_run_with_the_real_datasets(run):
    for seed in range(100):
        for text in FORMAT.write(plans.random_plan(seed)).texts().values():
            row = next(iter(run(text)))
            assert list(row) == ["text"]


def test_a_thousand_sources_run_with_the_real_datasets(run):
    (text,) = FORMAT.write(checking.large_plan()).texts().values()
    assert next(iter(run(text)))["text"].startswith("org/set-")


def test_rows_drawn_by_the_real_datasets_make_the_plan_s_tokens(run):
    plan = plans.make_plan(plans.make_phase("Main", {"web": 7, "code": 3}, 22 * 10**6, code=10**6))
    (text,) = FORMAT.write(plan).texts().values()
    drawn = Counter(row["text"] for row in run(text, rows=12_000))
    # 15,400 documents of 1,000 tokens and 6,000 of 1,100; code is passed 6 times, web once.
    assert drawn.total() == 15_400 + 6_000
    tokens = np.array([drawn["org/web"] * 1_000, drawn["org/code"] * 1_100])
    assert tokens / tokens.sum() == pytest.approx([0.7, 0.3], abs=0.015)


def test_a_mixture_that_passes_everything_more_than_once_repeats(run):
    plan = plans.make_plan(
        plans.make_phase("Main", {"web": 7, "code": 3}, 10**7, web=2 * 10**6, code=10**6)
    )
    written = FORMAT.write(plan)
    (text,) = written.texts().values()
    assert "hf_repeats" in {one.kind.code for one in written.notes}
    # Without .repeat the stream would end after about 2,000 documents of web, not 9,727.
    assert sum(1 for _row in run(text, rows=1_000)) == 9_727


def test_another_field_becomes_the_text(run):
    plan = _located(plans.two_phases(), Location("org/web", Layout.HUGGINGFACE, text_field="body"))
    text = FORMAT.write(plan).texts()["mixture_phase_1.py"]
    rows = iter(run(text, rows=50, fields=("text", "body")))
    assert {tuple(next(rows)) for _row in range(20)} == {("text",)}


def test_files_and_folders_are_loaded_by_their_reader():
    for location, loads in [
        (Location("s3://b/*.jsonl.zst", Layout.JSONL), '"json", data_files="s3://b/*.jsonl.zst"'),
        (Location("/data/web", Layout.PARQUET), '"parquet", data_dir="/data/web"'),
        (Location("org/web", Layout.HUGGINGFACE, subset="en"), '"org/web", "en"'),
    ]:
        written = FORMAT.write(_located(plans.two_phases(), location))
        assert f"load_dataset({loads}, " in written.files[0].text
        (web, _code) = FORMAT.read(written.texts()).phases[0].components
        assert (web.location, web.subset) == (location.uri, location.subset)


def test_a_name_with_quotes_cannot_leave_its_string():
    evil = Location('x", __import__("os").system("true"), "', Layout.HUGGINGFACE)
    text = FORMAT.write(_located(plans.two_phases(), evil)).files[0].text
    nodes = list(ast.walk(ast.parse(text)))
    assert "__import__" not in {node.id for node in nodes if isinstance(node, ast.Name)}
    assert evil.uri in {node.value for node in nodes if isinstance(node, ast.Constant)}


def test_without_mean_tokens_per_document_nothing_is_written():
    plan = plans.two_phases()
    phase = plan.phases[0]
    web = replace(phase.components[0], tokens_per_document=None)
    with pytest.raises(CannotWrite) as refused:
        FORMAT.write(_with(plan, replace(phase, components=(web, phase.components[1]))))
    assert [one.code for one in refused.value.findings] == ["no_tokens_per_document"]


def test_a_missing_location_is_a_placeholder_that_the_linter_flags():
    plan = plans.without_locations(plans.two_phases())
    written = FORMAT.write(plan)
    assert {one.code for one in written.findings} == {"missing_location"}
    assert {one.code for one in FORMAT.lint(written.texts())} == {"placeholder"}


def test_the_head_says_what_is_lost():
    written = FORMAT.write(plans.two_phases())
    assert {one.kind.code for one in written.notes} >= {
        "rows_not_tokens",
        "no_repeat_cap",
        "one_file_per_phase",
        "row_budget",
    }
    assert "# content hash 0123456789abcdef" in written.files[0].text
    assert "NOTE rows_not_tokens" in written.files[1].text


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("probabilities=[0.7, 0.29]", "sum_not_one"),
        ("probabilities=[0.7000001, 0.3]", "sum_not_one"),
        ("probabilities=[1.2, -0.2]", "negative"),
        ('probabilities=[float("nan"), 1]', "not_finite"),
        ("probabilities=[1, 0]", "hf_zero_refused"),
        ("probabilities=[0.5, 0.25, 0.25]", "lengths_differ"),
        ("probabilities=weights", "hf_no_literal"),
        ("", "hf_no_probabilities"),
        ("probabilities=[0.7, x * 2]", "hf_no_literal"),
    ],
)
def test_what_the_framework_does_not_say_is_named(call, code):
    assert code in mixed(call)


@pytest.mark.parametrize(
    ("strategy", "code"),
    [
        ("", "hf_first_exhausted"),
        (', stopping_strategy="first_exhausted"', "hf_first_exhausted"),
        (', stopping_strategy="all_exhausted_without_replacement"', "hf_without_replacement"),
        (', stopping_strategy="all"', "hf_bad_strategy"),
    ],
)
def test_stopping_strategies_are_judged(strategy, code):
    assert code in codes(LOAD + f"interleave_datasets(sources, probabilities=[0.7, 0.3]{strategy})")


def test_what_the_framework_takes_is_no_finding():
    assert not mixed("probabilities=[0.70000001, 0.3]")
    assert not mixed("probabilities=[0.7, 0.3]")


def test_a_finding_names_its_line():
    (finding,) = FORMAT.lint(
        {
            "": LOAD + "train = interleave_datasets(\n    sources,\n    probabilities=[\n"
            '        0.9,\n        float("inf")],\n    stopping_strategy="all_exhausted")'
        }
    )[:1]
    assert (finding.code, finding.line) == ("sum_not_one", 6)


def test_groups_inside_groups_are_multiplied_out():
    reading = FORMAT.read(
        {
            "": "import datasets as d\n"
            'web = d.load_dataset("org/web", "en", split="train").take(5)\n'
            'code = d.interleave_datasets([d.load_dataset("org/py"), d.load_dataset("org/c")], '
            'probabilities=[0.5, 0.5], stopping_strategy="all_exhausted")\n'
            "mix = d.interleave_datasets([web, code], probabilities=[0.6, 0.4], "
            'stopping_strategy="all_exhausted").shuffle()'
        }
    )
    assert not reading.findings
    assert [(one.location, one.subset, one.weight) for one in reading.phases[0].components] == [
        ("org/web", "en", 0.6),
        ("org/py", None, 0.2),
        ("org/c", None, 0.2),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x = 1", "not_this_format"),
        ("if", "syntax"),
        ("a = " + "(" * 5_000, "syntax"),
        ("a = " + "-" * 20_000 + "1", "too_deep"),
        ("x = '\x00'", "binary"),
        ("a" * 2_000_001, "too_large"),
        ("a = b\nb = a\ninterleave_datasets(a, probabilities=b)", "hf_no_literal"),
    ],
)
def test_other_texts_are_refused(text, code):
    assert codes(text) == {code}


def test_nothing_is_run(tmp_path):
    witness = tmp_path / "ran"
    FORMAT.read({"": LOAD + f"open({str(witness)!r}, 'w')\ninterleave_datasets(sources)"})
    assert not witness.exists()


def _located(plan: Plan, location: Location) -> Plan:
    phase = plan.phases[0]
    web = replace(phase.components[0], locations=(location,))
    return _with(plan, replace(phase, components=(web, phase.components[1])))


def _with(plan: Plan, phase: Phase) -> Plan:
    return replace(plan, phases=(phase, *plan.phases[1:]))
