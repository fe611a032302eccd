"""A comparison as JSON: every exact figure as a string decimal, with how it came about."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.quotes.comparison.build import Comparison, LotComparison, Offered
from app.quotes.pricing.money import EXACT, round_half_up
from app.quotes.pricing.offers import Costed, NotComparable
from app.quotes.pricing.terms import Verdict

UNIT_COST_PLACES = 8
Json = dict[str, Any]


def as_json(found: Comparison) -> Json:
    """Return a comparison for the API."""
    return {
        "rfq": found.rfq.public_id,
        "number": found.rfq.number,
        "state": str(found.rfq.effective_state),
        "currency": found.currency,
        "tax": str(found.options.tax),
        "acceptance": str(found.options.acceptance),
        "rates": {
            "base": found.rates.base,
            "is_frozen": found.is_frozen,
            "rates": [
                {
                    "currency": rate.currency,
                    "rate": text(rate.per_unit),
                    "date": rate.on.isoformat(),
                    "source": rate.source,
                }
                for rate in found.rates.rates.values()
            ],
        },
        "weights": {code: text(weight) for code, weight in found.weights.items()},
        "lots": [_lot(found, lot) for lot in found.lots],
    }


def text(value: Decimal | Fraction) -> str:
    """Return a decimal without an exponent; a fraction rounded half up to eight places."""
    exact = (
        round_half_up(value, UNIT_COST_PLACES) if isinstance(value, Fraction) else EXACT.plus(value)
    )
    shown = f"{exact:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _lot(found: Comparison, one: LotComparison) -> Json:
    return {
        "lot": one.lot.public_id,
        "number": one.lot.number,
        "title": one.lot.title,
        "unit": one.lot.unit,
        "volume": text(one.demand.volume),
        "labels_per_item": one.lot.labels_per_item,
        "is_what_if": one.is_what_if,
        "lowest": [offer.vendor.quote.public_id for offer in one.offers if offer.is_lowest],
        "decided_by": str(one.deciding) if one.deciding else None,
        "saving": text(one.saving) if one.saving is not None else None,
        "award": one.lot.award.outcome if one.lot.award else None,
        "offers": [_offer(found, n, one, offer) for n, offer in enumerate(one.offers)],
    }


def _offer(found: Comparison, position: int, lot: LotComparison, offer: Offered) -> Json:
    quote, costing = offer.vendor.quote, offer.costing
    values: Json = {
        "quote": quote.public_id,
        "revision": quote.revision,
        "vendor": quote.invitation.organisation.slug,
        "quoted_currency": quote.currency,
        "status": "not_quoted",
        "reason": None,
        "total": None,
        "unit_cost": None,
        "currency": found.currency,
        "is_lowest": offer.is_lowest,
        "is_awarded": offer.is_awarded,
        "above_lowest": text(offer.above_lowest) if offer.above_lowest is not None else None,
        "score": text(offer.score.total) if offer.score else None,
        "terms": {
            row.code: {"asked": row.asked, "offered": cell.text, "verdict": str(cell.verdict)}
            for row in lot.rows
            if (cell := row.cells[position]) is not None and cell.verdict is not Verdict.NOT_ASKED
        },
    }
    if isinstance(costing, NotComparable):
        values |= {"status": "not_comparable", "reason": str(costing.reason)}
        if costing.total is not None:
            values["total_quoted"] = text(costing.total.amount)
    if isinstance(costing, Costed):
        values |= {
            "status": "compared",
            "total": text(costing.total_base.amount),
            "unit_cost": text(costing.unit_cost),
            "total_quoted": text(costing.total.amount),
            "net_quoted": text(costing.net.amount),
            "tax_quoted": text(costing.tax.amount),
            "rate": text(costing.rate),
            "billed_quantity": text(costing.billed),
            "accepted_units": text(costing.accepted_units),
        }
    return values
