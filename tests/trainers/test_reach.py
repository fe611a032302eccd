"""Locations that a framework cannot read: passed over, refused, and flagged in foreign files."""

import re
from dataclasses import replace

import pytest

from app.trainers.kit.findings import CannotWrite
from app.trainers.kit.plan import Layout, Location
from app.trainers.registry import FORMATS
from tests.trainers import plans

# By format: what it reads, what it does not, and the finding that says so.
OUT_OF_REACH = [
    ("megatron", Layout.MEGATRON, "/data/web", "/data/web_*", "megatron_bad_prefix"),
    ("olmo-core", Layout.NPY, "/data/web/*.npy", "/data/web/?.npy", "olmo_unreadable"),
    ("levanter", Layout.JSONL, "/data/web/*.jsonl", "/data/web", "levanter_unreadable"),
    ("nanotron", Layout.NANOSET, "/data/web", "/data/web*", "wildcard"),
    ("llm-foundry", Layout.MDS, "s3://b/web", "s3://b/web*", "wildcard"),
    ("energon", Layout.WEBDATASET, "/data/web", "s3://b/web", "energon_unreadable"),
    ("gpt-neox", Layout.MEGATRON, "/data/web", "/data/web*", "wildcard"),
    ("llama-factory", Layout.JSONL, "/data/web", "/data/web/*.jsonl", "llama_factory_unreadable"),
    ("axolotl", Layout.JSONL, "/data/web.jsonl", "s3://b/web", "axolotl_unreadable"),
    ("data-juicer", Layout.JSONL, "/data/web", "/data/web/*.jsonl", "data_juicer_unreadable"),
]
CASES = pytest.mark.parametrize(("trainer", "layout", "good", "bad", "code"), OUT_OF_REACH)


def lying_at(*locations):
    """Return a plan whose first dataset lies at any of these."""
    plan = plans.lying_at(locations[0])
    (phase,) = plan.phases
    first = replace(phase.components[0], locations=locations)
    return replace(plan, phases=(replace(phase, components=(first, *phase.components[1:])),))


@CASES
def test_the_next_location_that_can_be_read_is_written_and_named(trainer, layout, good, bad, code):
    written = FORMATS[trainer].write(lying_at(Location(bad, layout), Location(good, layout)))
    (note,) = [one for one in written.notes if one.kind.code == "other_location"]
    assert note.values["places"] == (f"web: {good} ({bad})",)
    assert any(good in text for text in written.texts().values())


@CASES
def test_a_dataset_with_no_location_that_can_be_read_is_refused(trainer, layout, good, bad, code):
    with pytest.raises(CannotWrite) as refused:
        FORMATS[trainer].write(lying_at(Location(bad, layout)))
    assert [one.code for one in refused.value.findings] == [code]


@CASES
def test_the_linter_flags_it_in_a_file_that_somebody_else_wrote(trainer, layout, good, bad, code):
    texts = FORMATS[trainer].write(lying_at(Location(good, layout))).texts()
    assert code not in {one.code for one in FORMATS[trainer].lint(texts)}
    whole = rf"{re.escape(good)}(?![\w./])"
    changed = {name: re.sub(whole, lambda _found: bad, text) for name, text in texts.items()}
    assert changed != texts
    assert code in {one.code for one in FORMATS[trainer].lint(changed)}
