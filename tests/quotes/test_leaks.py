"""Before the deadline nothing tells the team or a rival an amount, or a vendor of its rivals."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.quotes.queries import rfqs as rfq_queries
from tests import factories
from tests.quotes import making

# Amounts that stand nowhere else.
CANARIES = ("7431.19", "7,431.19", "86429.57", "86,429.57", "canary")
ROLES = ("viewer", "planner", "buyer", "approver", "administrator")
TEAM_PATHS = (
    "/rfqs",
    "/rfqs?q=canary",
    "/rfqs/{rfq}",
    "/rfqs/{rfq}/timeline",
    "/rfqs/{rfq}/comparison",
    "/rfqs/{rfq}/comparison.csv",
    "/rfqs/{rfq}/comparison.xlsx",
    "/rfqs/{rfq}/comparison.pdf",
    "/rfqs/{rfq}/lots/1/decide",
    "/rfqs/{rfq}/request.pdf",
    "/settings/audit",
    "/settings/mail",
    "/quotes",
    "/quotes/{rfq}",
    "/quotes/{rfq}/review",
    "/quotes/{rfq}/revisions/1",
    "/api/v1/rfqs",
    "/api/v1/rfqs/{rfq}",
    "/api/v1/rfqs/{rfq}/quotes",
    "/api/v1/rfqs/{rfq}/events",
    "/api/v1/rfqs/{rfq}/invitations",
    "/api/v1/rfqs/{rfq}/questions",
    "/api/v1/rfqs/{rfq}/comparison",
    "/api/v1/quotes/{quote}",
    "/api/v1/quote-files/{quote}",
    "/api/v1/rate-cards",
    "/api/v1/datasets?q=canary",
)


@pytest.fixture
def sealed(session: Session):
    buyer = making.viewer(session, "buyer")
    account = factories.make_account(session, role="vendor")
    session.refresh(account, ["organisation"])
    rival = factories.make_account(session, role="vendor", name="Rival Person")
    session.refresh(rival, ["organisation"])
    vendors = [making.viewer_of(session, one) for one in (account, rival)]
    rfq = making.open_rfq(session, buyer, *vendors)
    line = making.line_json(price="7431.19", setup_fee="86429.57")
    quote = making.submitted(session, rfq, vendors[0], lines=[line], note="canary")
    return rfq, quote, account, rival


def crawl(client: TestClient, paths: tuple[str, ...], **ids: str) -> dict[str, str]:
    """Return what each address answers, as text."""
    found = {}
    for path in paths:
        answer = client.get(path.format(**ids))
        assert answer.status_code < 500, path
        found[path] = answer.content.decode("utf-8", errors="replace")
    return found


@pytest.mark.parametrize("role", ROLES)
def test_the_team_sees_no_amount_and_not_who_quoted(
    client: TestClient, session: Session, sealed, role: str
):
    rfq, quote, _, _ = sealed
    browser = factories.signed_in(client, session, role)
    pages = crawl(browser, TEAM_PATHS, rfq=rfq.public_id, quote=quote.public_id)
    for path, page in pages.items():
        shown = page.replace("?q=canary", "").replace('value="canary"', "").replace("“canary”", "")
        for canary in CANARIES[:-1]:
            assert canary not in shown, path
        assert quote.public_id not in shown, path
    listed = pages["/api/v1/rfqs/{rfq}/invitations"]
    assert "quoted" not in listed


def test_a_rival_sees_no_amount_and_nobody_else(client: TestClient, session: Session, sealed):
    rfq, quote, account, rival = sealed
    browser = factories.sign_in(client, session, rival)
    pages = crawl(browser, TEAM_PATHS, rfq=rfq.public_id, quote=quote.public_id)
    for path, page in pages.items():
        for canary in CANARIES[:-1]:
            assert canary not in page, path
        for trace in (account.organisation.slug, account.email, quote.public_id):
            assert trace not in page, path


def test_no_row_but_the_quote_s_own_holds_an_amount(session: Session, sealed):
    """Mails, jobs, events, the audit trail: whatever else is written when a quote comes."""
    tables = session.scalars(
        text("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
    ).all()
    assert {"mail", "audit_event", "rfq_event", "procrastinate_jobs"} <= set(tables)
    own = {"quote", "quote_line", "quote_tier"}
    for table in own | set(tables):
        rows = session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t")).scalars()  # noqa: S608  names from the database
        found = [row for row in rows if any(canary in row for canary in CANARIES)]
        assert bool(found) == (table in own), table


@pytest.mark.parametrize("role", ["buyer", "administrator", "vendor"])
def test_no_search_finds_what_a_sealed_quote_says(
    client: TestClient, session: Session, sealed, role: str
):
    rfq, quote, _, rival = sealed
    browser = (
        factories.sign_in(client, session, rival)
        if role == "vendor"
        else factories.signed_in(client, session, role)
    )
    for address in ("/rfqs", "/quotes", "/api/v1/rfqs", "/catalogue", "/api/v1/datasets"):
        texts = {}
        # The same length, so that the pages differ in these words alone.
        for word in ("canary", "7431.19", quote.public_id[:6], "xxxxxx", "1234.56"):
            found = browser.get(address, params={"q": word})
            assert rfq.title not in found.text or address == "/quotes", (address, word)
            texts[word] = found.text.replace(word, "")
        assert texts["canary"] == texts["xxxxxx"], address
        assert texts["7431.19"] == texts["1234.56"], address


def test_what_was_cancelled_before_its_deadline_stays_sealed(
    client: TestClient, session: Session, sealed
):
    rfq, quote, _, _ = sealed
    buyer = factories.signed_in(client, session, "buyer")
    cancelled = buyer.post(f"/api/v1/rfqs/{rfq.public_id}/cancel", json={"reason": "No need"})
    assert cancelled.status_code == 200
    making.let_deadline_pass(
        session, rfq_queries.get_rfq(session, rfq.number, making.viewer(session, "viewer"))
    )
    assert buyer.get(f"/api/v1/quotes/{quote.public_id}").status_code == 404
    assert buyer.get(f"/api/v1/rfqs/{rfq.public_id}/comparison").status_code == 409


def test_what_a_vendor_may_not_do_shows_nothing_of_the_team_s_page(
    client: TestClient, session: Session, sealed
):
    rfq, _, account, rival = sealed
    browser = factories.sign_in(client, session, rival)
    for verb in ("cancel", "open", "extend", "invite", "ask-approval"):
        refused = browser.post(f"/rfqs/{rfq.public_id}/{verb}")
        assert refused.status_code == 404, verb
        for trace in (rfq.title, account.organisation.slug, "quote has come", "of invited"):
            assert trace not in refused.text, verb
