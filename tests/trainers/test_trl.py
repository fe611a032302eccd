"""TRL's mixtures: shares of rows, a mixture that shrinks, and what TRL takes without a word."""

from dataclasses import replace

import datasets
import numpy as np
import pytest
import yaml

from app.trainers.formats.trl import FORMAT
from app.trainers.kit import placing
from app.trainers.kit.findings import CannotWrite
from app.trainers.kit.plan import Layout, Location
from tests.trainers import checking, plans
from tests.trainers.real import trl


def codes(text: str) -> set[str]:
    return {one.code for one in FORMAT.lint({"": text})}


def mixture(*entries: str, more: str = "") -> set[str]:
    return codes("datasets:\n" + "".join(f"  - {{{one}}}\n" for one in entries) + more)


@pytest.mark.parametrize("name", plans.recipes())
def test_recipes_are_written_as_they_were_read_by_eye(name):
    checking.check_golden(FORMAT, name)


def test_random_plans_come_back_and_keep_their_shares_up_to_half_a_document():
    assert checking.check_random_plans(FORMAT) > 0.8


def test_a_thousand_components_are_written_fast():
    checking.check_speed(FORMAT)


def test_the_real_trl_keeps_the_rows_that_the_arithmetic_says(monkeypatch):
    sizes = {}

    def load_dataset(path, **given):
        assert given["split"] == "train"
        assert not given["streaming"]
        return datasets.Dataset.from_dict({"text": [path] * sizes[path]})

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    for seed in range(25):
        plan = _small(plans.random_plan(seed))
        sizes |= {f"org/{one.name}": round(one.documents) for one in _components(plan)}
        written = FORMAT.write(plan)
        realised = FORMAT.realised_shares(written.texts(), placing.sizes_of(plan))
        for file, phase, shares in zip(written.files, plan.phases, realised, strict=True):
            config = trl.mixture(yaml.safe_load(file.text))
            rows = trl.utils().get_dataset(config)["train"]["text"]
            names, counts = np.unique(rows, return_counts=True)
            means = {one.name: one.tokens_per_document for one in phase.drawn}
            kept = {
                name.removeprefix("org/"): int(count) * means[name.removeprefix("org/")]
                for name, count in zip(names, counts, strict=True)
            }
            total = sum(kept.values())
            bound = FORMAT.error_bound(phase, plan.settings)
            for one in phase.drawn:
                assert kept.get(one.name, 0) / total == pytest.approx(shares[one.name], abs=1e-12)
                assert kept.get(one.name, 0) / total == pytest.approx(one.ratio, abs=bound)


def test_the_real_trl_reads_every_file():
    for name in plans.recipes():
        for file in FORMAT.write(plans.recipes()[name]).files:
            config = trl.mixture(yaml.safe_load(file.text))
            assert all(isinstance(one.fraction, float) for one in config.datasets)
            assert sum(one.fraction for one in config.datasets) == pytest.approx(1, abs=1e-12)


def test_a_repeated_dataset_shrinks_the_mixture_and_the_note_says_how_much():
    # code has 0.1T tokens and the plan draws 0.3T: one pass can only be a third of the plan.
    plan = plans.make_plan(plans.make_phase("Main", {"web": 7, "code": 3}, 10**12, code=10**11))
    written = FORMAT.write(plan)
    (shrinks,) = [one for one in written.notes if one.kind.code == "trl_shrinks"]
    assert "code is used up first" in shrinks.english()
    assert "333B tokens" in shrinks.english()
    assert "With num_train_epochs 3 the budget" in shrinks.english()
    assert "cannot_repeat" in {one.kind.code for one in written.notes}


def test_columns_of_different_names_are_noted():
    plan = plans.two_phases()
    web = replace(
        plan.phases[0].components[0],
        locations=(Location("/data/web", Layout.JSONL, text_field="body"),),
    )
    phase = replace(plan.phases[0], components=(web, plan.phases[0].components[1]))
    written = FORMAT.write(replace(plan, phases=(phase,)))
    assert "trl_columns_differ" in {one.kind.code for one in written.notes}
    assert "data_dir: /data/web" in written.files[0].text


def test_small_fractions_are_numbers_to_every_yaml_reader():
    plan = plans.make_plan(plans.make_phase("Main", {"web": 1e5, "tiny": 1}, 10**12))
    (file,) = FORMAT.write(plan).files
    tiny = yaml.safe_load(file.text)["datasets"][1]["fraction"]
    assert tiny == pytest.approx(1e-5 / 1.1, rel=1e-3)


def test_without_mean_tokens_per_document_nothing_is_written():
    plan = plans.two_phases()
    parts = tuple(replace(one, tokens_per_document=None) for one in plan.phases[0].components)
    with pytest.raises(CannotWrite, match="web, code"):
        FORMAT.write(replace(plan, phases=(replace(plan.phases[0], components=parts),)))


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        (["path: a, fraction: -0.5", "path: b, fraction: 1.5"], "trl_negative"),
        (["path: a, fraction: 0", "path: b, fraction: 1"], "zero"),
        (["path: a, fraction: 0", "path: b, fraction: 0"], "all_zero"),
        (["path: a, fraction: .nan", "path: b, fraction: 1"], "not_finite"),
        (["path: a, fraction: 1e-05", "path: b, fraction: 1"], "not_a_number"),
        (["path: a, fraction: 0.5", "path: b"], "trl_some_fractions"),
        (["path: a", "path: b"], "trl_no_fractions"),
        (["path: a, weight: 0.5", "path: b, weight: 0.5"], "trl_old_name"),
        (["path: a, fracton: 0.5", "path: b, fraction: 0.5"], "misspelt_key"),
        (["path: a, epochs: 2, fraction: 1"], "unknown_key"),
        (["fraction: 1"], "missing_value"),
        (["path: a, fraction: 1", "path: a, fraction: 1"], "duplicate_name"),
        (["path: PEIBI-LOCATION-MISSING/web, fraction: 1"], "placeholder"),
    ],
)
def test_silent_failures_are_named(entries, code):
    assert code in mixture(*entries)


def test_fractions_with_streaming_are_an_error():
    entries = ["path: a, fraction: 0.7", "path: b, fraction: 0.3"]
    assert mixture(*entries, more="streaming: true\n") == {"trl_streaming"}
    assert not mixture(*entries, more="streaming: false\nlearning_rate: 1.0e-4\n")


def test_a_finding_names_its_line():
    (finding,) = FORMAT.lint(
        {"": "datasets:\n  - path: a\n    fraction: -1\n  - path: b\n    fraction: 2\n"}
    )[:1]
    assert finding.line == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("model: gpt2", "not_this_format"),
        ("a: &x [1]\nb: *x", "alias"),
        ("a: !!python/object/apply:os.system [ls]", "tag"),
        ("datasets: [", "syntax"),
    ],
)
def test_other_texts_are_refused(text, code):
    assert codes(text) == {code}


def _components(plan):
    return [one for phase in plan.phases for one in phase.components]


def _small(plan):
    """Return the plan with datasets of at most 2,000 documents, whole ones."""
    names = sorted({one.name for one in _components(plan)})
    counts = {name: 20 + 165 * place for place, name in enumerate(names)}
    phases = tuple(
        replace(
            phase,
            components=tuple(
                replace(one, unique_tokens=counts[one.name] * 1_000, tokens_per_document=1_000.0)
                for one in phase.components
            ),
        )
        for phase in plan.phases
    )
    return replace(plan, phases=phases)
