"""The comparison of a request as a PDF: what the page shows, on paper."""

from collections.abc import Callable
from datetime import datetime

from app.quotes.comparison import say, words
from app.quotes.comparison.build import Comparison, LotComparison, Offered
from app.quotes.documents.paper import Cell, Column, Document, Section
from app.quotes.models.quote import Quote, QuoteLine
from app.quotes.pricing.offers import Costed, NotQuoted
from app.quotes.words import word
from app.web.dates import zone, zone_name
from app.web.i18n import gettext as _


def stamp(moment: datetime | None) -> str:
    """Return a moment with its zone, for paper."""
    return f"{moment.astimezone(zone()):%Y-%m-%d %H:%M} {zone_name()}" if moment else "–"


def document(found: Comparison, *, now: datetime) -> Document:
    """Return the comparison as a document."""
    rfq = found.rfq
    rates = ", ".join(
        f"{say.plain(rate.per_unit)} {found.currency}/{rate.currency} ({rate.on}, {rate.source})"
        for rate in found.rates.rates.values()
    )
    return Document(
        title=_("Quotes compared"),
        subtitle=f"{rfq.number}  {rfq.title}",
        footer=_("%(number)s, printed %(moment)s", number=rfq.number, moment=stamp(now)),
        facts=[
            (_("State"), word(rfq.effective_state)),
            (_("Deadline"), stamp(rfq.deadline)),
            (_("Currency"), found.currency),
            (_("Rates"), rates or _("none needed")),
            (_("Tax"), _(words.TAX_BASES[found.options.tax])),
            (_("Acceptance rule"), _(words.ACCEPTANCE_RULES[found.options.acceptance])),
        ],
        sections=[_summary(found), *(_lot(found, lot) for lot in found.lots)],
        is_wide=True,
    )


def _name(found: Comparison, offer: Offered) -> str:
    return words.vendor_name(offer.vendor, has_names=found.options.has_names)


def _cost(found: Comparison, offer: Offered) -> Cell:
    if isinstance(offer.costing, NotQuoted):
        return Cell(_("not quoted"))
    if not isinstance(offer.costing, Costed):
        return Cell(_("not comparable"), words.reason(offer.costing.reason), "warn")
    shown = say.unit_cost(offer.costing.unit_cost, found.currency)
    if offer.is_lowest:
        return Cell(shown, _("lowest"), "good")
    above = float(offer.above_lowest or 0) * 100
    return Cell(shown, f"+{above:.1f}%")


def _summary(found: Comparison) -> Section:
    vendors = [words.vendor_name(v, has_names=found.options.has_names) for v in found.vendors]
    return Section(
        _("Cost per accepted unit"),
        note=_("one currency, one unit, one tax basis"),
        columns=[
            Column(_("Lot"), 2),
            *(Column(name, is_right=True) for name in vendors),
            Column(_("Award")),
        ],
        rows=[
            [
                Cell(f"{lot.lot.number} {lot.lot.title}", words.volume(lot)),
                *(_cost(found, offer) for offer in lot.offers),
                Cell(_award(found, lot)),
            ]
            for lot in found.lots
        ],
    )


def _award(found: Comparison, lot: LotComparison) -> str:
    if lot.lot.award is None:
        return _("not decided")
    winner = next((offer for offer in lot.offers if offer.is_awarded), None)
    return _name(found, winner) if winner else _("unawarded")


def _lot(found: Comparison, lot: LotComparison) -> Section:
    width = len(lot.offers) + 1
    lines: list[list[Cell]] = [
        [Cell(_("Price, on one basis"), tone="head", span=width)],
        [
            Cell(
                _("Cost per accepted %(unit)s", unit=words.accepted_unit(lot)), words.formula(lot)
            ),
            *(_cost(found, offer) for offer in lot.offers),
        ],
        [Cell(_("Total amount")), *(Cell(_total(found, offer)) for offer in lot.offers)],
        [Cell(_("Price, as quoted"), tone="head", span=width)],
        *_as_quoted(lot),
    ]
    if lot.rows:
        lines.append([Cell(_("Terms"), tone="head", span=width)])
    for row in lot.rows:
        cells = []
        for cell in row.cells:
            verdict = words.verdict(cell.verdict) if cell else None
            cells.append(
                Cell(
                    cell.text or "–",
                    verdict[0] if verdict else "",
                    "warn" if cell.is_notable else "",
                )
                if cell
                else Cell(_("not quoted"))
            )
        lines.append([Cell(row.title, row.asked), *cells])
    lines.append(
        [
            Cell(_("Score")),
            *(
                Cell(f"{float(offer.score.total):.1f}" if offer.score else "–")
                for offer in lot.offers
            ),
        ]
    )
    return Section(
        _("Lot %(number)s", number=lot.lot.number) + _(": ") + lot.lot.title,
        note=f"{words.volume(lot)}. {words.why_lowest(found, lot)}",
        columns=[
            Column(_("Term, and what was asked"), 2),
            *(Column(_name(found, offer), is_right=True) for offer in lot.offers),
        ],
        rows=lines,
    )


def _total(found: Comparison, offer: Offered) -> str:
    if isinstance(offer.costing, Costed):
        return f"{found.currency} {words.total(found, offer.costing)}"
    if isinstance(offer.costing, NotQuoted) or offer.costing.total is None:
        return "–"
    return say.amount(offer.costing.total)


def _as_quoted(lot: LotComparison) -> list[list[Cell]]:
    def row(title: str, text_of: Callable[[Quote, QuoteLine], str]) -> list[Cell]:
        texts = [
            text_of(offer.vendor.quote, offer.line) if offer.line else _("not quoted")
            for offer in lot.offers
        ]
        return [Cell(title), *(Cell(text) for text in texts)]

    return [
        row(_("Price basis"), lambda quote, line: say.price(quote, line, lot.lot)),
        row(_("Fixed fees"), say.fees),
        row(_("Tax"), lambda quote, _line: say.tax(quote)),
        row(_("Minimum order"), lambda quote, line: say.minimum_order(quote, line, lot.lot)),
        row(
            _("Acceptance, stated"),
            lambda _quote, line: say.percent(line.acceptance_rate) if line.acceptance_rate else "–",
        ),
    ]
