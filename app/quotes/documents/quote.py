"""What a vendor submitted as a PDF, with the hash that shows that it never changed."""

from collections.abc import Sequence

from app.quotes.comparison import say
from app.quotes.comparison import terms as compared
from app.quotes.comparison.basis import requirements_of
from app.quotes.content.asked import RfqTerms
from app.quotes.documents.comparison import stamp
from app.quotes.documents.paper import Cell, Column, Document, Section
from app.quotes.models.quote import Quote, QuoteLine
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.state import QuoteState
from app.quotes.words import word
from app.web.i18n import gettext as _
from app.web.i18n import local


def document(rfq: Rfq, quote: Quote) -> Document:
    """Return a quote as a document; only what its own vendor said, and the lots that it won."""
    organisation = quote.invitation.organisation
    lots = {lot.id: lot for lot in rfq.lots}
    lines = sorted((line for line in quote.lines), key=lambda line: lots[line.lot_id].number)
    facts = [
        (_("Request"), f"{rfq.number}  {rfq.title}"),
        (_("Vendor"), local({"zh": organisation.name_zh, "en": organisation.name_en})),
        (_("State"), word(QuoteState(quote.state))),
        (_("Revision"), str(quote.revision)),
        (_("Submitted"), stamp(quote.submitted_at)),
        (_("Valid until"), stamp(quote.valid_until)),
        (_("Currency"), quote.currency),
        (_("Tax"), say.tax(quote)),
    ]
    if quote.reference:
        facts.append((_("Reference of the vendor"), quote.reference))
    if quote.payment:
        facts.append((_("Payment"), quote.payment))
    return Document(
        title=_("Quote"),
        subtitle=quote.public_id,
        footer=f"SHA-256 {quote.content_hash or '–'}",
        facts=facts,
        sections=[
            *(_lot(rfq, lots[line.lot_id], quote, line) for line in lines),
            *_texts(quote),
        ],
    )


def _lot(rfq: Rfq, lot: Lot, quote: Quote, line: QuoteLine) -> Section:
    general = RfqTerms.model_validate(rfq.terms)
    asked = compared.Asked(rfq, lot, general, requirements_of(lot))
    rows: list[Sequence[Cell]] = [
        _row(_("Price basis"), say.price(quote, line, lot) if line.tiers else _("not quoted")),
        _row(_("Fixed fees"), say.fees(quote, line)),
        _row(_("Minimum order"), say.minimum_order(quote, line, lot)),
    ]
    if line.acceptance_rate is not None:
        rows.append(_row(_("Acceptance, stated"), say.percent(line.acceptance_rate)))
    for term in compared.rows(asked, [(quote, line)]):
        cell = term.cells[0]
        rows.append([Cell(term.title, term.asked), Cell(cell.text or "–" if cell else "–")])
    won = lot.award is not None and lot.award.quote_line_id == line.id
    return Section(
        _("Lot %(number)s", number=lot.number) + _(": ") + lot.title,
        note=_("Awarded") if won else "",
        columns=[Column(_("Term, and what was asked")), Column(_("Quote"), 2)],
        rows=rows,
    )


def _row(title: str, text: str) -> list[Cell]:
    return [Cell(title), Cell(text)]


def _texts(quote: Quote) -> list[Section]:
    pairs = ((_("Exceptions to the terms"), quote.exceptions), (_("Comment"), quote.note))
    return [Section(title, paragraphs=text.splitlines()) for title, text in pairs if text]
