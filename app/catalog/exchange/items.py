"""
Datasets on their way between the catalogue and a file, in whatever format the file is.

Every reader returns a `Reading`: an iterator of entries, each with what one row or one document
says and what is wrong with it. Every writer takes the same items. Both are pure: they know no
database, and what a name means in the catalogue is told to them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.catalog.loading.records import DatasetRecord, EstimateRecord
from app.errors import InvalidInput

Json = dict[str, Any]


class ImportRefused(InvalidInput):
    """A file that cannot be read as a whole; says why, and what would help."""

    code = "import_refused"


class Severity(StrEnum):
    """How much a finding matters: an error keeps its row out, a warning does not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    Something that a person should know of a row, a cell or the whole file.

    `message` and `remedy` are English msgids with `params`. `row` counts from 1 as a
    spreadsheet does, `column` is the head of the column or the key; both are None where the
    finding is of the file.
    """

    severity: Severity
    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    remedy: str = ""
    row: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRecord:
    """Who publishes or sells a dataset, as a file tells of them."""

    slug: str
    name_zh: str
    name_en: str
    short_name_zh: str | None = None
    short_name_en: str | None = None
    description_zh: str | None = None
    description_en: str | None = None
    homepage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """Where a figure comes from."""

    code: str
    text: str
    grade: str
    note_zh: str | None = None
    note_en: str | None = None


# What a reading of everything means in `given`.
ALL_FIELDS = frozenset({"*"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    A dataset with all that a file needs to say of it.

    `main` is the estimate that the catalogue shows where it is derived from a quantity; files
    show it, and reading one does not believe it. `given` names the record's fields that the file
    speaks of: those of an existing dataset that it does not name stay as they are.
    """

    record: DatasetRecord
    provider: ProviderRecord
    sources: tuple[SourceRecord, ...] = ()
    main: EstimateRecord | None = None
    given: frozenset[str] = ALL_FIELDS

    @property
    def extra(self) -> Json:
        """What the format says and the catalogue has no field for, by format."""
        return self.record.extra


@dataclass(frozen=True, slots=True)
class Entry:
    """
    What one row or document says: an item unless an error keeps it out.

    `name` is what one that is kept out calls itself, as far as it could be read.
    """

    row: int
    item: Item | None
    findings: tuple[Finding, ...] = ()
    name: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether an error keeps the row out."""
        return self.item is None


@dataclass(frozen=True, slots=True)
class Reading:
    """
    A file that is being read: what it is, what was noticed at once, and its entries.

    Iterating may raise ImportRefused: a file can be damaged in the middle, and then nothing of
    it may be kept.
    """

    format: str
    findings: tuple[Finding, ...]
    entries: Iterator[Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """
    What a reader must be told of the catalogue and of the person's choices.

    `providers` gives the slug by any name or slug in lower case. The defaults stand where a
    file says nothing; a default provider is whoever sent the list. `sheet` names the sheet of a
    workbook to read, "" the first that is a list.
    """

    providers: Mapping[str, str] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()
    tokenizers: frozenset[str] = frozenset()
    default_provider: ProviderRecord | None = None
    default_category: str = "mixed"
    visibility: str = "team"
    max_rows: int = 100_000
    sheet: str = ""
