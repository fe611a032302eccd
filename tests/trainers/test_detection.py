"""Which trainer a file is of is found out, whatever the format."""

from pathlib import Path

import pytest

from app.trainers import reading
from app.trainers.registry import FORMATS
from tests.trainers import plans


@pytest.mark.parametrize("trainer", FORMATS)
def test_every_format_knows_its_own_files(trainer):
    texts = FORMATS[trainer].write(plans.two_phases()).texts()
    found = reading.detect(texts)
    assert found is not None
    assert found.id == trainer


@pytest.mark.parametrize("text", ["no: mixture", "Dear all,\nplease find", "42", "{}", "[]", "---"])
def test_what_is_no_mixture_is_none(text):
    assert reading.detect({"": text}) is None


def test_a_broken_file_is_still_of_its_format():
    text = "sources:\n  - {source_name: a, target_ration: 0.5}\n  - {source_name: a}\n"
    found = reading.detect({"": text})
    assert found is not None
    assert found.id == "olmo-core"


CUT = {
    one: next(file for file in sorted(Path(__file__).parent.glob(f"golden/{one}/llama1/*")))
    for one in FORMATS
}


@pytest.mark.parametrize("trainer", FORMATS)
@pytest.mark.parametrize("has_comments", [True, False])
def test_half_a_file_is_of_its_format_or_of_none(trainer, has_comments):
    whole = CUT[trainer].read_text()
    lines = whole[: int(len(whole) * 0.6)].splitlines()
    text = "\n".join(one for one in lines if has_comments or not one.lstrip().startswith("#"))
    found = reading.detect({"": text})
    assert found is None or found.id == trainer


@pytest.mark.parametrize(
    ("text", "language", "line"),
    [
        ('{"train": [0.5,\n "/a', "JSON", 2),
        ("data:\n  train_weights:\n    web: 0.5\n    co", "YAML", 4),
        ("import datasets\n\nmix: int = interleave_datasets(\n    [web", "Python", 4),
    ],
)
def test_where_a_file_stops_to_be_its_language_is_said(text, language, line):
    assert reading.detect({"": text}) is None
    (found,) = reading.why_not({"": text})
    assert found.values["language"] == language
    assert abs(found.line - line) <= 1


@pytest.mark.parametrize("text", ["no: mixture", "Dear all,\nplease find", "{}", "a: [1, 2]"])
def test_what_is_whole_and_no_mixture_has_no_line(text):
    assert reading.why_not({"": text}) == ()
