"""What a searched text names: a category, or a category in a language, as filters instead."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from babel import Locale

from app.catalog.models.datasets import Category

# The languages that people name in a search; all others are in the list of filters.
LANGUAGES = ("zh", "en", "ja", "ko", "fr", "de", "es", "ru", "ar", "pt", "it")
BETWEEN_WORDS = re.compile(r"[\s,、与]+")
# Words that say no more than that data is looked for.
FILLERS = re.compile(r"数据集|数据|语料|的|\b(?:datasets?|data|corpus|corpora|in|of)\b")
# What people call a category that has another name here.
SAME_AS = {"书": "图书", "书籍": "图书", "电子书": "图书", "论文": "学术", "源代码": "代码"}


@dataclass(frozen=True)
class Reading:
    """A category that a text names, and the language that it names beside it."""

    category: Category
    language: str | None = None


def read(text: str, categories: Iterable[Category]) -> list[Reading]:
    """Return what a text names if it names nothing else: “中文图书” is books in Chinese."""
    categories = list(categories)
    return [
        Reading(category, language)
        for rest, language in _parts(text.casefold())
        for category in categories
        if rest in _words_of(category)
    ]


def _parts(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield the text as a word, and each way to take a language's name out of it."""
    yield _word(text), None
    for tag in LANGUAGES:
        for name in _names(tag):
            pattern = rf"\b{name}\b" if name.isascii() else name
            rest, taken = re.subn(pattern, " ", text, count=1)
            if taken:
                yield _word(rest), tag


@cache
def _names(tag: str) -> frozenset[str]:
    """Return what a language is called: 英语 is 英文, too."""
    zh, en = (str(Locale.parse(locale).languages[tag]) for locale in ("zh", "en"))
    return frozenset({zh, f"{zh[0]}文", en.casefold()})


def _words_of(category: Category) -> set[str]:
    names = {category.name_zh, category.name_en, category.code}
    words = {word for name in names for word in BETWEEN_WORDS.split(name)}
    return {_word(word) for word in names | words} - {""}


def _word(text: str) -> str:
    word = FILLERS.sub(" ", text.casefold()).strip().removesuffix("s")
    return SAME_AS.get(word, word)
