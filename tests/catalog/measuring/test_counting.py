"""Real files counted: every kind the same, every line once, nothing in the data fatal."""

import gzip
import hashlib
import json
import random
import tempfile
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tokenizers
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.measuring import blocks, sources, vocabularies
from app.catalog.measuring.counting import Plan
from app.catalog.measuring.engines import Inline, LocalCores
from app.catalog.measuring.errors import CannotMeasure
from app.catalog.measuring.measurement import measure
from app.catalog.measuring.report import rule_of, whole_report
from app.catalog.measuring.segments import segments
from tests.catalog.measuring.texts import KINDS, TEXTS, run, tokens_of, write


@pytest.mark.parametrize(
    ("name", "text", "tokens"),
    [
        # As tiktoken's own tests and model cards print them.
        ("cl100k", "hello world", 2),
        ("o200k", "hello world", 2),
        ("cl100k", "12345", 2),
        ("qwen2-qwen3", "12345", 5),
        ("qwen3-6", "你好", 1),
    ],
)
def test_named_vocabularies_count_as_known(name: str, text: str, tokens: int) -> None:
    assert tokens_of([text], name) == tokens


def test_a_vocabulary_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    own = tokenizers.Tokenizer(tokenizers.models.WordLevel({"one": 0, "two": 1, "?": 2}, "?"))
    own.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    path = tmp_path / "tokenizer.json"
    own.save(str(path))
    found = run(write(tmp_path / "a.jsonl", ["one two", "two two three"]), tokenizer=str(path))
    assert found.tally.tokens == 5
    assert found.plan.vocabulary.code is None
    assert found.plan.vocabulary.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_is_no_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotMeasure, match="There is no tokenizer “gpt-9”"):
        vocabularies.find("gpt-9")
    path = tmp_path / "tokenizer.json"
    path.write_text("{}")
    with pytest.raises(CannotMeasure, match="is no tokenizer that the library reads"):
        vocabularies.find(str(path))


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("tokenizer", ["o200k", "qwen2-qwen3"])
def test_every_kind_of_file_counts_the_same(tmp_path: Path, name: str, tokenizer: str) -> None:
    found = run(write(tmp_path / name, TEXTS), tokenizer=tokenizer)
    assert found.is_full
    assert found.tally.documents == len(TEXTS)
    assert found.tally.bytes == sum(len(text.encode()) for text in TEXTS)
    assert found.tally.characters == sum(len(text) for text in TEXTS)
    assert found.tally.tokens == found.tokens.mid == tokens_of(TEXTS, tokenizer)
    assert not found.tally.skipped


@settings(max_examples=60)
@given(
    lines=st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=30), max_size=12),
    range_bytes=st.integers(1, 60),
    ends=st.booleans(),
)
def test_every_line_is_in_exactly_one_range(lines: list[str], range_bytes: int, ends: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        body = "\n".join(json.dumps({"text": line}) for line in lines)
        path.write_text(body + "\n" * ends + " ")
        found = run(path, range_bytes=range_bytes)
    assert found.tally.documents == len(lines)
    assert found.tally.characters == sum(map(len, lines))


@settings(max_examples=60)
@given(
    text=st.text(st.sampled_from("ab1 .\n\r中文，é🙂"), min_size=1, max_size=200),
    range_bytes=st.integers(1, 60),
)
def test_a_text_in_ranges_is_one_document_with_all_its_characters(
    text: str, range_bytes: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        path.write_bytes(text.encode())
        found = run(path, range_bytes=range_bytes)
    assert found.tally.documents == 1
    assert found.tally.bytes == len(text.encode())
    assert not found.tally.skipped


def test_long_lines_meet_in_the_middle_of_ranges(tmp_path: Path) -> None:
    texts = ["x" * size for size in (10, 5_000, 3, 2_000, 7)]
    found = run(write(tmp_path / "a.jsonl", texts), range_bytes=1_000)
    assert found.tally.documents == 5
    assert found.units_total == 8


def test_what_cannot_be_read_is_counted_and_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'{"text": "good"}\n{"text": broken}\n\n{"title": "none"}\n{"text": 5}\n[1]\n'
        b'{"text": "\xff"}\n{"text": "last"}'
    )
    found = run(path)
    assert found.tally.documents == 2
    assert found.tally.skipped == {"not_json": 2, "no_text": 3}
    assert found.tally.examples[0] == (f"file://{path}", 2, "not_json")
    assert rule_of(found)["skipped"] == {"no_text": 3, "not_json": 2}


def test_a_field_inside_another_is_named_with_a_dot(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"page": {"body": "one two"}}\n{"page.body": "three"}\n')
    assert run(path, field="page.body").tally.documents == 2


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst"])
def test_a_packed_file_that_breaks_off_keeps_what_came_before(tmp_path: Path, name: str) -> None:
    chance = random.Random(1)  # noqa: S311  not a secret
    texts = ["".join(chance.choices("abcdefgh ", k=500)) for _ in range(20_000)]
    path = write(tmp_path / name, texts)
    path.write_bytes(path.read_bytes()[:-1_000_000])
    found = run(path)
    assert 4_000 < found.tally.documents < 20_000
    assert any(reason.startswith("broken") for reason in found.tally.skipped)


def test_a_packed_file_that_is_none_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(b"this is not gzip")
    write(tmp_path / "b.jsonl.gz", TEXTS)
    found = run(tmp_path)
    assert found.tally.documents == len(TEXTS)
    assert [r.partition(":")[0] for r in found.tally.skipped] == ["broken"]


def test_a_line_that_is_too_long_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "MAX_LINE_BYTES", 2_000)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 500)
    texts = ["one", "x" * 10_000, "two", "y" * 1_500, "z" * 3_000]
    for name in ("a.jsonl", "a.jsonl.gz"):
        found = run(write(tmp_path / name, texts))
        assert (found.tally.documents, dict(found.tally.skipped)) == (3, {"too_long": 2})


def test_a_text_of_blanks_alone_does_no_harm(tmp_path: Path) -> None:
    found = run(write(tmp_path / "a.jsonl", [" " * 1_000_000, "\n" * 300_000, "fine"]))
    assert found.tally.documents == 3
    assert not found.tally.skipped


@settings(max_examples=40)
@given(
    text=st.text(st.sampled_from("aB1 ./\n\r\t中文。'é"), max_size=120), longest=st.integers(1, 40)
)
def test_a_text_cut_at_a_line_has_the_same_tokens(text: str, longest: int) -> None:
    parts = list(segments(text, longest))
    assert "".join(parts) == text
    # Where every part ends with a line before a letter, nothing may change.
    if all(part.endswith("\n") for part in parts[:-1]):
        good = all(part[:1].isalnum() for part in parts[1:])
        for name in vocabularies.NAMED if good else ():
            assert tokens_of(parts, name) == tokens_of([text], name)


def test_bytes_that_are_no_text_are_said_and_counted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("中文".encode("gbk") + b"\nplain")
    found = run(tmp_path / "a.txt")
    assert (found.tally.documents, dict(found.tally.skipped)) == (1, {"not_utf8": 1})


def test_parquet_without_the_column_says_which_there_are(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"content": ["x"], "n": [1]}), path)
    with pytest.raises(CannotMeasure, match="Its columns are: content, n"):
        run(path)
    with pytest.raises(CannotMeasure, match="holds int64, not text"):
        run(path, field="n")
    (tmp_path / "b.parquet").write_bytes(b"PAR1 nonsense")
    with pytest.raises(CannotMeasure, match="is no Parquet file"):
        run(tmp_path / "b.parquet")


def test_rows_without_a_text_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["one", None, "two"]}), path)
    assert run(path).tally.skipped == {"no_text": 1}


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda folder: folder / "missing.jsonl", "There is nothing to measure"),
        (lambda folder: folder, "There is nothing to measure"),
        (lambda folder: write(folder / "a.jsonl", ["x"]).rename(folder / "a.bin"), "of no kind"),
    ],
)
def test_nothing_to_measure_is_said(tmp_path: Path, make, sentence: str) -> None:
    with pytest.raises(CannotMeasure, match=sentence):
        run(make(tmp_path))


def test_folders_patterns_and_addresses_are_found(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    write(tmp_path / "deep" / "a.jsonl", ["one"])
    write(tmp_path / "b.jsonl", ["two"])
    (tmp_path / "README").write_text("no data")
    assert run(tmp_path).tally.documents == 2
    assert run(tmp_path / "*.jsonl").tally.documents == 1
    memory = fsspec.filesystem("memory")
    memory.pipe("/corpus/c.jsonl", b'{"text": "three"}\n')
    [file] = sources.find(["memory://corpus"])
    assert (file.url, file.size) == ("memory:///corpus/c.jsonl", 18)
    found = measure([file], Plan(vocabularies.find("o200k"), "text"), Inline())
    assert found.tally.documents == 1


def test_the_report_names_files_with_their_digests(tmp_path: Path) -> None:
    one, two = write(tmp_path / "a.jsonl", ["one"]), write(tmp_path / "b.jsonl.gz", ["two"])
    found = run(one, two)
    rule = rule_of(found)
    assert [(f["path"], f["sha256"]) for f in rule["files"]["list"]] == [
        ("a.jsonl", hashlib.sha256(one.read_bytes()).hexdigest()),
        ("b.jsonl.gz", hashlib.sha256(two.read_bytes()).hexdigest()),
    ]
    # Where the folder lies says nothing of the data.
    assert str(tmp_path) not in json.dumps(rule)
    assert rule["tokenizer"]["sha256"].startswith("446a9538cb6c348e")
    assert whole_report(found)["estimate"]["tokens"]["mid"] == found.tally.tokens


def test_all_cores_count_the_same_as_one(tmp_path: Path) -> None:
    texts = TEXTS * 50
    for name in KINDS:
        write(tmp_path / name, texts, group=40)
    alone = run(tmp_path, range_bytes=4_000)
    together = run(tmp_path, range_bytes=4_000, engine=LocalCores(2))
    assert together.tally.documents == len(texts) * 4
    assert together.tally.tokens == alone.tally.tokens == tokens_of(texts) * 4
    assert together.digests == alone.digests
    assert together.is_full


def test_one_large_packed_file_is_shared_by_the_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 2_000)
    texts = TEXTS * 100
    found = run(write(tmp_path / "a.jsonl.gz", texts), engine=LocalCores(2))
    assert found.tally.tokens == tokens_of(texts)
    assert found.is_full


def test_gzip_of_several_members_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "one"}\n') + gzip.compress(b'{"text": "two"}\n'))
    assert run(path).tally.documents == 2
