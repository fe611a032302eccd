"""Every value of every closed list has a word in both languages."""

from enum import StrEnum

import pytest

from app.quotes import state, vocabulary, words
from app.quotes.buying.event_words import change_text
from app.quotes.models.record import Event
from app.quotes.vocabulary import Unit
from app.web import i18n

LISTS = [
    kind
    for module in (vocabulary, state)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind not in {StrEnum, Unit}
]


@pytest.mark.parametrize("kind", LISTS)
def test_every_value_has_a_word(kind: type[StrEnum]) -> None:
    try:
        for locale in i18n.LOCALES:
            i18n.use_locale(locale)
            shown = [words.word(value) for value in kind]
            assert all(shown)
            assert len(set(shown)) == len(shown)
    finally:
        i18n.use_locale(i18n.ENGLISH)


def test_every_unit_counts_and_is_named() -> None:
    assert set(words.UNITS) == set(Unit)
    assert words.unit_after("question", 1) == "question"
    assert words.unit_after("question", 2) == "questions"


@pytest.mark.parametrize(
    ("kind", "before", "after", "chinese", "english"),
    [
        ("rfq", "draft", "open", "草稿 → 报价中", "draft → open"),
        ("quote", "draft", "submitted", "草稿 → 已提交", "draft → submitted"),
        ("invitation", "invited", "quoted", "已邀请 → 已报价", "invited → quoted"),
        ("rfq", "open", "open", "", ""),
        ("rfq", None, "draft", "", ""),
    ],
)
def test_the_timeline_says_states_in_words(kind, before, after, chinese, english):
    event = Event(object_type=kind, before_state=before, after_state=after)
    try:
        i18n.use_locale(i18n.CHINESE)
        assert change_text(event) == chinese
        i18n.use_locale(i18n.ENGLISH)
        assert change_text(event) == english
    finally:
        i18n.use_locale(i18n.ENGLISH)
