"""What the clock does: requests close by themselves, old keys and links are forgotten."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts import links
from app.accounts import upkeep as accounts_upkeep
from app.accounts.models import LinkPurpose, OneTimeLink
from app.mail.models import Mail
from app.quotes import upkeep
from app.quotes.models.record import IdempotencyKey
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries import timeline as timeline_queries
from app.settings import Settings
from app.worker import periodic_jobs
from tests import factories
from tests.quotes import making


def test_requests_close_at_their_deadline(session: Session) -> None:
    buyer, vendor = making.viewer(session, "buyer"), making.viewer(session, "vendor")
    due, later = (making.open_rfq(session, buyer, vendor) for _ in range(2))
    making.let_deadline_pass(session, due)
    told = session.scalar(select(func.count()).select_from(Mail))
    upkeep.close_due_requests(session)
    due, later = (rfq_queries.get_rfq(session, one.public_id, buyer) for one in (due, later))
    assert (due.state, later.state) == ("closed", "open")
    assert due.rates is not None
    assert [one.action for one in timeline_queries.list_events(session, due, buyer)][
        -1
    ] == "rfq.closed"
    assert session.scalar(select(func.count()).select_from(Mail)) == told + 1
    # A second round finds nothing to do.
    upkeep.close_due_requests(session)
    events = [one.action for one in timeline_queries.list_events(session, due, buyer)]
    assert events.count("rfq.closed") == 1


def test_old_keys_are_forgotten(session: Session) -> None:
    account = factories.make_account(session)
    for key, age in (("old", timedelta(days=8)), ("new", timedelta(days=6))):
        session.add(
            IdempotencyKey(
                account_id=account.id,
                key=key,
                request_hash="",
                status=200,
                body="",
                created_at=func.clock_timestamp() - age,
            )
        )
    session.flush()
    upkeep.forget_old_keys(session)
    assert session.scalars(select(IdempotencyKey.key)).all() == ["new"]


def test_old_links_are_forgotten(session: Session) -> None:
    for age in (31, 29):
        account = factories.make_account(session)
        links.create_link(
            session, account, LinkPurpose.SIGN_IN, base_url="", lifetime=timedelta(hours=1)
        )
        session.execute(
            update(OneTimeLink)
            .where(OneTimeLink.account_id == account.id)
            .values(expires_at=func.clock_timestamp() - timedelta(days=age))
        )
    accounts_upkeep.forget_old_links(session)
    assert session.scalar(select(func.count()).select_from(OneTimeLink)) == 1


def test_workers_take_part() -> None:
    codes = {job.code for job in periodic_jobs(Settings())}
    assert {"quotes.close_due", "quotes.forget_keys", "accounts.forget_links"} <= codes
