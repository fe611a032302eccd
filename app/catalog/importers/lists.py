"""Vendors' lists: rows of cells, in whatever order and language, become datasets with findings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from app.catalog.exchange.items import Context, Entry, Finding, ImportRefused, Reading, Severity
from app.catalog.importers.grid import GridRow, Rows
from app.catalog.importers.heads import HEAD_ROWS, Head, find_head, head_again
from app.catalog.importers.list_rows import RowReader
from app.catalog.importers.problems import finding


def read_list(
    rows: Rows, context: Context, *, format_code: str, findings: Iterable[Finding] = ()
) -> Reading:
    """
    Read a list whose head is found among its first rows.

    Raises
    ------
    ImportRefused
        If there is no head; while iterating, if there are more rows than one import takes.
    """
    first = list(islice(rows, HEAD_ROWS))
    if all(row.is_blank for row in first):
        raise ImportRefused("The list is empty.")
    head = find_head(first)
    body = chain((row for row in first if row.number > head.row), rows)
    return Reading(format_code, (*findings, *head.findings), _entries(body, head, context))


def _entries(rows: Iterator[GridRow], head: Head, context: Context) -> Iterator[Entry]:
    reader = RowReader(head, context)
    seen = Seen()
    count = 0
    for row in rows:
        if row.is_blank:
            continue
        count += 1
        if count > context.max_rows:
            raise too_many_rows(context.max_rows)
        if (again := head_again(row)) is not None:
            yield _head_entry(row, again, is_new=not again.means_the_same(head))
            head = again
            reader = RowReader(head, context)
            continue
        yield seen.check(reader.read(row, seen.names))


def _head_entry(row: GridRow, head: Head, *, is_new: bool) -> Entry:
    """Return what is said of a head in the middle of a list."""
    code = "head_new" if is_new else "head_repeated"
    more = head.findings if is_new else ()
    return Entry(row.number, None, (finding(code, row=row.number), *more))


def too_many_rows(limit: int) -> ImportRefused:
    """Return the refusal of a list that is longer than one import takes."""
    return ImportRefused(
        "The list has more than %(limit)s rows, the most for one import. Split it into several "
        "files.",
        limit=limit,
    )


@dataclass(slots=True)
class Seen:
    """What came before in a file: the row of each dataset, and its slug by its names."""

    rows: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def check(self, entry: Entry) -> Entry:
        """Return the entry, refused if its dataset came before."""
        if entry.item is None:
            return entry
        record = entry.item.record
        if (other := self.rows.get(record.slug)) is not None:
            duplicate = finding("duplicate", row=entry.row, other=other)
            return Entry(entry.row, None, (*entry.findings, duplicate), record.name_zh)
        self.rows[record.slug] = entry.row
        for name in (record.name_zh, record.name_en):
            self.names.setdefault(name, record.slug)
        return entry


def has_error(findings: Iterable[Finding]) -> bool:
    """Whether a finding keeps its row out."""
    return any(found.severity is Severity.ERROR for found in findings)
