import base64
import json
from datetime import UTC, datetime

import pytest

from app.catalog.search import orders
from app.catalog.search.orders import Order, Place
from app.catalog.search.query import SearchRequest, Sort
from app.errors import InvalidInput
from app.web.paging import encode_cursor

TOKENS = Order("t", "tokens")
UPDATED = Order("u", "updated_at")
NAME = Order("e", "name_en", is_descending=False)
RELEVANCE = Order("r", "tokens", has_rank=True)


@pytest.mark.parametrize(
    ("sort", "locale", "has_text", "expected"),
    [
        (Sort.RELEVANCE, "en", True, RELEVANCE),
        (Sort.RELEVANCE, "en", False, TOKENS),
        (Sort.TOKENS, "zh_CN", True, TOKENS),
        (Sort.UPDATED, "en", True, UPDATED),
        (Sort.NAME, "en", True, NAME),
        (Sort.NAME, "zh_CN", False, Order("z", "name_zh", is_descending=False)),
    ],
)
def test_choose(sort, locale, has_text, expected):
    request = SearchRequest(sort=sort, locale=locale)
    assert orders.choose(request, has_text=has_text) == expected


@pytest.mark.parametrize("is_backwards", [False, True])
@pytest.mark.parametrize(
    ("order", "key"),
    [
        (TOKENS, -1),
        (TOKENS, 2**63 - 1),
        (RELEVANCE, 10**12),
        (NAME, "中文 图书"),
        (NAME, ""),
        (UPDATED, datetime(2026, 2, 3, 4, 5, 6, 789_012, UTC)),
    ],
)
def test_a_cursor_is_read_as_it_was_written(order, key, is_backwards):
    place = Place(2 if order.has_rank else 0, key, 42)
    cursor = orders.write_cursor(order, place, is_backwards=is_backwards)
    assert cursor.replace("-", "").replace("_", "").isalnum()
    window = orders.read_cursor(cursor, order, 21)
    assert (window.place, window.is_backwards, window.size) == (place, is_backwards, 21)


@pytest.mark.parametrize("cursor", [None, ""])
def test_no_cursor_is_the_first_page(cursor):
    assert orders.read_cursor(cursor, TOKENS, 5).place is None


DAMAGED = [
    "x",
    "!!!",
    "\ud800",
    "\0",
    "é",
    "a" * 2_000,
    "[" * 900,
    encode_cursor([]),
    encode_cursor([1, "t", 0, 0, 5]),
    encode_cursor([2, "t", 0, 0, 5, 1]),
    encode_cursor([1, "t", 2, 0, 5, 1]),
    encode_cursor([1, "t", 0, 3, 5, 1]),
    encode_cursor([1, "t", 0, -1, 5, 1]),
    encode_cursor([1, "t", 0, 0, 2**63, 1]),
    encode_cursor([1, "t", 0, 0, True, 1]),
    encode_cursor([1, "t", 0, 0, 5.5, 1]),
    encode_cursor([1, "t", 0, 0, None, 1]),
    encode_cursor([1, "t", 0, 0, "5", 1]),
    encode_cursor([1, "t", 0, 0, [5], 1]),
    encode_cursor([1, "t", 0, 0, 5, 2**63]),
    encode_cursor([1, "t", 0, 0, 5, -1]),
    encode_cursor([1, "t", 0, 0, 5, "1"]),
    encode_cursor([1, "t", 0, 0, 10**400, 1]),
]


@pytest.mark.parametrize("cursor", DAMAGED)
def test_a_damaged_cursor_is_refused(cursor):
    with pytest.raises(InvalidInput) as refused:
        orders.read_cursor(cursor, TOKENS, 5)
    assert refused.value.field == "cursor"


@pytest.mark.parametrize(
    ("order", "key"),
    [
        (UPDATED, -1),
        (UPDATED, 10**18),
        (UPDATED, "2026-01-01"),
        (NAME, 5),
        (NAME, "a\0b"),
        (NAME, "x" * 500),
    ],
)
def test_a_key_of_another_kind_is_refused(order, key):
    with pytest.raises(InvalidInput):
        orders.read_cursor(encode_cursor([1, order.code, 0, 0, key, 1]), order, 5)


def test_a_key_that_is_no_text_is_refused():
    escaped = json.dumps([1, "e", 0, 0, "\ud800", 1]).encode()
    with pytest.raises(InvalidInput):
        orders.read_cursor(base64.urlsafe_b64encode(escaped).decode(), NAME, 5)


def test_a_cursor_of_another_order_is_refused():
    cursor = orders.write_cursor(TOKENS, Place(0, 5, 1))
    with pytest.raises(InvalidInput) as refused:
        orders.read_cursor(cursor, RELEVANCE, 5)
    assert "another order" in str(refused.value)
