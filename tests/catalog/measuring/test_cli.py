"""`peibi catalogue measure` as a person runs it, Ctrl-C included."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from app.catalog import queries
from app.catalog.models.estimates import TokenEstimate
from tests.catalog.measuring.texts import KINDS, TEXTS, tokens_of, write

BOOKS = "jlw-chinese-books"
PEIBI = str(Path(sys.executable).with_name("peibi"))


def start(url: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [PEIBI, "catalogue", "measure", *arguments],
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def estimates_of(url: str) -> list[TokenEstimate]:
    engine = create_engine(url)
    with Session(engine) as session:
        dataset = queries.get_dataset(session, BOOKS, with_team=True)
        session.expunge_all()
    engine.dispose()
    return dataset.estimates


def test_files_are_measured_and_kept(
    new_seeded_database: Callable[[], str], tmp_path: Path
) -> None:
    url = new_seeded_database()
    write(tmp_path / "a.jsonl", TEXTS * 40)
    write(tmp_path / "b.parquet", TEXTS, group=1)
    report = tmp_path / "report.json"
    running = start(url, BOOKS, str(tmp_path), "--report", str(report), "--workers", "1")
    out, err = running.communicate(timeout=120)
    assert running.returncode == 0, err
    expected = tokens_of(TEXTS * 41, "qwen2-qwen3")
    assert f"{expected:,} tokens" in out
    assert f"kept with {BOOKS}" in out
    [main] = [estimate for estimate in estimates_of(url) if estimate.is_main]
    assert (main.method, main.mid) == ("measured", expected)
    assert json.loads(report.read_text())["files"]["count"] == 2


def test_ctrl_c_keeps_what_was_counted(
    new_seeded_database: Callable[[], str], tmp_path: Path
) -> None:
    url = new_seeded_database()
    for number in range(40):
        write(tmp_path / f"{number:02}.jsonl", TEXTS * 4_000)
    running = start(url, BOOKS, str(tmp_path), "--workers", "1", "--no-checksums")
    assert running.stderr is not None
    assert "tokens" in running.stderr.readline()
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    assert "stopped" in out
    [main] = [estimate for estimate in estimates_of(url) if estimate.is_main]
    assert main.method == "measured"
    assert main.rule is not None
    assert main.rule["is_stopped"]
    assert 0 < main.rule["pieces"]["counted"] < 40
    whole = tokens_of(TEXTS * 4_000, "qwen2-qwen3") * 40
    assert abs(main.mid - whole) < whole / 50


def test_a_wrong_path_is_one_sentence(new_seeded_database: Callable[[], str]) -> None:
    running = start(new_seeded_database(), BOOKS, "/nowhere/at/all.jsonl")
    _out, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert err.startswith("peibi: There is nothing to measure at /nowhere/at/all.jsonl.")


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray has no package for this Python")
def test_a_ray_cluster_counts_the_same(
    new_seeded_database: Callable[[], str], tmp_path: Path
) -> None:
    url = new_seeded_database()
    files = tmp_path / "files"
    files.mkdir()
    for name in KINDS:
        write(files / name, TEXTS * 200, group=100)
    reports = []
    for engine in ("local", "ray"):
        report = tmp_path / f"{engine}.json"
        options = ["--report", str(report), "--no-attach", "--engine", engine, "--workers", "2"]
        running = start(url, BOOKS, str(files), *options)
        _out, err = running.communicate(timeout=180)
        assert running.returncode == 0, err
        reports.append({k: v for k, v in json.loads(report.read_text()).items() if k != "seconds"})
    assert reports[0] == reports[1]
    assert reports[1]["counted"]["documents"] == len(TEXTS) * 200 * len(KINDS)
