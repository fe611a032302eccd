"""A request that begins with what the catalogue lists of a vendor, or with an earlier request."""

from decimal import Decimal

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.quotes.queries import rfqs as rfq_queries
from tests.factories import signed_in
from tests.quotes import making


def test_a_dataset_of_a_vendor_becomes_a_lot(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    client = signed_in(seeded_client, seeded_session, Role.BUYER)
    address = "/rfqs/new?dataset=jlw-k12-question-bank"
    assert address in client.get("/catalogue/jlw-k12-question-bank").text
    assert "Jinglianwen" in client.get(address).text
    made = client.post(
        "/rfqs/new",
        data={"title": "More", "currency": "CNY", "dataset": "jlw-k12-question-bank"},
    )
    assert made.status_code == 303, made.text
    rfq_id = made.headers["location"].split("/")[2]
    rfq = rfq_queries.get_rfq(seeded_session, rfq_id, making.viewer(seeded_session, "buyer"))
    (lot,) = rfq.lots
    assert lot.unit in {"question", "item"}
    assert lot.volume > Decimal(1)
    # Whom to invite stands in the form already.
    assert 'value="jinglianwen"' in client.get(f"/rfqs/{rfq_id}").text


def test_a_service_of_a_vendor_becomes_a_lot(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    client = signed_in(seeded_client, seeded_session, Role.BUYER)
    page = client.get("/providers/jinglianwen").text
    assert "/rfqs/new?provider=jinglianwen&amp;service=jlw-annotation-service" in page
    start = client.get(
        "/api/v1/rfqs/start",
        params={"provider": "jinglianwen", "service": "jlw-annotation-service"},
    ).json()
    assert start["vendor"] == "jinglianwen"
    (lot,) = start["request"]["lots"]
    assert lot["title"] == "Annotation service for large-model training data"
    made = client.post("/api/v1/rfqs", json=start["request"], params={"provider": "jinglianwen"})
    assert made.status_code == 201, made.text
    assert made.json()["origin"]["vendor"] == "jinglianwen"


def test_an_earlier_request_is_a_template(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    earlier = making.draft_rfq(seeded_session, making.viewer(seeded_session, Role.BUYER))
    client = signed_in(seeded_client, seeded_session, Role.BUYER)
    start = client.get("/api/v1/rfqs/start", params={"from": earlier.public_id}).json()
    assert start["request"]["title"] == earlier.title
    assert "deadline" not in start["request"]
    assert "id" not in start["request"]["lots"][0]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.VENDOR, Role.PLANNER])
def test_who_writes_no_requests_is_offered_none(
    seeded_client: TestClient, seeded_session: Session, role: Role
) -> None:
    client = signed_in(seeded_client, seeded_session, role)
    assert "/rfqs/new" not in client.get("/catalogue/jlw-k12-question-bank").text
    assert "/rfqs/new" not in client.get("/providers/jinglianwen").text
    assert client.get("/api/v1/rfqs/start").status_code == 403


@pytest.mark.parametrize("name", ["dataset", "provider", "mixture", "from"])
def test_what_is_unknown_is_404(
    seeded_client: TestClient, seeded_session: Session, name: str
) -> None:
    client = signed_in(seeded_client, seeded_session, Role.BUYER)
    assert client.get("/rfqs/new", params={name: "nothing"}).status_code == 404
    assert client.get("/api/v1/rfqs/start", params={name: "nothing"}).status_code == 404
