"""Trainers' files by API and by command line: a version out, a file in."""

from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from app.mixtures import cli as mixtures_cli
from app.trainers import cli
from app.trainers.registry import FORMATS

BASE = "/api/v1/mixtures/zh-en-7b/versions/1/trainers"


def test_trainers_are_listed(seeded_client):
    found = seeded_client.get("/api/v1/trainers").json()
    assert [one["id"] for one in found["items"]] == list(FORMATS)


def test_one_file_is_sent_as_it_is_and_several_as_an_archive(planner, placed):
    one = planner.get(f"{BASE}/nanotron")
    assert one.headers["Content-Type"].startswith("application/yaml")
    assert "data_stages:" in one.text
    several = planner.get(f"{BASE}/megatron")
    assert several.headers["Content-Type"] == "application/zip"
    assert planner.get(f"{BASE}/megatron?file=blend-phase-1.txt").text.startswith(
        "0.6 /data/books3"
    )


def test_proof_has_shares_and_differences(planner, placed):
    found = planner.get(f"{BASE}/levanter/proof").json()
    assert found["holds"] is True
    assert found["checked_against"] == "marin-levanter 0.2.227.dev"
    main = found["phases"][0]
    assert [one["name"] for one in main["components"]] == [
        "the-pile/books3",
        "the-pile/wikipedia-en",
    ]
    assert main["components"][0]["planned"] == 0.6
    assert main["largest_difference"] <= main["error_bound"]
    assert "placeholder" in {one["code"] for one in found["findings"]}


def test_what_cannot_be_written_is_409_with_the_remedy(planner, placed):
    answer = planner.get(f"{BASE}/energon")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "cannot_write"
    assert "Enter them with the dataset's locations" in answer.json()["error"]["message"]


def test_unknown_things_are_404_and_wrong_ones_422(planner, placed):
    assert planner.get(f"{BASE}/nothing").status_code == 404
    assert planner.get(f"{BASE}/megatron?file=nothing").status_code == 404
    assert planner.get(f"{BASE}/megatron?sequence_length=0").status_code == 422
    assert planner.post("/api/v1/trainers/nothing/read", json={"text": "1 /a"}).status_code == 404
    assert planner.post("/api/v1/trainers/megatron/read", json={}).status_code == 422


def test_read_matches_components_and_names_lines(planner, placed):
    body = {"text": "0.6 /data/books3\n-1 /elsewhere\n"}
    found = planner.post("/api/v1/trainers/megatron/read", json=body).json()
    first, second = found["components"]
    assert (first["dataset"], first["matched_by"], first["ratio"]) == (
        "the-pile/books3",
        "location",
        1.0,
    )
    assert (second["dataset"], second["matched_by"]) == (None, "new")
    (finding,) = found["findings"]
    assert {key: finding[key] for key in ("code", "line", "severity")} == {
        "code": "negative",
        "line": 2,
        "severity": "error",
    }
    assert finding["message"]
    assert finding["remedy"]


def test_read_by_files(planner, placed):
    written = {
        name: planner.get(f"{BASE}/megatron?file={name}").text
        for name in ("blend-phase-1.txt", "blend-phase-2.txt")
    }
    found = planner.post("/api/v1/trainers/megatron/read", json={"files": written}).json()
    assert [one["phase"] for one in found["components"]] == [
        "blend-phase-1.txt",
        "blend-phase-1.txt",
        "blend-phase-2.txt",
    ]


def test_anybody_reads_but_learns_no_location(seeded_client, placed):
    body = {"text": "0.6 /data/books3 0.4 the-pile"}
    found = seeded_client.post("/api/v1/trainers/megatron/read", json=body).json()
    assert [one["dataset"] for one in found["components"]] == [None, "the-pile"]


def test_what_a_weight_counts_is_said_in_the_reader_s_language(planner):
    body = {"text": "datasets:\n  - {path: org/web, weight: 0.5}\n"}
    found = planner.post(
        "/api/v1/trainers/axolotl/read", json=body, headers={"Accept-Language": "zh"}
    ).json()
    (message,) = [one["message"] for one in found["findings"] if one["code"] == "taken_as_tokens"]
    assert "每个数据集保留的比例" in message
    assert "fraction" not in message


@pytest.fixture
def run(seeded_session, viewer):
    @contextmanager
    def scope():
        yield seeded_session

    app = mixtures_cli.make_mixture_app(scope)
    cli.add_export(app, scope)
    app.add_typer(cli.make_trainer_app(), name="trainer")
    return lambda *arguments, text=None: CliRunner().invoke(
        app, list(arguments), input=text, env={"PEIBI_EMAIL": viewer.email}
    )


def test_export_prints_or_writes(run, placed, tmp_path):
    printed = run("export", "zh-en-7b", "--trainer", "megatron")
    assert printed.exit_code == 0, printed.output
    assert printed.stdout.startswith("0.6 /data/books3\n")
    run("export", "zh-en-7b", "--trainer", "megatron", "-o", str(tmp_path))
    assert (tmp_path / "blend-phase-1.txt").read_text() == printed.stdout
    assert (tmp_path / "megatron-args.sh").exists()


def test_export_refuses_with_the_remedy(run, placed):
    refused = run("export", "zh-en-7b", "--trainer", "energon")
    assert refused.exit_code == 1
    assert "mean tokens per document" in refused.stderr


def test_lint_names_lines_and_fails_on_errors(run, tmp_path):
    file = tmp_path / "blend.txt"
    file.write_text("0.7 /a\n/b 0.3\n")
    found = run("trainer", "lint", str(file))
    assert found.exit_code == 1
    assert found.stdout.startswith("error\tline 2\tmegatron_reversed\t")
    file.write_text("0.7 /a 0.3 /b\n")
    assert run("trainer", "lint", str(file)).stdout == "ok: Megatron-LM\n"
    assert run("trainer", "lint", str(tmp_path / "none")).exit_code == 1


def test_lint_speaks_the_language_of_the_terminal(tmp_path):
    file = tmp_path / "blend.txt"
    file.write_text("0.7 /a\n/b 0.3\n")

    def say(*options, **environment):
        cleared = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "", **environment}
        return (
            CliRunner()
            .invoke(cli.make_trainer_app(), [*options, "lint", str(file)], env=cleared)
            .stdout
        )

    assert "写在了权重" in say(LANG="zh_CN.UTF-8")
    assert "stands before its weight" in say(LANG="C.UTF-8")
    assert "写在了权重" in say("--language", "zh_CN", LANG="C.UTF-8")
    assert "stands before its weight" in say("--language", "en", LANG="zh_CN.UTF-8")
    assert say("--language", "fr") == ""


@pytest.mark.parametrize("trainer", FORMATS)
def test_lint_of_half_a_file_fails_in_words(run, trainer, tmp_path):
    file = next(one for one in sorted(Path(__file__).parent.glob(f"golden/{trainer}/llama1/*")))
    half = tmp_path / file.name
    half.write_text("".join(file.read_text().partition(".")[:2]) + '\n  - {"')
    found = run("trainer", "lint", str(half))
    assert (found.exit_code, "Traceback" in found.output) == (1, False)
    assert found.output.strip()
    assert "megatron_" not in found.output


def test_lint_keeps_files_of_one_name_apart(run, tmp_path):
    for name, text in (("a", "0.7 /a 0.3 /b\n"), ("b", "0.7 /a\n/b 0.3\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "blend.txt").write_text(text)
    files = [str(tmp_path / name / "blend.txt") for name in ("b", "a")]
    assert run("trainer", "lint", *files).exit_code == 1


def test_trainers_are_printed(run):
    assert len(run("trainer", "list").stdout.splitlines()) == len(FORMATS)


def test_the_command_line_knows_them():
    from app.cli import GROUPS

    names = {one.name for one in typer.main.get_group(GROUPS["mixture"]()).commands.values()}
    assert "export" in names
