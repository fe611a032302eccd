"""
kill -9 of web processes and workers in the middle of submits, awards and mails.

What was acknowledged is there afterwards, nothing is there by half, and of a mail that may have
left the portal says so and sends it no second time.

A process takes seconds to start, so that each kill is made once, in the middle;
`PEIBI_KILL_ROUNDS=10` makes it ten times, early and late, with two web processes. `make
test-races` does that.
"""

import asyncio
import http.client
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.accounts.viewers import Viewer
from app.mail.models import Mail, MailState
from app.quotes import answering, quote_body
from app.quotes.models.quote import Award, Quote
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.queries import rfqs as rfq_queries
from app.settings import Settings
from tests.conftest import TEMPLATE, Databases
from tests.mail.conftest import Inbox, Server, start
from tests.quotes import making, replaying
from tests.quotes.serving import Served, serve

pytestmark = pytest.mark.race
ROUNDS = int(os.environ.get("PEIBI_KILL_ROUNDS", "1"))
PROCESSES = min(ROUNDS, 2)
ROOT = Path(__file__).resolve().parents[2]
VENDORS = 12
OK, CONFLICT = 200, 409
# A round of submits or awards takes about so long on two cores.
ROUND_SECONDS = 0.5
# A mail takes the server this long: enough of them are under way when a worker dies.
MAIL_SECONDS = 0.05
SETTLE_SECONDS = 60


@dataclass
class Field:
    """The portal and its people."""

    served: Served
    buyer: Viewer
    approvers: list[Viewer]
    vendors: list[Viewer]
    admin: Viewer


@pytest.fixture(scope="module")
def field(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("kills"), jobs_in_process=False)
    with serve(databases.clone(TEMPLATE), settings, processes=PROCESSES) as served:
        with served.session() as session, session.begin():
            roles = ("buyer", "approver", "approver", "administrator")
            people = [making.viewer(session, role) for role in roles]
            vendors = [making.viewer(session, "vendor") for _ in range(VENDORS)]
            for person in people + vendors:
                served.sign_in(session, person)
        yield Field(served, people[0], people[1:3], vendors, people[3])


def killed_in_the_middle(
    served: Served, attempts: Sequence[Callable[[], int]], *, part: float
) -> list[int | None]:
    """
    Make attempts at once and kill every web process among them; None where no answer came.

    New processes serve when it returns, as the supervisor of a portal sees to.
    """

    def run(attempt: Callable[[], int]) -> int | None:
        try:
            return attempt()
        except (OSError, http.client.HTTPException):
            return None

    with ThreadPoolExecutor(len(attempts)) as pool:
        running = [pool.submit(run, attempt) for attempt in attempts]
        time.sleep(ROUND_SECONDS * part)
        for one in served.processes:
            one.process.send_signal(signal.SIGKILL)
        for one in served.processes:
            one.process.wait()
            one.lifeline.close()
        served.processes.clear()
        served.start_processes(PROCESSES)
        return [one.result() for one in running]


def test_killed_while_quotes_are_submitted(field: Field) -> None:
    served, fates = field.served, Counter[str]()
    for number in range(ROUNDS):
        with served.session() as session, session.begin():
            rfq = making.open_rfq(session, field.buyer, *field.vendors)
            drafts = [_draft(session, rfq, vendor) for vendor in field.vendors]

        def submit(vendor: Viewer, quote: str) -> Callable[[], int]:
            return lambda: served.call(vendor, "POST", f"/quotes/{quote}/submit")[0]

        attempts = [submit(*pair) for pair in zip(field.vendors, drafts, strict=True)]
        statuses = killed_in_the_middle(served, attempts, part=_part(number))
        with served.session() as session:
            states = _states(session, rfq)
            for quote, status in zip(drafts, statuses, strict=True):
                fates[f"{status} {states[quote]}"] += 1
                # Acknowledged is submitted; without an answer it is either, and whole.
                assert states[quote] == "submitted" if status == OK else status is None, fates
            assert replaying.count(session, rfq, "quote.submitted") == list(states.values()).count(
                "submitted"
            )
            replaying.check(session, rfq)
        # Whoever got no answer asks again, and is never submitted twice.
        for attempt, quote in zip(attempts, drafts, strict=True):
            assert attempt() == (CONFLICT if states[quote] == "submitted" else OK)
        with served.session() as session:
            assert set(_states(session, rfq).values()) == {"submitted"}
            assert replaying.count(session, rfq, "quote.submitted") == VENDORS
            replaying.check(session, rfq)
    # Some died on the way and some were through: the kill hit the middle.
    assert any(fate.startswith("None") for fate in fates), fates


def _draft(session: Session, rfq: Rfq, vendor: Viewer) -> str:
    body = quote_body.QuoteIn.model_validate(making.quote_json(session))
    found = rfq_queries.get_rfq(session, rfq.public_id, vendor)
    return answering.draft_quote(session, found, body, viewer=vendor).public_id


def _states(session: Session, rfq: Rfq) -> dict[str, str]:
    rows = session.execute(select(Quote.public_id, Quote.state).where(Quote.rfq_id == rfq.id))
    return {public_id: state for public_id, state in rows}  # noqa: C416  a row is no pair


def _part(number: int) -> float:
    """Return when, within the time that a round takes, its processes are killed: first halfway."""
    return ((2 * number + 2) % 5 + 1) / 6


def test_killed_while_lots_are_awarded(field: Field) -> None:
    served, hit = field.served, 0
    for number in range(ROUNDS):
        with served.session() as session, session.begin():
            lots = [making.lot_json(title=f"Lot {n}") for n in range(1, 4)]
            rfq = making.open_rfq(session, field.buyer, *field.vendors[:4], lots=lots)
            lines = [making.line_json(n) for n in range(1, 4)]
            quotes = [
                making.submitted(session, rfq, vendor, lines=lines).public_id
                for vendor in field.vendors[:4]
            ]
            making.let_deadline_pass(session, rfq)
            session.refresh(rfq)

        def award(lot: int, who: int) -> Callable[[], int]:
            # The first of the vendors loses every lot.
            body = {"quote": quotes[1 + (lot + who) % 3], "reason": "Best"}  # noqa: B023
            path = f"/rfqs/{rfq.public_id}/lots/{lot}/award"  # noqa: B023
            return lambda: served.call(field.approvers[who], "POST", path, body)[0]

        attempts = [award(lot, who) for lot in (1, 2, 3) for who in (0, 1)]
        statuses = killed_in_the_middle(served, attempts, part=_part(number))
        hit += statuses.count(None)
        with served.session() as session:
            _no_half_award(session, rfq, at_least=statuses.count(OK))
        for attempt in attempts:
            assert attempt() in {OK, CONFLICT}
        with served.session() as session:
            _no_half_award(session, rfq, at_least=3)
            found = session.get_one(Rfq, rfq.id)
            assert found.state == "awarded"
            # Each winner is told once per lot, the loser thanked once, whatever died.
            assert _mails(session, rfq, "rfq.awarded") == 3
            assert _mails(session, rfq, "rfq.decided") == _losers(session, rfq)
    assert hit


def _no_half_award(session: Session, rfq: Rfq, *, at_least: int) -> None:
    """Check that an award has its event, its mail and its trace in the catalogue, or nothing."""
    lot_ids = session.scalars(select(Lot.id).where(Lot.rfq_id == rfq.id)).all()
    count = select(func.count()).select_from(Award).where(Award.lot_id.in_(lot_ids))
    awards = session.scalar(count) or 0
    assert awards >= at_least
    assert replaying.count(session, rfq, "lot.awarded") == awards
    entries = [
        replaying.count(session, rfq, action)
        for action in ("lot.entered_in_catalogue", "lot.entry_refused")
    ]
    assert sum(entries) == awards
    assert _mails(session, rfq, "rfq.awarded") == awards
    is_decided = awards == len(lot_ids)
    assert replaying.count(session, rfq, "rfq.awarded") == int(is_decided)
    assert replaying.count(session, rfq, "rfq.closed") <= 1
    replaying.check(session, rfq)


def _mails(session: Session, rfq: Rfq, kind: str) -> int:
    statement = select(func.count()).where(Mail.about == rfq.number, Mail.kind == kind)
    return session.scalar(statement) or 0


def _losers(session: Session, rfq: Rfq) -> int:
    winners = session.scalar(
        text(
            "SELECT count(DISTINCT quote.id) FROM award"
            " JOIN quote_line ON quote_line.id = award.quote_line_id"
            " JOIN quote ON quote.id = quote_line.quote_id WHERE quote.rfq_id = :id"
        ),
        {"id": rfq.id},
    )
    return 4 - int(winners or 0)


@dataclass
class SlowInbox(Inbox):
    """A server that takes its time with each mail."""

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(MAIL_SECONDS)
        return answer


@pytest.fixture
def mail_server(tmp_path: Path) -> Iterator[Server]:
    running = start(trustme.CA(), "localhost", tmp_path, SlowInbox())
    yield running
    running.controller.stop()


def test_killed_while_mails_are_sent(field: Field, mail_server: Server) -> None:
    served = field.served
    with served.session() as session, session.begin():
        # What other tests left is not of this one.
        session.execute(text("TRUNCATE mail, job, procrastinate_jobs CASCADE"))
        for _ in range(ROUNDS):
            making.open_rfq(session, field.buyer, *field.vendors)
    url = served.engine.url.render_as_string(hide_password=False)
    inbox, total = mail_server.inbox, ROUNDS * VENDORS
    for number in range(ROUNDS):
        worker = _worker(url, mail_server)
        # It dies in the middle of one mail or another.
        wanted = len(inbox.messages) + 1 + number % 3
        _wait(lambda: len(inbox.messages) >= wanted)  # noqa: B023
        time.sleep(MAIL_SECONDS * _part(number))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    worker = _worker(url, mail_server)
    settled = {MailState.SENT, MailState.UNCERTAIN}
    try:
        _wait(lambda: set(_by_state(served)) <= settled)
    finally:
        worker.terminate()
        worker.wait()
    states = _by_state(served)
    arrived = Counter(str(message["Message-ID"]) for message in inbox.messages)
    assert sum(states.values()) == total
    # Nothing twice, nothing lost: what is not known to have arrived is said to be unknown.
    assert max(arrived.values()) == 1
    with served.session() as session:
        for mail in session.scalars(select(Mail)):
            has_arrived = any(mail.public_id in message_id for message_id in arrived)
            assert has_arrived or mail.state == MailState.UNCERTAIN
            assert (mail.body is None) == (mail.state == MailState.SENT)
    assert states.get(MailState.UNCERTAIN, 0) >= 1, "no mail was interrupted"
    # What an administrator reads of it.
    status, page = _page(served, field.admin, "/settings/mail?state=uncertain")
    assert status == OK
    assert "may not have left" in page
    assert "The attempt broke off while the server took the mail" in page
    assert "Send it again" in page


def _worker(url: str, server: Server) -> subprocess.Popen[bytes]:
    settings = server.settings
    password = settings.smtp_password
    environment = {
        "PEIBI_DATA_DIR": str(settings.data_dir),
        "PEIBI_SMTP_HOST": "localhost",
        "PEIBI_SMTP_PORT": str(settings.smtp_port),
        "PEIBI_SMTP_CA_FILE": str(settings.smtp_ca_file),
        "PEIBI_SMTP_USER": "peibi",
        "PEIBI_SMTP_PASSWORD": password.get_secret_value() if password else "",
        "PEIBI_MAIL_FROM": "portal@example.com",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.quotes.kill_worker", url],
        cwd=ROOT,
        env=os.environ | environment,
    )


def _wait(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + SETTLE_SECONDS
    while not is_so():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.02)


def _by_state(served: Served) -> dict[str, int]:
    with served.session() as session:
        rows = session.execute(select(Mail.state, func.count()).group_by(Mail.state))
        return {state: number for state, number in rows}  # noqa: C416  a row is no pair


def _page(served: Served, viewer: Viewer, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    cookie = f"peibi_session={served.secrets[viewer.account_id or 0]}"
    connection.request("GET", path, headers={"Cookie": cookie, "Accept-Language": "en"})
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    return answer.status, content
