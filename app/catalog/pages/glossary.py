"""The glossary page: each word in the page's language first, the other one beside it."""

from dataclasses import dataclass

from app.catalog.pages import parts
from app.catalog.words.glossary import GROUPS


@dataclass(frozen=True)
class Word:
    """One word with its meaning."""

    code: str
    term: parts.Name
    meaning: str


@dataclass(frozen=True)
class WordGroup:
    """Words that belong together."""

    code: str
    title: str
    words: list[Word]


@dataclass(frozen=True)
class GlossaryPage:
    """Everything that templates/catalog/glossary.html shows."""

    groups: list[WordGroup]


def glossary_page() -> GlossaryPage:
    """Return the glossary in the page's language."""
    return GlossaryPage(
        groups=[
            WordGroup(
                code=group.code,
                title=parts.word(group.title, group.code),
                words=[
                    Word(
                        code=entry.code,
                        term=parts.name_of(entry.term.zh, entry.term.en),
                        meaning=parts.word(entry.meaning, ""),
                    )
                    for entry in group.entries
                ],
            )
            for group in GROUPS
        ]
    )
