"""What the API says of quotes."""

from datetime import datetime

from pydantic import BaseModel

from app.quotes import quote_body
from app.quotes.api.answers.numbers import text_of
from app.quotes.content.answered import LineTerms
from app.quotes.models.quote import Quote, QuoteLine
from app.quotes.state import QuoteState


class LineOut(BaseModel):
    """What a vendor asks for one lot."""

    id: str
    lot: str
    lot_number: int
    tiers: list[dict[str, str]]
    price_basis: str
    price_unit: str | None
    setup_fee: str | None
    management_fee: str | None
    pilot_fee: str | None
    moq: str | None
    minimum_order: str | None
    acceptance_rate: str | None
    lead_days: int | None
    terms: LineTerms


class QuoteOut(BaseModel):
    """A vendor's answer; `state` says `expired` once a submitted quote is past its validity."""

    id: str
    rfq: str
    vendor: str
    vendor_name_zh: str
    vendor_name_en: str
    revision: int
    state: str
    version: int
    currency: str
    valid_until: datetime | None
    tax_rate: str | None
    tax_included: bool | None
    invoice_type: str | None
    reference: str | None
    payment: str | None
    exceptions: str | None
    note: str | None
    lines: list[LineOut]
    content_hash: str | None
    amendment: int | None
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    withdrawn_at: datetime | None


class QuoteList(BaseModel):
    """The quotes that one may read; while they are sealed the team sees their number alone."""

    items: list[QuoteOut]
    total: int
    is_sealed: bool


def line_out(line: QuoteLine) -> LineOut:
    """Return a quote line."""
    body = quote_body.line_body(line)
    return LineOut(
        id=line.public_id,
        lot=line.lot.public_id,
        lot_number=line.lot.number,
        tiers=[
            {
                "from": text_of(tier["from"]) or "0",
                "unit_price": text_of(tier["unit_price"]) or "0",
                "kind": tier["kind"],
            }
            for tier in body["tiers"]
        ],
        price_basis=line.price_basis,
        price_unit=line.price_unit,
        setup_fee=text_of(line.setup_fee),
        management_fee=text_of(line.management_fee),
        pilot_fee=text_of(line.pilot_fee),
        moq=text_of(line.moq),
        minimum_order=text_of(line.minimum_order),
        acceptance_rate=text_of(line.acceptance_rate),
        lead_days=line.lead_days,
        terms=LineTerms.model_validate(line.terms),
    )


def quote_out(quote: Quote) -> QuoteOut:
    """Return a quote that its reader may read."""
    organisation = quote.invitation.organisation
    return QuoteOut(
        id=quote.public_id,
        rfq=quote.rfq.public_id,
        vendor=organisation.slug,
        vendor_name_zh=organisation.name_zh,
        vendor_name_en=organisation.name_en,
        revision=quote.revision,
        state="expired" if quote.is_expired else QuoteState(quote.state),
        version=quote.version,
        currency=quote.currency,
        valid_until=quote.valid_until,
        tax_rate=text_of(quote.tax_rate),
        tax_included=quote.tax_included,
        invoice_type=quote.invoice_type,
        reference=quote.reference,
        payment=quote.payment,
        exceptions=quote.exceptions,
        note=quote.note,
        lines=[line_out(line) for line in sorted(quote.lines, key=lambda one: one.lot.number)],
        content_hash=quote.content_hash,
        amendment=quote.amendment,
        created_at=quote.created_at,
        updated_at=quote.updated_at,
        submitted_at=quote.submitted_at,
        withdrawn_at=quote.withdrawn_at,
    )
