"""
One frozen set of exchange rates per request for quotation.

A rate says how much of the base currency one unit of a currency buys. It is frozen at closing
with its date and where it comes from, so that a comparison shows the same figures next year.
Amounts are compared only after conversion: 100 USD against 80 EUR depends on both rates, and
which is less is never read off the bare numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.quotes.pricing.errors import BadAmount, NoRate
from app.quotes.pricing.money import EXACT, Money, checked_amount, minor_digits


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `currency` buys `per_unit` of the base, on `on` according to `source`."""

    currency: str
    per_unit: Decimal
    on: date
    source: str

    def __post_init__(self) -> None:
        minor_digits(self.currency)
        if checked_amount(self.per_unit, field="rate") == 0:
            raise BadAmount("rate", self.per_unit)


@dataclass(frozen=True, slots=True)
class RateSet:
    """The rates into one base currency."""

    base: str
    rates: Mapping[str, Rate] = field(default_factory=dict)

    def rate_of(self, currency: str) -> Decimal:
        """
        Return how much of the base one unit of a currency buys.

        Raises
        ------
        NoRate
            If the set does not have the currency.
        """
        if currency == self.base:
            return Decimal(1)
        try:
            return self.rates[currency].per_unit
        except KeyError:
            raise NoRate(currency, self.base) from None

    def to_base(self, money: Money) -> Money:
        """Convert exactly, unrounded; raise NoRate without a rate."""
        return Money(EXACT.multiply(money.amount, self.rate_of(money.currency)), self.base)
