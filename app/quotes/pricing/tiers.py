"""
What a quantity costs by a tier table, marginal or all-units.

Tables that begin with 1 number the units: of the tiers `from 1: 7.20` and `from 50,001: 5.60` the
first 50,000 units are in the first tier. Tables that begin with 0 count the units that went
before: `from 0: 7.20` and `from 50,000: 5.60` say the same, and hours have fractions. With
`marginal` each unit has the price of the tier that it lies in; with `all_units` every unit has the
price of the tier that the whole quantity reaches.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.quotes.pricing.errors import BadTiers
from app.quotes.pricing.money import EXACT, checked_amount


class TierKind(StrEnum):
    """What a tier's price applies to."""

    MARGINAL = "marginal"
    ALL_UNITS = "all_units"


@dataclass(frozen=True, slots=True)
class Tier:
    """From the unit numbered `from_quantity` on, a unit costs `unit_price`."""

    from_quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class TierTable:
    """Tiers in rising order, the first from 0 or 1, all of one kind."""

    tiers: tuple[Tier, ...]
    kind: TierKind = TierKind.MARGINAL

    def __post_init__(self) -> None:
        check_tiers(self.tiers)

    @classmethod
    def flat(cls, unit_price: Decimal) -> "TierTable":
        """Return one price for every unit."""
        return cls((Tier(Decimal(1), unit_price),))

    def amount_for(self, quantity: Decimal) -> Decimal:
        """
        Return what a quantity costs, exactly.

        >>> table = TierTable(
        ...     (Tier(Decimal(1), Decimal("7.20")), Tier(Decimal(50_001), Decimal("5.60")))
        ... )
        >>> table.amount_for(Decimal(200_000))
        Decimal('1200000.00')
        """
        if self.kind is TierKind.ALL_UNITS:
            return EXACT.multiply(quantity, self.tier_of(quantity).unit_price)
        total = Decimal(0)
        for position, tier in enumerate(self.tiers):
            start = self._units_before(tier)
            if quantity <= start:
                break
            end = quantity
            if position + 1 < len(self.tiers):
                end = min(quantity, self._units_before(self.tiers[position + 1]))
            total = EXACT.add(total, EXACT.multiply(EXACT.subtract(end, start), tier.unit_price))
        return total

    def _units_before(self, tier: Tier) -> Decimal:
        first = min(self.tiers[0].from_quantity, Decimal(1))
        return EXACT.subtract(tier.from_quantity, first)

    def tier_of(self, quantity: Decimal) -> Tier:
        """Return the tier that a whole quantity reaches."""
        reached = self.tiers[0]
        for tier in self.tiers[1:]:
            if quantity >= tier.from_quantity:
                reached = tier
        return reached


def check_tiers(tiers: Sequence[Tier]) -> None:
    """
    Refuse a table that leaves open what some unit costs.

    Raises
    ------
    BadTiers
        If it is empty, does not begin at the first unit, or does not rise.
    BadAmount
        If a price or quantity is impossible.
    """
    if not tiers:
        raise BadTiers("empty")
    for position, tier in enumerate(tiers):
        checked_amount(tier.unit_price, field="unit_price")
        checked_amount(tier.from_quantity, field="from_quantity")
        if position == 0 and tier.from_quantity > 1:
            raise BadTiers("first", position)
        if position > 0 and tier.from_quantity <= max(
            tiers[position - 1].from_quantity, Decimal(1)
        ):
            raise BadTiers("order", position)
