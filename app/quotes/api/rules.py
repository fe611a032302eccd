"""Exchange rates, and above which amount an approver opens a request, as JSON."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel

from app.accounts.permissions import Permission
from app.accounts.viewers import CurrentViewer, require
from app.db import DbSession
from app.quotes import rates
from app.quotes.api.rfqs import RateIn
from app.quotes.content.values import Currency, Money, Strict, plain
from app.quotes.models.money import ExchangeRate, QuoteSettings
from app.quotes.queries import rules as rule_queries

router = APIRouter(prefix="/api/v1", tags=["quotes"])


class BasedRateIn(RateIn):
    """How much of `base` one unit of a currency is worth."""

    base: Currency


class RateOut(BaseModel):
    """A rate that was entered, with its day and where it is from."""

    currency: str
    base: str
    rate: str
    date: date
    source: str
    entered_by: str
    entered_at: datetime


class RateList(BaseModel):
    """The rates that were entered last, the newest first."""

    items: list[RateOut]
    total: int


class RulesIn(Strict):
    """The team's currency, and above which amount an approver opens a request; null for none."""

    base_currency: Currency
    approval_threshold: Money | None


class RulesOut(BaseModel):
    """The rules that hold."""

    base_currency: str
    approval_threshold: Money | None


@router.get("/exchange-rates", name="quotes.api.rates")
def list_rates(session: DbSession, viewer: CurrentViewer) -> RateList:
    """List the exchange rates; a request that closes freezes the newest ones."""
    require(viewer, Permission.READ_QUOTES)
    found = [_rate(one) for one in rule_queries.list_rates(session)]
    return RateList(items=found, total=len(found))


@router.post("/exchange-rates", name="quotes.api.rates.enter", status_code=201)
def enter_rate(session: DbSession, viewer: CurrentViewer, body: BasedRateIn) -> RateOut:
    """Keep a rate of a day, in place of an earlier one of that day; what is frozen stays."""
    made = rates.enter_rate(
        session,
        currency=body.currency,
        base=body.base,
        rate=body.rate,
        on_date=body.date,
        source=body.source,
        viewer=viewer,
    )
    return _rate(made)


@router.get("/quote-rules", name="quotes.api.rules")
def show_rules(session: DbSession, viewer: CurrentViewer) -> RulesOut:
    """Return the team's currency and the amount above which an approver opens a request."""
    require(viewer, Permission.READ_QUOTES)
    return _rules(rule_queries.get_settings(session))


@router.put("/quote-rules", name="quotes.api.rules.change")
def change_rules(session: DbSession, viewer: CurrentViewer, body: RulesIn) -> RulesOut:
    """
    Say above which amount an approver opens a request.

    For administrators with a session: no token's scope holds the settings.
    """
    require(viewer, Permission.MANAGE_SETTINGS)
    return _rules(
        rates.change_settings(
            session,
            base_currency=body.base_currency,
            approval_threshold=body.approval_threshold,
            viewer=viewer,
        )
    )


def _rate(one: ExchangeRate) -> RateOut:
    return RateOut(
        currency=one.currency,
        base=one.base,
        rate=plain(one.rate),
        date=one.on_date,
        source=one.source,
        entered_by=one.entered_by_name,
        entered_at=one.entered_at,
    )


def _rules(one: QuoteSettings) -> RulesOut:
    return RulesOut(base_currency=one.base_currency, approval_threshold=one.approval_threshold)
