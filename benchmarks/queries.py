"""
The questions of the benchmark: a seeded mix of what people ask a catalogue.

Words and filters are taken from datasets that exist, so most questions find something: common
words as often as rare ones, filters that occur together, pages from anywhere in an order.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from app.catalog.loading.records import DatasetRecord
from app.catalog.search import facets, orders, terms
from app.catalog.search.orders import Place
from app.catalog.search.query import NONE, Facet, SearchRequest, Sort
from benchmarks import corpus, words

SEED = 7
SAMPLED_DATASETS = 20_000
MOST_TRIES = 20
# How often a word is one of the frequent ones, a page is of the team, subsets are included.
FREQUENT, TEAM, WITH_SUBSETS = 0.5, 0.2, 0.3


class Kind(StrEnum):
    """What sort of question it is."""

    CHINESE_2 = "Chinese, 2 characters"
    CHINESE_3 = "Chinese, 3 characters"
    CHINESE_4 = "Chinese, 4 characters"
    ENGLISH_1 = "English, 1 word"
    ENGLISH_2 = "English, 2 words"
    FILTERS = "filters only"
    TEXT_AND_FILTERS = "text and filters"
    DEEP = "deep page"


# How many of a hundred questions are of each kind.
SHARES = {
    Kind.CHINESE_2: 18,
    Kind.CHINESE_3: 12,
    Kind.CHINESE_4: 12,
    Kind.ENGLISH_1: 12,
    Kind.ENGLISH_2: 12,
    Kind.FILTERS: 16,
    Kind.TEXT_AND_FILTERS: 9,
    Kind.DEEP: 9,
}
# How many filters a page without a text has, as often as listed.
FILTER_COUNTS = (0, 1, 1, 1, 1, 2, 2, 3)
ORDERS = (Sort.TOKENS, Sort.TOKENS, Sort.UPDATED, Sort.NAME)
DEEP_ORDERS = (Sort.TOKENS, Sort.NAME)
LOCALES = ("zh_CN", "en")


@dataclass(frozen=True, slots=True)
class Question:
    """A request with its kind."""

    kind: Kind
    request: SearchRequest


def questions(count: int, rows: int) -> list[Question]:
    """Return `count` different questions about the first `rows` synthetic datasets."""
    dice = random.Random(SEED)
    known = list(islice(corpus.records(rows), SAMPLED_DATASETS))
    asker = _Asker(dice, known)
    makers: dict[Kind, Callable[[], SearchRequest]] = {
        Kind.CHINESE_2: lambda: asker.chinese(2),
        Kind.CHINESE_3: lambda: asker.chinese(3),
        Kind.CHINESE_4: lambda: asker.chinese(4),
        Kind.ENGLISH_1: lambda: asker.english(1),
        Kind.ENGLISH_2: lambda: asker.english(2),
        Kind.FILTERS: asker.filters,
        Kind.TEXT_AND_FILTERS: asker.text_and_filters,
        Kind.DEEP: asker.deep,
    }
    found: dict[str, Question] = {}
    for kind in islice(_kinds(dice), count * MOST_TRIES):
        request = makers[kind]()
        found.setdefault(repr(request), Question(kind, request))
        if len(found) == count:
            break
    return list(found.values())


def _kinds(dice: random.Random) -> Iterator[Kind]:
    """Return kinds without end, in every hundred as many as their share."""
    deck = [kind for kind, share in SHARES.items() for _ in range(share)]
    while True:
        dice.shuffle(deck)
        yield from deck


class _Asker:
    """Somebody who knows some datasets."""

    def __init__(self, dice: random.Random, known: list[DatasetRecord]) -> None:
        self.dice, self.known = dice, known
        self.frequent_zh, self.frequent_en = words.head("words_zh"), words.head("words_en")

    def chinese(self, length: int) -> SearchRequest:
        frequent = [word for word in self.frequent_zh if len(word) == length]
        if frequent and self.dice.random() < FREQUENT:
            return self._ask(self.dice.choice(frequent))
        run = self.dice.choice(
            [run for run in terms.runs(self._dataset().description_zh or "") if len(run) >= length]
        )
        start = self.dice.randrange(len(run) - length + 1)
        return self._ask(run[start : start + length])

    def english(self, count: int) -> SearchRequest:
        if count == 1 and self.dice.random() < FREQUENT:
            return self._ask(self.dice.choice(self.frequent_en))
        dataset = self._dataset()
        known = terms.runs(f"{dataset.name_en} {dataset.description_en}")
        return self._ask(" ".join(self.dice.sample(known, count)))

    def filters(self) -> SearchRequest:
        request = self._ask("")
        filters = self._filters(self.dice.choice(FILTER_COUNTS))
        return replace(request, filters=filters, sort=self.dice.choice(ORDERS))

    def text_and_filters(self) -> SearchRequest:
        request = self.dice.choice((self.chinese, self.english))(self.dice.choice((2, 2, 3)))
        return replace(request, filters=self._filters(self.dice.choice((1, 1, 2))))

    def deep(self) -> SearchRequest:
        request = self.dice.choice(
            (self.filters, lambda: self.chinese(2), lambda: self.english(1))
        )()
        request = replace(request, sort=self.dice.choice(DEEP_ORDERS))
        order = orders.choose(request, has_text=bool(request.text))
        place = self._dataset()
        name = place.name_zh if order.key == "name_zh" else place.name_en
        tokens = place.estimates[0].mid if place.estimates else -1
        key = tokens if order.key == "tokens" else terms.normalise(name)
        return replace(
            request, cursor=orders.write_cursor(order, Place(0, -1 if key is None else key, 0))
        )

    def _dataset(self) -> DatasetRecord:
        return self.dice.choice(self.known)

    def _ask(self, text: str) -> SearchRequest:
        return SearchRequest(
            text=text,
            sort=Sort.RELEVANCE if text else Sort.TOKENS,
            locale=self.dice.choice(LOCALES),
            sees_team=self.dice.random() < TEAM,
            include_subsets=self.dice.random() < WITH_SUBSETS,
        )

    def _filters(self, count: int) -> dict[Facet, frozenset[str]]:
        values = _values(self._dataset())
        chosen = self.dice.sample([facet for facet in Facet if values[facet]], count)
        return {facet: frozenset({self.dice.choice(values[facet])}) for facet in chosen}


def _values(dataset: DatasetRecord) -> dict[Facet, list[str]]:
    """Return the values that a dataset certainly has."""
    estimate = dataset.estimates[0] if dataset.estimates else None
    return {
        Facet.CATEGORY: [dataset.category],
        Facet.MODALITY: [dataset.modality],
        Facet.LANGUAGE: sorted(facets.languages(dataset.languages)),
        Facet.LICENCE: [dataset.licence_class],
        Facet.PROVIDER: [dataset.provider],
        Facet.UNIT: sorted({one.unit for one in dataset.quantities if one.unit}) or [NONE],
        # Without an estimate of its own it may have a converted one.
        Facet.METHOD: [estimate.method] if estimate else [],
        Facet.SIZE: [facets.size(estimate.mid)] if estimate else [],
    }
