"""Amounts, prices and terms of quotes as text, in the reader's language."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from app.quotes.models.quote import Quote, QuoteLine
from app.quotes.models.rfq import Lot
from app.quotes.pricing.money import Money, minor_digits, round_half_up
from app.quotes.pricing.offers import PriceBasis
from app.quotes.pricing.tiers import TierKind
from app.quotes.vocabulary import Metric
from app.quotes.words import METRICS, PERCENT_METRICS, unit_after, unit_name
from app.web import numbers
from app.web.dates import zone
from app.web.i18n import bracketed, current_locale
from app.web.i18n import gettext as _


def amount(money: Money) -> str:
    """Return `CNY 1,534,880` or `CNY 12.50`: rounded to the coin, without needless zeros."""
    return f"{money.currency} {digits(money.rounded(), minor_digits(money.currency))}"


def digits(value: Decimal, places: int) -> str:
    """Return a number with its decimals, or with none where they are all 0."""
    return (
        numbers.whole(value)
        if value == value.to_integral_value()
        else numbers.decimal(value, places)
    )


def unit_cost(cost: Fraction, currency: str) -> str:
    """Return a cost per unit: to the coin above 1, two digits finer below."""
    places = minor_digits(currency) + (0 if cost >= 1 else 2)
    return numbers.decimal(round_half_up(cost, places), places)


def plain(value: Decimal) -> str:
    """Return every digit that was quoted."""
    return numbers.whole(value.normalize() if value else value)


def unit_price(value: Decimal, currency: str) -> str:
    """Return a price as quoted: every digit, and at least those of the coin."""
    exponent = value.normalize().as_tuple().exponent
    places = max(minor_digits(currency), -exponent if isinstance(exponent, int) else 0)
    return numbers.decimal(value, places)


def price(quote: Quote, line: QuoteLine, lot: Lot) -> str:
    """Return how a line is priced: `CNY 6.80 / question`, or each tier."""
    unit = unit_name(line.price_unit or lot.unit, is_label=line.price_basis == PriceBasis.LABEL)
    tiers = line.tiers
    if line.price_basis == PriceBasis.FIXED:
        shown = digits(tiers[0].unit_price, minor_digits(quote.currency))
        return _("%(currency)s %(price)s for the whole lot", currency=quote.currency, price=shown)
    if len(tiers) == 1:
        return f"{quote.currency} {unit_price(tiers[0].unit_price, quote.currency)} / {unit}"
    parts = []
    for tier, after in zip(tiers, [*tiers[1:], None], strict=True):
        shown = f"{quote.currency} {unit_price(tier.unit_price, quote.currency)}"
        if after is None:
            parts.append(
                _("from %(first)s: %(price)s", first=plain(tier.from_quantity), price=shown)
            )
        else:
            last = plain(after.from_quantity - min(tiers[0].from_quantity, Decimal(1)))
            parts.append(_("to %(last)s: %(price)s", last=last, price=shown))
    kind = _("marginal") if line.tier_kind == TierKind.MARGINAL else _("all units")
    separator = "；" if current_locale().startswith("zh") else "; "
    return f"{separator.join(parts)} / {unit}{bracketed(kind)}"


def fees(quote: Quote, line: QuoteLine) -> str:
    """Return the fixed fees, each with its name."""
    parts = [
        f"{name} {amount(Money(value, quote.currency))}"
        for name, value in (
            (_("set-up"), line.setup_fee),
            (_("management"), line.management_fee),
            (_("pilot"), line.pilot_fee),
        )
        if value
    ]
    return listed(parts) or _("none")


def tax(quote: Quote) -> str:
    """Return how tax stands to the prices."""
    if quote.tax_rate is None:
        return _("included") if quote.tax_included else _("not stated")
    rate = percent(quote.tax_rate)
    if quote.tax_included:
        return _("%(rate)s included", rate=rate)
    return _("%(rate)s on top", rate=rate)


def minimum_order(quote: Quote, line: QuoteLine, lot: Lot) -> str:
    """Return the least that a vendor takes on, by quantity or amount."""
    parts = []
    if line.moq:
        unit = unit_after(line.price_unit or lot.unit, line.moq)
        parts.append(join_unit(plain(line.moq), unit))
    if line.minimum_order:
        parts.append(amount(Money(line.minimum_order, quote.currency)))
    return listed(parts) or _("none")


def listed(parts: Iterable[str]) -> str:
    """Return parts as a list, with the comma of the reader's language."""
    return ("，" if current_locale().startswith("zh") else ", ").join(parts)


def join_unit(number: str, unit: str) -> str:
    """Return a number with its unit: with a space in English, without in Chinese."""
    return f"{number}{unit}" if current_locale().startswith("zh") else f"{number} {unit}"


def percent(share: Decimal) -> str:
    """Return `96.2%`, with the digits it has."""
    return f"{plain(share * 100)}%"


def quality(metric: Metric | None, value: Decimal | None) -> str:
    """Return a target: `accuracy ≥ 97%`."""
    if value is None:
        return ""
    if metric is None:
        return plain(value)
    sign = "≤" if metric.value.endswith("error_rate") else "≥"
    shown = percent(value) if metric in PERCENT_METRICS else plain(value)
    return f"{METRICS[metric].text(current_locale())} {sign} {shown}"


def day(value: date | None) -> str:
    """Return a date, "" for none."""
    if isinstance(value, datetime):
        value = value.astimezone(zone()).date()
    return value.isoformat() if value else ""
