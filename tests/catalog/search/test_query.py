import pytest

from app.catalog.search import query
from app.catalog.search.query import Facet, Sort
from app.errors import InvalidInput


def test_text_is_stripped():
    assert query.parse_text("  图书 ") == "图书"


@pytest.mark.parametrize("text", ["x" * 201, "图" * 10_000, "a\0b", "\ud800", "a\udfff"])
def test_text_that_cannot_be_searched_is_refused(text):
    with pytest.raises(InvalidInput) as refused:
        query.parse_text(text)
    assert refused.value.field == "q"
    assert str(refused.value)


@pytest.mark.parametrize(
    ("sort", "has_text", "expected"),
    [
        (None, True, Sort.RELEVANCE),
        (None, False, Sort.TOKENS),
        ("", False, Sort.TOKENS),
        ("name", True, Sort.NAME),
        ("-updated", False, Sort.UPDATED),
    ],
)
def test_sort(sort, has_text, expected):
    assert query.parse_sort(sort, has_text=has_text) is expected


def test_an_unknown_sort_names_the_known_ones():
    with pytest.raises(InvalidInput) as refused:
        query.parse_sort("tokens\0; DROP", has_text=False)
    assert refused.value.field == "sort"
    assert "-tokens" in str(refused.value)
    assert "\0" not in str(refused.value)


@pytest.mark.parametrize(
    ("limit", "expected"), [(None, query.DEFAULT_LIMIT), ("", 20), ("1", 1), (200, 200)]
)
def test_limit(limit, expected):
    assert query.parse_limit(limit) == expected


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1.5", "²", "٣", "x", "9" * 5000])
def test_a_limit_out_of_range_is_refused(limit):
    with pytest.raises(InvalidInput) as refused:
        query.parse_limit(limit)
    assert refused.value.field == "limit"
    assert "200" in str(refused.value)


def test_filters():
    found = query.parse_filters({"language": ["zh", "en", "zh"], "unit": [""], "size": []})
    assert found == {Facet.LANGUAGE: frozenset({"zh", "en"})}


def test_an_unknown_filter_names_the_known_ones():
    with pytest.raises(InvalidInput) as refused:
        query.parse_filters({"colour": ["red"]})
    assert "language" in str(refused.value)


def test_too_many_values_are_refused():
    with pytest.raises(InvalidInput) as refused:
        query.parse_filters({"provider": [str(number) for number in range(51)]})
    assert refused.value.field == "provider"


def test_a_refused_value_is_printed_short_and_clean():
    assert query.shown("a\nb" + "x" * 100) == "a\ufffdb" + "x" * 47 + "…"
