"""A JSON file too large for memory: the elements of one array, decoded one at a time."""

import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal

from app.catalog.exchange.items import ImportRefused, Json

PIECE = 256 * 1024
# One dataset, or what stands before the datasets.
MAX_ELEMENT = 4_000_000
MAX_NUMBER = 400

_SPACE = re.compile(r"[ \t\r\n]*")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _whole(digits: str) -> int:
    if len(digits) > MAX_NUMBER:
        raise ValueError("a number with too many digits")
    return int(digits)


def _fraction(digits: str) -> Decimal:
    if len(digits) > MAX_NUMBER:
        raise ValueError("a number with too many digits")
    return Decimal(digits)


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_int=_whole, parse_float=_fraction)


def refused(why: str) -> ImportRefused:
    """Return the refusal of what is no JSON."""
    return ImportRefused(
        "This is not JSON that can be read: %(why)s. If a program wrote the file, it may have "
        "broken off; send it again.",
        why=why,
    )


def loads(text: str) -> object:
    """Decode a whole document, with limits; raises ImportRefused."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise refused(_reason(error)) from None


class JsonStream:
    """The top level of a JSON object, read key by key."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        self._is_all = False

    def head(self, array_key: str) -> Json:
        """
        Return the object's keys up to the array, which `elements` then yields.

        Without that key the whole object is returned.
        """
        self._expect("{")
        head: Json = {}
        if self._peek() == "}":
            return head
        while True:
            key = self._value()
            if not isinstance(key, str):
                raise refused("a key is no text")
            self._expect(":")
            if key == array_key:
                head[key] = None
                return head
            head[key] = self._value()
            if self._next() == "}":
                return head

    def elements(self) -> Iterator[object]:
        """Yield the array's elements, then check that the object ends after it."""
        self._expect("[")
        if self._peek() == "]":
            self._at += 1
        else:
            while True:
                yield self._value()
                separator = self._next()
                if separator == "]":
                    break
                if separator != ",":
                    raise refused("a comma is missing")
        while (separator := self._next()) == ",":
            # Keys behind the array say nothing that is needed.
            self._value()
            self._expect(":")
            self._value()
        if separator != "}" or self._peek():
            raise refused("something stands behind its end")

    def _value(self) -> object:
        """Decode the next value, reading on while it is not whole."""
        self._peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._buffer, self._at)
            except RecursionError:
                raise refused("it is nested too deeply") from None
            except ValueError as error:
                if self._is_all:
                    raise refused(_reason(error)) from None
            else:
                # A number may go on in the next piece.
                if self._is_all or end < len(self._buffer):
                    self._at = end
                    return value
            if len(self._buffer) - self._at > MAX_ELEMENT:
                raise refused("a part of it is too large")
            self._read_on()

    def _next(self) -> str:
        character = self._peek()
        self._at += 1
        return character

    def _expect(self, wanted: str) -> None:
        if self._next() != wanted:
            raise refused(f"“{wanted}” is missing")

    def _peek(self) -> str:
        """Return the next character that is no space, "" at the end."""
        while True:
            match = _SPACE.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if self._is_all:
                return ""
            self._read_on()

    def _read_on(self) -> None:
        try:
            # Twice what is waiting, so that a large element is not decoded over and over.
            piece = self._text.read(max(PIECE, len(self._buffer) - self._at))
        except UnicodeError:
            raise refused("it is not valid UTF-8") from None
        self._is_all = not piece
        self._buffer = self._buffer[self._at :] + piece
        self._at = 0


def _reason(error: BaseException) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, line {error.lineno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
