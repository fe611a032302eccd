"""Levanter's components and stages."""

from dataclasses import replace

import pytest
import yaml

from app.trainers.formats.levanter import FORMAT
from app.trainers.kit import placing
from app.trainers.kit.findings import CannotWrite
from app.trainers.kit.plan import Layout, Location
from tests.trainers import checking, plans


def codes(text: str) -> set[str]:
    return {one.code for one in FORMAT.lint({"": text})}


@pytest.mark.parametrize("name", plans.recipes())
def test_recipes_are_written_as_they_were_read_by_eye(name):
    checking.check_golden(FORMAT, name)


def test_random_plans_come_back_and_are_drawn_within_the_bound():
    assert checking.check_random_plans(FORMAT) > 0.8


def test_a_thousand_components_are_written_fast():
    checking.check_speed(FORMAT)


def test_a_missing_location_is_a_placeholder_that_the_linter_flags():
    checking.check_placeholders(FORMAT)


DATA = """data:
  tokenizer: llama
  components:
    web: {source: {type: url, train_urls: [/web.jsonl]}}
    code: {source: {type: hf, id: org/code, name: python}}
  train_weights:
    - - 0
      - {web: 0.9, code: 0.1}
    - - 8000
      - {web: 0.5, code: 0.5}
  mixture_block_size: 2000
"""


def test_stages_and_locations_are_read():
    reading = FORMAT.read({"": DATA})
    assert not reading.findings
    assert [one.start_step for one in reading.phases] == [0, 8000]
    assert [one.key for one in reading.phases[0].components] == ["/web.jsonl", "org/code#python"]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("code: 0.1", "code: 0.0004", "levanter_below_block", 8),
        ("code: 0.1", "code: -0.1", "negative", 8),
        ("code: 0.1", "code: 0", "zero", 8),
        ("code: 0.1", "code: many", "not_a_number", 8),
        ("code: 0.1", "books: 0.1", "levanter_unknown_component", 8),
        ("- - 0\n", "- - 5\n", "levanter_first_stage", 7),
        ("8000", "0", "levanter_stage_order", 9),
        ("8000", "8001", "levanter_maybe_unaligned", 9),
        ("components", "configs", "levanter_old_form", 3),
        ("mixture_block_size", "mixture_blok_size", "misspelt_key", 11),
        ("tokenizer: llama\n", "tokenizer:\n", "levanter_no_tokenizer", 2),
        ("train_weights", "weights", "not_this_format", 1),
    ],
)
def test_silent_failures_are_named(old, new, code, line):
    found = {one.code: one.line for one in FORMAT.lint({"": DATA.replace(old, new, 1)})}
    assert found.get(code) == line


def test_a_stage_inside_a_block_is_an_error_where_the_batch_is_known():
    text = DATA + "trainer:\n  train_batch_size: 500\n"
    assert not FORMAT.lint({"": text})
    (finding,) = FORMAT.lint({"": text.replace("8000", "8002")})
    assert (finding.code, finding.line) == ("levanter_unaligned", 9)
    assert "multiple of 4." in finding.english()


def test_the_tokenizer_is_a_model_on_the_hub_where_one_is_known():
    plan = plans.two_phases()
    assert "tokenizer: Qwen/Qwen3-8B-Base" in FORMAT.write(plan).texts()["data.yaml"]
    unknown = replace(plans.without_locations(plan), tokenizer="cl100k")
    text = FORMAT.write(unknown).texts()["data.yaml"]
    assert "tokenizer: PEIBI-SET-TOKENIZER/cl100k" in text
    assert "levanter_no_tokenizer" in codes(text)


def test_a_weight_below_a_block_gets_a_larger_block_and_a_note():
    plan = plans.make_plan(plans.make_phase("Main", {"web": 9996, "tiny": 4}, 10**12))
    written = FORMAT.write(plan)
    assert "mixture_block_size: 4096" in written.texts()["data.yaml"]
    (note,) = [one for one in written.notes if one.kind.code == "levanter_larger_block"]
    assert "0.0004 of tiny is below 1/2,048" in note.english()


def test_what_no_block_would_draw_is_refused():
    plan = plans.make_plan(plans.make_phase("Main", {"web": 10**6, "tiny": 1}, 10**12))
    with pytest.raises(CannotWrite, match="tiny have a share below 1/32,768"):
        FORMAT.write(plan)


def test_stages_start_at_whole_blocks():
    written = FORMAT.write(plans.two_phases())
    # 1T tokens end in step 238,418.6; a block of 2,048 is two steps of 1,024 sequences.
    assert "    - - 238420\n" in written.texts()["data.yaml"]
    assert "Anneal 238419 → 238420" in " ".join(one.english() for one in written.notes)


def test_a_block_holds_floors_and_the_rest_goes_to_the_largest():
    plan = plans.make_plan(plans.make_phase("Main", {"web": 7, "code": 3}, 10**12))
    (shares,) = FORMAT.realised_shares(FORMAT.write(plan).texts(), placing.sizes_of(plan))
    assert shares == {"web": 1434 / 2048, "code": 614 / 2048}


def test_the_column_of_the_text_is_written_where_it_is_another():
    """Levanter looks for `text` unless a component's format says more."""
    written = FORMAT.write(
        plans.lying_at(
            Location("/data/web.jsonl", Layout.JSONL, text_field="body"),
            Location("org/code", Layout.HUGGINGFACE, text_field="text"),
        )
    )
    components = yaml.safe_load(written.files[0].text)["data"]["components"]
    assert components["web"]["format"] == {"type": "text", "text_key": "body"}
    assert "format" not in components["code"]
    assert FORMAT.lint(written.texts()) == ()


@pytest.mark.parametrize("uri", ["/data/web", "s3://b/web/", "/data/web.csv", "/data/web.txt"])
def test_what_levanter_cannot_read_is_refused(uri):
    with pytest.raises(CannotWrite, match="cannot read"):
        FORMAT.write(plans.lying_at(Location(uri, Layout.JSONL)))


@pytest.mark.parametrize("uri", ["/data/web/*.jsonl", "s3://b/web.jsonl.zst", "gs://b/*.parquet"])
def test_files_and_wildcards_are_written_for_levanter(uri):
    assert uri in FORMAT.write(plans.lying_at(Location(uri, Layout.JSONL))).files[0].text
