"""
A three-way merge: what the seed wrote last, what is there now, what the seed says now.

What nobody touched follows the new facts; what people changed stays, and is reported.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(slots=True)
class FieldMerge:
    """The fields to write, and the names of those that stay as people left them."""

    changes: Json
    kept: list[str]


@dataclass(slots=True)
class ChildMerge:
    """What to do with the child rows of one kind."""

    inserts: list[str] = field(default_factory=list)
    updates: dict[int, str] = field(default_factory=dict)
    deletes: list[int] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    removed: list[str] = field(default_factory=list)

    @property
    def is_change(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.inserts or self.updates or self.deletes)

    @property
    def changed_keys(self) -> list[str]:
        """The keys of the rows that are written or removed, for the history."""
        return sorted({*self.inserts, *self.updates.values(), *self.removed})


def merge_fields(base: Mapping[str, Any] | None, mine: Json, theirs: Json) -> FieldMerge:
    """
    Merge the fields of one row; without a `base` the new values win.

    >>> merge_fields({"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 3, "b": 3})
    FieldMerge(changes={'a': 3}, kept=['b'])
    """
    merge = FieldMerge({}, [])
    for name, new in theirs.items():
        if mine[name] == new:
            continue
        if base is not None and name in base and mine[name] != base[name]:
            # What people changed is only worth a word where the facts moved as well.
            if base[name] != new:
                merge.kept.append(name)
        else:
            merge.changes[name] = new
    return merge


def merge_children(
    base: Mapping[str, Json] | None,
    mine: Mapping[str, tuple[int, Json]],
    theirs: Mapping[str, Json],
) -> ChildMerge:
    """
    Merge the child rows of one kind by their keys; `mine` gives each row's id and fields.

    A row that a person deleted stays deleted; one that a person changed stays as it is.
    """
    merge = ChildMerge()
    before = base or {}
    for key, new in theirs.items():
        if key not in mine and key not in before:
            merge.inserts.append(key)
            continue
        row_id, now = mine.get(key, (None, None))
        if now == new:
            continue
        if key in before and now != before[key]:
            # What people changed is only worth a word where the facts moved as well.
            merge.kept += [key] if before[key] != new else []
        elif row_id is not None:
            merge.updates[row_id] = key
    for key in before.keys() & mine.keys() - theirs.keys():
        row_id, now = mine[key]
        if now == before[key]:
            merge.deletes.append(row_id)
            merge.removed.append(key)
        else:
            merge.kept.append(key)
    return merge
