"""Which sheet of a workbook is read: the one that was named, or the first that is a list."""

from itertools import islice

from app.catalog.exchange.items import Finding, ImportRefused, Severity
from app.catalog.importers import own_csv
from app.catalog.importers.heads import HEAD_ROWS, columns_understood
from app.catalog.importers.xlsx_rows import Workbook
from app.web.i18n import later

# Sheets behind these are not looked at; nobody keeps a list there.
MOST_SHEETS = 20
_NAMED = 5
# The parameter of a finding that has the name and the number of rows of each sheet.
LISTED = "list"
CHOOSE = later("Import each sheet on its own: read the file again and choose it.")


def choose_sheet(book: Workbook, wanted: str = "") -> tuple[int, tuple[Finding, ...]]:
    """
    Return the number of the sheet to read, and what is said of the others.

    Raises
    ------
    ImportRefused
        If no visible sheet has the name that is wanted.
    """
    names = book.names
    if wanted and wanted not in names:
        raise ImportRefused(
            "The workbook has no sheet “%(name)s”. It has: %(others)s.",
            name=wanted[:100],
            others=", ".join(names[:_NAMED]),
        )
    if len(names) == 1:
        return 0, ()
    # The page offers these to choose from.
    listed = [[name, book.count_rows(sheet)] for sheet, name in enumerate(names[:MOST_SHEETS])]
    if wanted:
        return names.index(wanted), (_others(names, wanted, listed),)
    understood = [_columns(book, sheet) for sheet in range(min(len(names), MOST_SHEETS))]
    # A cover may have a word that is a title; a list has more than one column.
    tables = [sheet for sheet, columns in enumerate(understood) if columns > 1]
    chosen = tables[0] if tables else next((s for s, found in enumerate(understood) if found), 0)
    if others := [names[sheet] for sheet in tables if sheet != chosen]:
        finding = Finding(
            Severity.WARNING,
            "other_lists",
            later("Only the sheet “%(name)s” is read, but there are lists on others: %(others)s."),
            {"name": names[chosen], "others": ", ".join(others[:_NAMED]), LISTED: listed},
            CHOOSE,
        )
    else:
        finding = _others(names, names[chosen], listed)
    return chosen, (finding,)


def _others(names: list[str], chosen: str, listed: list[list[object]]) -> Finding:
    return Finding(
        Severity.INFO,
        "other_sheets",
        later("Only the sheet “%(name)s” is read; the file has %(sheets)s."),
        {"name": chosen, "sheets": len(names), LISTED: listed},
        CHOOSE,
    )


def _columns(book: Workbook, sheet: int) -> int:
    """Return how many columns of a sheet are understood."""
    try:
        rows = list(islice(book.rows(sheet), HEAD_ROWS))
    except ImportRefused:
        return 0
    if rows and own_csv.is_own(rows[0]):
        return len(own_csv.COLUMNS)
    return columns_understood(rows)
