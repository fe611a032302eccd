"""Load the team's rules and the exchange rates."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.quotes.models.money import ExchangeRate, QuoteSettings

DEFAULT_BASE = "CNY"


def get_settings(session: Session) -> QuoteSettings:
    """Return the rules of the installation; without a row there is no threshold."""
    found = session.get(QuoteSettings, 1)
    return found or QuoteSettings(id=1, base_currency=DEFAULT_BASE, approval_threshold=None)


def latest_rates(session: Session, base: str) -> dict[str, ExchangeRate]:
    """Return the newest rate of each currency to `base`, of today or before."""
    rows = session.scalars(
        select(ExchangeRate)
        .where(ExchangeRate.base == base, ExchangeRate.on_date <= func.current_date())
        .order_by(ExchangeRate.currency, ExchangeRate.on_date.desc())
        .ext(distinct_on(ExchangeRate.currency))
    )
    return {row.currency: row for row in rows}


def list_rates(session: Session) -> list[ExchangeRate]:
    """Return the rates that were entered, the newest first."""
    return list(
        session.scalars(
            select(ExchangeRate)
            .order_by(ExchangeRate.on_date.desc(), ExchangeRate.currency, ExchangeRate.base)
            .limit(200)
        )
    )
