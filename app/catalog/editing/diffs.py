"""Changes in words: what a field or row was and is, for the history and for two people's edits."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.catalog.editing import draft as drafts
from app.catalog.editing import row_forms, words
from app.catalog.editing.content import ESTIMATES, HIDDEN, KINDS, OVERLAPS, QUANTITIES, Row
from app.catalog.editing.three_way import Place
from app.catalog.pages import parts, quantities
from app.catalog.words import labels
from app.web import numbers
from app.web.i18n import gettext as _
from app.web.languages import language_name

# What the history keeps to be able to go back, and no reader needs.
UNTOLD = frozenset({*HIDDEN, "quantity_id", "import"})
# Rows that no form edits, and only an import of our own files changes.
_COUNTED = frozenset({"statements"})
# A long text is shown by its beginning in a line of the history.
MAX_SHOWN = 400


@dataclass(frozen=True)
class Change:
    """One thing that changed: where, what it was and what it is; None is nothing."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Names:
    """What references are called: providers, categories and sources by slug or code."""

    providers: Mapping[str, str]
    categories: Mapping[str, str]
    sources: Mapping[str, str]
    tokenizers: Mapping[str, str]


NO_NAMES = Names({}, {}, {}, {})


def changes(before: Mapping[str, Any], after: Mapping[str, Any], names: Names) -> list[Change]:
    """Return the changes of an event, or between two contents that `difference` compared."""
    found: list[Change] = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if name in KINDS and (isinstance(old, dict) or isinstance(new, dict)):
            found += _row_changes(name, old or {}, new or {}, names)
        elif name in _COUNTED and (isinstance(old, dict) or isinstance(new, dict)):
            counts = [_rows_said(rows) for rows in (old or {}, new or {})]
            found.append(Change(field_word(name), *counts))
        elif (old is not None or new is not None) and name not in UNTOLD:
            found.append(Change(field_word(name), shown(name, old, names), shown(name, new, names)))
    return found


def field_word(name: str) -> str:
    """Return what a field is called."""
    return words.field_words().get(name) or words.column_words().get(name) or name


def place_word(place: Place, row: Row | None) -> str:
    """Return where a value of a content stands, in words."""
    if place.key is None:
        return field_word(place.name)
    title = row_title(place.name, row)
    if place.column is None:
        return title
    column = words.column_words().get(place.column, place.column)
    return _("%(row)s: %(field)s", row=title, field=column)


def place_value(place: Place, value: object, names: Names) -> str:
    """Return a value of a content in words, for somebody who has to choose."""
    if value is drafts.UNKNOWN:
        return _("not known")
    if place.key is not None and place.column is None:
        return row_words(value, names) if isinstance(value, dict) else _("removed")
    name = place.column or place.name
    return shown(name, value, names) or _("nothing")


def row_title(kind: str, row: Row | None) -> str:
    """Return a row in short: quantity 250万本."""
    kind_word = words.kind_words()[kind]
    if row is None or any(value is drafts.UNKNOWN for value in row.values()):
        return kind_word
    if kind == QUANTITIES:
        title = row["printed"] or row_forms.shown_amount(row["value"])
    elif kind == OVERLAPS:
        title = row["other"]
    elif kind == ESTIMATES:
        title = numbers.short(row["mid"]) if row["mid"] is not None else row["printed"] or ""
    else:
        title = parts.text(row["stated_zh"], row["stated_en"]) or row["spdx"] or ""
    return _("%(kind)s “%(title)s”", kind=kind_word, title=title[:80]) if title else kind_word


def row_words(row: Row, names: Names) -> str:
    """Return everything that a row says, in one line."""
    if any(value is drafts.UNKNOWN for value in row.values()):
        return _("not known")
    column_words = words.column_words()
    said = [
        f"{column_words[name]}{_(': ')}{value}"
        for name in row
        if name in column_words
        and not _is_usual(name, row[name])
        and (value := shown(name, row[name], names))
    ]
    return "; ".join(said)


def shown(name: str, value: object, names: Names) -> str | None:  # noqa: PLR0911  by what it is
    """Return the value of a field or column in words; None where there is none."""
    if value is None or value in ("", []):
        return None
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "languages" and isinstance(value, list):
        return ", ".join(language_name(str(tag)) for tag in value)
    if isinstance(value, list):
        return ", ".join(_part(item) for item in value)[:MAX_SHOWN]
    if name in {"extra", "figures"} and isinstance(value, dict):
        return ", ".join(value)[:MAX_SHOWN] or None
    if isinstance(value, dict):
        return _estimate(value)
    if isinstance(value, int):
        return numbers.whole(value)
    if name == "value":
        return row_forms.shown_amount(str(value)) if _is_plain(str(value)) else str(value)
    return _word(name, str(value), names)[:MAX_SHOWN]


def _word(name: str, code: str, names: Names) -> str:
    contents = {one.value: label for one, label in labels.BYTE_CONTENTS.items()}
    writers: dict[str, Callable[[str], str]] = {
        "unit": quantities.unit_name,
        "assumed_unit": quantities.unit_name,
        "content": lambda one: parts.word(contents.get(one), one),
        "licence_class": words.class_word,
        "method": words.method_word,
        "modality": parts.modality_word,
        "modality_basis": lambda one: parts.word(labels.MODALITY_BASES.get(one), one),
    }
    if name in writers:
        return writers[name](code)
    tables: dict[str, Mapping[str, str]] = {
        "origin": {
            "published_sources": _("published sources"),
            "vendor_text": _("the vendor's catalogue text"),
            "list": _("a list"),
            "csv": _("a list"),
            "xlsx": _("a list"),
            "json": _("a file of a catalogue like this"),
            "hf": _("a Hugging Face card"),
            "card": _("a Hugging Face card"),
            "croissant": _("a Croissant file"),
        },
        "provider": names.providers,
        "category": names.categories,
        "source": names.sources,
        "tokenizer": names.tokenizers,
        "bound": words.bound_words(),
        "scope": words.scope_words(),
        "relation": words.relation_words(),
        "visibility": words.visibility_words(),
    }
    return tables.get(name, {}).get(code, code)


def _row_changes(
    kind: str, before: Mapping[str, Row | None], after: Mapping[str, Row | None], names: Names
) -> Iterator[Change]:
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        if old is None and new is not None:
            yield Change(row_title(kind, new), None, row_words(new, names))
        elif new is None and old is not None:
            yield Change(row_title(kind, old), row_words(old, names), None)
        elif old is not None and new is not None:
            for column in dict.fromkeys([*old, *new]):
                was, now = old.get(column), new.get(column)
                is_told = column not in HIDDEN and (column != "source" or names is not NO_NAMES)
                if was != now and is_told:
                    yield Change(
                        place_word(Place(kind, key, column), old),
                        shown(column, was, names),
                        shown(column, now, names),
                    )


def _part(item: object) -> str:
    """Return one part of a list: a text, or an object by what it says."""
    if not isinstance(item, dict):
        return str(item)
    return (
        parts.bilingual(item, "note")
        or parts.text(item.get("zh"), item.get("en"))
        or ", ".join(str(value) for value in item.values() if isinstance(value, str))
    )


def _rows_said(rows: Mapping[str, Row | None]) -> str | None:
    """Return what rows that have no form say, in short."""
    said = [str(row.get("text") or "") for row in rows.values() if row is not None]
    return "; ".join(said)[:MAX_SHOWN] or None


def _is_usual(name: str, value: object) -> bool:
    """Whether a box is as it mostly is: only what is unusual is worth a word."""
    return isinstance(value, bool) and value is (name == "is_whole")


def _is_plain(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _estimate(value: Mapping[str, object]) -> str:
    """Return an estimate in short: 383B, converted, 203B–552B."""
    mid, low, high = value.get("mid"), value.get("low"), value.get("high")
    if not isinstance(mid, int):
        return ", ".join(str(part) for part in value.values())
    said = [numbers.short(mid), parts.method_word(str(value["method"]))]
    if isinstance(low, int) and isinstance(high, int):
        said.append(f"{numbers.short(low)}–{numbers.short(high)}")
    return ", ".join(said)
