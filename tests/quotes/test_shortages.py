"""A request that begins with what a mixture lacks: tokens become units, and the sum is shown."""

from decimal import Decimal

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.quotes.beginning import origins, shortages
from app.quotes.queries import rfqs as rfq_queries
from tests.factories import signed_in
from tests.mixtures import making as mixtures
from tests.quotes import making

PHASE = "Questions"


def lacking(session: Session) -> str:
    """Return a mixture that needs far more of a question bank than there is."""
    planner = mixtures.make_viewer(session)
    made = mixtures.content(
        mixtures.phase(
            [
                mixtures.component("jlw-k12-question-bank", 50, max_epochs=1),
                mixtures.component("the-pile", 50, max_epochs=4),
            ],
            budget=2 * 10**12,
            name=PHASE,
        )
    )
    return mixtures.make_mixture(session, planner, made, name="needs questions").slug


def test_a_shortage_becomes_a_lot_with_its_sum(seeded_session: Session) -> None:
    slug = lacking(seeded_session)
    buyer = making.viewer(seeded_session, Role.BUYER)
    found = shortages.find_lots(seeded_session, slug, buyer)
    assert found.lots
    lot, facts = found.lots[0], found.lacks[0]
    assert Decimal(str(lot["volume"])) > 1
    assert lot["unit"] in {"question", "document", "pair", "page"}
    explanation = origins.say({"name": found.name, "lacks": found.lacks})
    assert "÷" in explanation
    assert "prior" in explanation
    assert facts["count"] == int(str(lot["volume"]))
    # Of which phase is for the team to know: a vendor reads the lot.
    assert f"(phase {PHASE})" in explanation
    assert PHASE not in str(lot.get("description", ""))


def test_a_request_is_made_of_a_mixture_s_shortages(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    slug = lacking(seeded_session)
    client = signed_in(seeded_client, seeded_session, Role.BUYER)
    form = client.get(f"/rfqs/new?mixture={slug}").text
    assert "needs questions" in form
    assert "÷" in form
    made = client.post(
        "/rfqs/new", data={"title": "More questions", "currency": "CNY", "mixture": slug}
    )
    assert made.status_code == 303
    buyer = making.viewer(seeded_session, Role.BUYER)
    rfq = rfq_queries.get_rfq(seeded_session, made.headers["location"].split("/")[2], buyer)
    assert rfq.origin["mixture"] == slug
    assert rfq.lots[0].volume > 1
    # Begun in English, read in Chinese: the sum is said in the reader's language.
    address = f"/rfqs/{rfq.public_id}"
    assert "(prior: " in client.get(address).text
    chinese = client.get(address, headers={"Accept-Language": "zh-CN"}).text
    assert "(prior: " not in chinese
    assert "÷" in chinese
    assert client.get("/rfqs/new?mixture=no-such-mixture").status_code == 404
