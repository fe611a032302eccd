"""The orders of results, and cursors: the place of one row in an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from app.catalog.search.query import SearchRequest, Sort, is_text
from app.catalog.search.statements import Clauses
from app.errors import InvalidInput
from app.web import paging

VERSION = 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What Postgres can compare: a bigint, and a timestamp of a year with four digits.
MAX_INTEGER = 2**63 - 1
MAX_MICROSECONDS = 250_000_000_000_000_000
MAX_NAME = 400
MAX_RANK = 2

Key = int | str | datetime
KEY_TYPES = {
    "tokens": "bigint",
    "updated_at": "timestamptz",
    "name_zh": 'text COLLATE "C"',
    "name_en": 'text COLLATE "C"',
}


class Place(NamedTuple):
    """Where a row stands in an order: how well it matches, what is sorted by, its id."""

    rank: int
    key: Key
    dataset_id: int


class Row(NamedTuple):
    """A row of a page with its place."""

    dataset_id: int
    rank: int
    key: Key

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.rank, self.key, self.dataset_id)


@dataclass(frozen=True, slots=True)
class Order:
    """
    An order by the column `key`, then by id in the same direction.

    With `has_rank`, better matches come first: 2 is the very name, 1 a match in the names.
    """

    code: str
    key: Literal["tokens", "updated_at", "name_zh", "name_en"]
    is_descending: bool = True
    has_rank: bool = False

    @property
    def key_type(self) -> str:
        """The type of the column in SQL."""
        return KEY_TYPES[self.key]


@dataclass(frozen=True, slots=True)
class Window:
    """
    Which rows of an order are wanted: `size` of them from its beginning, or beyond a place.

    Backwards they are those before the place, or the last ones, the nearest first.
    """

    order: Order
    size: int
    place: Place | None = None
    is_backwards: bool = False

    def beyond(self, columns: Sequence[str]) -> Clauses:
        """Return the condition that a row with these columns is beyond the place."""
        if self.place is None:
            return Clauses()
        # The columns are the last ones of rank, key and id: without a rank all ranks are equal.
        types = ("integer", self.order.key_type, "bigint")[-len(columns) :]
        names = ("place_rank", "place_key", "place_id")[-len(columns) :]
        place = ", ".join(f"%({name})s::{kind}" for name, kind in zip(names, types, strict=True))
        sign = "<" if self.is_falling else ">"
        return Clauses().add(
            f"({', '.join(columns)}) {sign} ({place})",
            **dict(zip(names, self.place[-len(columns) :], strict=True)),
        )

    def sorted(self, columns: Sequence[str]) -> str:
        """Return the columns as ORDER BY takes them."""
        direction = "DESC" if self.is_falling else "ASC"
        return ", ".join(f"{column} {direction}" for column in columns)

    @property
    def is_falling(self) -> bool:
        """Whether what the window shows next is less."""
        return self.order.is_descending != self.is_backwards


def choose(request: SearchRequest, *, has_text: bool) -> Order:
    """Return the order of a request. Without a text every match is as good, so size decides."""
    if request.sort is Sort.UPDATED:
        return Order("u", "updated_at")
    if request.sort is Sort.NAME:
        if request.locale.startswith("zh"):
            return Order("z", "name_zh", is_descending=False)
        return Order("e", "name_en", is_descending=False)
    if request.sort is Sort.RELEVANCE and has_text:
        return Order("r", "tokens", has_rank=True)
    return Order("t", "tokens")


def write_cursor(order: Order, place: Place, *, is_backwards: bool = False) -> str:
    """Return a cursor for an address: the place of a row that was shown, nothing else."""
    key = place.key
    if isinstance(key, datetime):
        key = (key - EPOCH) // timedelta(microseconds=1)
    return paging.encode_cursor(
        [VERSION, order.code, int(is_backwards), place.rank, key, place.dataset_id]
    )


def read_cursor(cursor: str | None, order: Order, size: int) -> Window:
    """
    Return the window that a cursor of `write_cursor` opens; the first one without a cursor.

    Raises
    ------
    InvalidInput
        If it is damaged, or was made for another order.
    """
    if not cursor:
        return Window(order, size)
    match paging.decode_cursor(cursor):
        case [int(version), str(code), 0 | 1 as backwards, int(rank), key, int(dataset_id)] if (
            version == VERSION
            and 0 <= rank <= MAX_RANK
            and 0 <= dataset_id <= MAX_INTEGER
            and (found := _read_key(key, order)) is not None
        ):
            if code != order.code:
                raise InvalidInput(
                    "The cursor of this address belongs to another order. Start again.",
                    field="cursor",
                )
            return Window(order, size, Place(rank, found, dataset_id), bool(backwards))
    raise InvalidInput(paging.DAMAGED, field="cursor")


def _read_key(key: object, order: Order) -> Key | None:
    if order.key in ("name_zh", "name_en"):
        is_name = isinstance(key, str) and len(key) <= MAX_NAME and is_text(key)
        return key if isinstance(key, str) and is_name else None
    if isinstance(key, bool) or not isinstance(key, int):
        return None
    if order.key == "updated_at":
        if not 0 <= key <= MAX_MICROSECONDS:
            return None
        return EPOCH + timedelta(microseconds=key)
    return key if abs(key) <= MAX_INTEGER else None
