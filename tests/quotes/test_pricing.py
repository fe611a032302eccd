"""Prices on one basis: hand-computed cases, and what holds for any offer."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from babel.core import get_global
from babel.numbers import list_currencies
from hypothesis import given
from hypothesis import strategies as st

from app.quotes.pricing.errors import (
    BadAmount,
    BadTiers,
    BadWeights,
    CurrencyMismatch,
    NoRate,
    UnknownCurrency,
)
from app.quotes.pricing.exchange import Rate, RateSet
from app.quotes.pricing.money import EXACT, MINOR_DIGITS, Money, round_half_up
from app.quotes.pricing.offers import (
    Costed,
    Demand,
    NotComparable,
    NotQuoted,
    Offer,
    PriceBasis,
    Reason,
    TaxBasis,
    cost,
)
from app.quotes.pricing.ranking import Step, deciding_step, rank, saving
from app.quotes.pricing.scoring import Better, Criterion, score, share_points
from app.quotes.pricing.terms import Verdict, at_least, at_most, includes, same
from app.quotes.pricing.tiers import Tier, TierKind, TierTable

D = Decimal
DAY = date(2026, 11, 20)
RATES = RateSet(
    "CNY",
    {
        "USD": Rate("USD", D("7.12"), DAY, "entered by hand"),
        "EUR": Rate("EUR", D("8.21"), DAY, "entered by hand"),
    },
)


def offer(price: str, currency: str = "CNY", **more) -> Offer:
    fields = {
        "currency": currency,
        "prices": TierTable.flat(D(price)),
        "unit": "question",
        "acceptance": D(1),
    }
    return Offer(**(fields | more))


def tiers(*pairs: tuple[int, str], kind: TierKind = TierKind.MARGINAL) -> TierTable:
    return TierTable(tuple(Tier(D(start), D(price)) for start, price in pairs), kind)


def costed(item: Offer, demand: Demand, **more) -> Costed:
    result = cost(item, demand, RATES, **more)
    assert isinstance(result, Costed), result
    return result


QUESTIONS = Demand("question", D(200_000))


# Money


def test_every_currency_has_a_name_and_the_digits_of_its_coins():
    assert set(MINOR_DIGITS) <= list_currencies("en")
    # CLDR says what people write, ISO which coins exist; they part where a coin has died out.
    fractions = get_global("currency_fractions")
    differing = {
        code for code, digits in MINOR_DIGITS.items() if fractions.get(code, (2,))[0] != digits
    }
    assert "CNY" not in differing
    assert differing >= {"IQD"}
    assert all(fractions[code][0] == 0 for code in differing)
    assert MINOR_DIGITS["JPY"] == 0
    assert MINOR_DIGITS["KWD"] == 3


def test_amounts_of_two_currencies_do_not_add():
    with pytest.raises(CurrencyMismatch):
        Money(D(1), "CNY") + Money(D(1), "USD")


def test_an_unknown_currency_is_refused():
    with pytest.raises(UnknownCurrency):
        Money(D(1), "RMB")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        # Half goes up, not to the even neighbour: 0.125 is 0.13 and 0.135 is 0.14.
        ("0.125", "0.13"),
        ("0.135", "0.14"),
        ("0.1249999999", "0.12"),
        # Differences round away from zero, so that -0.125 mirrors 0.125.
        ("-0.125", "-0.13"),
    ],
)
def test_rounding_is_half_up(value: str, shown: str):
    assert round_half_up(D(value), 2) == D(shown)


def test_a_thousand_small_prices_lose_nothing():
    # 0.1 has no binary fraction; a float sum is 100.00000000000001.
    total = Money(D(0), "CNY")
    for _ in range(1_000):
        total += Money(D("0.1"), "CNY")
    assert total.amount == D(100)


# Tiers


def test_marginal_tiers_price_each_unit_where_it_lies():
    # 50,000 x 7.20 + 150,000 x 5.60 = 360,000 + 840,000
    table = tiers((1, "7.20"), (50_001, "5.60"))
    assert table.amount_for(D(200_000)) == D(1_200_000)


def test_an_all_units_tier_prices_every_unit_alike():
    table = tiers((1, "7.20"), (50_001, "5.60"), kind=TierKind.ALL_UNITS)
    assert table.amount_for(D(200_000)) == D(1_120_000)
    # One below the step: 50,000 x 7.20. One above costs less than one below: that is what such
    # a table says.
    assert table.amount_for(D(50_000)) == D(360_000)
    assert table.amount_for(D(50_001)) == D("280005.60")


def test_a_tier_begins_at_the_unit_with_its_number():
    table = tiers((1, "2"), (101, "1"))
    assert table.amount_for(D(100)) == D(200)
    assert table.amount_for(D(101)) == D(201)
    assert table.amount_for(D("100.5")) == D("200.5")


@pytest.mark.parametrize(
    ("pairs", "reason", "position"),
    [
        ([], "empty", 0),
        ([(100, "1")], "first", 0),
        ([(1, "2"), (50, "1"), (50, "0.5")], "order", 2),
        ([(0, "2"), (1, "1")], "order", 1),
    ],
)
def test_tiers_that_leave_a_price_open_are_refused(pairs, reason: str, position: int):
    with pytest.raises(BadTiers) as refused:
        tiers(*pairs)
    assert (refused.value.reason, refused.value.position) == (reason, position)


@pytest.mark.parametrize("price", ["-1", "NaN", "Infinity", "1e15", "0.000000001"])
def test_impossible_prices_are_refused(price: str):
    with pytest.raises(BadAmount):
        TierTable.flat(D(price))


prices = st.decimals(0, 10_000, places=4)
quantities = st.integers(1, 10**7).map(D)


@given(
    st.lists(st.tuples(st.integers(2, 10**6), prices), max_size=5, unique_by=lambda t: t[0]),
    prices,
    quantities,
)
def test_marginal_amounts_are_the_sum_over_units(steps, first, quantity):
    table = TierTable((Tier(D(1), first), *(Tier(D(a), p) for a, p in sorted(steps))))
    # The cost of the last unit alone is the price of the tier it lies in.
    step = EXACT.subtract(table.amount_for(quantity), table.amount_for(quantity - 1))
    assert step == table.tier_of(quantity).unit_price


# Cost per accepted unit: four vendors, one lot, computed by hand


def test_fees_and_tax_on_top():
    # (200,000 x 6.80 + 88,000) x 1.06 = 1,534,880; / (200,000 x 0.962) = 7.97754...
    found = costed(
        offer(
            "6.80",
            setup_fee=D(80_000),
            management_fee=D(8_000),
            tax_rate=D("0.06"),
            is_tax_included=False,
            acceptance=D("0.962"),
        ),
        QUESTIONS,
    )
    assert found.total_base == Money(D(1_534_880), "CNY")
    assert found.unit_cost == Fraction(1_534_880, 192_400)
    assert round_half_up(found.unit_cost, 2) == D("7.98")
    assert found.tax.amount == D(86_880)


def test_a_foreign_currency_at_the_frozen_rate():
    # 200,000 x 0.98 x 7.12 = 1,395,520; / (200,000 x 0.981) = 7.11274...
    found = costed(offer("0.98", "USD", acceptance=D("0.981")), QUESTIONS)
    assert found.total == Money(D(196_000), "USD")
    assert found.total_base == Money(D(1_395_520), "CNY")
    assert round_half_up(found.unit_cost, 2) == D("7.11")


def test_tiers_with_a_fee_and_tax():
    # (1,200,000 + 50,000) x 1.06 = 1,325,000; / (200,000 x 0.934) = 7.09314...
    found = costed(
        offer(
            "1",
            prices=tiers((1, "7.20"), (50_001, "5.60")),
            setup_fee=D(50_000),
            minimum_quantity=D(100_000),
            tax_rate=D("0.06"),
            is_tax_included=False,
            acceptance=D("0.934"),
        ),
        QUESTIONS,
    )
    assert found.total_base == Money(D(1_325_000), "CNY")
    assert not found.is_minimum_order
    assert round_half_up(found.unit_cost, 2) == D("7.09")


def test_prices_per_label():
    # 60,000 dialogues x 3 labels x 4.10 = 738,000; + 15,000 = 753,000; x 1.06 = 798,180;
    # / (180,000 x 0.95) = 4.66772...
    found = costed(
        offer(
            "4.10",
            unit="dialogue",
            basis=PriceBasis.LABEL,
            setup_fee=D(15_000),
            tax_rate=D("0.06"),
            is_tax_included=False,
            acceptance=D("0.95"),
        ),
        Demand("dialogue", D(60_000), labels_per_item=3),
    )
    assert found.total_base == Money(D(798_180), "CNY")
    assert round_half_up(found.unit_cost, 2) == D("4.67")


def test_prices_per_item_are_divided_by_its_labels():
    # One price for an item with its 3 labels: 1,000 x 9 = 9,000; / 3,000 labels = 3 a label.
    found = costed(offer("9", unit="dialogue"), Demand("dialogue", D(1_000), labels_per_item=3))
    assert found.unit_cost == 3


def test_a_minimum_order_above_the_volume_is_paid_in_full():
    # 100 wanted, 500 is the least: 500 x 2 = 1,000 for 100 units.
    found = costed(offer("2", minimum_quantity=D(500)), Demand("question", D(100)))
    assert found.is_minimum_order
    assert found.billed == 500
    assert found.unit_cost == 10


def test_a_least_amount_is_paid_in_full():
    # 100 x 2 = 200, but no order below 500.
    found = costed(offer("2", minimum_amount=D(500)), Demand("question", D(100)))
    assert found.is_minimum_order
    assert (found.billed, found.unit_cost) == (100, 5)


def test_one_price_for_the_whole_lot():
    found = costed(offer("5000", basis=PriceBasis.FIXED), Demand("question", D(1_000)))
    assert found.total == Money(D(5_000), "CNY")
    assert found.unit_cost == 5


def test_a_stated_factor_converts_the_unit():
    # 3,000 effective hours at 0.6 effective per raw hour are 5,000 raw hours x 98 = 490,000.
    demand = Demand("effective_hour", D(3_000), unit_factors={"raw_hour": D("0.6")})
    found = costed(offer("98", unit="raw_hour"), demand)
    assert found.billed == 5_000
    assert found.total_base.amount == D(490_000)


def test_without_a_factor_it_is_not_comparable():
    result = cost(offer("98", unit="raw_hour"), Demand("effective_hour", D(3_000)), RATES)
    assert result == NotComparable(Reason.NO_UNIT_FACTOR)


@pytest.mark.parametrize("acceptance", [None, D(0)])
def test_without_an_acceptance_it_is_not_comparable(acceptance):
    result = cost(offer("1", acceptance=acceptance), QUESTIONS, RATES)
    assert result == NotComparable(Reason.NO_ACCEPTANCE, Money(D(200_000), "CNY"))


def test_one_acceptance_for_all_overrides_the_stated_one():
    found = costed(offer("1", acceptance=D("0.5")), QUESTIONS, acceptance=D("0.8"))
    assert found.unit_cost == Fraction(5, 4)


def test_without_a_rate_the_total_stays_and_is_not_comparable():
    result = cost(offer("1", "JPY"), QUESTIONS, RATES)
    assert result == NotComparable(Reason.NO_RATE, Money(D(200_000), "JPY"))


def test_what_is_not_offered_is_not_nothing():
    assert cost(None, QUESTIONS, RATES) == NotQuoted()


def test_taxes_on_one_basis():
    # 106 with 6 % included is 100 without; 100 without and 6 % on top is 106 with.
    demand = Demand("question", D(1))
    included = offer("106", tax_rate=D("0.06"), is_tax_included=True)
    on_top = offer("100", tax_rate=D("0.06"), is_tax_included=False)
    for basis, expected in ((TaxBasis.INCLUDED, 106), (TaxBasis.EXCLUDED, 100)):
        assert costed(included, demand, tax_basis=basis).unit_cost == expected
        assert costed(on_top, demand, tax_basis=basis).unit_cost == expected
    # The lower bare number is the dearer one: 110 included against 105 plus 6 %.
    cheap, dear = (
        offer("110", tax_rate=D("0.06")),
        offer("105", tax_rate=D("0.06"), is_tax_included=False),
    )
    assert costed(cheap, demand).unit_cost < costed(dear, demand).unit_cost


def test_an_unknown_tax_rate_is_not_taken_for_none():
    demand = Demand("question", D(1))
    on_top = offer("100", tax_rate=None, is_tax_included=False)
    assert cost(on_top, demand, RATES) == NotComparable(Reason.NO_TAX_RATE)
    # Stated with tax and compared with tax, the rate is not needed.
    assert costed(offer("100", tax_rate=None), demand).unit_cost == 100


def test_100_dollars_against_80_euros():
    # A known mistake of another tool: it showed 100 USD as cheaper than 80 EUR at a rate that
    # makes it dearer. At 7.12 and 8.21: 712.00 against 656.80.
    demand = Demand("question", D(1))
    costings = {
        "dollars": cost(offer("100", "USD"), demand, RATES),
        "euros": cost(offer("80", "EUR"), demand, RATES),
    }
    assert costings["dollars"].unit_cost == 712
    assert costings["euros"].unit_cost == Fraction("656.80")
    assert rank(costings).lowest == {"euros"}
    # At another day's rates the same two offers change places: the rate decides, not the number.
    other_day = RateSet(
        "CNY", {c: Rate(c, D(r), DAY, "test") for c, r in (("USD", "6.00"), ("EUR", "8.21"))}
    )
    again = {
        "dollars": cost(offer("100", "USD"), demand, other_day),
        "euros": cost(offer("80", "EUR"), demand, other_day),
    }
    assert rank(again).lowest == {"dollars"}


def test_a_rate_of_nothing_is_refused():
    with pytest.raises(BadAmount):
        Rate("USD", D(0), DAY, "test")
    with pytest.raises(NoRate):
        RATES.rate_of("JPY")


# Ranking


def test_ties_are_all_marked_and_exact():
    # 1/3 is no decimal fraction: 100 for 300 and 200 for 600 must still tie.
    demand = Demand("question", D(300))
    costings = {
        "A": cost(offer("100", basis=PriceBasis.FIXED), demand, RATES),
        "B": cost(offer("200", basis=PriceBasis.FIXED), replace(demand, volume=D(600)), RATES),
        "C": cost(offer("101", basis=PriceBasis.FIXED), demand, RATES),
        "D": cost(None, demand, RATES),
        "E": cost(offer("1", unit="page"), demand, RATES),
    }
    found = rank(costings)
    assert found.lowest == {"A", "B"}
    assert found.is_tie
    assert found.order == ("A", "B", "C")
    assert found.runner_up == "C"
    assert found.above_lowest == {"A": 0, "B": 0, "C": Fraction(1, 100)}
    assert saving(costings["A"], costings["C"]) == 1


def test_what_made_the_lowest_the_lowest():
    demand = Demand("question", D(100))

    def step(best: Offer, *others: Offer) -> Step:
        return deciding_step(costed(best, demand), [costed(one, demand) for one in others])

    plain = offer("5", tax_rate=D(0))
    assert step(plain, offer("6", tax_rate=D(0))) is Step.PRICE
    # 4 each and a fee of 200 is 6 each.
    assert step(plain, offer("4", setup_fee=D(200), tax_rate=D(0))) is Step.FEES
    # 4.90 and 6 % on top is 5.194.
    on_top = offer("4.90", tax_rate=D("0.06"), is_tax_included=False)
    assert step(plain, on_top) is Step.TAX
    # 4.90 of which 90 % pass is 5.44.
    assert step(plain, offer("4.90", tax_rate=D(0), acceptance=D("0.9"))) is Step.ACCEPTANCE


def test_nothing_comparable_has_no_lowest():
    assert rank({"A": NotQuoted(), "B": NotComparable(Reason.NO_RATE)}).lowest == frozenset()


@pytest.mark.parametrize(("volume", "winner"), [(1_000, "flat"), (20_000, "tiered")])
def test_what_if_another_volume(volume: int, winner: str):
    # 6 each against 8 for the first 5,000 and 4 after: equal at 10,000.
    demand = Demand("question", D(10_000))
    items = {"flat": offer("6"), "tiered": offer("1", prices=tiers((1, "8"), (5_001, "4")))}
    assert rank({k: cost(o, demand, RATES) for k, o in items.items()}).is_tie
    at = replace(demand, volume=D(volume))
    assert rank({k: cost(o, at, RATES) for k, o in items.items()}).lowest == {winner}


offers = st.builds(
    Offer,
    currency=st.sampled_from(["CNY", "USD", "EUR"]),
    prices=prices.map(TierTable.flat),
    unit=st.just("question"),
    basis=st.sampled_from(list(PriceBasis)),
    setup_fee=prices,
    minimum_quantity=st.integers(0, 10_000).map(D),
    tax_rate=st.decimals(0, 1, places=3),
    is_tax_included=st.booleans(),
    acceptance=st.decimals("0.01", 1, places=2),
)
demands = st.builds(Demand, st.just("question"), st.integers(1, 10**6).map(D), st.integers(1, 7))


@given(offers, demands, st.decimals("0.01", 100, places=4))
def test_another_base_currency_keeps_the_order(item, demand, factor):
    """Expressed in a base worth `factor` times less, every cost scales by `factor` exactly."""
    scaled = RateSet(
        "HKD",
        {
            c: Rate(c, EXACT.multiply(RATES.rate_of(c), factor), DAY, "test")
            for c in ("CNY", "USD", "EUR")
            if EXACT.multiply(RATES.rate_of(c), factor) > 0
        },
    )
    here, there = cost(item, demand, RATES), cost(item, demand, scaled)
    assert there.unit_cost == here.unit_cost * Fraction(factor)


@given(offers, demands)
def test_figures_add_up(item, demand):
    found = costed(item, demand)
    with_tax = found.net + found.tax
    assert abs(Fraction(with_tax.amount - found.total.amount)) < Fraction(1, 10**60)
    assert found.unit_cost * found.accepted_units == Fraction(found.total_base.amount)
    assert found.billed >= item.minimum_quantity


@given(offers, demands, prices)
def test_a_higher_fee_never_costs_less(item, demand, more):
    dearer = Offer(
        **{f: getattr(item, f) for f in Offer.__dataclass_fields__ if f != "setup_fee"},
        setup_fee=item.setup_fee + more,
    )
    assert costed(dearer, demand).unit_cost >= costed(item, demand).unit_cost


# Scores


CRITERIA = (
    Criterion("price", Fraction(60), Better.LESS),
    Criterion("quality", Fraction(30), Better.MORE),
    Criterion("rework", Fraction(10), Better.MORE),
)


def test_scores_are_shares_of_the_points():
    # A: 60 x 8/10 + 30 x 1 + 10 x 1/2 = 48 + 30 + 5. B: 60 + 30 x 0.95/0.98 + 10.
    found = score(
        CRITERIA,
        {
            "A": {"price": Fraction(10), "quality": Fraction("0.98"), "rework": Fraction(1)},
            "B": {"price": Fraction(8), "quality": Fraction("0.95"), "rework": Fraction(2)},
            "C": {"price": None, "quality": None, "rework": Fraction(2)},
        },
    )
    assert found["A"].total == 83
    assert found["B"].points["quality"] == 30 * Fraction(95, 98)
    assert found["C"].total == 10
    assert found["C"].missing == {"price", "quality"}


def test_points_that_do_not_sum_to_100_are_refused():
    with pytest.raises(BadWeights):
        score((Criterion("price", Fraction(99), Better.LESS),), {})
    with pytest.raises(BadAmount):
        score(
            (
                Criterion("a", Fraction(120), Better.LESS),
                Criterion("b", Fraction(-20), Better.LESS),
            ),
            {},
        )


def test_weights_of_any_sum_become_points():
    assert share_points({"a": D(1), "b": D(2)}) == {"a": Fraction(100, 3), "b": Fraction(200, 3)}
    assert share_points({"a": D(0)}) == {}


@given(st.lists(st.fractions(0, 1000, max_denominator=100), min_size=1, max_size=6))
def test_the_best_figure_earns_all_points(values):
    for better, best in ((Better.LESS, min(values)), (Better.MORE, max(values))):
        found = score(
            (Criterion("x", Fraction(100), better),), {i: {"x": v} for i, v in enumerate(values)}
        )
        assert all(0 <= item.total <= 100 for item in found.values())
        assert {i for i, v in enumerate(values) if v == best} <= {
            i for i, item in found.items() if item.total == 100
        }


# Terms


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (at_least(D("0.97"), D("0.98")), Verdict.EXCEEDS),
        (at_least(2, 1), Verdict.FALLS_SHORT),
        (at_most(date(2027, 2, 5), date(2027, 3, 12)), Verdict.FALLS_SHORT),
        (at_most(5, 5), Verdict.MEETS),
        (at_most(5, None), Verdict.NOT_STATED),
        (at_least(None, 5), Verdict.NOT_ASKED),
        (same("buyer", "vendor"), Verdict.DIFFERS),
        (same("", "vendor"), Verdict.NOT_ASKED),
        (includes({"iso27001"}, {"iso27001", "mlps3"}), Verdict.EXCEEDS),
        (includes({"iso27001", "mlps3"}, {"iso27001"}), Verdict.FALLS_SHORT),
        (includes({"iso27001"}, ()), Verdict.NOT_STATED),
    ],
)
def test_terms_against_what_was_asked(verdict: Verdict, expected: Verdict):
    assert verdict is expected


def test_tiers_from_0_count_the_units_before_them():
    by_number = tiers((1, "7.20"), (50_001, "5.60"))
    by_count = tiers((0, "7.20"), (50_000, "5.60"))
    # 50,000 x 7.20 + 150,000 x 5.60
    assert by_number.amount_for(D(200_000)) == by_count.amount_for(D(200_000)) == D(1_200_000)
    # Half an hour beyond ten hours: 10 x 60 + 0.5 x 50.
    assert tiers((0, "60"), (10, "50")).amount_for(D("10.5")) == D(625)
