"""
Synthetic datasets in two languages, as skewed as a real catalogue, the same for the same seed.

Providers differ a thousandfold in size and keep to a few categories, one kind of licence and one
way of counting; a category has its own modalities and units. So filters meet as unevenly as in
a catalogue that people fill.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from app.catalog.loading.records import DatasetRecord, EstimateRecord, QuantityRecord
from benchmarks import words

SEED = 20_260_101
Thing = TypeVar("Thing")
PROVIDERS = 200
SUBSET_CHANCE, MOST_SUBSETS = 0.05, 16
TEAM_CHANCE = 0.02
# How often a provider does as it always does, and how often a number is given at all.
METHOD_HABIT, LICENCE_HABIT = 0.7, 0.8
COUNT_CHANCE, UNIT_CHANCE, BYTES_CHANCE, SPREAD_CHANCE = 0.85, 0.8, 0.2, 0.4
NAME_WORDS, TEXT_WORDS_ZH, TEXT_WORDS_EN = 3, 25, 12
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
# Category, the modalities and the units that its datasets come in; the first are the frequent ones.
CATEGORIES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("web", ("text",), ("web_page", "document", "byte")),
    ("books", ("text", "document"), ("book", "page", "character")),
    ("code", ("code", "text_and_code"), ("file", "repository", "byte")),
    ("academic", ("text", "document"), ("article", "abstract", "document")),
    ("qa", ("text",), ("question", "qa_pair", "thread")),
    ("dialogue", ("text", "audio"), ("dialogue", "script", "subtitle_file")),
    ("patents", ("document", "text"), ("patent", "document")),
    ("education", ("text", "image_and_text"), ("question", "question_with_solution", "book")),
    ("news", ("text",), ("article", "document")),
    ("legal", ("document", "text"), ("document", "record")),
    ("maths", ("text",), ("question", "document")),
    ("mixed", ("text", "text_and_code"), ("document", "byte", "line")),
    ("social", ("text",), ("thread", "record")),
    ("encyclopedia", ("text",), ("article", "entry")),
    ("instruction", ("text",), ("row", "dialogue")),
    ("reasoning", ("text",), ("question_with_solution", "row")),
    ("multimodal", ("image_and_text", "image"), ("image_text_pair", "image")),
    ("speech", ("audio",), ("hour", "file")),
    ("biology", ("biological_sequence", "table"), ("sequence", "protein_sequence", "record")),
    ("chemistry", ("chemical_structure", "table"), ("compound", "reaction", "record")),
    ("pharmacy", ("table", "document"), ("record", "trial")),
    ("materials", ("table", "structure_3d"), ("record", "structure")),
    ("medical-devices", ("table", "document"), ("record", "document")),
)
LANGUAGES = words.head("languages")
LICENCES = ("unknown", "open", "custom", "non_commercial", "per_source", "contract")
METHODS = ("published", "converted", "none", "stated", "measured")


@dataclass(frozen=True, slots=True)
class SyntheticProvider:
    """An organisation with habits."""

    slug: str
    name_zh: str
    name_en: str
    categories: tuple[int, ...]
    licence: str
    method: str


def providers() -> list[SyntheticProvider]:
    """Return the providers, the largest first."""
    dice = random.Random(SEED)
    zh, en = words.chinese(dice), words.english(dice)
    category_weights = words.zipf(len(CATEGORIES), 0.8, 2)
    made = []
    for number in range(PROVIDERS):
        name = en.draw(dice, 2)
        made.append(
            SyntheticProvider(
                slug=f"provider-{number:03}",
                name_zh="".join(zh.draw(dice, 2)) + "科技",
                name_en=" ".join(word.capitalize() for word in name),
                categories=tuple(
                    dice.choices(range(len(CATEGORIES)), cum_weights=category_weights, k=4)
                ),
                licence=_pick(dice, LICENCES),
                method=_pick(dice, METHODS),
            )
        )
    return made


def records(count: int) -> Iterator[DatasetRecord]:
    """Return `count` datasets, subsets after their parents."""
    dice = random.Random(SEED + 1)
    maker = _Maker(dice, words.chinese(dice), words.english(dice), providers())
    made = 0
    while made < count:
        parent = maker.dataset(made, None)
        yield parent
        made += 1
        if dice.random() < SUBSET_CHANCE:
            for _ in range(min(dice.randint(1, MOST_SUBSETS), count - made)):
                yield maker.dataset(made, parent)
                made += 1


class _Maker:
    def __init__(
        self,
        dice: random.Random,
        zh: words.Lexicon,
        en: words.Lexicon,
        made_by: list[SyntheticProvider],
    ) -> None:
        self.dice, self.zh, self.en, self.providers = dice, zh, en, made_by
        self.provider_weights = words.zipf(len(made_by))
        self.language_weights = words.zipf(len(LANGUAGES), 1.3, 1)

    def dataset(self, number: int, parent: DatasetRecord | None) -> DatasetRecord:
        dice = self.dice
        provider = dice.choices(self.providers, cum_weights=self.provider_weights)[0]
        place = _pick(dice, provider.categories)
        category, modalities, units = CATEGORIES[place]
        zh = self.zh.draw(dice, NAME_WORDS + TEXT_WORDS_ZH)
        en = self.en.draw(dice, NAME_WORDS + TEXT_WORDS_EN)
        name_en = [word.capitalize() for word in en[:NAME_WORDS]]
        own_slug = "-".join([*en[:2], _base36(number)])
        method = provider.method if self._happens(METHOD_HABIT) else _pick(dice, METHODS)
        return DatasetRecord(
            slug=f"{parent.slug}/{own_slug}" if parent else own_slug,
            parent=parent.slug if parent else None,
            name_zh="".join(zh[:NAME_WORDS]),
            name_en=" ".join(name_en),
            description_zh=_sentences(zh[NAME_WORDS:]),
            description_en=" ".join(en[NAME_WORDS:]).capitalize() + ".",
            provider=parent.provider if parent else provider.slug,
            category=category,
            modality=_pick(dice, modalities),
            languages=self._languages(),
            licence_class=provider.licence
            if self._happens(LICENCE_HABIT)
            else _pick(dice, LICENCES),
            visibility="team" if self._happens(TEAM_CHANCE) else "public",
            quantities=self._quantities(units),
            estimates=self._estimates(method),
        )

    def _happens(self, chance: float) -> bool:
        return self.dice.random() < chance

    def _languages(self) -> tuple[str, ...]:
        count = self.dice.choice((0, 1, 1, 1, 1, 2, 2, 3))
        drawn = self.dice.choices(LANGUAGES, cum_weights=self.language_weights, k=count)
        return tuple(dict.fromkeys(drawn))

    def _quantities(self, units: tuple[str, ...]) -> tuple[QuantityRecord, ...]:
        if not self._happens(COUNT_CHANCE):
            return ()
        value = int(10 ** self.dice.uniform(3, 9))
        unit = _pick(self.dice, units) if self._happens(UNIT_CHANCE) else None
        found = [QuantityRecord(printed=f"{value:,}", value=Decimal(value), unit=unit)]
        if self._happens(BYTES_CHANCE):
            size = int(10 ** self.dice.uniform(8, 13))
            found.append(
                QuantityRecord(
                    printed=f"{size:,}",
                    value=Decimal(size),
                    unit="byte",
                    is_whole=False,
                    qualifier_zh="磁盘占用",
                    qualifier_en="on disk",
                )
            )
        return tuple(found)

    def _estimates(self, method: str) -> tuple[EstimateRecord, ...]:
        if method in ("converted", "none"):
            return ()
        mid = int(10 ** self.dice.gauss(9.5, 1.3))
        has_spread = self._happens(SPREAD_CHANCE)
        return (
            EstimateRecord(
                method=method,
                mid=mid,
                low=mid * 8 // 10 if has_spread else None,
                high=mid * 13 // 10 if has_spread else None,
            ),
        )


def _pick(dice: random.Random, things: Sequence[Thing]) -> Thing:
    """Return one of the things, the first ones most often."""
    return things[min(int(dice.expovariate(1)), len(things) - 1)]


def _sentences(drawn: list[str]) -> str:
    """Return Chinese words as running text: a comma after every eight, a full stop at the end."""
    clauses = ["".join(drawn[start : start + 8]) for start in range(0, len(drawn), 8)]
    return "，".join(clauses) + "。"


def _base36(number: int) -> str:
    digits = ""
    while number or not digits:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits
