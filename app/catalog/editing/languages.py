"""Natural languages as people type them: tags or names, in Chinese or English."""

import re
from functools import cache

from babel import Locale

# Tags that the catalogue uses and no locale data names.
EXTRA = frozenset({"und", "mul", "cmn"})
MAX_LANGUAGES = 300
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_BETWEEN = re.compile(r"[,，、;；\n]+")
_USUAL = {"中文": "zh", "汉语": "zh", "chinese": "zh", "简体中文": "zh-Hans", "繁体中文": "zh-Hant"}


@cache
def _names() -> dict[str, str]:
    """Return the tag of each language by its name in either language."""
    found: dict[str, str] = {}
    for locale in ("en", "zh_CN"):
        for code, name in Locale.parse(locale).languages.items():
            tag = str(code).replace("_", "-")
            if tag.count("-") == 0:
                found.setdefault(str(name).lower(), tag)
    return found | _USUAL


@cache
def _codes() -> frozenset[str]:
    return frozenset(str(code).partition("_")[0] for code in Locale.parse("en").languages) | EXTRA


def is_tag(tag: str) -> bool:
    """Whether this is the tag of a language that the catalogue can name."""
    return _TAG.fullmatch(tag) is not None and tag.partition("-")[0] in _codes()


def read_languages(text: str) -> tuple[list[str], list[str]]:
    """
    Return the tags of the languages that a text names, and the words that name none.

    >>> read_languages("zh, English、德语, Klingonisch")
    (['zh', 'en', 'de'], ['Klingonisch'])
    """
    tags: list[str] = []
    unknown: list[str] = []
    for part in _BETWEEN.split(text):
        word = " ".join(part.split())
        if not word:
            continue
        tag = _names().get(word.lower()) or _as_tag(word)
        if tag is None:
            unknown.append(word)
        elif tag not in tags:
            tags.append(tag)
    return tags, unknown


def _as_tag(word: str) -> str | None:
    primary, dash, rest = word.replace("_", "-").partition("-")
    tag = primary.lower() + dash + (rest.title() if len(rest) == len("Hans") else rest)
    return tag if is_tag(tag) else None
