"""Where a finding is: the file where there are several, the line, and what stands on it."""

import pytest
from typer.testing import CliRunner

from app.trainers import cli, reading
from app.trainers.registry import FORMATS

SOURCE = """sources:
  - source_name: web
    target_ratio: {ratio}
    paths: [/web.npy]
  - source_name: code
    target_ratio: 0.3
    paths: [/code.npy]
"""
BROKEN = "splits:\n  train:\n    blend: [1,\n"


def find(files, code, trainer="olmo-core"):
    return next(one for one in reading.lint(FORMATS[trainer], files) if one.code == code)


def test_of_several_files_the_one_with_the_mistake_is_named():
    files = {"one.yaml": SOURCE.format(ratio=0.7), "two.yaml": SOURCE.format(ratio=-0.7)}
    found = find(files, "negative")
    assert (found.file, found.line, found.quote) == ("two.yaml", 3, "target_ratio: -0.7")


def test_of_a_single_file_the_line_is_enough():
    found = find({"one.yaml": SOURCE.format(ratio=-0.7)}, "negative")
    assert (found.file, found.quote) == (None, "target_ratio: -0.7")


def test_what_is_never_closed_is_shown_where_it_opens():
    found = find({"": BROKEN}, "syntax", "energon")
    assert (found.line, found.quote) == (3, "blend: [1,")


def test_long_lines_are_cut_and_letters_that_cannot_be_seen_left_out():
    found = find({"": SOURCE.format(ratio="-1 # \t" + "a" * 500)}, "negative")
    assert found.quote.isprintable()
    assert len(found.quote) <= 161


@pytest.mark.parametrize(
    ("trainer", "text", "quote"),
    [
        ("huggingface", "import datasets\n\nx = interleave_datasets([a,\n", "x = "),
        ("megatron", "0.7 /a\n-0.3 /b\n", "-0.3 /b"),
        ("nemotron", '{"datasets": [\n {"name": "web" "path": "/a"}]}', '{"name": "web" "path"'),
    ],
)
def test_every_kind_of_file_has_its_lines(trainer, text, quote):
    assert any(one.quote.startswith(quote) for one in reading.lint(FORMATS[trainer], {"": text}))


def test_the_page_says_why_no_trainer_reads_it(planner):
    answer = planner.post("/trainers/read", data={"do": "read", "text": BROKEN})
    assert answer.status_code == 422
    assert "blend: [1,</code>" in answer.text
    assert "Line 3." in answer.text
    # What was typed stands in its field.
    assert "blend: [1,\n</textarea>" in answer.text


def test_the_api_says_file_and_line(planner):
    files = {"one.yaml": SOURCE.format(ratio=0.7), "two.yaml": SOURCE.format(ratio=-0.7)}
    answer = planner.post("/api/v1/trainers/olmo-core/read", json={"files": files}).json()
    found = next(one for one in answer["findings"] if one["code"] == "negative")
    assert (found["file"], found["line"]) == ("two.yaml", 3)
    assert found["quote"] == "target_ratio: -0.7"


def test_the_command_line_ends_with_the_line(tmp_path):
    file = tmp_path / "mixture.yaml"
    file.write_text(SOURCE.format(ratio=-0.7))
    found = CliRunner().invoke(cli.make_trainer_app(), ["lint", str(file)])
    assert found.exit_code == 1
    assert "line 3\tnegative\t" in found.output
    assert "\ttarget_ratio: -0.7\n" in found.output


def test_what_a_parser_says_is_said_in_chinese(planner):
    answer = planner.post(
        "/trainers/read",
        data={"do": "read", "text": BROKEN},
        headers={"Accept-Language": "zh-CN"},
    )
    assert "这不是 YAML：这里缺少内容" in answer.text


def test_every_blend_of_several_files_names_its_own():
    files = {"one.txt": "0.7 /a\n0.3 /b\n", "two.txt": "0.7 /a\n-0.3 /b\n"}
    found = find(files, "negative", "megatron")
    assert (found.file, found.line, found.quote) == ("two.txt", 2, "-0.3 /b")
