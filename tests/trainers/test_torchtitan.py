"""torchtitan's interleaved loader: files that import, and what it refuses only later."""

import sys
from collections import Counter
from functools import partial
from itertools import islice

import datasets
import pytest

from app.trainers.formats.torchtitan import FORMAT, SHIPPED
from tests.trainers import checking, plans
from tests.trainers.real import torchtitan

HEAD = """
from torchtitan.hf_datasets import DatasetConfig
from torchtitan.hf_datasets.text_datasets import *
DATASETS["web"] = DatasetConfig(path="org/web", loader=load, sample_processor=field)
LOADER = partial(load, data_files="c.jsonl")
DATASETS["code"] = DatasetConfig(path="json", loader=LOADER, sample_processor=field)
dataloader = InterleavedHuggingFaceTextDataLoader.Config("""


def codes(text: str) -> set[str]:
    return {one.code for one in FORMAT.lint({"": text})}


def sources(*given: str, more: str = ', stopping_strategy="all_exhausted")') -> set[str]:
    listed = ", ".join(f"HFDataSource({one})" for one in given)
    return codes(f"{HEAD}sources=[{listed}]{more}")


class Endless:
    """A source that never ends, as `infinite=True` makes them."""

    def __init__(self, name):
        self.name = name

    def __iter__(self):
        while True:
            yield self.name

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        pass

    def reloop(self):
        pass


def run(text):
    """Import an exported file against the real torchtitan; return its loader and its datasets."""
    with torchtitan.importable() as module:
        names = {}
        exec(compile(text, "mixture.py", "exec"), names)  # noqa: S102  our own file
        for source in names["dataloader"].sources:
            module._validate_dataset(source.dataset.lower(), source.dataset_path)
        return names["dataloader"], dict(names["DATASETS"])


@pytest.mark.parametrize("name", plans.recipes())
def test_recipes_are_written_as_they_were_read_by_eye(name):
    checking.check_golden(FORMAT, name)


def test_random_plans_come_back():
    checking.check_random_plans(FORMAT)


def test_a_thousand_components_are_written_fast():
    checking.check_speed(FORMAT)


def test_files_import_with_the_real_torchtitan_and_ask_for_the_plan():
    for seed in range(40):
        plan = plans.random_plan(seed)
        for file, phase in zip(FORMAT.write(plan).files, plan.phases, strict=True):
            dataloader, _registered = run(file.text)
            assert [one.dataset for one in dataloader.sources] == [one.name for one in phase.drawn]
            weights = [one.weight for one in dataloader.sources]
            interleaved = torchtitan.interleaved().InterleavedDataset(
                [Endless(one.dataset) for one in dataloader.sources],
                weights,
                dataloader.seed,
                dataloader.stopping_strategy,
            )
            shares = [one.ratio for one in phase.drawn]
            assert interleaved._probs == pytest.approx(
                shares, abs=FORMAT.error_bound(phase, plan.settings)
            )


def test_sequences_drawn_by_the_real_torchtitan_are_the_plan_s_shares():
    (file,) = FORMAT.write(
        plans.make_plan(plans.make_phase("Main", {"web": 7, "code": 3}, 10**9))
    ).files
    dataloader, _registered = run(file.text)
    mixed = torchtitan.interleaved().InterleavedDataset(
        [Endless(one.dataset) for one in dataloader.sources],
        [one.weight for one in dataloader.sources],
        dataloader.seed,
    )
    drawn = Counter(islice(mixed, 20_000))
    assert drawn["web"] / drawn.total() == pytest.approx(0.7, abs=0.015)


def test_registered_datasets_load_their_files_and_take_their_column(monkeypatch):
    asked = []
    monkeypatch.setattr(
        datasets, "load_dataset", lambda *path, **files: asked.append((path, files))
    )
    _dataloader, registered = run(FORMAT.write(plans.two_phases()).files[0].text)
    for name in ("web", "code"):
        registered[name].loader(registered[name].path)
        assert registered[name].sample_processor({"text": "a"}) == "a"
    assert isinstance(registered["web"].sample_processor, partial)
    assert asked == [
        (("org/web",), {"split": "train", "streaming": True}),
        (("org/code",), {"split": "train", "streaming": True}),
    ]


def test_the_real_torchtitan_brings_what_the_linter_knows():
    with torchtitan.importable() as module:
        assert tuple(module.DATASETS) == SHIPPED


def test_no_stand_in_stays_behind():
    run(FORMAT.write(plans.two_phases()).files[0].text)
    assert not {"torch", "tyro", "torchtitan"} & set(sys.modules)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (['dataset="books", weight=1.0'], "torchtitan_unregistered"),
        (['dataset="web", weight=-1', 'dataset="code", weight=2'], "negative"),
        (['dataset="web", weight=0', 'dataset="code", weight=2'], "zero"),
        (['dataset="web", weight=0', 'dataset="code", weight=0'], "all_zero"),
        (['dataset="web", weight=float("nan")', 'dataset="code"'], "not_finite"),
        (['dataset="web", weight=share()'], "torchtitan_no_literal"),
        (['dataset="web"', 'dataset="web"'], "duplicate_name"),
        (['dataset="web", wieght=1'], "misspelt_key"),
        (['dataset="web", epochs=1'], "unknown_key"),
        (['dataset="web", infinite=False', 'dataset="code"'], "torchtitan_mixed_infinite"),
    ],
)
def test_what_fails_late_or_never_is_named(given, code):
    assert code in sources(*given)


def test_stopping_strategies_are_judged():
    finite = ['dataset="web", infinite=False', 'dataset="code", infinite=False']
    assert sources(*finite, more=")") == {"torchtitan_first_exhausted"}
    assert sources(*finite, more=', stopping_strategy="all")') == {"torchtitan_bad_strategy"}
    assert not sources(*finite)
    assert not sources('dataset="web", weight=0.7', 'dataset="c4", weight=0.3', more=")")


def test_capital_letters_are_never_found():
    text = HEAD.replace('"web"', '"Web"') + 'sources=[HFDataSource(dataset="Web")])'
    assert codes(text) == {"torchtitan_upper_case", "torchtitan_unregistered"}


def test_locations_come_from_the_registrations():
    text = HEAD + 'sources=[HFDataSource(dataset="web", weight=3), HFDataSource(dataset="code")])'
    (phase,) = FORMAT.read({"": text}).phases
    assert [(one.name, one.location, one.weight) for one in phase.components] == [
        ("web", "org/web", 3.0),
        ("code", "c.jsonl", 1.0),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x = 1", "not_this_format"),
        ("DatasetMixConfig(datasets=(web,))", "torchtitan_other_version"),
        ("if", "syntax"),
        ("x = '\x00'", "binary"),
    ],
)
def test_other_texts_are_refused(text, code):
    assert codes(text) == {code}


def test_a_missing_location_is_a_placeholder_that_the_linter_flags():
    checking.check_placeholders(FORMAT)
