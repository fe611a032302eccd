"""A comparison on one basis: the hand-computed example, and who may see it when."""

from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.errors import Conflict, NotFound
from app.quotes import awarding, outline
from app.quotes.comparison import figures, service
from app.quotes.comparison.basis import AcceptanceRule
from app.quotes.comparison.build import LotComparison, Options
from app.quotes.pricing.money import round_half_up
from app.quotes.pricing.offers import Costed, NotComparable, NotQuoted, Reason, TaxBasis
from app.quotes.pricing.terms import Verdict
from app.quotes.queries import rules as rule_queries
from app.web import i18n
from tests.quotes import example, making
from tests.quotes.example import Example


@pytest.fixture
def made(session: Session) -> Example:
    return example.make(session)


def costs(lot: LotComparison) -> list[str | None]:
    return [
        str(round_half_up(offer.costing.unit_cost, 2))
        if isinstance(offer.costing, Costed)
        else None
        for offer in lot.offers
    ]


def test_costs_are_those_worked_out_by_hand(session: Session, made: Example) -> None:
    found = service.load(session, made.rfq.public_id, made.buyer)
    assert costs(found.lots[0]) == ["7.98", "7.11", "7.09", "6.91"]
    assert costs(found.lots[1]) == ["4.67", "4.56", "4.51", "4.42"]
    assert costs(found.lots[2]) == ["179.94", None, None, "176.95"]
    assert isinstance(found.lots[2].offers[1].costing, NotQuoted)
    assert found.lots[2].offers[2].costing == NotComparable(Reason.NO_UNIT_FACTOR)
    assert [offer.is_lowest for offer in found.lots[0].offers] == [False, False, False, True]
    assert found.lots[0].saving == 1_325_000 - 1_340_000
    assert found.quoted_lines == 11


def test_the_first_look_closes_and_freezes_the_rates(session: Session, made: Example) -> None:
    found = service.load(session, made.rfq.public_id, made.buyer)
    assert found.is_frozen
    assert found.rates.rate_of("USD") == Decimal("7.12")
    rate = rule_queries.latest_rates(session, "CNY")["USD"]
    rate.rate = Decimal("9.99")
    session.flush()
    session.expire_all()
    again = service.load(session, made.rfq.public_id, made.buyer)
    assert again.rates.rate_of("USD") == Decimal("7.12")


def test_terms_are_judged_against_what_was_asked(session: Session, made: Example) -> None:
    found = service.load(session, made.rfq.public_id, made.buyer)
    verdicts = {
        row.code: [cell.verdict for cell in row.cells if cell] for row in found.lots[0].rows
    }
    meets, exceeds, short = Verdict.MEETS, Verdict.EXCEEDS, Verdict.FALLS_SHORT
    assert verdicts["quality"] == [meets, exceeds, short, meets]
    assert verdicts["throughput"] == [exceeds, short, exceeds, meets]
    assert verdicts["final"] == [meets, short, exceeds, meets]
    assert verdicts["rework"] == [meets, exceeds, short, meets]
    assert verdicts["pilot"] == [meets, Verdict.DIFFERS, Verdict.DIFFERS, meets]
    # A number alone does not say of what.
    pilot = next(row for row in found.lots[0].rows if row.code == "pilot")
    assert pilot.asked == "300 questions, paid, 5 days"
    asked = dict(fact for group in outline.of_lot(found.lots[0].lot) for fact in group.facts)
    assert asked["Items of the pilot"] == "300 questions"
    assert verdicts["subcontracting"] == [meets, meets, short, meets]
    assert found.notable == sum(lot.notable for lot in found.lots)


def test_scores_follow_the_weights(session: Session, made: Example) -> None:
    only_price = Options({}, weights={"price": Decimal(1)})
    found = service.load(session, made.rfq.public_id, made.buyer, only_price)
    totals = [offer.score.total if offer.score else None for offer in found.lots[0].offers]
    assert totals[3] == 100
    assert round_half_up(totals[0], 1) == Decimal("86.6")
    # Who cannot be compared is not scored.
    assert [offer.score is None for offer in found.lots[2].offers] == [False, True, True, False]


def test_what_if_another_volume(session: Session, made: Example) -> None:
    options = Options({1: Decimal(400_000)})
    found = service.load(session, made.rfq.public_id, made.buyer, options)
    # C: (360,000 + 350,000 x 5.60 + 50,000) x 1.06 / (400,000 x 0.934) = 6.724...
    # D: (2,560,000 + 60,000) / (400,000 x 0.97) = 6.752...: with twice the volume C is the lowest.
    assert costs(found.lots[0])[2] == "6.72"
    assert found.lots[0].is_what_if
    assert not found.lots[1].is_what_if
    assert [offer.is_lowest for offer in found.lots[0].offers] == [False, False, True, False]


def test_without_tax_and_per_delivered_unit(session: Session, made: Example) -> None:
    options = Options({}, acceptance=AcceptanceRule.DELIVERED, tax=TaxBasis.EXCLUDED)
    found = service.load(session, made.rfq.public_id, made.buyer, options)
    # A: 1,448,000 / 200,000; D: 1,340,000 / 1.06 / 200,000.
    assert costs(found.lots[0])[0] == "7.24"
    assert costs(found.lots[0])[3] == "6.32"


def test_by_target_the_share_is_the_same_for_all(session: Session, made: Example) -> None:
    options = Options({}, acceptance=AcceptanceRule.TARGET)
    found = service.load(session, made.rfq.public_id, made.buyer, options)
    # D: 1,340,000 / (200,000 x 0.97). Alpha is no share of good items, so lot 2 has none.
    assert costs(found.lots[0])[3] == "6.91"
    assert costs(found.lots[1]) == [None] * 4


def test_before_the_deadline_nobody_compares(session: Session) -> None:
    made = example.make(session, is_closed=False)
    for who in (made.buyer, made.approver, making.viewer(session, "administrator")):
        with pytest.raises(Conflict):
            service.load(session, made.rfq.public_id, who)


def test_a_vendor_never_compares(session: Session, made: Example) -> None:
    with pytest.raises(NotFound):
        service.load(session, made.rfq.public_id, made.vendors["a"])


def test_an_expired_quote_does_not_win(session: Session, made: Example) -> None:
    quote = made.quotes["d"]
    # Only the database can make time pass; its trigger keeps everything else.
    session.execute(text("ALTER TABLE quote DISABLE TRIGGER USER"))
    session.execute(
        text("UPDATE quote SET valid_until = clock_timestamp() - interval '1 s' WHERE id = :id"),
        {"id": quote.id},
    )
    session.expire_all()
    found = service.load(session, made.rfq.public_id, made.buyer)
    last = found.lots[0].offers[3]
    assert isinstance(last.costing, NotComparable)
    assert last.costing.reason is Reason.EXPIRED
    assert found.lots[0].offers[2].is_lowest


def test_an_award_is_marked(session: Session, made: Example) -> None:
    found = service.load(session, made.rfq.public_id, made.buyer)
    awarding.award_lot(
        session, found.rfq, found.lots[2].lot, made.quotes["d"].public_id, viewer=made.approver
    )
    session.expire_all()
    found = service.load(session, made.rfq.public_id, made.buyer)
    assert [offer.is_awarded for offer in found.lots[2].offers] == [False, False, False, True]


@pytest.mark.parametrize("locale", i18n.LOCALES)
def test_as_json_every_figure_is_exact_text(session: Session, made: Example, locale: str) -> None:
    i18n.use_locale(locale)
    try:
        found = figures.as_json(service.load(session, made.rfq.public_id, made.buyer))
    finally:
        i18n.use_locale(i18n.ENGLISH)
    first = found["lots"][0]["offers"][0]
    assert first["total"] == "1534880"
    assert first["unit_cost"] == "7.97754678"
    assert first["status"] == "compared"
    second = found["lots"][2]["offers"]
    assert second[1]["status"] == "not_quoted"
    assert second[1]["unit_cost"] is None
    assert second[2]["reason"] == "no_unit_factor"
    assert found["lots"][0]["lowest"] == [made.quotes["d"].public_id]
