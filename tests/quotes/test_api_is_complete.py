"""What people do on the pages of quotes, programs do through the API: page by page, none left."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts import tokens
from app.accounts.models import Account
from app.accounts.permissions import Scope
from tests import factories
from tests.quotes import making
from tests.quotes.scene import FILE

API = "quotes.api."
# A page, and what a program calls for the same. A new page needs its line here.
PAGES = {
    "files.download": "files.api.download",
    # Of the team
    "quotes.index": API + "rfqs",
    "quotes.new": API + "rfqs.start",
    "quotes.create": API + "rfqs.create",
    "quotes.show": API + "rfq",
    "quotes.timeline": API + "rfq.events",
    "quotes.edit": API + "rfq",
    "quotes.save": API + "rfq.change",
    "quotes.edit_lot": API + "rfq",
    "quotes.save_lot": API + "rfq.change",
    "quotes.attach": API + "rfq.files.add",
    "quotes.detach": API + "rfq.files.remove",
    "quotes.invite": API + "invitations.create",
    "quotes.link": API + "invitations.link",
    "quotes.ask_approval": API + "rfq.approval",
    "quotes.open": API + "rfq.open",
    "quotes.extend": API + "rfq.extend",
    "quotes.cancel": API + "rfq.cancel",
    "quotes.answer": API + "questions.answer",
    "quotes.comparison": API + "rfq.comparison",
    "quotes.comparison.export": API + "rfq.comparison.export",
    "quotes.decide": API + "rfq.comparison",
    "quotes.decided": API + "lots.award",
    "quotes.enter": API + "lots.enter",
    "quotes.add_to_draft": API + "lots.add_to_draft",
    "quotes.request_pdf": API + "rfq.pdf",
    "quotes.quote_pdf": API + "quote.pdf",
    "quotes.award_pdf": API + "rfq.award_pdf",
    "quotes.settings": API + "rules",
    "quotes.enter_rate": API + "rates.enter",
    "quotes.change_rules": API + "rules.change",
    "quotes.cards": API + "cards",
    "quotes.cards.add": API + "cards.add",
    "quotes.cards.withdraw": API + "cards.withdraw",
    # Of a vendor
    "vendors.inbox": API + "rfqs",
    "vendors.show": API + "rfq",
    "vendors.decline": API + "decline",
    "vendors.ask": API + "questions.ask",
    "vendors.ask_file": API + "questions.attach",
    "vendors.quote": API + "quote",
    "vendors.save": API + "quote.change",
    "vendors.review": API + "quote",
    "vendors.submit": API + "quote.submit",
    "vendors.discard": API + "quote.discard",
    "vendors.attach": API + "quote.files.add",
    "vendors.detach": API + "quote.files.remove",
    "vendors.revision": API + "quote",
    "vendors.revise": API + "quote.revise",
    "vendors.withdraw": API + "quote.withdraw",
    "vendors.cards": API + "cards",
    "vendors.cards.add": API + "cards.add",
    "vendors.cards.withdraw": API + "cards.withdraw",
}


def routes(app: FastAPI) -> Iterator[tuple[str, bool]]:
    """Yield each route of quotes by name, and whether it is the API's."""
    for route in iter_route_contexts(app.routes):
        module = getattr(route.endpoint, "__module__", "")
        if module.startswith(("app.quotes.", "app.files.")):
            yield str(route.name), route.path.startswith("/api/v1/")


def test_each_page_has_its_operation(shared_app: FastAPI) -> None:
    found = list(routes(shared_app))
    assert {name for name, is_api in found if not is_api} == PAGES.keys()
    assert set(PAGES.values()) <= {name for name, is_api in found if is_api}


@pytest.fixture
def token(session: Session) -> tuple[dict[str, str], Account]:
    account = factories.make_account(session, role="buyer")
    session.refresh(account, ["organisation"])
    return bearer(session, account), account


def bearer(session: Session, account: Account) -> dict[str, str]:
    """Return the header of a program that acts for an account."""
    actor = making.viewer_of(session, account)
    secret = tokens.create_token(
        session, account, actor=actor, name="Script", scopes=list(Scope), days=1
    )
    return {"Authorization": f"Bearer {secret}"}


def test_a_program_with_a_token_reads_files_papers_and_exports(
    client: TestClient, session: Session, token: tuple[dict[str, str], Account]
) -> None:
    headers, account = token
    buyer, vendor = making.viewer_of(session, account), making.viewer(session, "vendor")
    rfq = making.open_rfq(session, buyer, vendor)
    quote = making.submitted(session, rfq, vendor)
    base = f"/api/v1/rfqs/{rfq.public_id}"
    sent = client.post(f"/api/v1/rfq-files/{rfq.public_id}", files=FILE, headers=headers).json()
    assert client.get(sent["url"], headers=headers).content == FILE["file"][1]
    assert client.get(f"{base}/request.pdf", headers=headers).content.startswith(b"%PDF")
    sealed = f"/api/v1/quotes/{quote.public_id}/quote.pdf"
    assert client.get(sealed, headers=headers).status_code == 404
    making.let_deadline_pass(session, rfq)
    assert client.get(sealed, headers=headers).content.startswith(b"%PDF")
    for kind, start in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        given = client.get(f"{base}/comparison.{kind}", headers=headers)
        assert given.content.startswith(start), kind
        assert "no-store" in given.headers["cache-control"]
    plain = client.get(f"{base}/comparison", headers=headers).json()["lots"][0]
    asked = f"{base}/comparison?volume=1:1000&weight=price:3&weight=quality:1&tax=excluded"
    what_if = client.get(asked, headers=headers).json()
    assert (plain["volume"], plain["is_what_if"]) == ("200000", False)
    assert (what_if["lots"][0]["volume"], what_if["lots"][0]["is_what_if"]) == ("1000", True)
    assert what_if["weights"] == {"price": "3", "quality": "1"}
    # 1,000 x 6.80 + 1,000 for setting up, without tax.
    assert what_if["lots"][0]["offers"][0]["total"] == "7800"
    for wrong in ("volume=1", "volume=x:3", "weight=beauty:3", "volume=1:-4", "weight=price:x"):
        refused = client.get(f"{base}/comparison?{wrong}", headers=headers)
        assert refused.status_code == 422, wrong


def test_a_program_keeps_rates_and_rules(
    client: TestClient, session: Session, token: tuple[dict[str, str], Account]
) -> None:
    headers, _ = token
    admin = factories.make_account(session, role="administrator")
    # No token's scope holds the settings: they are an administrator's own, with a session.
    factories.sign_in(client, session, admin)
    rate = {"currency": "usd", "base": "CNY", "rate": "7.12", "date": "2026-01-05"}
    made = client.post(
        "/api/v1/exchange-rates", json=rate | {"source": "SAFE"}, headers=headers
    ).json()
    assert (made["currency"], made["rate"], made["source"]) == ("USD", "7.12", "SAFE")
    again = rate | {"rate": "7.10", "source": "ECB"}
    assert client.post("/api/v1/exchange-rates", json=again, headers=headers).status_code == 201
    listed = client.get("/api/v1/exchange-rates", headers=headers).json()["items"]
    assert [(one["rate"], one["source"]) for one in listed] == [("7.1", "ECB")]
    for wrong in ({"rate": "0"}, {"rate": "-7"}, {"date": "2099-01-01"}, {"currency": "XXY"}):
        refused = client.post(
            "/api/v1/exchange-rates", json=rate | {"source": "SAFE"} | wrong, headers=headers
        )
        assert refused.status_code == 422, wrong
    rules = {"base_currency": "CNY", "approval_threshold": "500000"}
    assert client.put("/api/v1/quote-rules", json=rules, headers=headers).status_code == 403
    assert client.put("/api/v1/quote-rules", json=rules).json() == rules
    assert client.get("/api/v1/quote-rules", headers=headers).json() == rules
    none = rules | {"approval_threshold": None}
    assert client.put("/api/v1/quote-rules", json=none).json() == none
    wrong = rules | {"approval_threshold": "-1"}
    assert client.put("/api/v1/quote-rules", json=wrong).status_code == 422


def test_a_program_takes_files_off_drafts(
    client: TestClient, session: Session, token: tuple[dict[str, str], Account]
) -> None:
    headers, account = token
    rfq = making.draft_rfq(session, making.viewer_of(session, account))
    files = f"/api/v1/rfq-files/{rfq.public_id}"
    sent = client.post(files, files=FILE, headers=headers).json()
    assert client.delete(f"{files}/{sent['id']}", headers=headers).status_code == 204
    assert client.get(files, headers=headers).json()["total"] == 0
    assert client.delete(f"{files}/{sent['id']}", headers=headers).status_code == 404
