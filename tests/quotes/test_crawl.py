"""Before the deadline: every link and every GET route, as each role, gives no amount away."""

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pypdfium2
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.mail.models import Mail
from app.quotes import answering, inviting
from app.quotes.models.quote import Quote
from app.quotes.models.rfq import Invitation, Rfq
from app.quotes.queries import rfqs as rfq_queries
from tests import factories
from tests.quotes import making

# Amounts that stand nowhere else, as numbers are written and as digits.
PRICE, FEE = "7431.19", "86429.57"
CANARIES = (
    *(PRICE, "7,431.19", FEE, "86,429.57"),
    *("canary-note", "canary-reference", "canary-file"),
)
ROLES = ("viewer", "planner", "buyer", "approver", "administrator", "rival", "anonymous")
MAX_PAGES = 120
LINK = re.compile(r"""(?:href|hx-get|action)=["']([^"'#]+)""")
# Where nothing of quotes can stand: the catalogue's own filters, and texts that are files.
ELSEWHERE = re.compile(r"^/(static|guide|glossary|training|trainers|catalogue\?|compare|language)")


class Sealed:
    """An open request with a quote, whose words are looked for."""

    def __init__(self, client: TestClient, session: Session) -> None:
        self.account = factories.make_account(session, role="vendor", name="Vendor Person")
        self.rival = factories.make_account(session, role="vendor", name="Rival Person")
        for one in (self.account, self.rival):
            session.refresh(one, ["organisation"])
        self.buyer = making.viewer(session, "buyer")
        self.vendor = making.viewer_of(session, self.account)
        rival = making.viewer_of(session, self.rival)
        # Far enough that what is left of it reads the same a minute later.
        later = rfq_queries.database_now(session) + timedelta(days=10, hours=12)
        self.rfq: Rfq = making.open_rfq(
            session, self.buyer, self.vendor, rival, deadline=later.isoformat()
        )
        factories.sign_in(client, session, self.account)
        body = making.quote_json(
            session,
            lines=[making.line_json(price=PRICE, setup_fee=FEE)],
            note="canary-note",
            reference="canary-reference",
        )
        base = "/api/v1"
        draft = client.post(f"{base}/rfqs/{self.rfq.public_id}/quotes", json=body).json()
        file = {"file": ("canary-file.csv", f"price\n{PRICE}\n".encode(), "text/csv")}
        sent = client.post(f"{base}/quote-files/{draft['id']}", files=file)
        assert sent.status_code == 201, sent.text
        self.file_key = sent.json()["url"].rsplit("/", 1)[1]
        submitted = client.post(f"{base}/quotes/{draft['id']}/submit")
        assert submitted.status_code == 200, submitted.text
        client.cookies.clear()
        self.quote: Quote = session.scalars(
            select(Quote).where(Quote.public_id == draft["id"])
        ).one()


@pytest.fixture
def sealed(client: TestClient, session: Session, caplog: pytest.LogCaptureFixture) -> Sealed:
    # What is logged while quotes come is looked at, too, down to the finest.
    caplog.set_level(logging.DEBUG)
    return Sealed(client, session)


def body_of(answer: Response) -> str:
    """Return what a person can read of an answer."""
    if answer.headers.get("content-type") == "application/pdf":
        document = pypdfium2.PdfDocument(io.BytesIO(answer.content))
        pages = [document[n].get_textpage().get_text_bounded() for n in range(len(document))]
        document.close()
        # The minute in which it was printed is nobody's secret.
        return re.sub(r"printed \S+ \S+", "", "".join(pages))
    if zipfile.is_zipfile(io.BytesIO(answer.content)):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
        return "".join(part.decode("utf-8", errors="replace") for part in parts)
    return answer.content.decode("utf-8", errors="replace")


def text_of(answer: Response) -> str:
    """Return what can be read of an answer, headers included."""
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    return headers + body_of(answer)


def addresses_of_routes(app: FastAPI, sealed: Sealed) -> Iterator[str]:
    """Yield every GET route of quotes, mail and the audit trail, at the sealed request."""
    parts = {
        "rfq_id": sealed.rfq.public_id,
        "quote_id": sealed.quote.public_id,
        "lot_id": sealed.rfq.lots[0].public_id,
        "number": "1",
        "revision": "1",
        "step": "basics",
        "key": sealed.file_key,
        "attachment_id": "x",
        "card_id": "x",
    }
    for route in iter_route_contexts(app.routes):
        module = getattr(route.endpoint, "__module__", "")
        if "GET" not in (route.methods or ()) or not module.startswith(
            ("app.quotes.", "app.files.", "app.accounts.routes_mail", "app.accounts.routes_audit")
        ):
            continue
        kinds = ("csv", "xlsx", "pdf") if "{kind}" in route.path else ("",)
        for kind in kinds:
            yield route.path.format(**parts, kind=kind)
    yield from ("/rfqs?q=canary", "/quotes?q=canary", "/api/v1/rfqs?q=canary", "/metrics")
    yield from ("/catalogue?q=canary", "/api/v1/datasets?q=canary", "/review")


def crawl(client: TestClient, starts: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the address and the text of every page that links lead to."""
    seen, waiting = set(starts), list(starts)
    while waiting and len(seen) <= MAX_PAGES + len(starts):
        address = waiting.pop(0)
        answer = client.get(address)
        assert answer.status_code < 500, address
        text = text_of(answer)
        yield address, text
        found = [*LINK.findall(text), answer.headers.get("location", "")]
        for link in (one.replace("&amp;", "&") for one in found):
            if link.startswith("/") and link not in seen and not ELSEWHERE.match(link):
                seen.add(link)
                waiting.append(link)


@pytest.mark.parametrize("role", ROLES)
def test_no_answer_gives_an_amount_away(
    client: TestClient,
    session: Session,
    sealed: Sealed,
    role: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if role == "rival":
        factories.sign_in(client, session, sealed.rival)
    elif role != "anonymous":
        factories.signed_in(client, session, role)
    starts = ["/", *addresses_of_routes(client.app, sealed)]  # type: ignore[arg-type]
    for address, text in crawl(client, starts):
        shown = text.replace("q=canary", "").replace("q%3Dcanary", "")
        for canary in CANARIES:
            assert canary not in shown, address
        if address != f"/api/v1/quotes/{sealed.quote.public_id}":
            # Not even that this quote exists, except where its own id was asked for.
            assert sealed.quote.public_id not in shown or sealed.quote.public_id in address, address
        if role == "rival":
            for trace in (sealed.account.organisation.slug, sealed.account.email):
                assert trace not in shown, address
    for record in [*caplog.get_records("setup"), *caplog.records]:
        # What reaches the log: the line, and the fields beside it.
        logged = f"{record.getMessage()} {record.__dict__}"
        if not record.name.startswith(("httpx", "httpcore", "asyncio")):
            assert not [canary for canary in CANARIES if canary in logged], record.name


def test_a_vendor_reads_the_same_whether_it_has_one_rival_or_five(
    client: TestClient, session: Session, sealed: Sealed
) -> None:
    factories.sign_in(client, session, sealed.rival)
    rfq = sealed.rfq.public_id
    addresses = [
        *("/quotes", f"/quotes/{rfq}", f"/quotes/{rfq}/quote", f"/quotes/{rfq}/review"),
        *("/api/v1/rfqs", f"/api/v1/rfqs/{rfq}", f"/rfqs/{rfq}/request.pdf"),
        *(f"/api/v1/rfqs/{rfq}/{part}" for part in ("events", "invitations", "questions")),
        f"/api/v1/rfqs/{rfq}/quotes",
        f"/api/v1/rfq-files/{rfq}",
    ]

    def read() -> dict[str, str]:
        texts = {}
        for address in addresses:
            answer = client.get(address)
            texts[address] = f"{answer.headers.get('etag')} {body_of(answer)}"
        return texts

    def mails() -> list[tuple[str, str, str | None]]:
        session.expire_all()
        of_rival = select(Mail).where(Mail.to_email == sealed.rival.email).order_by(Mail.id)
        return [(one.kind, one.subject, one.body) for one in session.scalars(of_rival)]

    read()  # The first look notes that the request was viewed.
    mails_with_one = mails()
    with_one = read()

    for _ in range(4):
        more = making.viewer(session, "vendor")
        found = rfq_queries.get_rfq(session, rfq, sealed.buyer)
        inviting.invite(
            session,
            found,
            vendor=more.organisation_slug or "",
            viewer=sealed.buyer,
            base_url=making.BASE_URL,
        )
        making.submitted(session, sealed.rfq, more)
    session.flush()
    with_five = read()
    for address in addresses:
        assert with_five[address] == with_one[address], address
    assert mails() == mails_with_one != []


@pytest.mark.parametrize("role", ["buyer", "administrator"])
def test_the_team_reads_the_same_whoever_quoted(
    client: TestClient, session: Session, sealed: Sealed, role: str
) -> None:
    rfq, rival = sealed.rfq.public_id, making.viewer_of(session, sealed.rival)
    for vendor in (sealed.vendor, rival):
        inviting.mark_viewed(session, rfq_queries.get_rfq(session, rfq, vendor), viewer=vendor)
    session.execute(update(Invitation).values(viewed_at=sealed.rfq.opened_at))
    factories.signed_in(client, session, role)
    addresses = [
        *("/rfqs", f"/rfqs/{rfq}", f"/rfqs/{rfq}/timeline", f"/rfqs/{rfq}/request.pdf"),
        *(f"/api/v1/rfqs/{rfq}{part}" for part in ("", "/events", "/invitations", "/quotes")),
        *("/api/v1/rfqs", "/settings/audit", "/settings/mail", f"/rfqs/{rfq}/comparison"),
    ]

    def read() -> dict[str, str]:
        session.expire_all()
        return {address: body_of(client.get(address)) for address in addresses}

    first = read()
    answering.withdraw_quote(session, sealed.quote, viewer=sealed.vendor)
    making.submitted(session, sealed.rfq, rival)
    second = read()
    for address in addresses:
        assert second[address] == first[address], address
