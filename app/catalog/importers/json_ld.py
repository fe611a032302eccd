"""JSON-LD as Croissant files write it: prefixes dropped, values in their many forms."""

import re
from collections.abc import Iterable
from typing import Any

from app.catalog.exchange.items import Json
from app.catalog.importers.texts import clean, has_han

_PREFIX = re.compile(
    r"^(?:https?://schema\.org/|http://mlcommons\.org/croissant/|http://purl\.org/dc/terms/"
    r"|sc:|schema:|cr:|dct:|dcterms:)"
)
_MAX_TEXTS = 100


def key(name: str) -> str:
    """
    Return a property without its prefix, for a lookup.

    >>> key("sc:name"), key("https://schema.org/name"), key("rai:dataBiases")
    ('name', 'name', 'rai:dataBiases')
    """
    return _PREFIX.sub("", name)


def types(node: object) -> set[str]:
    """Return the types of a node without their prefixes."""
    if not isinstance(node, dict):
        return set()
    return {key(kind) for kind in strings(node.get("@type"))}


def find_dataset(document: object) -> Json | None:
    """Return the document's dataset: the document itself, or a node of its graph."""
    if not isinstance(document, dict):
        return None
    if "Dataset" in types(document):
        return document
    graph = document.get("@graph")
    for node in graph if isinstance(graph, list) else []:
        if "Dataset" in types(node):
            return {"@context": document.get("@context"), **node}
    return None


def by_key(node: Json) -> Json:
    """Return a node by its properties without prefixes; the first spelling of one counts."""
    found: Json = {}
    for name, value in node.items():
        found.setdefault(key(name), value)
    return found


def as_list(value: object) -> list[Any]:
    """Return one or many values as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def strings(value: object) -> list[str]:
    """Return the texts of a value: plain, tagged with a language, or the name or id of a node."""
    found = []
    for part in as_list(value)[:_MAX_TEXTS]:
        text = part
        if isinstance(part, dict):
            text = next(
                (part[name] for name in ("@value", "url", "@id", "name") if part.get(name)), None
            )
        if isinstance(text, (str, int, float)) and not isinstance(text, bool):
            found.append(clean(str(text)))
    return [text for text in found if text]


def first(value: object) -> str:
    """Return the first text of a value, "" where there is none."""
    return next(iter(strings(value)), "")


def bilingual(value: object) -> tuple[str, str]:
    """
    Return a text in Chinese and in English, "" where one is missing.

    >>> bilingual([{"@value": "语料", "@language": "zh"}, {"@value": "Corpus", "@language": "en"}])
    ('语料', 'Corpus')
    """
    chinese = english = ""
    for part in _tagged(value)[:_MAX_TEXTS]:
        text = first(part)
        language = str(part.get("@language", "")).lower() if isinstance(part, dict) else ""
        if language.startswith("zh") or (not language and has_han(text)):
            chinese = chinese or text
        else:
            english = english or text
    return chinese, english


def _tagged(value: object) -> list[Any]:
    """Return a language map, {"zh": ..., "en": ...}, as a list of tagged texts."""
    if isinstance(value, dict) and not any(name.startswith("@") for name in value):
        return [
            {"@value": text, "@language": language}
            for language, text in value.items()
            if isinstance(text, str)
        ]
    return as_list(value)


def names_of(value: object) -> list[tuple[str, str]]:
    """Return name and address of each person or organisation."""
    found = []
    for part in as_list(value)[:_MAX_TEXTS]:
        if isinstance(part, dict):
            node = by_key(part)
            found.append((first(node.get("name")), first(node.get("url"))))
        elif isinstance(part, str):
            found.append((clean(part), ""))
    return [(name, address) for name, address in found if name]


def without(node: Json, read: Iterable[str]) -> Json:
    """Return the properties that are not among those that were read."""
    known = set(read)
    return {name: value for name, value in node.items() if key(name) not in known}
