"""The closed loop on pages: shortage, request, quote, award, entry, component in the draft."""

from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.mixtures.queries import drafts as draft_queries
from app.mixtures.queries import mixtures as mixture_queries
from app.quotes import opening
from app.quotes.queries import awards as award_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries import timeline as timeline_queries
from tests.factories import signed_in
from tests.mixtures import making as mixture_making
from tests.quotes import making
from tests.quotes.test_shortages import PHASE, lacking


def bought(client: TestClient, session: Session) -> tuple[str, str, str]:
    """Return the mixture that lacked something, the request about it, and the entry it gained."""
    slug = lacking(session)
    signed_in(client, session, Role.BUYER)
    made = client.post(
        "/rfqs/new", data={"title": "More questions", "currency": "CNY", "mixture": slug}
    )
    rfq_id = made.headers["location"].split("/")[2]
    buyer, vendor = making.viewer(session, "buyer"), making.viewer(session, "vendor")
    client.post(f"/rfqs/{rfq_id}/invite", data={"vendor": vendor.organisation_slug})
    rfq = rfq_queries.get_rfq(session, rfq_id, buyer)
    rfq.deadline = making.soon(session)
    session.flush()
    rfq = opening.open_rfq(
        session, rfq_queries.get_rfq(session, rfq_id, buyer), viewer=buyer, base_url=""
    )
    quote = making.submitted(session, rfq, vendor)
    making.let_deadline_pass(session, rfq)
    signed_in(client, session, Role.APPROVER)
    decided = client.post(f"/rfqs/{rfq_id}/lots/1/decide", data={"quote": quote.public_id})
    assert decided.status_code == 303, decided.text
    award = award_queries.list_awards(session, rfq)[0]
    assert award.dataset_slug
    return slug, rfq_id, award.dataset_slug


def test_what_a_shortage_led_to_buy_goes_into_the_draft(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    client, session = seeded_client, seeded_session
    slug, rfq_id, dataset = bought(client, session)
    # An approver reads what was brought; who edits no mixtures gets no button.
    page = client.get(f"/rfqs/{rfq_id}").text
    assert dataset in page
    assert f"/rfqs/{rfq_id}/lots/1/draft" not in page
    assert client.post(f"/rfqs/{rfq_id}/lots/1/draft").status_code == 403
    planner = signed_in(client, session, Role.PLANNER)
    assert f"/rfqs/{rfq_id}/lots/1/draft" in planner.get(f"/rfqs/{rfq_id}").text
    assert planner.post(f"/rfqs/{rfq_id}/lots/1/draft").status_code == 303
    viewer = mixture_making.make_viewer(session)
    draft = draft_queries.get_draft(session, mixture_queries.get_mixture(session, slug, viewer).id)
    session.refresh(draft)
    phase = next(one for one in draft.content["phases"] if one["name"] == PHASE)
    assert dataset in [one["dataset"] for one in phase["components"]]
    rfq = rfq_queries.get_rfq(session, rfq_id, viewer)
    done = [one.action for one in timeline_queries.list_events(session, rfq, viewer)]
    assert done[-1] == "lot.added_to_draft"
    # The page says so, and a second time is refused.
    assert f"/rfqs/{rfq_id}/lots/1/draft" not in planner.get(f"/rfqs/{rfq_id}").text
    assert planner.post(f"/rfqs/{rfq_id}/lots/1/draft").status_code == 409


def test_a_program_puts_it_into_the_draft(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    client, session = seeded_client, seeded_session
    slug, rfq_id, dataset = bought(client, session)
    signed_in(client, session, Role.PLANNER)
    lot = client.get(f"/api/v1/rfqs/{rfq_id}").json()["lots"][0]
    assert (lot["decision"]["dataset"], lot["decision"]["mixture"]) == (dataset, slug)
    address = f"/api/v1/rfqs/{rfq_id}/lots/{lot['id']}/add-to-draft"
    assert client.post(address, json={"phase": "no such phase"}).status_code in {404, 422}
    assert client.post(address, json={"phase": PHASE}).json()["mixture"] == slug
    draft = client.get(f"/api/v1/mixtures/{slug}/draft").json()
    names = [one["dataset"] for phase in draft["phases"] for one in phase["components"]]
    assert dataset in names
    assert client.post(address).status_code == 409


def test_a_vendor_learns_nothing_of_the_mixture(
    seeded_client: TestClient, seeded_session: Session
) -> None:
    client, session = seeded_client, seeded_session
    slug, rfq_id, _dataset = bought(client, session)
    signed_in(client, session, Role.VENDOR)
    assert client.post(f"/rfqs/{rfq_id}/lots/1/draft").status_code == 404
    assert slug not in client.get(f"/api/v1/rfqs/{rfq_id}").text
