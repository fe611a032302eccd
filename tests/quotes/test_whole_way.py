"""
From what a mixture lacks to a component of its draft, by HTTP alone.

A planner's mixture lacks data; a buyer asks, a vendor who is new here is led in by a link and
quotes, an approver awards, and the planner takes what was bought into the draft.
"""

from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.quotes.models.rfq import Rfq
from tests.factories import signed_in
from tests.quotes import making
from tests.quotes.test_shortages import PHASE, lacking

API = "/api/v1"
TYPED = "seven-odd-herons-wade"
VENDOR = {"vendor": "new-vendor", "email": "wang@vendor.example", "name": "Wang Fang"}


def done(answer: Any) -> Any:
    """Return what a call that went well says."""
    assert answer.is_success, answer.text
    return answer.json()


def test_from_a_shortage_to_the_draft(seeded_client: TestClient, seeded_session: Session) -> None:
    session, app = seeded_session, seeded_client.app
    people = {
        role: signed_in(TestClient(app, follow_redirects=False), session, role)
        for role in (Role.BUYER, Role.APPROVER, Role.PLANNER, Role.VIEWER)
    }
    buyer, approver, planner = people[Role.BUYER], people[Role.APPROVER], people[Role.PLANNER]
    vendor, stranger = TestClient(app), TestClient(app)
    mixture = lacking(session)

    # What is lacking becomes a request; how the volume came about stands with it.
    start = done(buyer.get(f"{API}/rfqs/start", params={"mixture": mixture}))
    assert "÷" in start["note"]
    body = start["request"] | {
        "title": "More questions",
        "currency": "CNY",
        "deadline": making.soon(session).isoformat(),
    }
    rfq = done(buyer.post(f"{API}/rfqs", params={"mixture": mixture}, json=body))
    address = f"{API}/rfqs/{rfq['id']}"
    lot = rfq["lots"][0]

    # A vendor who is new here: one link leads its person in, once.
    invited = done(buyer.post(f"{address}/invitations", json=VENDOR))
    link = done(buyer.post(f"{address}/invitations/{invited['id']}/link"))["link"]
    link = link.removeprefix(str(app.state.settings.base_url))
    done(buyer.post(f"{address}/open"))
    assert vendor.get(link).status_code == 200
    joined = vendor.post(
        link, data={"name": "Wang Fang", "password": TYPED, "password_again": TYPED}
    )
    assert joined.status_code == 200, joined.text
    assert done(vendor.get(f"{API}/rfqs"))["items"][0]["id"] == rfq["id"]

    lines = [making.line_json(one["id"], price="2.50") for one in rfq["lots"]]
    quote = done(vendor.post(f"{address}/quotes", json=making.quote_json(session, lines=lines)))
    done(vendor.post(f"{API}/quotes/{quote['id']}/submit"))
    assert done(buyer.get(f"{address}/quotes"))["items"] == []

    making.let_deadline_pass(session, session.query(Rfq).filter_by(public_id=rfq["id"]).one())
    compared = done(approver.get(f"{address}/comparison"))["lots"][0]["offers"][0]
    for one in rfq["lots"]:
        award = done(
            approver.post(f"{address}/lots/{one['id']}/award", json={"quote": quote["id"]})
        )
        assert award["dataset"], award
    lot = done(approver.get(address))["lots"][0]
    dataset = lot["decision"]["dataset"]

    # The entry: as much as was ordered, the price, a contract as its licence with its evidence.
    entry = done(planner.get(f"{API}/datasets/{dataset}"))
    assert (entry["visibility"], entry["licence"]["class"]) == ("team", "contract")
    told = planner.get(f"/catalogue/{dataset}").text
    total = compared["total"].split(".")[0]
    assert f"CNY {int(total):,}" in told
    assert f"{quote['id']} r1, SHA-256" in told
    assert rfq["number"] in told
    for outsider in (stranger, vendor):
        assert outsider.get(f"{API}/datasets/{dataset}").status_code in {401, 404}
        assert dataset not in outsider.get(f"{API}/datasets", params={"q": rfq["number"]}).text

    # And the draft gains its component.
    done(planner.post(f"{address}/lots/{lot['id']}/add-to-draft"))
    draft = done(planner.get(f"{API}/mixtures/{mixture}/draft"))
    (phase,) = (one for one in draft["phases"] if one["name"] == PHASE)
    assert dataset in [one["dataset"] for one in phase["components"]]
    events = [one["action"] for one in done(buyer.get(f"{address}/events"))["items"]]
    assert events[-1] == "lot.added_to_draft"
    assert {"rfq.opened", "quote.submitted", "rfq.closed", "lot.awarded", "rfq.awarded"} <= set(
        events
    )
