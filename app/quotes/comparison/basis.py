"""Read requests and quotes as the pure figures that pricing compares."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from app.quotes.content.asked import LotRequirements
from app.quotes.models.money import ExchangeRate
from app.quotes.models.quote import Quote, QuoteLine
from app.quotes.models.rfq import Lot
from app.quotes.pricing.exchange import Rate, RateSet
from app.quotes.pricing.offers import Demand, Offer, PriceBasis
from app.quotes.pricing.tiers import Tier, TierKind, TierTable
from app.quotes.words import PERCENT_METRICS


class AcceptanceRule(StrEnum):
    """Which share of the delivered units counts as accepted: one rule for all vendors."""

    QUOTED = "quoted"  # what each vendor states
    TARGET = "target"  # the quality that the request asks for
    DELIVERED = "delivered"  # all of it


def requirements_of(lot: Lot) -> LotRequirements:
    """Return what a lot asks for beside its volume."""
    return LotRequirements.model_validate(lot.requirements)


def demand_of(lot: Lot, asked: LotRequirements, volume: Decimal | None = None) -> Demand:
    """Return a lot as pricing sees it; `volume` is another one than it asks for: what if."""
    return Demand(
        unit=lot.unit,
        volume=lot.volume if volume is None else volume,
        labels_per_item=lot.labels_per_item,
        unit_factors={str(one.unit): one.factor for one in asked.unit_factors},
    )


def offer_of(quote: Quote, line: QuoteLine, lot: Lot) -> Offer | None:
    """Return a quote line as pricing sees it; None where it names no price."""
    if not line.tiers:
        return None
    nothing = Decimal(0)
    return Offer(
        currency=quote.currency,
        prices=table_of(line),
        unit=line.price_unit or lot.unit,
        basis=PriceBasis(line.price_basis),
        setup_fee=line.setup_fee or nothing,
        management_fee=line.management_fee or nothing,
        pilot_price=line.pilot_fee or nothing,
        minimum_quantity=line.moq or nothing,
        minimum_amount=line.minimum_order or nothing,
        tax_rate=quote.tax_rate,
        is_tax_included=bool(quote.tax_included),
        acceptance=line.acceptance_rate,
    )


def table_of(line: QuoteLine) -> TierTable:
    """Return a line's tiers."""
    tiers = tuple(Tier(tier.from_quantity, tier.unit_price) for tier in line.tiers)
    return TierTable(tiers, TierKind(line.tier_kind))


def acceptance_of(rule: AcceptanceRule, asked: LotRequirements) -> Decimal | None:
    """Return the share that a rule sets for all vendors; None where each states its own."""
    match rule:
        case AcceptanceRule.QUOTED:
            return None
        case AcceptanceRule.DELIVERED:
            return Decimal(1)
        case AcceptanceRule.TARGET:
            return accepted_share(asked)


def accepted_share(asked: LotRequirements) -> Decimal:
    """Return the share of good units that a quality target promises; 0 where it says none."""
    quality = asked.quality
    if quality.metric is None or quality.target is None or quality.metric not in PERCENT_METRICS:
        return Decimal(0)
    share = quality.target
    if quality.metric.value.endswith("error_rate"):
        share = 1 - share
    return share if 0 < share <= 1 else Decimal(0)


def frozen_rates(stored: Mapping[str, Any]) -> RateSet:
    """Return the rates that were frozen when a request closed."""
    rates = {}
    for code, row in stored["rates"].items():
        try:
            rates[code] = Rate(
                code, Decimal(row["rate"]), date.fromisoformat(row["date"]), row["source"]
            )
        except (ValueError, InvalidOperation):  # pragma: no cover  written by the portal alone
            continue
    return RateSet(stored["base"], rates)


def current_rates(base: str, latest: Mapping[str, ExchangeRate]) -> RateSet:
    """Return today's rates, for a request whose rates are not frozen yet."""
    return RateSet(
        base,
        {code: Rate(code, row.rate, row.on_date, row.source) for code, row in latest.items()},
    )
