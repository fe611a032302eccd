"""
What people edit of a dataset, as plain JSON: the one form that forms, API, diffs and history share.

A content holds the dataset's own fields by name, references by slug or code, and for each kind of
row a mapping from the row's key to its fields. The key of a stored row is its id; that of a new
one starts with "n".
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.catalog.loading import columns
from app.catalog.loading.columns import plain
from app.catalog.models.datasets import Dataset, Overlap, Visibility
from app.catalog.models.estimates import TokenEstimate
from app.catalog.models.licences import LicenceClaim
from app.catalog.models.quantities import Quantity

Json = dict[str, Any]
Row = dict[str, Any]
Content = dict[str, Any]

REFERENCES = ("provider", "category")
# Follows from the licence claims; never typed.
LICENCE_SUMMARY = ("licence_class", "licence_spdx", "licence_stated_zh", "licence_stated_en")
COLUMNS = (
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
    "has_tokens",
    "access_zh",
    "access_en",
    "homepage",
    "paper",
    "released",
    "visibility",
    *LICENCE_SUMMARY,
)
FIELDS = (*COLUMNS[:5], *REFERENCES, *COLUMNS[5:])

QUANTITIES, ESTIMATES, LICENCE_CLAIMS = "quantities", "estimates", "licence_claims"
OVERLAPS = "overlaps"
MODELS: Mapping[str, type[Quantity | TokenEstimate | LicenceClaim | Overlap]] = {
    QUANTITIES: Quantity,
    ESTIMATES: TokenEstimate,
    LICENCE_CLAIMS: LicenceClaim,
    OVERLAPS: Overlap,
}
KINDS = tuple(MODELS)
# What a row has beside what people type: where it stands and where it came from.
HIDDEN = ("position", "seed_key", "unit_confirmed_by", "unit_confirmed_at", "rule")
# A row's own columns. Beside them stands what it refers to: `source` by its code, and of an
# overlap `other`, the dataset that shares text, by its slug.
ROW_COLUMNS: Mapping[str, tuple[str, ...]] = {
    QUANTITIES: (
        *columns.QUANTITIES.columns,
        "position",
        "seed_key",
        "unit_confirmed_by",
        "unit_confirmed_at",
    ),
    ESTIMATES: (*columns.ESTIMATES.columns, "position", "seed_key"),
    LICENCE_CLAIMS: (
        *columns.LICENCE_CLAIMS.columns,
        "checked_by",
        "checked_on",
        "position",
        "seed_key",
    ),
    OVERLAPS: ("relation", "note_zh", "note_en", "seed_key"),
}

EMPTY_ROWS: Mapping[str, Row] = {
    QUANTITIES: dict.fromkeys(ROW_COLUMNS[QUANTITIES])
    | {"printed": "", "is_whole": True, "source": None},
    ESTIMATES: dict.fromkeys(ROW_COLUMNS[ESTIMATES])
    | {
        "method": "published",
        "is_whole": True,
        "is_disputed": False,
        "has_repeats": False,
        "source": None,
    },
    LICENCE_CLAIMS: dict.fromkeys(ROW_COLUMNS[LICENCE_CLAIMS])
    | {"scope": "data", "licence_class": "unknown", "source": None},
    OVERLAPS: {"other": ""} | dict.fromkeys(ROW_COLUMNS[OVERLAPS]) | {"relation": "derived_from"},
}


def content_of(dataset: Dataset) -> Content:
    """Return what people may edit of a dataset that `queries.get_dataset` of editing loaded."""
    content: Content = {name: _plain(getattr(dataset, name)) for name in COLUMNS}
    content["provider"] = dataset.provider.slug
    content["category"] = dataset.category.code
    content[QUANTITIES] = {str(q.id): _row(QUANTITIES, q) for q in dataset.quantities}
    content[ESTIMATES] = {
        str(e.id): _row(ESTIMATES, e) for e in dataset.estimates if e.quantity_id is None
    }
    content[LICENCE_CLAIMS] = {str(c.id): _row(LICENCE_CLAIMS, c) for c in dataset.licence_claims}
    content[OVERLAPS] = {str(o.id): _overlap(o) for o in dataset.overlaps}
    return content


def empty_content() -> Content:
    """Return the content of a dataset that nobody described yet."""
    content: Content = dict.fromkeys(COLUMNS)
    content |= {"name_zh": "", "name_en": "", "aliases": [], "languages": []}
    content |= {"modality": "text", "has_tokens": True, "visibility": Visibility.PUBLIC.value}
    content |= {"licence_class": "unknown", "provider": "", "category": ""}
    return content | {kind: {} for kind in KINDS}


def copy_of(content: Content) -> Content:
    """Return a content of its own, rows included, that may be changed."""
    return content | {
        kind: {key: dict(row) for key, row in content[kind].items()} for kind in KINDS
    }


def difference(before: Content, after: Content) -> tuple[Json, Json]:
    """
    Return the fields that differ, before and after; of the rows, those that differ, by key.

    A row that is missing on one side is None there.
    """
    old: Json = {name: before[name] for name in FIELDS if before[name] != after[name]}
    new: Json = {name: after[name] for name in old}
    for kind in KINDS:
        keys = [*before[kind], *(key for key in after[kind] if key not in before[kind])]
        changed = [k for k in keys if before[kind].get(k) != after[kind].get(k)]
        if changed:
            old[kind] = {key: before[kind].get(key) for key in changed}
            new[kind] = {key: after[kind].get(key) for key in changed}
    return old, new


def undo(content: Content, before: Json, after: Json) -> tuple[Content, bool]:
    """
    Return a content as it was before a change, and whether the change says all of it.

    An import of an early version noted only the keys of the rows that it changed.
    """
    earlier, is_complete = copy_of(content), True
    if "quantity_id" in after:
        _undo_unit(earlier[QUANTITIES].get(str(after["quantity_id"])))
    for name in (*before, *(name for name in after if name not in before)):
        if name in FIELDS and name in before:
            earlier[name] = before[name]
        elif name in KINDS:
            rows = before.get(name)
            if not isinstance(rows, dict):
                is_complete = False
                continue
            for key, row in rows.items():
                if row is None:
                    earlier[name].pop(key, None)
                else:
                    earlier[name][key] = row
            earlier[name] = dict(sorted(earlier[name].items(), key=lambda item: _place(item[1])))
    return earlier, is_complete


def _undo_unit(row: Row | None) -> None:
    """Take back the unit that somebody set with the one button on the dataset's page."""
    if row is not None:
        row["unit"] = row["unit_confirmed_by"] = row["unit_confirmed_at"] = None


def next_key(content_rows: Mapping[str, object]) -> str:
    """
    Return a key for a new row.

    >>> next_key({"12": {}, "n1": {}})
    'n2'
    """
    taken = [int(key[1:]) for key in content_rows if key[:1] == "n" and key[1:].isdecimal()]
    return f"n{max(taken, default=0) + 1}"


def _row(kind: str, row: Quantity | TokenEstimate | LicenceClaim) -> Row:
    fields: Row = {name: _plain(getattr(row, name)) for name in ROW_COLUMNS[kind]}
    fields["source"] = row.source.code if row.source else None
    return fields


def _overlap(row: Overlap) -> Row:
    own = {name: getattr(row, name) for name in ROW_COLUMNS[OVERLAPS]}
    return {"other": row.other.slug} | own


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return plain(value)


def _place(row: Row) -> int:
    position = row.get("position")
    return position if isinstance(position, int) else 0
