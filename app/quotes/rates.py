"""Exchange rates, and the rules of the installation: which base, above which amount an approver."""

from datetime import date
from decimal import Decimal

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import audit
from app.accounts.permissions import Permission
from app.accounts.viewers import Viewer, require
from app.errors import Conflict, InvalidInput
from app.quotes import events
from app.quotes.models.money import ExchangeRate, QuoteSettings
from app.quotes.models.rfq import Rfq
from app.quotes.queries import rfqs as rfq_queries
from app.quotes.queries import rules as rule_queries
from app.quotes.requests import check_currency
from app.quotes.state import RfqState

MAX_RATE = Decimal(10) ** 9
MAX_SOURCE = 200


def enter_rate(
    session: Session,
    *,
    currency: str,
    base: str,
    rate: Decimal,
    on_date: date,
    source: str,
    viewer: Viewer,
) -> ExchangeRate:
    """
    Keep how much of `base` one unit of `currency` buys on a day, with where that is from.

    Requests that were closed before keep the rates that were frozen then.
    """
    if not viewer.can(Permission.MANAGE_SETTINGS):
        require(viewer, Permission.EDIT_REQUESTS)
    clean = _check_rate(currency, base, rate, source)
    if on_date > rfq_queries.database_now(session).date():
        raise InvalidInput("A rate is of today or of a day before.", field="date")
    values = {"rate": rate, "source": clean, "entered_by_name": viewer.name}
    statement = (
        insert(ExchangeRate)
        .values(currency=currency, base=base, on_date=on_date, **values)
        .on_conflict_do_update(
            index_elements=["currency", "base", "on_date"],
            set_={**values, "entered_at": func.clock_timestamp()},
        )
        .returning(ExchangeRate)
    )
    made = session.scalars(statement, execution_options={"populate_existing": True}).one()
    audit.record(
        session,
        actor=viewer,
        action="exchange_rate.entered",
        object_type="exchange_rate",
        object_id=f"{currency}/{base}",
        after={"rate": f"{rate:f}", "date": on_date.isoformat(), "source": clean},
    )
    return made


def add_missing_rate(
    session: Session,
    rfq: Rfq,
    *,
    currency: str,
    rate: Decimal,
    on_date: date,
    source: str,
    viewer: Viewer,
) -> Rfq:
    """
    Give a closed request a rate that nobody had entered before it closed; none is changed.

    Raises
    ------
    Conflict
        If the request is not closed, or has a rate of the currency.
    """
    require(viewer, Permission.EDIT_REQUESTS)
    rfq = rfq_queries.lock_rfq(session, rfq)
    if rfq.state != RfqState.CLOSED or rfq.rates is None:
        raise Conflict("A missing rate is added once the request is closed, before it is decided.")
    clean = _check_rate(currency, rfq.currency, rate, source)
    if currency in rfq.rates["rates"]:
        raise Conflict("The rate of this currency was frozen when the request closed.")
    entry = {"rate": f"{rate:f}", "date": on_date.isoformat(), "source": clean}
    rfq.rates = {**rfq.rates, "rates": {**rfq.rates["rates"], currency: entry}}
    rfq.revision += 1
    session.flush()
    events.record(
        session, rfq, "rfq.rate_added", actor=viewer, detail={"currency": currency, **entry}
    )
    return rfq_queries.get_rfq(session, rfq.public_id, viewer)


def change_settings(
    session: Session, *, base_currency: str, approval_threshold: Decimal | None, viewer: Viewer
) -> QuoteSettings:
    """Say above which amount a request is opened by an approver; None for no such amount."""
    require(viewer, Permission.MANAGE_SETTINGS)
    check_currency(base_currency, field="base_currency")
    before = rule_queries.get_settings(session)
    old = {
        "base_currency": before.base_currency,
        "approval_threshold": None
        if before.approval_threshold is None
        else f"{before.approval_threshold:f}",
    }
    values = {"base_currency": base_currency, "approval_threshold": approval_threshold}
    session.execute(
        insert(QuoteSettings)
        .values(id=1, **values)
        .on_conflict_do_update(
            index_elements=["id"], set_={**values, "updated_at": func.clock_timestamp()}
        )
    )
    audit.record(
        session,
        actor=viewer,
        action="quote_settings.changed",
        object_type="quote_settings",
        object_id="1",
        before=old,
        after={
            "base_currency": base_currency,
            "approval_threshold": None if approval_threshold is None else f"{approval_threshold:f}",
        },
    )
    session.expire_all()
    return rule_queries.get_settings(session)


def _check_rate(currency: str, base: str, rate: Decimal, source: str) -> str:
    check_currency(currency)
    check_currency(base, field="base")
    if currency == base:
        raise InvalidInput("A currency needs no rate to itself.", field="currency")
    if not rate.is_finite() or not 0 < rate < MAX_RATE:
        raise InvalidInput("Write a rate above 0, such as 7.12.", field="rate")
    clean = " ".join(source.split())
    if not clean or len(clean) > MAX_SOURCE or not clean.isprintable():
        raise InvalidInput(
            "Say where the rate is from, in up to %(most)s characters.",
            field="source",
            most=MAX_SOURCE,
        )
    return clean
