"""`peibi quotes list` and `export`, and the names of vendors that `peibi user add` makes."""

import json
from contextlib import contextmanager

import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app.accounts import queries as account_queries
from app.accounts.cli import make_user_app
from app.quotes import awarding, naming
from app.quotes.cli import make_quotes_app
from app.quotes.queries import rfqs as rfq_queries
from tests.quotes import making


@pytest.fixture
def run(session: Session):
    @contextmanager
    def scope():
        yield session

    app = make_quotes_app(scope)
    return lambda *words: CliRunner().invoke(app, list(words))


@pytest.fixture
def closed(session: Session):
    buyer, vendor = making.viewer(session, "buyer"), making.viewer(session, "vendor")
    rfq = making.open_rfq(session, buyer, vendor)
    making.submitted(session, rfq, vendor)
    making.let_deadline_pass(session, rfq)
    return rfq, buyer, vendor


def test_requests_are_listed(run, closed) -> None:
    rfq, buyer, vendor = closed
    (line,) = run("list", "--as", buyer.email).stdout.splitlines()
    number, state, _deadline, count, title = line.split("\t")
    assert (number, state, count, title) == (rfq.number, "closed", "1", rfq.title)
    assert run("list", "--as", buyer.email, "--state", "draft").stdout == ""
    # A vendor learns no counts.
    assert run("list", "--as", vendor.email).stdout.split("\t")[3] == "-"


def test_a_request_is_exported(run, closed, tmp_path) -> None:
    rfq, buyer, _vendor = closed
    body = json.loads(run("export", rfq.number, "--as", buyer.email).stdout)
    assert body["quotes"][0]["lines"][0]["tiers"][0]["unit_price"] == "6.8"
    for form, start in (
        ("pdf", b"%PDF"),
        ("comparison.pdf", b"%PDF"),
        ("comparison.xlsx", b"PK"),
        ("comparison.csv", b"\xef\xbb\xbf"),
    ):
        path = tmp_path / form
        done = run("export", rfq.number, "--as", buyer.email, "--format", form, "-o", str(path))
        assert done.exit_code == 0, done.output
        assert path.read_bytes().startswith(start)
    # Nothing is decided yet.
    refused = run("export", rfq.number, "--as", buyer.email, "--format", "award.pdf")
    assert (refused.exit_code, "decided" in refused.stderr) == (1, True)


def test_an_award_is_exported_for_the_team_alone(run, closed, session: Session) -> None:
    rfq, buyer, vendor = closed
    approver = making.viewer(session, "approver")
    found = rfq_queries.get_rfq(session, rfq.public_id, approver)
    awarding.declare_unawarded(session, found, found.lots[0], viewer=approver)
    words = ("export", rfq.number, "--format", "award.pdf", "--as")
    assert run(*words, buyer.email).stdout_bytes.startswith(b"%PDF")
    assert run(*words, vendor.email).exit_code == 1


def test_what_is_sealed_is_not_exported(run, session: Session) -> None:
    buyer, vendor = making.viewer(session, "buyer"), making.viewer(session, "vendor")
    rfq = making.open_rfq(session, buyer, vendor)
    making.submitted(session, rfq, vendor)
    body = json.loads(run("export", rfq.number, "--as", buyer.email).stdout)
    assert (body["quotes"], body["quote_count"]) == ([], 1)
    refused = run("export", rfq.number, "--as", buyer.email, "--format", "comparison.csv")
    assert refused.exit_code == 1
    assert "sealed" in refused.stderr
    assert run("export", "RFQ-1999-0001", "--as", buyer.email).exit_code == 1
    assert run("list").exit_code == 1


def test_a_vendor_is_called_what_the_catalogue_calls_it(seeded_session: Session) -> None:
    @contextmanager
    def scope():
        yield seeded_session

    app = make_user_app(scope, naming.ensure_vendor)
    words = ["add", "sales@example.com", "--role", "vendor", "--vendor", "jinglianwen"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    vendor = account_queries.find_organisation(seeded_session, "jinglianwen")
    assert vendor is not None
    assert (vendor.name_zh, vendor.name_en) == ("景联文科技", "Jinglianwen Technology")
