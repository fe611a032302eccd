"""Requests, vendors and quotes for the tests of quotes, with sensible values."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.models import Account, OrganisationKind, Role
from app.accounts.permissions import ROLE_PERMISSIONS
from app.accounts.viewers import Viewer
from app.quotes import answering, inviting, opening, requests
from app.quotes.content.answered import QuoteIn
from app.quotes.content.asked import RfqIn
from app.quotes.models.quote import Quote
from app.quotes.models.rfq import Rfq
from app.quotes.queries import rfqs as rfq_queries
from tests import factories

BASE_URL = "http://localhost:8000"


def viewer_of(session: Session, account: Account) -> Viewer:
    """Return somebody as the one behind a request."""
    role = Role(account.role)
    organisation = account.organisation
    return Viewer(
        account_id=account.id,
        name=account.name,
        email=account.email,
        role=role,
        organisation_id=organisation.id,
        organisation_kind=OrganisationKind(organisation.kind),
        organisation_slug=organisation.slug,
        permissions=ROLE_PERMISSIONS[role],
        via="session",
    )


def viewer(session: Session, role: Role | str, **more: Any) -> Viewer:
    """Return a new person with that role, as the one behind a request."""
    account = factories.make_account(session, role=role, **more)
    session.refresh(account, ["organisation"])
    return viewer_of(session, account)


def lot_json(**changes: Any) -> dict[str, Any]:
    """Return a lot as the API takes it."""
    return {
        "title": "Worked solutions",
        "task": "sft_writing",
        "modality": "text",
        "unit": "question",
        "volume": "200000",
        "labels_per_item": 1,
        "languages": ["zh"],
    } | changes


def soon(session: Session) -> datetime:
    """Return a deadline in an hour."""
    return rfq_queries.database_now(session) + timedelta(hours=1)


def rfq_json(session: Session, **changes: Any) -> dict[str, Any]:
    """Return a request as the API takes it, with a deadline in an hour."""
    return {
        "title": "Solutions and transcripts",
        "deadline": soon(session).isoformat(),
        "currency": "CNY",
        "lots": [lot_json()],
    } | changes


def line_json(lot: Any = 1, price: str = "6.80", **changes: Any) -> dict[str, Any]:
    """Return a quote line as the API takes it."""
    return {
        "lot": lot,
        "tiers": [{"from": "0", "unit_price": price, "kind": "marginal"}],
        "setup_fee": "1000",
        "acceptance_rate": "0.96",
        "lead_days": 30,
    } | changes


def quote_json(session: Session, **changes: Any) -> dict[str, Any]:
    """Return a quote of the first lot as the API takes it, valid for thirty days."""
    until = rfq_queries.database_now(session) + timedelta(days=30)
    return {
        "currency": "CNY",
        "valid_until": until.isoformat(),
        "tax_rate": "0.06",
        "tax_included": False,
        "lines": [line_json()],
    } | changes


def draft_rfq(session: Session, buyer: Viewer, **changes: Any) -> Rfq:
    """Return a draft of a request."""
    body = RfqIn.model_validate(rfq_json(session, **changes))
    return requests.create_rfq(session, body, viewer=buyer)


def open_rfq(session: Session, buyer: Viewer, *vendors: Viewer, **changes: Any) -> Rfq:
    """Return an open request to which these vendors are invited."""
    rfq = draft_rfq(session, buyer, **changes)
    for one in vendors:
        inviting.invite(
            session, rfq, vendor=one.organisation_slug or "", viewer=buyer, base_url=BASE_URL
        )
    rfq = rfq_queries.get_rfq(session, rfq.public_id, buyer)
    return opening.open_rfq(session, rfq, viewer=buyer, base_url=BASE_URL)


def submitted(session: Session, rfq: Rfq, vendor: Viewer, **changes: Any) -> Quote:
    """Return a submitted quote."""
    body = QuoteIn.model_validate(quote_json(session, **changes))
    rfq = rfq_queries.get_rfq(session, rfq.public_id, vendor)
    quote = answering.draft_quote(session, rfq, body, viewer=vendor)
    return answering.submit_quote(session, quote, viewer=vendor)


def let_deadline_pass(session: Session, rfq: Rfq) -> None:
    """Move a request's deadline, and what has to lie before it, into the past."""
    session.flush()
    session.execute(
        text(
            "UPDATE rfq SET deadline = clock_timestamp() - interval '1 second',"
            " questions_until = NULL WHERE id = :id"
        ),
        {"id": rfq.id},
    )
    session.expire_all()


def price(text: str) -> Decimal:
    """Return an amount."""
    return Decimal(text)
