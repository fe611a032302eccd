"""CSV as it comes: any usual delimiter, quotes, line ends; row numbers as a spreadsheet shows."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from app.catalog.exchange.items import ImportRefused
from app.catalog.importers.grid import MAX_CELL, MAX_COLUMNS, GridRow, Rows

# Likeliest first.
DELIMITERS = (",", "\t", ";", "|", "，", "；", "、")
SAMPLE_LINES = 50
MAX_LINE = 1_000_000


def read_rows(text: io.TextIOWrapper, delimiter: str) -> Rows:
    """
    Yield the rows of a CSV text.

    Raises
    ------
    ImportRefused
        While iterating, if a line or a cell is larger than any list has, or quotes never end.
    """
    # One limit for the process; every reader of ours wants the same.
    csv.field_size_limit(MAX_LINE)
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    number = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ImportRefused(
                "Row %(row)s cannot be read as CSV: %(why)s. Save the list again from your "
                "spreadsheet as CSV in UTF-8, or as XLSX.",
                row=number + 1,
                why=str(error),
            ) from None
        except UnicodeError:
            raise ImportRefused("The text of this file is damaged.") from None
        number += 1
        check_row(number, cells)
        yield GridRow(number, list(cells))


def check_row(number: int, cells: list[str]) -> None:
    """Refuse a row that is wider or longer than any list is."""
    if len(cells) > MAX_COLUMNS or any(len(cell) > MAX_LINE for cell in cells):
        raise ImportRefused(
            "Row %(row)s has more than %(columns)s columns or a cell of more than %(length)s "
            "characters, so this is not a list of datasets.",
            row=number,
            columns=MAX_COLUMNS,
            length=MAX_CELL,
        )


def find_delimiter(text: io.TextIOWrapper) -> str:
    """Return what separates the cells, judged by how evenly it cuts the first lines."""
    sample = "".join(islice(_lines(text), SAMPLE_LINES))
    return max(DELIMITERS, key=lambda candidate: _evenness(sample, candidate))


def _evenness(sample: str, delimiter: str) -> tuple[int, int]:
    """Return how many lines share the commonest number of columns above one, and that number."""
    try:
        widths = Counter(
            len(cells)
            for cells in csv.reader(io.StringIO(sample), delimiter=delimiter)
            if len(cells) > 1
        )
    except csv.Error:
        return 0, 0
    if not widths:
        return 0, 0
    width, lines = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
    return lines, width


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    # A file without line ends must not come into memory as one line.
    while line := text.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise ImportRefused(
                "A line has more than %(length)s characters, so this is not a list of datasets.",
                length=MAX_LINE,
            )
        yield line
