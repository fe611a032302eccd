"""
Requests in each state with what hangs on them, and one person of each kind, signed in.

`open` is sealed with a quote of `own` and one of `rival`, a question and a file each; `answering`
is open with a draft of `own`; `closed` is past its deadline; `decided` is awarded to `own`.
`outsider` is a vendor who was invited to none of them.
"""

from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.models import Account, Role
from app.accounts.viewers import Viewer
from app.quotes import answering, awarding, inviting, questions
from app.quotes.content.answered import QuoteIn
from app.quotes.models.quote import Quote
from app.quotes.models.rfq import Rfq
from app.quotes.queries import rfqs as rfq_queries
from tests import factories
from tests.quotes import making

TEAM = {
    "viewer": Role.VIEWER,
    "planner": Role.PLANNER,
    "buyer": Role.BUYER,
    "approver": Role.APPROVER,
    "admin": Role.ADMINISTRATOR,
}
VENDORS = ("own", "rival", "outsider")
PEOPLE = (*TEAM, *VENDORS, "anonymous")
FILE = {"file": ("gold.csv", b"a,b\n1,2\n", "text/csv")}


@dataclass
class Scene:
    """The clients by person, and the parts of an address by the name of a request."""

    session: Session
    clients: dict[str, TestClient] = field(default_factory=dict)
    viewers: dict[str, Viewer] = field(default_factory=dict)
    at: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __getitem__(self, person: str) -> TestClient:
        return self.clients[person]


def build(
    app: FastAPI, session: Session, *, prices: tuple[str, str] = ("6.80", "7.10"), note: str = ""
) -> Scene:
    """Return the scene; the quotes of `own` and `rival` have these prices and this note."""
    scene = Scene(session)
    for person in PEOPLE:
        client = TestClient(app, follow_redirects=False)
        if person != "anonymous":
            account = factories.make_account(
                session, role=TEAM.get(person, Role.VENDOR), name=f"{person.title()} Person"
            )
            session.refresh(account, ["organisation"])
            factories.sign_in(client, session, account)
            scene.viewers[person] = making.viewer_of(session, account)
        scene.clients[person] = client
    owner = scene.viewers["buyer"]
    own, rival = scene.viewers["own"], scene.viewers["rival"]
    lots = [making.lot_json(), making.lot_json(title="Transcripts")]

    draft = making.draft_rfq(session, owner, lots=lots, title="Draft request")
    opened = {
        name: making.open_rfq(session, owner, own, rival, lots=lots, title=f"{name} request")
        for name in ("open", "answering", "closed", "decided")
    }
    newcomers = {
        name: inviting.invite(
            session,
            rfq_queries.get_rfq(session, rfq.public_id, owner),
            vendor=f"newcomer-{name}",
            viewer=owner,
            base_url=making.BASE_URL,
            email=f"new.{name}@example.com",
            name="New Person",
        )[0]
        for name, rfq in (("draft", draft), ("open", opened["open"]))
    }
    quotes: dict[tuple[str, str], Quote] = {}
    for name in ("open", "closed", "decided"):
        for vendor, price in zip((own, rival), prices, strict=True):
            quotes[name, "own" if vendor is own else "rival"] = making.submitted(
                session, opened[name], vendor, lines=[making.line_json(1, price)], note=note or None
            )
    body = QuoteIn.model_validate(making.quote_json(session, note=note or None))
    answering_rfq = rfq_queries.get_rfq(session, opened["answering"].public_id, own)
    quotes["answering", "own"] = answering.draft_quote(session, answering_rfq, body, viewer=own)
    question = questions.ask(
        session,
        rfq_queries.get_rfq(session, opened["open"].public_id, own),
        "Which dialects?",
        viewer=own,
    )
    for name in ("closed", "decided"):
        making.let_deadline_pass(session, opened[name])
    _decide(session, scene, opened["decided"], quotes["decided", "own"])
    session.flush()
    scene.at["draft"] = {
        "rfq_id": draft.public_id,
        "lot_id": draft.lots[0].public_id,
        "invitation_id": newcomers["draft"].public_id,
    }
    for name, rfq in opened.items():
        found = rfq_queries.get_rfq(session, rfq.public_id, owner)
        quote = quotes[name, "own"]
        scene.at[name] = {
            "rfq_id": found.public_id,
            "lot_id": found.lots[0].public_id,
            "quote_id": quote.public_id,
            "revision": quote.revision,
            "question_id": question.public_id,
            "invitation_id": newcomers["open"].public_id,
        }
    session.commit()
    _files(scene)
    card = scene["own"].post("/api/v1/rate-cards", json=CARD)
    assert card.status_code == 201, card.text
    for at in scene.at.values():
        at |= {"number": 1, "step": "basics", "kind": "csv", "card_id": card.json()["id"]}
    return scene


CARD = {
    "task": "sft_writing",
    "unit": "question",
    "currency": "CNY",
    "valid_from": "2026-01-01",
    "tiers": [{"from": "1", "unit_price": "6.20"}],
}


def account_of(session: Session, viewer: Viewer) -> Account:
    """Return the account behind a viewer."""
    return session.get_one(Account, viewer.account_id)


def _decide(session: Session, scene: Scene, rfq: Rfq, quote: Quote) -> None:
    approver = scene.viewers["approver"]
    for number, chosen in ((0, quote), (1, None)):
        found = rfq_queries.get_rfq(session, rfq.public_id, approver)
        lot = found.lots[number]
        if chosen:
            awarding.award_lot(session, found, lot, chosen.public_id, viewer=approver)
        else:
            awarding.declare_unawarded(session, found, lot, viewer=approver, reason="Too few")


def _files(scene: Scene) -> None:
    """Attach a file to the draft, to the open request, and to the draft of a quote."""
    for name in ("draft", "open"):
        sent = scene["buyer"].post(f"/api/v1/rfq-files/{scene.at[name]['rfq_id']}", files=FILE)
        assert sent.status_code == 201, sent.text
        scene.at[name] |= {
            "attachment_id": sent.json()["id"],
            "key": sent.json()["url"].rsplit("/", 1)[1],
        }
    at = scene.at["answering"]
    sent = scene["own"].post(f"/api/v1/quote-files/{at['quote_id']}", files=FILE)
    assert sent.status_code == 201, sent.text
    at |= _file_of(sent.json())


def _file_of(answer: dict[str, Any]) -> dict[str, str]:
    return {"attachment_id": answer["id"], "key": answer["url"].rsplit("/", 1)[1]}
