"""What a quote says: read from its rows, put into them, hashed, and whether it is complete."""

import hashlib
import json
from typing import Any

from sqlalchemy.orm import Session

from app.errors import InvalidInput
from app.quotes.content.answered import LineIn, QuoteIn
from app.quotes.content.values import to_json
from app.quotes.models.quote import Quote, QuoteLine, QuoteTier
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.requests import check_currency

PLAIN = (
    "currency",
    "valid_until",
    "tax_rate",
    "tax_included",
    "invoice_type",
    "reference",
    "payment",
    "exceptions",
    "note",
)
LINE = (
    "price_basis",
    "price_unit",
    "setup_fee",
    "management_fee",
    "pilot_fee",
    "moq",
    "minimum_order",
    "acceptance_rate",
    "lead_days",
)


def body_of(quote: Quote) -> QuoteIn:
    """Return a quote's content as it would be sent."""
    return QuoteIn.model_validate(
        {
            **{name: getattr(quote, name) for name in PLAIN},
            "lines": [line_body(line) for line in sorted(quote.lines, key=lambda x: x.lot.number)],
        }
    )


def line_body(line: QuoteLine) -> dict[str, Any]:
    """Return a line as it would be sent."""
    return {
        "lot": line.lot.public_id,
        **{name: getattr(line, name) for name in LINE},
        "terms": line.terms,
        "tiers": [
            {"from": tier.from_quantity, "unit_price": tier.unit_price, "kind": line.tier_kind}
            for tier in line.tiers
        ],
    }


def content_hash(quote: Quote) -> str:
    """Return the SHA-256 of what a quote says, as canonical JSON."""
    text = json.dumps(
        body_of(quote).model_dump(mode="json", by_alias=True),
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def put_lines(session: Session, quote: Quote, rfq: Rfq, wanted: list[LineIn]) -> None:
    """Put lines into a draft, in the place of those it had."""
    lots: dict[str, Lot] = {}
    for lot in rfq.lots:
        lots[lot.public_id] = lots[str(lot.number)] = lot
    chosen: dict[int, LineIn] = {}
    for one in wanted:
        found = lots.get(one.lot)
        if found is None:
            raise InvalidInput(
                "The request has no lot %(lot)s. Name its id or its number.",
                field="lines",
                lot=one.lot,
            )
        if found.id in chosen:
            raise InvalidInput(
                "Lot %(lot)s is quoted twice. A quote has one line for each lot.",
                field="lines",
                lot=found.number,
            )
        chosen[found.id] = one
    quote.lines = []
    session.flush()
    for lot_id, one in chosen.items():
        quote.lines.append(
            QuoteLine(
                rfq_id=rfq.id,
                lot_id=lot_id,
                tier_kind=one.tiers[0].kind if one.tiers else "marginal",
                terms=to_json(one.terms),
                tiers=[
                    QuoteTier(from_quantity=tier.from_, unit_price=tier.unit_price)
                    for tier in one.tiers
                ],
                **{name: getattr(one, name) for name in LINE},
            )
        )


def check(body: QuoteIn) -> None:
    """Refuse a currency that does not exist; InvalidInput."""
    if body.currency is not None:
        check_currency(body.currency)


def require_complete(quote: Quote) -> None:
    """Refuse a quote that lacks what a submitted one says; InvalidInput."""
    priced = [line for line in quote.lines if line.tiers]
    if not priced:
        raise InvalidInput("Quote a price for at least one lot first.", field="lines")
    for line in quote.lines:
        if not line.tiers:
            raise InvalidInput(
                "Lot %(lot)s has no price. Write one, or leave the lot out of the quote.",
                field="lines",
                lot=line.lot.number,
            )
        if line.tiers[0].from_quantity > 1:
            raise InvalidInput(
                "The first price of lot %(lot)s counts from the first unit on: from 1. Use the "
                "minimum order for less than you take on.",
                field="lines",
                lot=line.lot.number,
            )
    if quote.tax_included is None:
        raise InvalidInput("Say whether the prices include tax.", field="tax_included")
    if quote.tax_rate is None and not quote.tax_included:
        raise InvalidInput(
            "Say which tax comes on top of the prices: 0.06 means 6 percent.",
            field="tax_rate",
        )
