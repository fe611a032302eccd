"""
Sixteen people at one moment, over HTTP, on several server processes and committed data.

`PEIBI_RACE_ROUNDS=157` makes 4 x 157 x 16 = 10,048 attempts; `make test-races` does that.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.quotes import answering, quote_body
from app.quotes.content.answered import QuoteIn
from app.quotes.models.quote import Award, Quote
from app.quotes.models.rfq import Rfq
from app.quotes.queries import quotes as quote_queries
from app.quotes.queries import rfqs as rfq_queries
from app.settings import Settings
from tests.conftest import TEMPLATE, Databases
from tests.quotes import making, replaying
from tests.quotes.serving import Attempt, Served, serve

pytestmark = pytest.mark.race
ROUNDS = int(os.environ.get("PEIBI_RACE_ROUNDS", "4"))
AT_ONCE = 16
OK, CONFLICT, STALE = 200, 409, 412


@dataclass
class Field:
    """The portal and the people of all rounds."""

    served: Served
    buyer: Viewer
    approvers: list[Viewer]
    vendors: list[Viewer]

    def rfq(self, session: Session, vendors: int) -> Rfq:
        return making.open_rfq(session, self.buyer, *self.vendors[:vendors])


@pytest.fixture(scope="module")
def field(
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Field]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("races"), jobs_in_process=False)
    with serve(databases.clone(TEMPLATE), settings, processes=3) as served:
        with served.session() as session, session.begin():
            people = [making.viewer(session, role) for role in ("buyer", "approver", "approver")]
            vendors = [making.viewer(session, "vendor") for _ in range(AT_ONCE)]
            for person in people + vendors:
                served.sign_in(session, person)
        began, failed = time.monotonic(), request.session.testsfailed
        yield Field(served, people[0], people[1:], vendors)
        if "PEIBI_RACE_ROUNDS" in os.environ:
            violated = request.session.testsfailed - failed
            capture = request.config.pluginmanager.getplugin("capturemanager")
            with capture.global_and_fixture_disabled():
                writer = request.config.get_terminal_writer()
                writer.line(
                    f"\n{served.tally.total():,} attempts in {time.monotonic() - began:.0f} s, "
                    f"{violated or 'no'} kinds of them with violations"
                )
                for outcome, number in sorted(served.tally.items()):
                    writer.line(f"  {outcome} x {number:,}")


def due_in_the_middle(served: Served, session: Session, rfq: Rfq, number: int) -> None:
    """Let a request's deadline be somewhere within the coming round, by the database's clock."""
    session.flush()
    milliseconds = served.last_milliseconds * (number % 10 + 1) / 10
    session.execute(
        text(
            "UPDATE rfq SET deadline = clock_timestamp() + CAST(:wait AS interval) WHERE id = :id"
        ),
        {"id": rfq.id, "wait": f"{milliseconds} milliseconds"},
    )


def test_of_awards_at_once_one_wins(field: Field) -> None:
    served = field.served
    for _ in range(ROUNDS):
        with served.session() as session, session.begin():
            rfq = field.rfq(session, 4)
            quotes = [
                making.submitted(session, rfq, vendor).public_id for vendor in field.vendors[:4]
            ]
            making.let_deadline_pass(session, rfq)
            path = f"/rfqs/{rfq.public_id}/lots/1/award"

        def award(number: int) -> Attempt:
            approver, quote = field.approvers[number % 2], quotes[number // 2 % 4]  # noqa: B023
            return lambda: served.call(approver, "POST", path, {"quote": quote})[0]  # noqa: B023

        statuses = served.at_once("award", [award(number) for number in range(AT_ONCE)])
        assert sorted(statuses) == [OK, *[CONFLICT] * (AT_ONCE - 1)]
        with served.session() as session:
            lot = rfq_queries.get_rfq(session, rfq.public_id, field.buyer).lots[0]
            assert len(session.scalars(select(Award).where(Award.lot_id == lot.id)).all()) == 1
            assert replaying.count(session, rfq, "lot.awarded") == 1
            assert replaying.count(session, rfq, "rfq.closed") == 1
            replaying.check(session, rfq)


def test_no_quote_is_submitted_after_its_deadline(field: Field) -> None:
    served = field.served
    for number in range(ROUNDS):
        with served.session() as session, session.begin():
            rfq = field.rfq(session, AT_ONCE)
            body = QuoteIn.model_validate(making.quote_json(session))
            drafts = [
                answering.draft_quote(session, rfq, body, viewer=vendor).public_id
                for vendor in field.vendors
            ]
            due_in_the_middle(served, session, rfq, number)

        def submit(vendor: Viewer, quote: str) -> Attempt:
            return lambda: served.call(vendor, "POST", f"/quotes/{quote}/submit")[0]

        statuses = served.at_once(
            "submit at the deadline",
            [submit(*pair) for pair in zip(field.vendors, drafts, strict=True)],
        )
        assert set(statuses) <= {OK, CONFLICT}
        with served.session() as session:
            found = session.get_one(Rfq, rfq.id)
            quotes = session.scalars(
                select(Quote).where(Quote.rfq_id == rfq.id, Quote.state == "submitted")
            ).all()
            assert len(quotes) == statuses.count(OK)
            assert all(quote.submitted_at < found.deadline for quote in quotes)
            assert replaying.count(session, rfq, "quote.submitted") == statuses.count(OK)
            replaying.check(session, rfq)


def test_what_is_submitted_is_what_was_saved_before(field: Field) -> None:
    served, vendor = field.served, field.vendors[0]
    for _ in range(ROUNDS):
        with served.session() as session, session.begin():
            rfq = field.rfq(session, 1)
            body = QuoteIn.model_validate(making.quote_json(session))
            draft = answering.draft_quote(session, rfq, body, viewer=vendor).public_id

        def save(number: int) -> Attempt:
            change = {"note": f"saved by {number}"}
            return lambda: served.call(
                vendor,
                "PATCH",
                f"/quotes/{draft}",  # noqa: B023
                change,
                If_Match='"1"',
            )[0]

        def submit() -> int:
            return served.call(vendor, "POST", f"/quotes/{draft}/submit")[0]  # noqa: B023

        half = AT_ONCE // 2
        statuses = served.at_once(
            "save or submit", [*(save(number) for number in range(half)), *[submit] * half]
        )
        saves, submits = statuses[:half], statuses[half:]
        assert sorted(submits) == [OK, *[CONFLICT] * (half - 1)]
        assert saves.count(OK) <= 1
        assert set(saves) <= {OK, CONFLICT, STALE}
        with served.session() as session:
            quote = quote_queries.get_quote(session, draft, vendor)
            assert quote.content_hash == quote_body.content_hash(quote)
            assert (quote.note is None) == (OK not in saves)
            if OK in saves:
                assert quote.note == f"saved by {saves.index(OK)}"
            replaying.check(session, rfq)


def test_a_quote_is_withdrawn_or_awarded_and_never_both(field: Field) -> None:
    served, vendor = field.served, field.vendors[0]
    for number in range(ROUNDS):
        with served.session() as session, session.begin():
            rfq = field.rfq(session, 1)
            quote = making.submitted(session, rfq, vendor).public_id
            due_in_the_middle(served, session, rfq, number)

        def withdraw() -> int:
            return served.call(vendor, "POST", f"/quotes/{quote}/withdraw")[0]  # noqa: B023

        def award() -> int:
            path = f"/rfqs/{rfq.public_id}/lots/1/award"  # noqa: B023
            return served.call(field.approvers[0], "POST", path, {"quote": quote})[0]  # noqa: B023

        half = AT_ONCE // 2
        statuses = served.at_once("withdraw or award", [*[withdraw] * half, *[award] * half])
        withdrawn, awarded = statuses[:half].count(OK), statuses[half:].count(OK)
        assert withdrawn + awarded <= 1
        # Before the deadline the quote is sealed from the approver; withdrawn, it is gone.
        assert set(statuses) <= {OK, CONFLICT, 404}
        with served.session() as session:
            found = session.scalars(select(Quote).where(Quote.public_id == quote)).one()
            lot = rfq_queries.get_rfq(session, rfq.public_id, field.buyer).lots[0]
            award_row = session.get(Award, lot.id)
            assert found.state == ("withdrawn" if withdrawn else "submitted")
            assert (award_row is not None) == bool(awarded)
            replaying.check(session, rfq)
