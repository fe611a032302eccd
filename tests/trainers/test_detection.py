"""Which trainer a file is of is found out, whatever the format."""

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
