"""
What prices refuse: every error of the pure pricing modules.

Exception
└── ValueError ── PricingError              what is wrong, carried as attributes
                  ├── UnknownCurrency(code)
                  ├── CurrencyMismatch(left, right)     two currencies cannot be added
                  ├── NoRate(currency, base)            the frozen rates do not have it
                  ├── BadAmount(field, value)           negative, not finite, absurdly large or fine
                  ├── BadTiers(reason, position)        "empty", "order", "first", "mixed"
                  └── BadWeights(total)                 criteria that do not sum to 100

The text of an error is for logs and developers; whoever speaks to a person reads the attributes.
"""

from decimal import Decimal
from fractions import Fraction


class PricingError(ValueError):
    """A price that cannot be computed from what was given."""


class UnknownCurrency(PricingError):
    """A code that ISO 4217 does not have."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no such currency: {code[:20]!r}")
        self.code = code


class CurrencyMismatch(PricingError):
    """Amounts of two currencies were added or compared without a rate."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"{left} and {right} need a rate between them")
        self.left = left
        self.right = right


class NoRate(PricingError):
    """The frozen rates do not have this currency."""

    def __init__(self, currency: str, base: str) -> None:
        super().__init__(f"no rate from {currency} to {base}")
        self.currency = currency
        self.base = base


class BadAmount(PricingError):
    """An amount, rate or share that no offer can have."""

    def __init__(self, field: str, value: Decimal | Fraction) -> None:
        super().__init__(f"{field} cannot be {value}")
        self.field = field
        self.value = value


class BadTiers(PricingError):
    """Price tiers that leave open what a unit costs; `position` is the tier's, from 0."""

    def __init__(self, reason: str, position: int = 0) -> None:
        super().__init__(f"price tiers: {reason} at {position}")
        self.reason = reason
        self.position = position


class BadWeights(PricingError):
    """Weights of criteria that do not sum to 100."""

    def __init__(self, total: Fraction) -> None:
        super().__init__(f"criteria sum to {total}, not 100")
        self.total = total
