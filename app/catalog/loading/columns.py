"""Which columns a record fills, and the plain JSON form in which old and new are compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.catalog.estimating.derivation import decimal_text
from app.catalog.loading.records import DatasetRecord
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.quantities import Quantity
from app.catalog.models.statements import Statement

# Columns of `dataset` that have the same name in a record. References to other rows (parent,
# provider, category, source) are written by slug or code in the plain form.
DATASET_COLUMNS = (
    "position",
    "name_zh",
    "name_en",
    "aliases",
    "description_zh",
    "description_en",
    "modality",
    "modality_basis",
    "languages",
    "languages_note_zh",
    "languages_note_en",
    "licence_class",
    "licence_spdx",
    "licence_stated_zh",
    "licence_stated_en",
    "access_zh",
    "access_en",
    "homepage",
    "paper",
    "released",
    "source_line",
    "source_line_no",
    "source_heading",
    "source_heading_no",
    "other_source_lines",
    "anomalies",
    "notes",
    "checks",
    "figures",
    "figure_fields",
    "has_tokens",
    "visibility",
    "extra",
)

JSON_COLUMNS = frozenset(
    {
        "other_source_lines",
        "anomalies",
        "notes",
        "checks",
        "figures",
        "figure_fields",
        "extra",
        "rule",
    }
)

DATASET_REFERENCES = ("provider", "category", "source")


@dataclass(frozen=True, slots=True)
class ChildKind:
    """A kind of rows that belong to a dataset; `attribute` names them in a record."""

    attribute: str
    model: type[Quantity | TokenEstimate | LicenceClaim | Statement]
    columns: tuple[str, ...]


QUANTITIES = ChildKind(
    "quantities",
    Quantity,
    (
        "value",
        "unit",
        "printed",
        "assumed_unit",
        "unit_printed",
        "qualifier_zh",
        "qualifier_en",
        "is_whole",
        "content",
    ),
)

ESTIMATES = ChildKind(
    "estimates",
    TokenEstimate,
    (
        "method",
        "mid",
        "low",
        "high",
        "bound",
        "tokenizer",
        "tokenizer_printed",
        "scope_zh",
        "scope_en",
        "printed",
        "is_whole",
        "is_disputed",
        "has_repeats",
        "rule",
    ),
)

LICENCE_CLAIMS = ChildKind(
    "licence_claims",
    LicenceClaim,
    (
        "scope",
        "licence_class",
        "spdx",
        "stated_zh",
        "stated_en",
        "note_zh",
        "note_en",
        "evidence_url",
    ),
)

STATEMENTS = ChildKind(
    "statements",
    Statement,
    ("text", "line_no", "verdict", "comment_zh", "comment_en", "is_contradicted"),
)

CHILDREN = (QUANTITIES, ESTIMATES, LICENCE_CLAIMS, STATEMENTS)


def plain(value: object) -> object:
    """Return a value as JSON has it, so that old and new compare equal when they are."""
    if isinstance(value, Decimal):
        return decimal_text(Fraction(value))
    if isinstance(value, tuple):
        return list(value)
    return value


def fields_of(record: DatasetRecord) -> dict[str, Any]:
    """Return a record's own fields in plain form, references by slug or code."""
    names = (*DATASET_COLUMNS, *DATASET_REFERENCES)
    return {name: plain(getattr(record, name)) for name in names}


def children_of(kind: ChildKind, record: DatasetRecord) -> dict[str, dict[str, Any]]:
    """Return a record's children of one kind in plain form, by key."""
    return {
        child.key: {name: plain(getattr(child, name)) for name in kind.columns}
        | {"source": child.source}
        for child in getattr(record, kind.attribute)
        if child.key is not None
    }


def overlaps_of(record: DatasetRecord) -> dict[str, dict[str, Any]]:
    """Return a record's overlaps in plain form, by key."""
    return {
        overlap.key: {
            "other": overlap.other,
            "relation": overlap.relation,
            "note_zh": overlap.note_zh,
            "note_en": overlap.note_en,
        }
        for overlap in record.overlaps
    }


def seeded_form(record: DatasetRecord) -> dict[str, Any]:
    """Return what the seed writes, to tell later what people changed."""
    form: dict[str, Any] = {"fields": fields_of(record), "overlaps": overlaps_of(record)}
    for kind in CHILDREN:
        form[kind.attribute] = children_of(kind, record)
    return form


def row_fields(columns: Sequence[str], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a row that is in the database in plain form."""
    return {name: plain(row[name]) for name in columns}
