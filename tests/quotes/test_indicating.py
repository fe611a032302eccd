"""Rate cards: an indication before anything is sent, kept by vendors and by buyers."""

from datetime import timedelta

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.quotes import cards, rates
from app.quotes.cards import CardIn
from app.quotes.queries import rfqs as rfq_queries
from tests.factories import signed_in
from tests.quotes import making

CARD = {
    "task": "sft_writing",
    "unit": "question",
    "currency": "CNY",
    "tiers": [
        {"from": "1", "unit_price": "7.20", "kind": "marginal"},
        {"from": "50001", "unit_price": "5.60", "kind": "marginal"},
    ],
    "tax_rate": "0.06",
    "valid_from": "2026-01-01",
}


def kept(session: Session, **changes: object) -> None:
    """Keep a card of a new vendor."""
    vendor = making.viewer(session, Role.VENDOR)
    cards.add_card(session, CardIn.model_validate(CARD | changes), viewer=vendor)


def test_an_indication_by_tiers_currency_and_validity(client: TestClient, session: Session) -> None:
    buyer = making.viewer(session, Role.BUYER)
    rfq = making.draft_rfq(session, buyer)
    today = rfq_queries.database_now(session).date()
    kept(session)
    kept(session, currency="USD", tiers=[{"from": "1", "unit_price": "0.5"}], tax_rate=None)
    kept(session, currency="JPY", tiers=[{"from": "1", "unit_price": "90"}])
    # None of these fits: another unit, another language, out of date.
    kept(session, unit="dialogue")
    kept(session, language="de")
    kept(session, valid_to=str(today - timedelta(days=1)))
    rates.enter_rate(
        session,
        currency="USD",
        base="CNY",
        rate=making.price("7"),
        on_date=today,
        source="ECB",
        viewer=buyer,
    )
    signed_in(client, session, Role.BUYER)
    found = client.get(f"/api/v1/rfqs/{rfq.public_id}/indication").json()
    (lot,) = found["lots"]
    # 200,000 x 0.5 USD x 7; (50,000 x 7.20 + 150,000 x 5.60) x 1.06; no rate for the yen.
    assert [one["total"] and one["total"]["amount"] for one in lot["cards"]] == [
        "700000.00",
        "1272000.00",
        None,
    ]
    assert lot["cards"][0]["rate"] == {"rate": "7.0000000000", "date": str(today), "source": "ECB"}
    assert found["range"]["low"] == {"amount": "700000.00", "currency": "CNY"}
    assert found["range"]["high"]["amount"] == "1272000.00"
    page = client.get(f"/rfqs/{rfq.public_id}/edit/lots").text
    assert "CNY 700,000 – CNY 1,272,000" in page
    assert "no rate for JPY" in page
    assert "CNY 700,000 – CNY 1,272,000" in client.get(f"/rfqs/{rfq.public_id}").text


def test_no_vendor_sees_an_indication(client: TestClient, session: Session) -> None:
    vendor = making.viewer(session, Role.VENDOR)
    rfq = making.open_rfq(session, making.viewer(session, Role.BUYER), vendor)
    kept(session)
    signed_in(client, session, Role.VENDOR)
    assert client.get(f"/api/v1/rfqs/{rfq.public_id}/indication").status_code == 404
    assert client.get("/rfqs/rate-cards").status_code in {200, 303}
    assert "5.60" not in client.get("/quotes/rate-cards").text


def test_a_buyer_keeps_a_card_of_a_vendor(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    client = signed_in(seeded_client, seeded_session, Role.BUYER)
    form = {
        "vendor": "jinglianwen",
        "task": "sft_writing",
        "unit": "question",
        "currency": "CNY",
        "valid_from": "2026-01-01",
        "price1": "6.80",
        "tax_percent": "6",
    }
    assert client.post("/rfqs/rate-cards", data=form).status_code == 303
    page = client.get("/rfqs/rate-cards").text
    # The vendor is called what the catalogue calls it.
    assert "Jinglianwen Technology" in page
    assert "CNY 6.80 / question" in page
    assert "6% on top" in page
    assert "百分比" in client.get("/rfqs/rate-cards", headers={"Accept-Language": "zh-CN"}).text
    assert client.post("/rfqs/rate-cards", data=form | {"price1": "-1"}).status_code == 422
    assert client.post("/rfqs/rate-cards", data=form | {"vendor": ""}).status_code == 422
    card = client.get("/api/v1/rate-cards").json()["items"][0]["id"]
    assert client.post(f"/rfqs/rate-cards/{card}/withdraw").status_code == 303
    assert client.get("/api/v1/rate-cards").json()["total"] == 0


def test_readers_keep_no_cards(client: TestClient, session: Session) -> None:
    signed_in(client, session, Role.VIEWER)
    assert client.get("/rfqs/rate-cards").status_code == 200
    assert client.post("/rfqs/rate-cards", data={"vendor": "xinghe"}).status_code in {403, 422}
    assert client.get("/api/v1/rate-cards").json()["total"] == 0


def test_the_team_chooses_a_vendor_or_writes_a_new_one(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    client = signed_in(seeded_client, seeded_session, Role.BUYER)
    form = {"task": "ocr", "unit": "page", "currency": "CNY", "price1": "2"}
    form |= {"valid_from": "2026-01-01", "vendor": "", "other_vendor": "north-annotation"}
    assert client.post("/rfqs/rate-cards", data=form).status_code == 303

    page = client.get("/rfqs/rate-cards").text
    assert '<option value="north-annotation">' in page
    refused = client.post("/rfqs/rate-cards", data=form | {"other_vendor": "North!"})
    assert refused.status_code == 422
    assert 'id="other_vendor-error"' in refused.text
    both = form | {"vendor": "north-annotation", "other_vendor": ""}
    assert client.post("/rfqs/rate-cards", data=both).status_code == 303
