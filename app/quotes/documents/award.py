"""How the lots of a request ended, as a PDF for the file."""

from collections.abc import Sequence
from datetime import datetime

from app.quotes.comparison import say
from app.quotes.documents.comparison import stamp
from app.quotes.documents.paper import Cell, Column, Document, Section
from app.quotes.models.quote import Award
from app.quotes.models.rfq import Rfq
from app.quotes.state import LotOutcome
from app.quotes.words import word
from app.web.i18n import gettext as _
from app.web.i18n import local


def document(rfq: Rfq, awards: Sequence[Award], *, now: datetime) -> Document:
    """Return the decisions about a request, each with who made it, when and why."""
    return Document(
        title=_("Award"),
        subtitle=f"{rfq.number}  {rfq.title}",
        footer=_("%(number)s, printed %(moment)s", number=rfq.number, moment=stamp(now)),
        facts=[(_("State"), word(rfq.effective_state)), (_("Deadline"), stamp(rfq.deadline))],
        sections=[_section(award) for award in awards],
    )


def _section(award: Award) -> Section:
    lot, line = award.lot, award.line
    rows = [[Cell(_("Outcome")), Cell(word(LotOutcome(award.outcome)))]]
    if line is not None:
        quote = line.quote
        organisation = quote.invitation.organisation
        name = local({"zh": organisation.name_zh, "en": organisation.name_en})
        rows += [
            [Cell(_("Vendor")), Cell(name)],
            [Cell(_("Quote")), Cell(quote.public_id, f"SHA-256 {quote.content_hash}")],
            [Cell(_("Price basis")), Cell(say.price(quote, line, lot))],
            [Cell(_("Fixed fees")), Cell(say.fees(quote, line))],
            [Cell(_("Tax")), Cell(say.tax(quote))],
        ]
    rows.append([Cell(_("Decided by")), Cell(award.awarded_by_name, stamp(award.awarded_at))])
    if award.reason:
        rows.append([Cell(_("Reason")), Cell(award.reason)])
    return Section(
        _("Lot %(number)s", number=lot.number) + _(": ") + lot.title,
        columns=[Column(""), Column("", 3)],
        rows=rows,
    )
