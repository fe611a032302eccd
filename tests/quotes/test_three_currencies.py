"""
Three offers in three currencies at the edge of a tier, worked out by hand.

50,000 questions; 1 USD = 7.12 CNY, 1 EUR = 8.21 CNY.

A, CNY without tax (6 %), marginal, 98 % accepted: 50,000 x 8.00 + 20,000 set-up = 420,000;
   x 1.06 = 445,200. Of 49,000 accepted: 9.0857 with tax, 420,000 / 49,000 = 8.5714 without.
B, USD with tax (6 %), all units, 96 % accepted: 50,000 x 1.20 + 3,000 = 63,000 with tax;
   x 7.12 = 448,560. Of 48,000: 9.345 with tax; 63,000 / 1.06 = 59,433.96, x 7.12 = 423,169.81,
   / 48,000 = 8.8160 without.
C, EUR without tax (19 %), marginal, counted from 0, all accepted: 50,000 x 1.00 + 1,500 = 51,500;
   x 1.19 = 61,285, x 8.21 = 503,149.85. Of 50,000: 10.0630 with tax; 51,500 x 8.21 = 422,815,
   / 50,000 = 8.4563 without.

With tax A is the lowest, without it C.
"""

from datetime import date
from decimal import Decimal

import pytest

from app.quotes.pricing.exchange import Rate, RateSet
from app.quotes.pricing.money import round_half_up
from app.quotes.pricing.offers import Costed, Demand, Offer, TaxBasis, cost
from app.quotes.pricing.tiers import Tier, TierKind, TierTable

D = Decimal
DAY = date(2026, 11, 20)
RATES = RateSet(
    "CNY",
    {
        code: Rate(code, D(rate), DAY, "by hand")
        for code, rate in (("USD", "7.12"), ("EUR", "8.21"))
    },
)


def table(kind: TierKind, *pairs: tuple[str, str]) -> TierTable:
    return TierTable(tuple(Tier(D(start), D(price)) for start, price in pairs), kind)


OFFERS = {
    "A": Offer(
        currency="CNY",
        prices=table(TierKind.MARGINAL, ("1", "8.00"), ("50001", "6.00")),
        unit="question",
        setup_fee=D(20_000),
        tax_rate=D("0.06"),
        is_tax_included=False,
        acceptance=D("0.98"),
    ),
    "B": Offer(
        currency="USD",
        prices=table(TierKind.ALL_UNITS, ("1", "1.20"), ("50001", "1.00")),
        unit="question",
        setup_fee=D(3_000),
        tax_rate=D("0.06"),
        is_tax_included=True,
        acceptance=D("0.96"),
    ),
    "C": Offer(
        currency="EUR",
        prices=table(TierKind.MARGINAL, ("0", "1.00"), ("50000", "0.80")),
        unit="question",
        setup_fee=D(1_500),
        tax_rate=D("0.19"),
        is_tax_included=False,
        acceptance=D(1),
    ),
}


def costed(name: str, volume: int, basis: TaxBasis) -> Costed:
    found = cost(OFFERS[name], Demand("question", D(volume)), RATES, tax_basis=basis)
    assert isinstance(found, Costed)
    return found


@pytest.mark.parametrize(
    ("name", "volume", "basis", "total", "per_unit"),
    [
        ("A", 50_000, TaxBasis.INCLUDED, "445200.00", "9.0857"),
        ("B", 50_000, TaxBasis.INCLUDED, "448560.00", "9.3450"),
        ("C", 50_000, TaxBasis.INCLUDED, "503149.85", "10.0630"),
        ("A", 50_000, TaxBasis.EXCLUDED, "420000.00", "8.5714"),
        ("B", 50_000, TaxBasis.EXCLUDED, "423169.81", "8.8160"),
        ("C", 50_000, TaxBasis.EXCLUDED, "422815.00", "8.4563"),
        # One more. A: 420,006 x 1.06, / (50,001 x 0.98) = 9.08566. B: every unit at 1.00,
        # 53,001 x 7.12, / (50,001 x 0.96). C: 51,500.80 x 1.19 x 8.21, / 50,001.
        ("A", 50_001, TaxBasis.INCLUDED, "445206.36", "9.0857"),
        ("B", 50_001, TaxBasis.INCLUDED, "377367.12", "7.8617"),
        ("C", 50_001, TaxBasis.INCLUDED, "503157.67", "10.0630"),
    ],
)
def test_costs_on_one_basis(
    name: str, volume: int, basis: TaxBasis, total: str, per_unit: str
) -> None:
    found = costed(name, volume, basis)
    assert str(round_half_up(found.total_base.amount, 2)) == total
    assert str(round_half_up(found.unit_cost, 4)) == per_unit


@pytest.mark.parametrize(
    ("basis", "order"), [(TaxBasis.INCLUDED, "ABC"), (TaxBasis.EXCLUDED, "CAB")]
)
def test_the_basis_of_tax_decides_who_is_lowest(basis: TaxBasis, order: str) -> None:
    assert "".join(sorted(OFFERS, key=lambda name: costed(name, 50_000, basis).unit_cost)) == order
