"""
Put one vendor's answer to one lot on the basis that all are compared on.

Let q be the quantity asked in the vendor's unit, m the least quantity and b the least amount that
the vendor takes on, l the labels per item and a the expected acceptance (the share of delivered
units that pass). Then

    net    = max(price(max(q, m)), b) + set-up + management + pilot   in the vendor's currency
    total  = net x (1 + tax), or net where tax is included            incl. tax
    cost   = total x rate / (volume x l x a)       per accepted unit, in the base currency

What cannot be put on the basis is *not comparable*, with a reason; what was not offered is *not
quoted*. Neither is ever 0, and neither takes part in the minimum.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.quotes.pricing.errors import BadAmount, NoRate
from app.quotes.pricing.exchange import RateSet
from app.quotes.pricing.money import EXACT, Money, checked_amount, minor_digits
from app.quotes.pricing.tiers import TierTable

_AMOUNTS = ("setup_fee", "management_fee", "pilot_price", "minimum_quantity", "minimum_amount")


class PriceBasis(StrEnum):
    """What one price of the tier table pays for."""

    UNIT = "unit"  # one item of the lot, with all its labels
    LABEL = "label"  # one label of one item
    FIXED = "fixed"  # the whole lot


class TaxBasis(StrEnum):
    """Whether totals are compared with tax or without."""

    INCLUDED = "included"
    EXCLUDED = "excluded"


class Reason(StrEnum):
    """Why an offer cannot stand beside the others."""

    NO_RATE = "no_rate"
    NO_UNIT_FACTOR = "no_unit_factor"
    NO_ACCEPTANCE = "no_acceptance"
    NO_TAX_RATE = "no_tax_rate"
    NO_VOLUME = "no_volume"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Demand:
    """
    What a lot asks for.

    `unit_factors` says how many units of the lot one unit of another kind is worth, as stated
    in the request: `{"raw_hour": Decimal("0.7")}`.
    """

    unit: str
    volume: Decimal
    labels_per_item: int = 1
    unit_factors: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of a submitted quote. `tax_rate` and `acceptance` are shares: 0.06, 0.98."""

    currency: str
    prices: TierTable
    unit: str
    basis: PriceBasis = PriceBasis.UNIT
    setup_fee: Decimal = Decimal(0)
    management_fee: Decimal = Decimal(0)
    pilot_price: Decimal = Decimal(0)
    minimum_quantity: Decimal = Decimal(0)
    minimum_amount: Decimal = Decimal(0)
    tax_rate: Decimal | None = None
    is_tax_included: bool = True
    acceptance: Decimal | None = None

    def __post_init__(self) -> None:
        minor_digits(self.currency)
        for name in _AMOUNTS:
            checked_amount(getattr(self, name), field=name)
        for name in ("tax_rate", "acceptance"):
            share = getattr(self, name)
            if share is not None and checked_amount(share, field=name) > 1:
                raise BadAmount(name, share)


@dataclass(frozen=True, slots=True)
class NotQuoted:
    """The vendor did not offer this lot."""


@dataclass(frozen=True, slots=True)
class NotComparable:
    """The offer cannot be put on the common basis; what can be computed of it is kept."""

    reason: Reason
    total: Money | None = None


@dataclass(frozen=True, slots=True)
class Costed:
    """
    An offer on the common basis, with every figure that led there.

    `unit_cost` is exact, in the base currency. `billed` is in the vendor's unit, and more than the
    lot needs where the least quantity is.
    """

    billed: Decimal
    is_minimum_order: bool
    price: Money
    fees: Money
    net: Money
    tax: Money
    total: Money
    rate: Decimal
    total_base: Money
    accepted_units: Fraction
    unit_cost: Fraction


Costing = Costed | NotComparable | NotQuoted


def cost(
    offer: Offer | None,
    demand: Demand,
    rates: RateSet,
    *,
    tax_basis: TaxBasis = TaxBasis.INCLUDED,
    acceptance: Decimal | None = None,
) -> Costing:
    """
    Return what an offer costs per accepted unit, or why that cannot be said.

    `acceptance` overrides what the vendor states, with one rule for all vendors.
    """
    if offer is None:
        return NotQuoted()
    wanted = _quantity_in_offered_unit(offer, demand)
    if isinstance(wanted, Reason):
        return NotComparable(wanted)
    billed = max(wanted, Fraction(offer.minimum_quantity))
    by_tiers = offer.prices.amount_for(_decimal(billed))
    price = Money(max(by_tiers, offer.minimum_amount), offer.currency)
    fees = Money(
        EXACT.add(EXACT.add(offer.setup_fee, offer.management_fee), offer.pilot_price),
        offer.currency,
    )
    taxed = _with_tax(price + fees, offer, tax_basis)
    if taxed is None:
        return NotComparable(Reason.NO_TAX_RATE)
    net, tax, total = taxed
    share = acceptance if acceptance is not None else offer.acceptance
    if not share:
        return NotComparable(Reason.NO_ACCEPTANCE, total)
    try:
        total_base = rates.to_base(total)
    except NoRate:
        return NotComparable(Reason.NO_RATE, total)
    accepted = Fraction(demand.volume) * demand.labels_per_item * Fraction(share)
    return Costed(
        billed=_decimal(billed),
        is_minimum_order=billed > wanted or by_tiers < offer.minimum_amount,
        price=price,
        fees=fees,
        net=net,
        tax=tax,
        total=total,
        rate=rates.rate_of(offer.currency),
        total_base=total_base,
        accepted_units=accepted,
        unit_cost=Fraction(total_base.amount) / accepted,
    )


def _quantity_in_offered_unit(offer: Offer, demand: Demand) -> Fraction | Reason:
    if demand.volume <= 0:
        return Reason.NO_VOLUME
    volume = Fraction(demand.volume)
    if offer.basis is PriceBasis.FIXED:
        return Fraction(1)
    if offer.basis is PriceBasis.LABEL:
        volume *= demand.labels_per_item
    if offer.unit == demand.unit:
        return volume
    factor = demand.unit_factors.get(offer.unit)
    return volume / Fraction(factor) if factor else Reason.NO_UNIT_FACTOR


def _decimal(value: Fraction) -> Decimal:
    return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def _with_tax(stated: Money, offer: Offer, basis: TaxBasis) -> tuple[Money, Money, Money] | None:
    """Return the net amount, the tax and the total to compare; None where the rate is missing."""
    if offer.tax_rate is None:
        # The amount as stated can be compared only on the basis it is stated on.
        if offer.is_tax_included != (basis is TaxBasis.INCLUDED):
            return None
        nothing = Money(Decimal(0), offer.currency)
        return stated, nothing, stated
    one_and_rate = EXACT.add(Decimal(1), offer.tax_rate)
    if offer.is_tax_included:
        net = Money(EXACT.divide(stated.amount, one_and_rate), offer.currency)
        gross = stated
    else:
        net = stated
        gross = stated * one_and_rate
    return net, gross - net, gross if basis is TaxBasis.INCLUDED else net
