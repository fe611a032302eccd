"""Several connections and committed data: double award, late submit, withdraw against award."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.errors import AppError
from app.quotes import answering, awarding, quote_body
from app.quotes.content.answered import QuoteIn
from app.quotes.models.quote import Award, Quote
from app.quotes.models.record import Event
from app.quotes.models.rfq import Invitation, Rfq
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from tests.quotes import making

pytestmark = pytest.mark.race
# Rounds of four attempts each; PEIBI_RACE_ROUNDS=2500 makes 10,000.
ROUNDS = int(os.environ.get("PEIBI_RACE_ROUNDS", "6"))


@pytest.fixture
def engine(new_database: Callable[[], str]):
    engine = create_engine(new_database(), pool_size=8)
    yield engine
    engine.dispose()


def at_once(engine, *attempts: Callable[[Session], object]) -> list[bool]:
    """Run attempts at the same moment, each in a transaction; return which succeeded."""
    barrier = threading.Barrier(len(attempts))

    def run(attempt: Callable[[Session], object]) -> bool:
        with Session(engine) as session:
            barrier.wait()
            try:
                attempt(session)
                session.commit()
            except AppError:
                session.rollback()
                return False
            return True

    with ThreadPoolExecutor(len(attempts)) as pool:
        return list(pool.map(run, attempts))


def replayed(session: Session, rfq: Rfq) -> None:
    """Check that the events, in order, lead to the states that the rows have."""
    states: dict[tuple[str, str], str] = {}
    for event in session.scalars(select(Event).where(Event.rfq_id == rfq.id).order_by(Event.id)):
        if event.after_state is not None:
            states[event.object_type, event.object_id] = event.after_state
    found = session.get_one(Rfq, rfq.id, populate_existing=True)
    assert states["rfq", found.public_id] == found.state
    for quote in session.scalars(select(Quote).where(Quote.rfq_id == rfq.id)):
        assert states["quote", quote.public_id] == quote.state
    for one in session.scalars(select(Invitation).where(Invitation.rfq_id == rfq.id)):
        assert states["invitation", one.public_id] == one.state


def prepare(session: Session) -> tuple[Rfq, Viewer, list[Viewer], list[Quote]]:
    buyer, approver = making.viewer(session, "buyer"), making.viewer(session, "approver")
    vendors = [making.viewer(session, "vendor") for _ in range(2)]
    rfq = making.open_rfq(session, buyer, *vendors)
    return rfq, approver, vendors, [making.submitted(session, rfq, one) for one in vendors]


def test_of_awards_at_once_one_wins(engine):
    for _ in range(ROUNDS):
        with Session(engine) as session:
            rfq, approver, _, quotes = prepare(session)
            making.let_deadline_pass(session, rfq)
            rfq_id, ids = rfq.public_id, [quote.public_id for quote in quotes]
            session.commit()

        def award(quote: str) -> Callable[[Session], object]:
            def attempt(session: Session) -> object:
                found = rfq_queries.get_rfq(session, rfq_id, approver)  # noqa: B023  used at once
                return awarding.award_lot(session, found, found.lots[0], quote, viewer=approver)  # noqa: B023

            return attempt

        assert at_once(engine, *(award(one) for one in ids * 2)).count(True) == 1
        with Session(engine) as session:
            found = rfq_queries.get_rfq(session, rfq_id, approver)
            count = select(func.count()).where(Award.lot_id == found.lots[0].id)
            assert session.scalar(count) == 1
            replayed(session, found)


def test_no_quote_is_submitted_after_its_deadline(engine):
    for number in range(ROUNDS):
        with Session(engine) as session:
            buyer = making.viewer(session, "buyer")
            vendors = [making.viewer(session, "vendor") for _ in range(4)]
            rfq = making.open_rfq(session, buyer, *vendors)
            body = QuoteIn.model_validate(making.quote_json(session))
            drafts = [
                answering.draft_quote(session, rfq, body, viewer=one).public_id for one in vendors
            ]
            rfq_id = rfq.public_id
            wait = f"{(number % 4) * 4} milliseconds"
            session.execute(
                text(
                    "UPDATE rfq SET deadline = clock_timestamp() + CAST(:wait AS interval)"
                    " WHERE id = :id"
                ),
                {"id": rfq.id, "wait": wait},
            )
            session.commit()

        def submit(vendor: Viewer, quote: str) -> Callable[[Session], object]:
            def attempt(session: Session) -> object:
                found = quote_queries.get_quote(session, quote, vendor)
                return answering.submit_quote(session, found, viewer=vendor)

            return attempt

        results = at_once(engine, *(submit(*pair) for pair in zip(vendors, drafts, strict=True)))
        with Session(engine) as session:
            found = rfq_queries.get_rfq(session, rfq_id, buyer)
            submitted = session.scalars(
                select(Quote).where(Quote.rfq_id == found.id, Quote.state == "submitted")
            ).all()
            assert len(submitted) == results.count(True)
            assert all(quote.submitted_at < found.deadline for quote in submitted)
            replayed(session, found)


def test_of_edit_submit_and_withdraw_at_once_each_state_is_one(engine):
    for _ in range(ROUNDS):
        with Session(engine) as session:
            rfq, approver, vendors, quotes = prepare(session)
            revision = answering.revise_quote(session, quotes[0], viewer=vendors[0]).public_id
            first, rfq_id, vendor = quotes[0].public_id, rfq.public_id, vendors[0]
            body = QuoteIn.model_validate(
                making.quote_json(session, lines=[making.line_json(price="5")])
            )
            session.commit()

        def edit(session: Session) -> object:
            found = quote_queries.get_quote(session, revision, vendor)  # noqa: B023
            return answering.save_quote(session, found, body, viewer=vendor, version=1)  # noqa: B023

        def submit(session: Session) -> object:
            found = quote_queries.get_quote(session, revision, vendor)  # noqa: B023
            return answering.submit_quote(session, found, viewer=vendor)  # noqa: B023

        def withdraw(session: Session) -> object:
            found = quote_queries.get_quote(session, first, vendor)  # noqa: B023
            return answering.withdraw_quote(session, found, viewer=vendor)  # noqa: B023

        at_once(engine, edit, submit, submit, withdraw)
        with Session(engine) as session:
            found = quote_queries.get_quote(session, revision, vendor)
            assert found.state == "submitted"
            assert found.content_hash == quote_body.content_hash(found)
            assert quote_queries.get_quote(session, first, vendor).state in {
                "superseded",
                "withdrawn",
            }
            replayed(session, rfq_queries.get_rfq(session, rfq_id, approver))
