"""All that a comparison says: each lot of a request, each quote that stands, on one basis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.quotes.comparison import basis, scores, terms
from app.quotes.comparison.basis import AcceptanceRule
from app.quotes.content.asked import LotRequirements, RfqTerms
from app.quotes.models.quote import Quote, QuoteLine
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.pricing.exchange import RateSet
from app.quotes.pricing.offers import (
    Costed,
    Costing,
    Demand,
    NotComparable,
    NotQuoted,
    Reason,
    TaxBasis,
    cost,
)
from app.quotes.pricing.ranking import Ranking, Step, deciding_step, rank, saving
from app.quotes.pricing.scoring import Score

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Options:
    """What the reader chose: other volumes, weights, the acceptance rule, the tax basis."""

    volumes: Mapping[int, Decimal]
    weights: Mapping[str, Decimal] | None = None
    acceptance: AcceptanceRule = AcceptanceRule.QUOTED
    tax: TaxBasis = TaxBasis.INCLUDED
    has_names: bool = True


NO_OPTIONS = Options({})


@dataclass(frozen=True, slots=True)
class Vendor:
    """One column: a vendor whose quote stands."""

    letter: str
    name: dict[str, str]
    quote: Quote


@dataclass(frozen=True, slots=True)
class Offered:
    """One vendor's answer to one lot, as a column of its table."""

    vendor: Vendor
    line: QuoteLine | None
    costing: Costing
    above_lowest: Fraction | None
    is_lowest: bool
    score: Score | None
    is_highest: bool
    is_awarded: bool


@dataclass(frozen=True, slots=True)
class LotComparison:
    """One lot: its offers, the lowest and why it is, and the terms beside what was asked."""

    lot: Lot
    asked: LotRequirements
    demand: Demand
    is_what_if: bool
    offers: Sequence[Offered]
    rows: Sequence[terms.Row]
    ranking: Ranking[int]
    deciding: Step | None
    saving: Fraction | None
    runner_up: Vendor | None

    @property
    def notable(self) -> int:
        """How many terms differ from what was asked, or fall short of it."""
        return sum(bool(cell and cell.is_notable) for row in self.rows for cell in row.cells)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A request's quotes side by side."""

    rfq: Rfq
    vendors: Sequence[Vendor]
    lots: Sequence[LotComparison]
    rates: RateSet
    is_frozen: bool
    weights: Mapping[str, Decimal]
    options: Options

    @property
    def currency(self) -> str:
        """The currency in which everything is compared."""
        return self.rates.base

    @property
    def notable(self) -> int:
        """How many terms differ or fall short, over all lots."""
        return sum(lot.notable for lot in self.lots)

    @property
    def quoted_lines(self) -> int:
        """How many lines were quoted, of all that could have been."""
        return sum(offer.line is not None for lot in self.lots for offer in lot.offers)


def build(
    rfq: Rfq, quotes: Sequence[Quote], rates: RateSet, options: Options, *, is_frozen: bool
) -> Comparison:
    """Compare the quotes that stand; pure but for reading what is loaded."""
    vendors = [_vendor(number, quote) for number, quote in enumerate(quotes)]
    weights = options.weights or scores.weights_of(rfq.criteria)
    general = RfqTerms.model_validate(rfq.terms)
    lots = [_lot(rfq, lot, general, vendors, rates, options, weights) for lot in rfq.lots]
    return Comparison(rfq, vendors, lots, rates, is_frozen, weights, options)


def _vendor(number: int, quote: Quote) -> Vendor:
    letter = LETTERS[number] if number < len(LETTERS) else str(number + 1)
    organisation = quote.invitation.organisation
    return Vendor(letter, {"zh": organisation.name_zh, "en": organisation.name_en}, quote)


def _lot(  # noqa: PLR0917  the parts of one request
    rfq: Rfq,
    lot: Lot,
    general: RfqTerms,
    vendors: Sequence[Vendor],
    rates: RateSet,
    options: Options,
    weights: Mapping[str, Decimal],
) -> LotComparison:
    requirements = basis.requirements_of(lot)
    volume = options.volumes.get(lot.number)
    demand = basis.demand_of(lot, requirements, volume)
    lines = [_line(vendor.quote, lot) for vendor in vendors]
    costings = [
        _cost(vendor.quote, line, lot, demand, rates, options, requirements)
        for vendor, line in zip(vendors, lines, strict=True)
    ]
    ranking = rank(dict(enumerate(costings)))
    asked = terms.Asked(rfq, lot, general, requirements)
    answers = [
        (vendor.quote, line) if line else None for vendor, line in zip(vendors, lines, strict=True)
    ]
    rows = terms.rows(asked, answers)
    scored = scores.score_lot(asked, answers, costings, rows, weights)
    highest = max((one.total for one in scored if one), default=None)
    won = lot.award.quote_line_id if lot.award else None
    offers = [
        Offered(
            vendor=vendor,
            line=line,
            costing=costings[n],
            above_lowest=ranking.above_lowest.get(n),
            is_lowest=n in ranking.lowest,
            score=scored[n],
            is_highest=scored[n] is not None and scored[n].total == highest,  # type: ignore[union-attr]  # just asked
            is_awarded=line is not None and line.id == won,
        )
        for n, (vendor, line) in enumerate(zip(vendors, lines, strict=True))
    ]
    best = [costings[n] for n in ranking.order if n in ranking.lowest]
    others = [costings[n] for n in ranking.order if n not in ranking.lowest]
    return LotComparison(
        lot=lot,
        asked=requirements,
        demand=demand,
        is_what_if=volume is not None and volume != lot.volume,
        offers=offers,
        rows=rows,
        ranking=ranking,
        deciding=deciding_step(best[0], others) if best and others else None,  # type: ignore[arg-type]  # ranked are costed
        saving=saving(best[0], others[0]) if best and others else None,  # type: ignore[arg-type]  # likewise
        runner_up=vendors[ranking.runner_up] if ranking.runner_up is not None else None,
    )


def _line(quote: Quote, lot: Lot) -> QuoteLine | None:
    return next((line for line in quote.lines if line.lot_id == lot.id and line.tiers), None)


def _cost(  # noqa: PLR0917  the parts of one offer
    quote: Quote,
    line: QuoteLine | None,
    lot: Lot,
    demand: Demand,
    rates: RateSet,
    options: Options,
    asked: LotRequirements,
) -> Costing:
    if line is None:
        return NotQuoted()
    found = cost(
        basis.offer_of(quote, line, lot),
        demand,
        rates,
        tax_basis=options.tax,
        acceptance=basis.acceptance_of(options.acceptance, asked),
    )
    # An award of what has expired is refused, so it must not look like the one to take.
    if quote.is_expired and isinstance(found, Costed):
        return NotComparable(Reason.EXPIRED, found.total)
    return found
