"""The page of each trainer, in both languages: there, and with an example that is written so."""

import re
from pathlib import Path

import pytest

from app.trainers.registry import FORMATS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "trainers"
EXAMPLE = re.compile(r"<!-- (\S+) -->\n\n```\w+\n(.+?)```\n", re.DOTALL)


@pytest.mark.parametrize("ending", [".md", ".zh.md"])
@pytest.mark.parametrize("trainer", FORMATS.values(), ids=FORMATS)
def test_each_trainer_has_a_page_with_an_example_as_it_is_written(trainer, ending):
    page = (DOCS / f"{trainer.id}{ending}").read_text()
    assert trainer.checked in page
    assert f"--trainer {trainer.id}" in page
    ((golden, example),) = EXAMPLE.findall(page)
    # The golden files are what the writer writes: the format's own test says so.
    assert golden.startswith(f"tests/trainers/golden/{trainer.id}/")
    assert example.removesuffix("...\n") in (ROOT / golden).read_text()


@pytest.mark.parametrize("ending", [".md", ".zh.md"])
def test_the_list_names_every_trainer(ending):
    page = (DOCS / f"README{ending}").read_text()
    for one in FORMATS:
        assert f"({one}{ending})" in page
