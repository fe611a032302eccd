"""What somebody wants a dataset to be, before it is saved: the content and what it brings along."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.catalog.editing.content import (
    EMPTY_ROWS,
    FIELDS,
    HIDDEN,
    KINDS,
    Content,
    empty_content,
)
from app.catalog.editing.known import KnownSource

# A value that nobody knows any more; equal to no value but itself.
UNKNOWN = object()
MAX_DRAFT_CHARACTERS = 400_000
_COUNTS = frozenset({"low", "mid", "high"})


@dataclass(frozen=True, slots=True)
class NewProvider:
    """A provider that is added together with a dataset."""

    slug: str
    name_zh: str
    name_en: str
    homepage: str | None = None


@dataclass(slots=True)
class Draft:
    """A content with the sources and the provider that it names and the catalogue lacks."""

    content: Content
    sources: dict[str, KnownSource] = field(default_factory=dict)
    provider: NewProvider | None = None


def dump_content(content: Content) -> str:
    """Return a content as one line, to travel in a form."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def dump(draft: Draft) -> str:
    """Return a draft as one line, to travel in a form."""
    provider = draft.provider
    return dump_content(
        {
            "content": draft.content,
            "sources": [[s.code, s.text, s.grade] for s in draft.sources.values()],
            "provider": provider
            and [provider.slug, provider.name_zh, provider.name_en, provider.homepage],
        }
    )


def load_content(text: str) -> Content | None:
    """
    Return the content that a form carried, or None where it is damaged.

    Only the shape is made certain; what the values mean is checked when they are saved.
    """
    return _shaped(_json(text))


def load(text: str) -> Draft | None:
    """Return the draft that a form carried, or None where it is damaged."""
    data = _json(text)
    content = _shaped(data.get("content"))
    sources, provider = data.get("sources"), data.get("provider")
    if content is None or not isinstance(sources, list):
        return None
    draft = Draft(content)
    for source in sources:
        match source:
            case [str(code), str(text_), str(grade)]:
                draft.sources[code] = KnownSource(code, text_, grade)
            case _:
                return None
    match provider:
        case None:
            pass
        case [str(slug), str(zh), str(en), (str() | None) as homepage]:
            draft.provider = NewProvider(slug, zh, en, homepage)
        case _:
            return None
    return draft


def _json(text: str) -> Mapping[str, Any]:
    if not text or len(text) > MAX_DRAFT_CHARACTERS:
        return {}
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _shaped(data: object) -> Content | None:
    """Return a content with all its fields, each of the kind that it has, or None."""
    if not isinstance(data, dict):
        return None
    blank = empty_content()
    content: Content = {}
    for name in FIELDS:
        value = data.get(name)
        if not _fits(name, blank[name], value):
            return None
        content[name] = value
    for kind in KINDS:
        rows = data.get(kind)
        if not isinstance(rows, dict):
            return None
        shaped = {}
        for key, row in rows.items():
            if not isinstance(row, dict) or not is_key(key):
                return None
            empty = EMPTY_ROWS[kind]
            if any(not _fits(name, empty[name], row.get(name)) for name in empty):
                return None
            shaped[key] = {name: row.get(name) for name in empty}
        content[kind] = shaped
    return content


def is_key(key: str) -> bool:
    """Whether this can be the key of a row: the id of a stored one, or "n1" for a new one."""
    digits = key.removeprefix("n")
    return digits.isascii() and digits.isdecimal() and 0 < len(digits) <= MAX_KEY_DIGITS


MAX_KEY_DIGITS = 18


def _fits(name: str, blank: object, value: object) -> bool:
    if isinstance(blank, bool):
        return isinstance(value, bool)
    if isinstance(blank, list):
        return isinstance(value, list) and all(_is_text(item) for item in value)
    if isinstance(blank, str):
        return _is_text(value)
    if value is None or name in HIDDEN:
        return True
    if name in _COUNTS:
        return isinstance(value, int) and not isinstance(value, bool)
    return _is_text(value)


def _is_text(value: object) -> bool:
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
