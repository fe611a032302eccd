"""What an award brings about in the catalogue and in a mixture's draft."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models.datasets import Dataset
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.quantities import Quantity
from app.errors import Conflict
from app.mixtures import content as contents
from app.mixtures import lifecycle
from app.mixtures.queries import drafts as draft_queries
from app.quotes import awarding, delivering, offering
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.queries import awards as award_queries
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries import timeline as timeline_queries
from tests.quotes import making


def award(session: Session, origin: dict | None = None, **changes) -> Rfq:
    buyer, approver = making.viewer(session, "buyer"), making.viewer(session, "approver")
    vendor = making.viewer(session, "vendor")
    rfq = making.open_rfq(session, buyer, vendor, **changes)
    rfq.origin = origin
    session.flush()
    quote = making.submitted(session, rfq, vendor)
    making.let_deadline_pass(session, rfq)
    rfq = rfq_queries.get_rfq(session, rfq.public_id, buyer)
    awarding.award_lot(session, rfq, rfq.lots[0], quote.public_id, viewer=approver)
    return rfq_queries.get_rfq(session, rfq.public_id, buyer)


def test_an_award_becomes_an_entry_for_the_team(seeded_session: Session, seeded_client: TestClient):
    session = seeded_session
    rfq = award(session)
    slug = award_queries.list_awards(session, rfq)[0].dataset_slug
    dataset = session.scalars(select(Dataset).where(Dataset.slug == slug)).one()
    assert (dataset.visibility, dataset.licence_class) == ("team", "contract")
    quantity = session.scalars(select(Quantity).where(Quantity.dataset_id == dataset.id)).one()
    assert (quantity.value, quantity.unit) == (200_000, "question")
    claim = session.scalars(select(LicenceClaim).where(LicenceClaim.dataset_id == dataset.id)).one()
    # (200,000 x 6.80 + 1,000) x 1.06
    assert "CNY 1,442,660.00" in (claim.note_en or "")
    assert rfq.number in (claim.stated_en or "")
    for path in (f"/api/v1/datasets/{slug}", f"/catalogue/{slug}"):
        assert seeded_client.get(path).status_code == 404
    assert rfq.number not in seeded_client.get(f"/api/v1/datasets?q={rfq.number}").text


def test_an_award_is_final_although_the_catalogue_refuses_its_entry(session: Session):
    rfq = award(session)
    (found,) = award_queries.list_awards(session, rfq)
    assert (found.outcome, found.dataset_slug) == ("awarded", None)
    viewer = making.viewer(session, "viewer")
    actions = [event.action for event in timeline_queries.list_events(session, rfq, viewer)]
    assert "lot.entry_refused" in actions


def test_a_component_is_offered_to_the_draft_that_lacked_it(seeded_session: Session):
    session = seeded_session
    planner = making.viewer(session, "planner")
    mixture = lifecycle.create_mixture(
        session, name="Lacking", content=contents.new_content(token_budget=10**9), viewer=planner
    )
    rfq = award(session, origin={"mixture": mixture.slug})
    (found,) = award_queries.list_awards(session, rfq)
    assert found.offered_to == mixture.slug
    offering.add_to_draft(session, rfq, rfq.lots[0], phase=None, viewer=planner)
    draft = draft_queries.get_draft(session, mixture.id)
    assert found.dataset_slug in draft.dataset_slugs
    with pytest.raises(Conflict):
        offering.add_to_draft(session, rfq, rfq.lots[0], phase=None, viewer=planner)


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("大学题库", ("大学题库", "Writing for instruction tuning (大学题库)")),
        ("Worked solutions", ("指令数据撰写（Worked solutions）", "Worked solutions")),
    ],
)
def test_an_entry_has_a_name_in_each_language(title: str, names: tuple[str, str]) -> None:
    assert delivering.names(Lot(title=title, task="sft_writing")) == names
