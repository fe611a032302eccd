"""
What a file would change of a dataset that is there: field by field and row by row.

Pure. A file that speaks of some fields leaves the others alone. One of our own speaks of all of
them, so that what it does not have goes.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.catalog.editing import licence_terms
from app.catalog.editing.content import LICENCE_CLAIMS, OVERLAPS, QUANTITIES
from app.catalog.editing.known import Known
from app.catalog.exchange.items import ALL_FIELDS, Item
from app.catalog.importing.stored import COLUMNS, FIELDS, KINDS, Json, Row
from app.catalog.loading.columns import CHILDREN, plain
from app.catalog.loading.records import DatasetRecord

_SUMMARY = ("licence_class", "licence_spdx", "licence_stated_zh", "licence_stated_en")


@dataclass(frozen=True, slots=True)
class Difference:
    """
    What changes, before and after; of the rows, those that differ, by key.

    A row that is new has the key `n1` and is None before; one that goes is None after.
    """

    before: Json = field(default_factory=dict)
    after: Json = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.after)


def compare(now: Json, item: Item, known: Known, *, is_known: Collection[str]) -> Difference:
    """
    Return what an item changes of a content; `is_known` are the datasets an overlap may name.

    `now` is what `stored.read` gives.
    """
    record = item.record
    is_whole = item.given == ALL_FIELDS
    wanted = dict(now)
    for name in FIELDS:
        if is_whole or name in item.given:
            wanted[name] = plain(getattr(record, name))
    if not is_whole:
        # What another format kept stays beside what this one keeps.
        wanted["extra"] = now["extra"] | wanted["extra"] if "extra" in item.given else now["extra"]
    for kind in KINDS:
        if is_whole or kind in item.given:
            theirs = list(_rows(kind, record, is_known))
            wanted[kind] = _match(kind, now[kind], theirs, is_whole=is_whole)
    if not is_whole and LICENCE_CLAIMS in item.given:
        # A decision of a person stands above what a list states.
        is_new = wanted[LICENCE_CLAIMS] != now[LICENCE_CLAIMS]
        summary = licence_terms.summary(wanted[LICENCE_CLAIMS], known) if is_new else now
        wanted |= {name: summary[name] for name in _SUMMARY}
    return _difference(now, wanted)


def _difference(now: Json, wanted: Json) -> Difference:
    changed = [name for name in FIELDS if now[name] != wanted[name]]
    before: Json = {name: now[name] for name in changed}
    after: Json = {name: wanted[name] for name in changed}
    for kind in KINDS:
        keys = [*now[kind], *(key for key in wanted[kind] if key not in now[kind])]
        differing = [key for key in keys if now[kind].get(key) != wanted[kind].get(key)]
        if differing:
            before[kind] = {key: now[kind].get(key) for key in differing}
            after[kind] = {key: wanted[kind].get(key) for key in differing}
    return Difference(before, after)


def _rows(kind: str, record: DatasetRecord, is_known: Collection[str]) -> Iterator[Row]:
    """Yield the rows of one kind that a record has, as they are stored."""
    if kind == OVERLAPS:
        for overlap in {one.key: one for one in record.overlaps}.values():
            if overlap.other in is_known:
                yield {
                    "relation": overlap.relation,
                    "note_zh": overlap.note_zh,
                    "note_en": overlap.note_en,
                    "seed_key": overlap.key,
                    "other": overlap.other,
                }
        return
    columns = next(one.columns for one in CHILDREN if one.attribute == kind)
    for position, child in enumerate(getattr(record, kind)):
        row: Row = {name: plain(getattr(child, name)) for name in columns}
        yield row | {"source": child.source, "position": position, "seed_key": child.key}


def _match(kind: str, mine: dict[str, Row], theirs: list[Row], *, is_whole: bool) -> dict[str, Row]:
    """
    Return the rows of one kind as a file has them.

    A row is the same one where it has the same key. Rows that people added have none: there
    the one that says the same is taken first, then the next in order.
    """
    free = dict(mine)
    pairs: list[tuple[str | None, Row]] = [(_same(free, row), row) for row in theirs]
    taken = [(_next(free, row) if key is None else key, row) for key, row in pairs]
    wanted = {} if is_whole else dict(mine)
    number = 0
    for key, row in taken:
        if key is None:
            number += 1
            wanted[f"n{number}"] = _complete(kind, row)
        else:
            wanted[key] = _updated(kind, mine[key], row, is_whole=is_whole)
    return wanted


def _same(free: dict[str, Row], row: Row) -> str | None:
    """Take the stored row that a file's row surely is."""
    for key, old in free.items():
        # Two datasets share text in one way once.
        if "relation" in row:
            is_same = (old["relation"], old["other"]) == (row["relation"], row["other"])
        elif row["seed_key"] is not None:
            is_same = old["seed_key"] == row["seed_key"]
        else:
            is_same = all(old[name] == row[name] for name in row)
        if is_same:
            del free[key]
            return key
    return None


def _next(free: dict[str, Row], row: Row) -> str | None:
    """Take the next stored row without a key, for a row of the file that has none."""
    for key, old in free.items():
        if row["seed_key"] is None and old["seed_key"] is None:
            del free[key]
            return key
    return None


def _updated(kind: str, old: Row, row: Row, *, is_whole: bool) -> Row:
    new = old | row
    if kind == OVERLAPS:
        new["seed_key"] = old["seed_key"]
        if not is_whole:
            # Only our own formats have notes.
            new |= {name: row[name] or old[name] for name in ("note_zh", "note_en")}
    elif not is_whole:
        new["position"] = old["position"]
    if kind == QUANTITIES and not is_whole and old["unit_confirmed_by"] and row["unit"] is None:
        # What a person read off the source stays where the list has no unit, as before.
        new["unit"] = old["unit"]
    return new


def _complete(kind: str, row: Row) -> Row:
    """Return a new row with all its columns."""
    empty: dict[str, Any] = dict.fromkeys(COLUMNS[kind])
    return empty | row
