"""The matrix of bad values: every mistake that a framework takes silently is named, by its line."""

import pytest

from app.trainers import registry
from app.trainers.kit.findings import Severity
from tests.trainers.matrix import frameworks, megatron_family, rows, tokens
from tests.trainers.matrix.cells import Does

CELLS = [*megatron_family.CELLS, *tokens.CELLS, *rows.CELLS]
GOOD = {
    "megatron": megatron_family.TEXT,
    "gpt-neox": megatron_family.NEOX,
    "nemotron": megatron_family.NEMOTRON,
    "olmo-core": tokens.OLMO,
    "levanter": tokens.LEVANTER,
    "nanotron": tokens.NANOTRON,
    "llm-foundry": tokens.FOUNDRY,
    "torchtitan": tokens.TITAN,
    "energon": rows.ENERGON,
    "huggingface": rows.HUGGING,
    "trl": rows.TRL,
    "axolotl": rows.AXOLOTL,
    "data-juicer": rows.JUICER,
}


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.id)
def test_the_linter_names_the_mistake_and_its_line(cell):
    found = registry.get_format(cell.trainer).lint(cell.files)
    places = {(one.code, one.line, one.severity) for one in found}
    assert (cell.code, cell.line, cell.severity) in places


# What a framework does outside the code that can be run without the whole of it: its table of
# keys, the loading of data, the trainer's own checks. `make test-trainers-full` loads that.
NOT_RUN = {
    ("gpt-neox", "a misspelt key"),
    ("gpt-neox", "train_epochs"),
    ("nemotron", "both forms"),
    ("nemotron", "no split on the Hub"),
    ("nemotron", "a blend for each split"),
    ("levanter", "an unknown component"),
    ("levanter", "an unknown key"),
    ("levanter", "no batch size"),
    ("llm-foundry", "negative"),
    ("llm-foundry", "one local twice"),
    ("llm-foundry", "an unknown key"),
    ("llm-foundry", "durations and their sum"),
    ("llm-foundry", "a duration in batches"),
    ("torchtitan", "a name that is not registered"),
    ("torchtitan", "capital letters"),
    ("torchtitan", "one infinite, one not"),
    ("energon", "another class"),
    ("llama-factory", "a misspelt key"),
    ("llama-factory", "streaming without steps"),
    ("llama-factory", "a local file without workers"),  # test_llama_factory.py loads one
    ("data-juicer", "a limit that is none"),
    ("data-juicer", "several types"),
    ("data-juicer", "several remote ones"),
}
RUN = [one for one in CELLS if (one.trainer, one.mistake) not in NOT_RUN]


@pytest.mark.parametrize(
    "cell", [one for one in RUN if one.trainer in frameworks.FRAMEWORKS], ids=lambda cell: cell.id
)
@pytest.mark.filterwarnings("ignore")  # the frameworks' own, where warnings are all they say
def test_the_framework_does_what_the_table_says(cell):
    says = cell.does in (Does.REFUSES, Does.STOPS_LATER)
    assert frameworks.stops(cell.trainer, cell.files) is says


@pytest.mark.parametrize(
    "cell", [one for one in RUN if one.trainer in frameworks.MIRRORS], ids=lambda cell: cell.id
)
def test_a_mirror_of_the_framework_does_what_the_table_says(cell):
    says = cell.does in (Does.REFUSES, Does.STOPS_LATER)
    assert frameworks.stops(cell.trainer, cell.files) is says


@pytest.mark.parametrize("trainer", GOOD)
def test_the_linter_says_nothing_of_a_good_file(trainer):
    assert registry.get_format(trainer).lint({"": GOOD[trainer]}) == ()


def test_the_linter_says_nothing_of_two_good_files():
    files = {"": rows.FACTORY, "dataset_info.json": rows.INFO}
    assert registry.get_format("llama-factory").lint(files) == ()


@pytest.mark.parametrize("trainer", [*GOOD, "llama-factory"])
def test_every_format_has_its_row(trainer):
    mistakes = {cell.mistake for cell in CELLS if cell.trainer == trainer}
    assert any("negative" in one for one in mistakes)
    assert any("zero" in one for one in mistakes)
    assert "NaN" in mistakes
    assert (
        any("key" in one or "argument" in one for one in mistakes)
        or "a misspelt weight" in mistakes
    )


def test_what_a_framework_would_not_report_is_never_only_a_note():
    silent = [cell for cell in CELLS if cell.does is Does.ACCEPTS]
    assert all(cell.severity is not Severity.NOTE for cell in silent)
