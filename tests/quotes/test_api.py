"""The JSON API of quotes, from a request to an award, as buyers, vendors and approvers use it."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.models import Account, Role
from app.quotes.queries import rfqs as rfq_queries
from tests import factories
from tests.quotes import making


class People:
    """A buyer, an approver and two vendors, each in a browser of their own."""

    def __init__(self, client: TestClient, session: Session) -> None:
        self.client = client
        self.session = session
        self.vendor_a = factories.make_account(session, role=Role.VENDOR)
        self.vendor_b = factories.make_account(session, role=Role.VENDOR)
        session.refresh(self.vendor_a, ["organisation"])
        session.refresh(self.vendor_b, ["organisation"])
        self.buyer = self.as_new("buyer")
        self.approver = self.as_new("approver")
        self.a = self.as_account(self.vendor_a)
        self.b = self.as_account(self.vendor_b)

    def as_account(self, account: Account) -> TestClient:
        return factories.sign_in(
            TestClient(self.client.app, follow_redirects=False), self.session, account
        )

    def as_new(self, role: str) -> TestClient:
        return self.as_account(factories.make_account(self.session, role=role))

    def open_rfq(self, **changes) -> str:
        made = self.buyer.post("/api/v1/rfqs", json=making.rfq_json(self.session, **changes))
        assert made.status_code == 201, made.text
        rfq = made.json()["id"]
        for account in (self.vendor_a, self.vendor_b):
            invited = self.buyer.post(
                f"/api/v1/rfqs/{rfq}/invitations", json={"vendor": account.organisation.slug}
            )
            assert invited.status_code == 201, invited.text
        opened = self.buyer.post(f"/api/v1/rfqs/{rfq}/open")
        assert opened.status_code == 200, opened.text
        assert opened.json()["state"] == "open"
        return rfq

    def submit(self, vendor: TestClient, rfq: str, **changes) -> str:
        made = vendor.post(
            f"/api/v1/rfqs/{rfq}/quotes", json=making.quote_json(self.session, **changes)
        )
        assert made.status_code == 201, made.text
        quote = made.json()["id"]
        submitted = vendor.post(f"/api/v1/quotes/{quote}/submit")
        assert submitted.status_code == 200, submitted.text
        return quote

    def pass_deadline(self, rfq: str) -> None:
        viewer = making.viewer(self.session, "viewer")
        making.let_deadline_pass(self.session, rfq_queries.get_rfq(self.session, rfq, viewer))


@pytest.fixture
def people(client: TestClient, session: Session) -> People:
    return People(client, session)


def test_a_request_becomes_an_award(people: People):
    rfq = people.open_rfq(lots=[making.lot_json(), making.lot_json(title="Transcripts")])
    quote = people.submit(people.a, rfq)
    shown = people.buyer.get(f"/api/v1/rfqs/{rfq}").json()
    assert (shown["state"], shown["is_sealed"], shown["quote_count"]) == ("open", True, 1)
    listed = people.buyer.get(f"/api/v1/rfqs/{rfq}/quotes").json()
    assert listed == {"items": [], "total": 1, "is_sealed": True}
    assert people.buyer.post(f"/api/v1/rfqs/{rfq}/close").status_code == 409
    people.pass_deadline(rfq)
    assert people.buyer.get(f"/api/v1/rfqs/{rfq}").json()["state"] == "closed"
    assert people.buyer.post(f"/api/v1/rfqs/{rfq}/close").status_code == 200
    assert len(people.buyer.get(f"/api/v1/rfqs/{rfq}/quotes").json()["items"]) == 1
    awarded = people.approver.post(f"/api/v1/rfqs/{rfq}/lots/1/award", json={"quote": quote})
    assert awarded.status_code == 200, awarded.text
    again = people.approver.post(f"/api/v1/rfqs/{rfq}/lots/1/award", json={"quote": quote})
    assert again.status_code == 409
    lot = shown["lots"][1]["id"]
    assert people.approver.post(f"/api/v1/rfqs/{rfq}/lots/{lot}/unaward").status_code == 200
    end = people.buyer.get(f"/api/v1/rfqs/{rfq}").json()
    assert end["state"] == "awarded"
    assert [one["state"] for one in end["lots"]] == ["awarded", "unawarded"]
    winner = people.a.get(f"/api/v1/rfqs/{rfq}").json()["lots"][0]["decision"]
    loser = people.b.get(f"/api/v1/rfqs/{rfq}").json()["lots"][0]["decision"]
    assert winner["quote"] == quote
    assert (loser["quote"], loser["vendor"]) == (None, None)


def test_the_comparison_is_sealed_until_the_deadline(people: People):
    rfq = people.open_rfq()
    people.submit(people.a, rfq)
    path = f"/api/v1/rfqs/{rfq}/comparison"
    assert people.buyer.get(path).status_code == 409
    assert people.a.get(path).status_code == 404
    people.pass_deadline(rfq)
    answer = people.buyer.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.json()["lots"][0]["offers"][0]["vendor"]
    assert people.a.get(path).status_code == 404


def test_a_vendor_knows_nothing_of_the_other(people: People):
    rfq = people.open_rfq()
    quote = people.submit(people.a, rfq)
    assert people.b.get(f"/api/v1/quotes/{quote}").status_code == 404
    for verb in ("submit", "withdraw", "revise"):
        assert people.b.post(f"/api/v1/quotes/{quote}/{verb}").status_code == 404
    assert people.b.patch(f"/api/v1/quotes/{quote}", json={"note": "x"}).status_code == 404
    assert people.b.get(f"/api/v1/rfqs/{rfq}/quotes").json()["items"] == []
    assert people.b.get(f"/api/v1/rfqs/{rfq}/quotes").json()["total"] == 0
    seen = people.b.get(f"/api/v1/rfqs/{rfq}").json()
    for field in ("quote_count", "invitations", "budget", "criteria", "rates", "origin"):
        assert seen[field] is None
    assert people.b.get(f"/api/v1/rfqs/{rfq}/invitations").json()["total"] == 1
    slug = people.vendor_a.organisation.slug
    for path in ("", "/events", "/questions", "/invitations", "/quotes"):
        assert slug not in people.b.get(f"/api/v1/rfqs/{rfq}{path}").text


def test_a_stranger_finds_no_request(people: People):
    rfq = people.open_rfq()
    stranger = people.as_new("vendor")
    for path in ("", "/events", "/questions", "/invitations", "/quotes"):
        assert stranger.get(f"/api/v1/rfqs/{rfq}{path}").status_code == 404
    assert stranger.get("/api/v1/rfqs").json()["items"] == []
    answer = stranger.post(f"/api/v1/rfqs/{rfq}/quotes", json=making.quote_json(people.session))
    assert answer.status_code == 404


def test_revising_takes_the_place_of_what_was_submitted(people: People):
    rfq = people.open_rfq()
    first = people.submit(people.a, rfq)
    assert people.a.patch(f"/api/v1/quotes/{first}", json={"note": "x"}).status_code == 409
    second = people.a.post(f"/api/v1/quotes/{first}/revise").json()
    assert (second["revision"], second["state"]) == (2, "draft")
    assert second["lines"][0]["tiers"][0]["unit_price"] == "6.8"
    changed = people.a.patch(
        f"/api/v1/quotes/{second['id']}", json={"lines": [making.line_json(price="6.50")]}
    )
    assert changed.json()["lines"][0]["tiers"][0]["unit_price"] == "6.5"
    assert people.a.get(f"/api/v1/quotes/{first}").json()["state"] == "submitted"
    assert people.a.post(f"/api/v1/quotes/{second['id']}/submit").status_code == 200
    assert people.a.get(f"/api/v1/quotes/{first}").json()["state"] == "superseded"
    people.pass_deadline(rfq)
    listed = people.buyer.get(f"/api/v1/rfqs/{rfq}/quotes").json()["items"]
    assert [one["id"] for one in listed] == [second["id"]]
    assert people.buyer.get(f"/api/v1/quotes/{first}").status_code == 404


def test_withdrawing_and_quoting_again(people: People):
    rfq = people.open_rfq()
    quote = people.submit(people.a, rfq)
    assert people.a.post(f"/api/v1/quotes/{quote}/withdraw").json()["state"] == "withdrawn"
    assert people.buyer.get(f"/api/v1/rfqs/{rfq}").json()["quote_count"] == 0
    assert people.a.post(f"/api/v1/quotes/{quote}/withdraw").status_code == 409
    again = people.a.post(f"/api/v1/quotes/{quote}/revise")
    assert again.status_code == 201
    assert people.a.post(f"/api/v1/quotes/{again.json()['id']}/submit").status_code == 200


def test_nothing_is_taken_after_the_deadline(people: People):
    rfq = people.open_rfq()
    quote = people.submit(people.a, rfq)
    draft = people.b.post(
        f"/api/v1/rfqs/{rfq}/quotes", json=making.quote_json(people.session)
    ).json()["id"]
    people.pass_deadline(rfq)
    refused = [
        people.b.post(f"/api/v1/quotes/{draft}/submit"),
        people.b.patch(f"/api/v1/quotes/{draft}", json={"note": "late"}),
        people.a.post(f"/api/v1/quotes/{quote}/withdraw"),
        people.a.post(f"/api/v1/quotes/{quote}/revise"),
        people.b.post(f"/api/v1/rfqs/{rfq}/questions", json={"question": "Too late?"}),
        people.b.post(f"/api/v1/rfqs/{rfq}/decline"),
    ]
    assert [answer.status_code for answer in refused] == [409] * 6
    assert people.buyer.get(f"/api/v1/quotes/{draft}").status_code == 404


def test_an_expired_quote_is_not_awarded(people: People):
    rfq = people.open_rfq()
    until = rfq_queries.database_now(people.session) + timedelta(seconds=3)
    quote = people.submit(people.a, rfq, valid_until=until.isoformat())
    people.pass_deadline(rfq)
    while rfq_queries.database_now(people.session) <= until:
        pass
    answer = people.approver.post(f"/api/v1/rfqs/{rfq}/lots/1/award", json={"quote": quote})
    assert answer.status_code == 409
    assert "expired" in answer.json()["error"]["message"]
    assert people.buyer.get(f"/api/v1/quotes/{quote}").json()["state"] == "expired"


def test_an_idempotency_key_does_things_once(people: People):
    body = making.rfq_json(people.session)
    headers = {"Idempotency-Key": "one"}
    first = people.buyer.post("/api/v1/rfqs", json=body, headers=headers)
    second = people.buyer.post("/api/v1/rfqs", json=body, headers=headers)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert people.buyer.get("/api/v1/rfqs").json()["total"] == 1
    other = people.buyer.post("/api/v1/rfqs", json=body | {"title": "x"}, headers=headers)
    assert other.status_code == 422


def test_a_stale_version_changes_nothing(people: People):
    made = people.buyer.post("/api/v1/rfqs", json=making.rfq_json(people.session))
    rfq, tag = made.json()["id"], made.headers["ETag"]
    path = f"/api/v1/rfqs/{rfq}"
    changed = people.buyer.patch(path, json={"title": "A"}, headers={"If-Match": tag})
    assert changed.status_code == 200
    stale = people.buyer.patch(path, json={"title": "B"}, headers={"If-Match": tag})
    assert stale.status_code == 412
    assert people.buyer.get(path).json()["title"] == "A"


def test_an_amendment_is_told_and_keeps_what_quotes_rest_on(people: People):
    rfq = people.open_rfq()
    path = f"/api/v1/rfqs/{rfq}"
    assert people.buyer.patch(path, json={"description": "More"}).status_code == 422
    changed = people.buyer.patch(path, json={"description": "More", "summary": "Says more."})
    assert changed.status_code == 200, changed.text
    assert changed.json()["amendment"] == 1
    for refused in ({"currency": "USD"}, {"lots": []}):
        answer = people.buyer.patch(path, json=refused | {"summary": "x"})
        assert answer.status_code == 409
    assert people.a.get(path).json()["description"] == "More"


def test_a_deadline_moves_only_later(people: People):
    rfq = people.open_rfq()
    path = f"/api/v1/rfqs/{rfq}"
    now = rfq_queries.database_now(people.session)
    earlier, later = now + timedelta(minutes=5), now + timedelta(hours=5)
    assert (
        people.buyer.post(f"{path}/extend", json={"deadline": earlier.isoformat()}).status_code
        == 422
    )
    answer = people.buyer.patch(path, json={"deadline": later.isoformat()})
    assert answer.status_code == 200
    people.pass_deadline(rfq)
    assert (
        people.buyer.post(f"{path}/extend", json={"deadline": later.isoformat()}).status_code == 409
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "a\u0000b"}, "title"),
        ({"currency": "XXX"}, "currency"),
        ({"deadline": "2020-01-01T00:00:00Z"}, "deadline"),
        ({"deadline": "tomorrow"}, "deadline"),
        ({"budget": "-1"}, "budget"),
        ({"budget": "NaN"}, "budget"),
        ({"unknown": 1}, "unknown"),
        ({"lots": [making.lot_json(volume="0")]}, "lots.0.volume"),
        ({"lots": [making.lot_json(volume="-5")]}, "lots.0.volume"),
        ({"lots": [making.lot_json(task="juggling")]}, "lots.0.task"),
        ({"lots": [making.lot_json(languages=["Mandarin!"])]}, "lots.0.languages.0"),
        ({"lots": [making.lot_json(volume_min="300000")]}, "lots.0"),
    ],
)
def test_a_request_that_cannot_be_is_refused(people: People, changes: dict, field: str):
    answer = people.buyer.post("/api/v1/rfqs", json=making.rfq_json(people.session, **changes))
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["field"] == field
    assert people.buyer.get("/api/v1/rfqs").json()["total"] == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "ABC"},
        {"tax_rate": "6"},
        {"lines": [making.line_json(price="-1")]},
        {"lines": [making.line_json(price="1e30")]},
        {"lines": [making.line_json(price="Infinity")]},
        {"lines": [making.line_json(lot=2)]},
        {"lines": [making.line_json(), making.line_json()]},
        {"lines": [making.line_json(acceptance_rate="0")]},
        {"lines": [making.line_json(moq="-1")]},
        {"vendor": "somebody-else"},
    ],
)
def test_a_quote_that_cannot_be_is_refused(people: People, changes: dict):
    rfq = people.open_rfq()
    answer = people.a.post(
        f"/api/v1/rfqs/{rfq}/quotes", json=making.quote_json(people.session, **changes)
    )
    assert answer.status_code == 422, answer.text
    assert people.a.get(f"/api/v1/rfqs/{rfq}/quotes").json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lines": []}, "lines"),
        ({"lines": [making.line_json(tiers=[])]}, "lines"),
        ({"valid_until": None}, "valid_until"),
        ({"valid_until": "2026-01-01"}, "valid_until"),
        ({"tax_included": None}, "tax_included"),
        ({"tax_rate": None}, "tax_rate"),
    ],
)
def test_an_incomplete_quote_is_kept_and_not_submitted(people: People, changes: dict, field: str):
    rfq = people.open_rfq()
    quote = people.a.post(
        f"/api/v1/rfqs/{rfq}/quotes", json=making.quote_json(people.session, **changes)
    ).json()["id"]
    answer = people.a.post(f"/api/v1/quotes/{quote}/submit")
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]["field"] == field
    assert people.a.get(f"/api/v1/quotes/{quote}").json()["state"] == "draft"


def test_questions_are_answered_to_all_without_who_asked(people: People):
    rfq = people.open_rfq()
    path = f"/api/v1/rfqs/{rfq}/questions"
    asked = people.a.post(path, json={"question": "Which dialects?"}).json()
    assert people.b.get(path).json()["items"] == []
    assert people.b.post(f"{path}/{asked['id']}/answer", json={"answer": "x"}).status_code == 403
    answered = people.buyer.post(f"{path}/{asked['id']}/answer", json={"answer": "None."})
    assert answered.status_code == 200
    (seen,) = people.b.get(path).json()["items"]
    assert (seen["answer"], seen["is_own"]) == ("None.", False)
    assert set(seen) == {"id", "question", "asked_at", "answer", "answered_at", "is_own", "files"}
    assert people.a.get(path).json()["items"][0]["is_own"]
    again = people.buyer.post(f"{path}/{asked['id']}/answer", json={"answer": "Some."})
    assert again.status_code == 409


def test_a_new_vendor_is_led_in_by_its_link(people: People, client: TestClient):
    rfq = people.open_rfq()
    body = {"vendor": "new-vendor", "email": "wang@vendor.example", "name": "Wang Fang"}
    answer = people.buyer.post(f"/api/v1/rfqs/{rfq}/invitations", json=body)
    link = answer.json()["link"]
    assert "/invitation/" in link
    invitation = answer.json()["id"]
    again = people.buyer.post(f"/api/v1/rfqs/{rfq}/invitations/{invitation}/link")
    assert again.status_code == 409
    assert link not in people.buyer.get(f"/api/v1/rfqs/{rfq}/invitations").text
    twice = people.buyer.post(f"/api/v1/rfqs/{rfq}/invitations", json=body)
    assert twice.status_code == 409
    page = TestClient(client.app).get(link)
    assert page.status_code == 200
    assert "Wang Fang" in page.text


def test_a_buyer_cannot_slip_into_a_vendor_that_has_members(people: People):
    rfq = people.buyer.post("/api/v1/rfqs", json=making.rfq_json(people.session)).json()["id"]
    path = f"/api/v1/rfqs/{rfq}/invitations"
    slug = people.vendor_a.organisation.slug
    mine = people.buyer.post(path, json={"vendor": slug, "email": "buyer@else.example"})
    assert mine.status_code == 409
    other = people.buyer.post(path, json={"vendor": slug, "email": people.vendor_b.email})
    assert other.status_code == 409
    right = people.buyer.post(path, json={"vendor": slug, "email": people.vendor_a.email})
    assert right.status_code == 201
    assert right.json()["link"] is None
    invitation = right.json()["id"]
    assert people.buyer.post(f"{path}/{invitation}/link").status_code == 409


def test_the_team_is_not_told_who_quoted_before_the_deadline(people: People):
    rfq = people.open_rfq()
    people.a.get(f"/api/v1/rfqs/{rfq}")
    people.b.get(f"/api/v1/rfqs/{rfq}")
    people.submit(people.a, rfq)
    states = {
        one["state"] for one in people.buyer.get(f"/api/v1/rfqs/{rfq}/invitations").json()["items"]
    }
    assert states == {"viewed"}
    seen = people.buyer.get(f"/api/v1/rfqs/{rfq}/events").json()["items"]
    assert not [one for one in seen if "quote" in one["action"]]
    people.pass_deadline(rfq)
    seen = people.buyer.get(f"/api/v1/rfqs/{rfq}/events").json()["items"]
    assert "quote.submitted" in {one["action"] for one in seen}
