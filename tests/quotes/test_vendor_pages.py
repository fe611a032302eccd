"""The pages of vendors, without JavaScript: inbox, form, look over, submit, revise, withdraw."""

import re

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.accounts.viewers import Viewer
from app.quotes.models.rfq import Rfq
from tests import factories
from tests.quotes import making

FORM = {
    "currency": "USD",
    "valid_until": "2027-12-31",
    "tax_included": "no",
    "tax_rate": "6",
    "lot1_from1": "",
    "lot1_price1": "1,000.50",
    "lot1_acceptance_rate": "96.5%",
    "lot1_rework_rounds": "2",
    "lot1_certifications": "ISO 27001, 等保三级",
    "action": "review",
}


@pytest.fixture
def vendor(session: Session) -> Account:
    account = factories.make_account(session, role="vendor")
    session.refresh(account, ["organisation"])
    return account


@pytest.fixture
def viewer(session: Session, vendor: Account) -> Viewer:
    return making.viewer_of(session, vendor)


@pytest.fixture
def rfq(session: Session, viewer: Viewer) -> Rfq:
    buyer = making.viewer(session, "buyer")
    rival = making.viewer(session, "vendor")
    return making.open_rfq(
        session, buyer, viewer, rival, lots=[making.lot_json(), making.lot_json(title="Speech")]
    )


@pytest.fixture
def browser(client: TestClient, session: Session, vendor: Account) -> TestClient:
    return factories.sign_in(client, session, vendor)


def test_a_quote_is_written_looked_over_submitted_revised_and_withdrawn(
    browser: TestClient, rfq: Rfq
):
    base = f"/quotes/{rfq.public_id}"
    inbox = browser.get("/quotes").text
    assert rfq.title in inbox
    assert "not answered yet" in inbox
    assert "Write a quote" in browser.get(base).text
    saved = browser.post(f"{base}/quote", data=FORM)
    assert saved.headers["Location"] == f"{base}/review"
    review = browser.get(f"{base}/review").text
    assert "1,000.5" in review.replace("1000.5", "1,000.5")
    # 200,000 x 1,000.50 x 1.06
    assert "USD 212,106,000" in review
    assert "96.5%" in review
    assert "等保三级" in review
    again = browser.get(f"{base}/quote").text
    assert 'value="96.5"' in again
    assert 'value="2027-12-31"' in again
    version = re.findall(r'name="version" value="(\d+)"', review)[0]
    submitted = browser.post(f"{base}/submit", data={"version": version})
    assert submitted.headers["Location"] == f"{base}?done=submitted"
    assert "Revision 1 stands" in browser.get(base).text
    revised = browser.post(f"{base}/revisions/1/revise")
    assert revised.headers["Location"] == f"{base}/quote?done=revising"
    browser.post(f"{base}/discard")
    withdrawn = browser.post(f"{base}/revisions/1/withdraw")
    assert withdrawn.headers["Location"] == f"{base}?done=withdrawn"
    assert "withdrawn" in browser.get("/quotes").text


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("tax_rate", {"tax_rate": "six"}),
        ("tax_rate", {"tax_rate": "100"}),
        ("lot1_price1", {"lot1_price1": "-5"}),
        ("lot1_price1", {"lot1_price1": "cheap"}),
        ("lot1_price1", {"lot1_price1": "1e400"}),
        ("lot1_price1", {"lot1_price1": "9" * 20}),
        ("lot1_price1", {"lot1_price1": "", "lot1_from1": "1"}),
        ("lot1_from2", {"lot1_price2": "5"}),
        ("valid_until", {"valid_until": "soon"}),
        ("lot1_acceptance_rate", {"lot1_acceptance_rate": "0"}),
        ("currency", {"currency": "ABC"}),
    ],
)
def test_what_was_typed_stays_where_it_cannot_be(
    browser: TestClient, rfq: Rfq, field: str, changes: dict
):
    answer = browser.post(f"/quotes/{rfq.public_id}/quote", data=FORM | changes)
    assert answer.status_code == 422, answer.text
    assert f'id="{field}-error"' in answer.text
    assert "等保三级" in answer.text
    assert "not answered yet" in browser.get("/quotes").text


def test_an_incomplete_draft_is_not_submitted(browser: TestClient, rfq: Rfq):
    base = f"/quotes/{rfq.public_id}"
    browser.post(f"{base}/quote", data=FORM | {"valid_until": ""})
    answer = browser.post(f"{base}/submit", data={"version": "1"})
    assert answer.status_code == 422
    assert "Say until when the quote is valid" in answer.text


def test_two_colleagues_do_not_overwrite_each_other(browser: TestClient, rfq: Rfq):
    base = f"/quotes/{rfq.public_id}"
    browser.post(f"{base}/quote", data=FORM)
    browser.post(f"{base}/quote", data=FORM | {"version": "1", "note": "first"})
    stale = browser.post(f"{base}/quote", data=FORM | {"version": "1", "note": "second"})
    assert stale.status_code == 412
    assert "second" in stale.text
    assert "first" in browser.get(f"{base}/review").text
    seen = browser.post(f"{base}/submit", data={"version": "1"})
    assert seen.status_code == 412


def test_a_vendor_asks_declines_and_comes_back(browser: TestClient, rfq: Rfq):
    base = f"/quotes/{rfq.public_id}"
    asked = _ask(browser, base, "Which dialects?")
    assert asked.headers["Location"] == f"{base}?done=asked"
    assert "Which dialects?" in browser.get(base).text
    empty = _ask(browser, base, " ")
    assert empty.status_code == 422
    browser.post(f"{base}/decline", data={"reason": "No people"})
    assert "declined" in browser.get("/quotes").text
    assert "still change your mind" in browser.get(base).text
    assert browser.post(f"{base}/quote", data=FORM).status_code == 303


def test_a_file_is_sealed_like_its_quote(
    browser: TestClient, rfq: Rfq, session: Session, client: TestClient
):
    base = f"/quotes/{rfq.public_id}"
    browser.post(f"{base}/quote", data=FORM)
    name = "sa\u202emple.csv"
    sent = browser.post(
        f"/quotes/files/{rfq.public_id}", files={"file": (name, b"a,b\n1,2\n", "text/csv")}
    )
    assert sent.headers["Location"] == f"{base}/quote?done=attached"
    page = browser.get(f"{base}/quote").text
    assert "sample.csv" in page
    (address,) = set(re.findall(r'href="(/files/[^"]+)"', page))
    assert browser.get(address).content == b"a,b\n1,2\n"
    for role in ("vendor", "buyer", "administrator"):
        other = TestClient(client.app, follow_redirects=False)
        factories.signed_in(other, session, role)
        assert other.get(address).status_code == 404
    wrong = browser.post(
        f"/quotes/files/{rfq.public_id}", files={"file": ("x.exe", b"MZ\x90\x00", "text/csv")}
    )
    assert wrong.status_code == 422


def test_a_vendor_keeps_rate_cards(browser: TestClient, session: Session, client: TestClient):
    form = {
        "task": "transcription",
        "unit": "effective_hour",
        "currency": "CNY",
        "valid_from": "2026-01-01",
        "price1": "180",
        "from2": "1001",
        "price2": "150",
    }
    added = browser.post("/quotes/rate-cards", data=form)
    assert added.headers["Location"] == "/quotes/rate-cards?done=card-added"
    page = browser.get("/quotes/rate-cards").text
    assert "from 1001: CNY 150" in page.replace(",", "")
    refused = browser.post("/quotes/rate-cards", data=form | {"price1": "-1"})
    assert refused.status_code == 422
    other = TestClient(client.app, follow_redirects=False)
    factories.signed_in(other, session, "vendor")
    assert other.get("/api/v1/rate-cards").json()["total"] == 0
    card = browser.get("/api/v1/rate-cards").json()["items"][0]["id"]
    assert other.post(f"/quotes/rate-cards/{card}/withdraw").status_code == 404
    browser.post(f"/quotes/rate-cards/{card}/withdraw")
    assert browser.get("/api/v1/rate-cards").json()["total"] == 0


@pytest.mark.parametrize("path", ["", "/quote", "/review", "/revisions/1"])
def test_a_stranger_finds_nothing(client: TestClient, session: Session, rfq: Rfq, path: str):
    browser = factories.signed_in(client, session, "vendor")
    assert browser.get(f"/quotes/{rfq.public_id}{path}").status_code == 404


def test_the_team_is_led_to_its_own_pages(client: TestClient, session: Session, rfq: Rfq):
    browser = factories.signed_in(client, session, "buyer")
    assert browser.get("/quotes").headers["Location"] == "/rfqs"
    shown = browser.get(f"/quotes/{rfq.public_id}")
    assert shown.headers["Location"] == f"/rfqs/{rfq.public_id}"
    assert browser.post(f"/quotes/{rfq.public_id}/submit").status_code == 404


def _ask(browser: TestClient, base: str, question: str) -> Response:
    """Send the form of a question as a browser does whose person chose no file."""
    address = f"{base.replace('/quotes/', '/quotes/files/')}/questions"
    return browser.post(
        address, data={"question": question}, files={"file": ("", b"", "application/octet-stream")}
    )
