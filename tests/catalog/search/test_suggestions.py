import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.search import indexing, suggestions
from app.catalog.search.query import Facet, SearchRequest
from app.catalog.search.service import search
from app.catalog.search.suggestions import Correction
from tests.catalog.search.catalogue import Entry, build


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("fineweeb", "fineweb"),  # a letter too many
        ("slimpajma", "slimpajama"),  # one missing
        ("refindweb", "refinedweb"),  # one missing, in the middle
        ("redpjaama", "redpajama"),  # two swapped
        ("finewob", "fineweb"),  # one mistaken
        ("piel", "pile"),  # a short word with two swapped
    ],
)
def test_a_mistyped_word_is_searched_as_the_nearest(session, typed, used):
    names = ["FineWeb", "SlimPajama", "RefinedWeb", "RedPajama", "The Pile"]
    catalogue = build(session, [Entry(name_en=name) for name in names])
    page = search(session, SearchRequest(text=typed))
    assert page.corrections == (Correction(typed, used),)
    (place,) = catalogue.slugs(page.ids)
    assert used in names[place].lower()


@pytest.mark.parametrize("typed", ["fin", "xyzzyq", "c5", "flneweb2", "图书"])
def test_what_is_near_to_nothing_stays_as_it_is(session, typed):
    build(session, [Entry(name_en="FineWeb C4", name_zh="数据")])
    page = search(session, SearchRequest(text=typed))
    assert page.corrections == ()
    assert page.total == (1 if typed == "fin" else 0)


def test_only_the_word_that_nothing_contains_is_replaced(session):
    catalogue = build(session, [Entry(name_en="FineWeb code"), Entry(name_en="Pile code")])
    page = search(session, SearchRequest(text="fineweeb code"))
    assert page.corrections == (Correction("fineweeb", "fineweb"),)
    assert catalogue.slugs(page.ids) == [0]


def test_words_that_exist_apart_are_not_corrected(session):
    build(session, [Entry(name_en="FineWeb"), Entry(name_en="Pile")])
    page = search(session, SearchRequest(text="fineweb pile"))
    assert (page.total, page.corrections) == (0, ())


def test_a_filter_that_leaves_nothing_is_no_reason_to_correct(session):
    build(session, [Entry(name_en="FineWeb"), Entry(name_en="FineWebs", licence="open")])
    page = search(
        session,
        SearchRequest(text="fineweb", filters={Facet.UNIT: frozenset({"hour"})}),
    )
    assert (page.total, page.corrections) == (0, ())


def test_of_words_as_near_the_more_frequent_is_used(session):
    build(session, [Entry(name_en="webtest"), Entry(name_en="webtext"), Entry(name_en="webtext")])
    page = search(session, SearchRequest(text="webteqt"))
    assert page.corrections == (Correction("webteqt", "webtext"),)


def test_a_word_of_a_dataset_that_is_gone_is_no_correction(session):
    catalogue = build(session, [Entry(name_en="FineWeb")])
    indexing.remove(session, catalogue.ids)
    assert search(session, SearchRequest(text="fineweeb")).corrections == ()


words = st.text("abc", max_size=6)


@given(words, words)
def test_distance_is_symmetric_and_zero_only_for_the_same(left, right):
    assert suggestions.distance(left, right) == suggestions.distance(right, left)
    assert (suggestions.distance(left, right) == 0) == (left == right)


@given(words, st.integers(0, 6), st.sampled_from("abc"))
def test_one_letter_more_is_one_change(word, place, letter):
    assert suggestions.distance(word, word[:place] + letter + word[place:]) == 1
