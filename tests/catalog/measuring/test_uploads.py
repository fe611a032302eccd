"""A sample that is sent on a page: kept, counted by a job, shown, stopped, thrown away."""

import gzip
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import queries
from app.catalog.measuring import engines, uploads
from app.files.models import StoredFile
from app.files.purposes import FileStore
from app.files.storage import FileStorage
from app.jobs import runner
from app.jobs.models import Job, JobState
from tests.catalog.importing.sending import storage_in
from tests.catalog.measuring.texts import KINDS, TEXTS, tokens_of, write
from tests.factories import signed_in

BOOKS = "jlw-chinese-books"
ADDRESS = f"/measure/dataset/{BOOKS}"


@pytest.fixture
def storage(tmp_path: Path) -> FileStorage:
    return storage_in(tmp_path)


@pytest.fixture
def planner(shared_app, seeded_client, seeded_session, storage, monkeypatch):
    before = shared_app.state.file_store
    shared_app.state.file_store = FileStore(storage, before.purposes, 10**9)
    monkeypatch.setattr(engines, "LocalCores", lambda _workers: engines.Inline())
    yield signed_in(seeded_client, seeded_session, "planner")
    shared_app.state.file_store = before


def send(client, path: Path, **fields: str):
    with path.open("rb") as handle:
        return client.post(ADDRESS, data=fields, files={"file": (path.name, handle)})


def run_job(client, storage: FileStorage, address: str) -> None:
    public_id = address.rpartition("/")[2]
    factory = client.app.state.session_factory
    runner.run_job(factory, {uploads.KIND: uploads.kind(storage)}, public_id)


@pytest.mark.parametrize("name", KINDS)
def test_a_file_that_is_sent_is_measured(
    planner, seeded_session: Session, storage: FileStorage, tmp_path: Path, name: str
) -> None:
    sent = send(planner, write(tmp_path / name, TEXTS), tokenizer="o200k", is_whole="1")
    assert sent.status_code == 303, sent.text
    address = sent.headers["Location"]
    waiting = planner.get(address)
    assert "The file is being counted" in waiting.text
    run_job(planner, storage, address)
    done = planner.get(address)
    assert done.headers["Location"] == f"/catalogue/{BOOKS}?done=measured#measured"
    seeded_session.expire_all()
    dataset = queries.get_dataset(seeded_session, BOOKS, with_team=True)
    [main] = [estimate for estimate in dataset.estimates if estimate.is_main]
    assert (main.method, main.tokenizer, main.mid) == ("measured", "o200k", tokens_of(TEXTS))
    assert main.rule is not None
    assert main.rule["files"]["list"][0]["path"] == name
    html = planner.get(f"/catalogue/{BOOKS}?done=measured").text
    assert "The measurement is kept with its evidence" in html
    assert name in html
    # The file is let go with the count.
    assert seeded_session.scalar(select(StoredFile.id)) is None
    assert planner.get(address, headers={"HX-Request": "true"}).headers["HX-Redirect"]


def test_a_sample_gives_no_total(
    planner, seeded_session: Session, storage: FileStorage, tmp_path: Path
) -> None:
    sent = send(planner, write(tmp_path / "a.jsonl", TEXTS))
    run_job(planner, storage, sent.headers["Location"])
    seeded_session.expire_all()
    dataset = queries.get_dataset(seeded_session, BOOKS, with_team=True)
    assert [e.method for e in dataset.estimates if e.is_main] == ["converted"]
    assert "measured" in {estimate.method for estimate in dataset.estimates}


@pytest.mark.parametrize(
    ("name", "content", "fields", "sentence"),
    [
        ("a.jsonl", b"", {}, "is empty"),
        ("a.csv", b"a,b\n", {}, "is not a file that is taken here"),
        ("a.parquet", b"not parquet", {}, "is not a file that is taken here"),
        ("a.jsonl", b'{"text": "x"}', {"tokenizer": "gpt-9"}, "Choose a tokenizer of the list"),
        ("a.jsonl", b'{"text": "x"}', {"field": "x" * 201}, "more than 200 characters"),
    ],
)
def test_what_cannot_be_measured_is_said_in_the_form(  # noqa: PLR0917  by parameter
    planner, seeded_session: Session, tmp_path: Path, name, content, fields, sentence
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    refused = send(planner, path, **fields)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert seeded_session.scalar(select(Job.id)) is None
    assert seeded_session.scalar(select(StoredFile.id)) is None


def test_no_file_is_said_in_the_form(planner) -> None:
    refused = planner.post(ADDRESS, data={"tokenizer": "o200k"}, files={"file": ("", b"")})
    assert refused.status_code == 422
    assert "Choose a file first." in refused.text


def test_a_file_without_the_field_fails_with_a_sentence(
    planner, seeded_session: Session, storage: FileStorage, tmp_path: Path
) -> None:
    sent = send(planner, write(tmp_path / "a.jsonl", TEXTS), field="content")
    run_job(planner, storage, sent.headers["Location"])
    html = planner.get(sent.headers["Location"]).text
    assert "No text was found in the field “content”" in html
    assert "Nothing was kept." in html


def test_a_bomb_is_cut_off(
    planner, seeded_session: Session, storage: FileStorage, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_UNPACKED_BYTES", 5_000_000)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "one"}\n' * 10 + b" " * 50_000_000))
    sent = send(planner, path)
    run_job(planner, storage, sent.headers["Location"])
    job = seeded_session.scalars(select(Job)).one()
    assert job.state == JobState.SUCCEEDED
    seeded_session.expire_all()
    dataset = queries.get_dataset(seeded_session, BOOKS, with_team=True)
    [claim] = [estimate for estimate in dataset.estimates if estimate.method == "measured"]
    assert claim.rule is not None
    assert any("unpacks to more" in reason for reason in claim.rule["skipped"])


def test_a_job_is_stopped_and_is_nobody_elses(
    planner, seeded_session: Session, tmp_path: Path
) -> None:
    sent = send(planner, write(tmp_path / "a.jsonl", TEXTS))
    address = sent.headers["Location"]
    assert planner.post(f"{address}/stop").status_code == 303
    html = planner.get(address).text
    assert "It was stopped before anything was counted." in html
    other = signed_in(planner, seeded_session, "planner")
    assert other.get(address).status_code == 404
    assert other.post(f"{address}/stop").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "buyer"])
def test_who_may_not_edit_may_not_measure(
    seeded_client, seeded_session: Session, tmp_path: Path, role: str
) -> None:
    client = signed_in(seeded_client, seeded_session, role)
    assert client.get(ADDRESS).status_code == 403
    assert send(client, write(tmp_path / "a.jsonl", TEXTS)).status_code == 403
    assert "/measure/" not in client.get(f"/catalogue/{BOOKS}").text


def test_an_unknown_dataset_is_404(planner, tmp_path: Path) -> None:
    assert planner.get("/measure/dataset/no-such").status_code == 404
    assert planner.get("/measure/jobs/no-such").status_code == 404
