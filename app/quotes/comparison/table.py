"""A comparison as one table, a row per lot and vendor: for CSV and XLSX."""

import csv
import io
from decimal import Decimal

from app.catalog.importers.texts import guard
from app.quotes.comparison import say, words
from app.quotes.comparison.build import Comparison, LotComparison, Offered
from app.quotes.comparison.figures import text
from app.quotes.comparison.terms import TERMS, Row
from app.quotes.pricing.money import minor_digits, round_half_up
from app.quotes.pricing.offers import Costed, NotQuoted
from app.quotes.words import unit_name
from app.web.i18n import gettext as _

CSV_TYPE = "text/csv; charset=utf-8"
UNIT_PLACES = 8

Value = str | int | Decimal | None


def heads() -> list[str]:
    """Return the heads of the columns, in the reader's language."""
    return [
        _("Request"),
        _("Lot"),
        _("Title"),
        _("Unit"),
        _("Volume"),
        _("Labels per item"),
        _("Vendor"),
        _("Quote"),
        _("Revision"),
        _("Comparable"),
        _("Cost per accepted unit"),
        _("Currency"),
        _("Above the lowest, %%"),
        _("Lowest"),
        _("Total amount"),
        _("Total as quoted"),
        _("Currency quoted"),
        _("Rate"),
        _("Day of the rate"),
        _("Source of the rate"),
        _("Basis of tax"),
        _("Acceptance rule"),
        _("Price basis"),
        _("Fixed fees"),
        _("Tax"),
        _("Minimum order"),
        _("Acceptance, stated"),
        _("Score"),
        _("Award"),
        *(term.title() for term in TERMS),
    ]


def rows(found: Comparison) -> list[list[Value]]:
    """Return a row for each lot and vendor; numbers are numbers, rounded half up for showing."""
    return [
        _row(found, lot, position, offer)
        for lot in found.lots
        for position, offer in enumerate(lot.offers)
    ]


def _row(found: Comparison, lot: LotComparison, position: int, offer: Offered) -> list[Value]:
    quote, line, costing = offer.vendor.quote, offer.line, offer.costing
    costed = costing if isinstance(costing, Costed) else None
    rate = found.rates.rates.get(quote.currency) if costed else None
    quoted_total = None if isinstance(costing, NotQuoted) else costing.total
    return [
        found.rfq.number,
        lot.lot.number,
        lot.lot.title,
        unit_name(lot.lot.unit),
        lot.demand.volume,
        lot.lot.labels_per_item,
        words.vendor_name(offer.vendor, has_names=found.options.has_names),
        quote.public_id,
        quote.revision,
        _comparable(offer),
        round_half_up(costed.unit_cost, UNIT_PLACES) if costed else None,
        found.currency,
        round_half_up(offer.above_lowest * 100, 2) if offer.above_lowest is not None else None,
        _("yes") if offer.is_lowest else None,
        round_half_up(costed.total_base.amount, minor_digits(found.currency)) if costed else None,
        quoted_total.rounded() if quoted_total else None,
        quote.currency,
        costed.rate if costed else None,
        rate.on.isoformat() if rate else None,
        rate.source if rate else None,
        _(words.TAX_BASES[found.options.tax]) if costed else None,
        _(words.ACCEPTANCE_RULES[found.options.acceptance]) if costed else None,
        say.price(quote, line, lot.lot) if line else None,
        say.fees(quote, line) if line else None,
        say.tax(quote) if line else None,
        say.minimum_order(quote, line, lot.lot) if line else None,
        line.acceptance_rate if line else None,
        round_half_up(offer.score.total, 1) if offer.score else None,
        _("awarded") if offer.is_awarded else None,
        *_terms(lot, position),
    ]


def _comparable(offer: Offered) -> str:
    if isinstance(offer.costing, Costed):
        return _("yes")
    if isinstance(offer.costing, NotQuoted):
        return _("not quoted")
    return words.reason(offer.costing.reason)


def _terms(lot: LotComparison, position: int) -> list[Value]:
    by_code: dict[str, Row] = {row.code: row for row in lot.rows}
    shown: list[Value] = []
    for term in TERMS:
        row = by_code.get(term.code)
        cell = row.cells[position] if row else None
        verdict = words.verdict(cell.verdict) if cell else None
        parts = [cell.text if cell else "", f"({verdict[0]})" if verdict else ""]
        shown.append(" ".join(part for part in parts if part) or None)
    return shown


def as_csv(found: Comparison) -> bytes:
    """Return the table as CSV: a mark that says UTF-8, and no text that computes."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(heads())
    for row in rows(found):
        writer.writerow([_csv_cell(value) for value in row])
    return ("\ufeff" + buffer.getvalue()).encode()


def _csv_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return text(value)
    return guard(value) if isinstance(value, str) else str(value)


def as_xlsx(found: Comparison) -> bytes:
    """Return the table as a workbook; a text is a cell of type text, whatever it begins with."""
    from openpyxl import Workbook  # noqa: PLC0415  18 MB in every process, and few ask for one
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(found.rfq.number)
    sheet.freeze_panes = "A2"
    head = []
    for title in heads():
        cell = WriteOnlyCell(sheet, title)
        cell.font = Font(bold=True)
        head.append(cell)
    sheet.append(head)
    for row in rows(found):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value)  # type: ignore[arg-type]  # it takes a Decimal
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
