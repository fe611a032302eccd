"""
Items as JSON and back, losslessly: the format of our own files, and of what CSV cannot show.

The keys are the fields of the records; `name_zh` and `name_en` become `name: {zh, en}`; what has
its default value is left out. Decoding trusts nothing: each value must have its field's type.
"""

import math
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from decimal import Decimal, InvalidOperation
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from app.catalog.exchange.items import Finding, Item, Json, ProviderRecord, SourceRecord
from app.catalog.importers.problems import finding, wrong_type
from app.catalog.loading.records import (
    DatasetRecord,
    EstimateRecord,
    LicenceRecord,
    OverlapRecord,
    QuantityRecord,
    StatementRecord,
)

MAX_STRING = 100_000
MAX_DEPTH = 20
MAX_CHILDREN = 2_000
# Where a record comes from is the business of each import.
_UNWRITTEN = frozenset({"origin"})
_RECORDS = (
    DatasetRecord,
    QuantityRecord,
    EstimateRecord,
    LicenceRecord,
    StatementRecord,
    OverlapRecord,
    ProviderRecord,
    SourceRecord,
)
_FIELDS: dict[type, tuple[Field[Any], ...]] = {
    kind: tuple(field for field in fields(kind) if field.name not in _UNWRITTEN)
    for kind in _RECORDS
}
_HINTS: dict[type, dict[str, Any]] = {kind: get_type_hints(kind) for kind in _RECORDS}


def _pair(name: str) -> tuple[str, str]:
    """Return what `name_zh` is a part of and its language; "" for other fields."""
    stem, _, language = name.rpartition("_")
    return (stem, language) if language in {"zh", "en"} else (name, "")


def _default(field: Field[Any]) -> object:
    """Return a field's default; for a required one something that no value equals."""
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


_PLANS = {
    kind: tuple((field.name, _default(field), *_pair(field.name)) for field in found)
    for kind, found in _FIELDS.items()
}
_PLAIN = frozenset({str, int, bool, NoneType})
_ITEM_KEYS = ("provider", "sources", "main")

R = TypeVar("R")


def encode_item(item: Item) -> Json:
    """Return an item as JSON; the provider and the sources stand in it whole."""
    out = encode(item.record)
    out["provider"] = encode(item.provider)
    if item.sources:
        out["sources"] = [encode(source) for source in item.sources]
    if item.main is not None:
        out["main"] = encode(item.main)
    return out


def encode(record: object) -> Json:
    """Return a record as JSON, without what has its default value."""
    out: Json = {}
    for name, default, stem, language in _PLANS[type(record)]:
        value = getattr(record, name)
        if value == default:
            continue
        if language:
            out.setdefault(stem, {})[language] = value
        else:
            out[stem] = value if type(value) in _PLAIN else _encoded(value)
    return out


def _encoded(value: Any) -> Any:  # noqa: ANN401  any value of a record
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, (tuple, list)):
        return [_encoded(part) for part in value]
    return encode(value) if isinstance(value, _RECORDS) else value


def number(value: Decimal) -> int | float | str:
    """
    Return a number that JSON keeps exactly: an integer, a float that says the same, or a text.

    >>> number(Decimal("2500000")), number(Decimal("0.5")), number(Decimal("0.1234567890123456789"))
    (2500000, 0.5, '0.1234567890123456789')
    """
    if value == value.to_integral_value():
        return int(value)
    short = float(value)
    return short if Decimal(repr(short)) == value else f"{value:f}"


class Decoder:
    """Decodes one item; collects what is wrong with it instead of stopping at the first thing."""

    def __init__(self, row: int) -> None:
        self.row = row
        self.findings: list[Finding] = []

    def item(self, data: object) -> Item | None:
        """Return the item that a JSON object describes, or None where something is wrong."""
        if not isinstance(data, dict):
            self._wrong("", "object")
            return None
        rest = {key: value for key, value in data.items() if key not in _ITEM_KEYS}
        provider = self.record(ProviderRecord, data.get("provider"), "provider")
        sources = self._children(SourceRecord, data.get("sources", []), "sources")
        main = None
        if data.get("main") is not None:
            main = self.record(EstimateRecord, data["main"], "main")
        slug = provider.slug if provider else ""
        record = self.record(DatasetRecord, rest | {"provider": slug}, "")
        if record is None or provider is None or sources is None or self.has_error:
            return None
        return Item(record=record, provider=provider, sources=sources, main=main)

    def record(self, kind: type[R], data: object, path: str) -> R | None:
        """Return the record that a JSON object describes."""
        if not isinstance(data, dict):
            self._wrong(path, "object")
            return None
        flat = self._unpaired(kind, data, path)
        hints = _HINTS[kind]
        values: dict[str, Any] = {}
        known = {field.name: field for field in _FIELDS[kind]}
        for key, value in flat.items():
            where = f"{path}.{key}" if path else key
            if key in known:
                values[key] = self._value(hints[key], value, where)
            else:
                self.findings.append(finding("key_unknown", row=self.row, column=where, key=where))
        for name, field in known.items():
            is_required = field.default is MISSING and field.default_factory is MISSING
            if is_required and name not in values:
                where = f"{path}.{name}" if path else name
                self.findings.append(finding("key_missing", row=self.row, column=where, key=where))
        if self.has_error:
            return None
        return kind(**values)

    @property
    def has_error(self) -> bool:
        """Whether what was decoded so far must not be used."""
        return any(found.severity == "error" for found in self.findings)

    def _unpaired(self, kind: type, data: Mapping[object, object], path: str) -> Json:
        """Return `name: {zh, en}` as `name_zh` and `name_en`."""
        names = {field.name for field in _FIELDS[kind]}
        flat: Json = {}
        for raw_key, value in data.items():
            key = str(raw_key)
            if key not in names and f"{key}_zh" in names:
                if value is None:
                    continue
                if not isinstance(value, dict) or not set(value) <= {"zh", "en"}:
                    self._wrong(f"{path}.{key}" if path else key, "object")
                    continue
                flat |= {f"{key}_{language}": text for language, text in value.items()}
            else:
                flat[key] = value
        return flat

    def _value(self, hint: Any, value: object, path: str) -> Any:  # noqa: ANN401, PLR0911  by type
        if get_origin(hint) is UnionType:
            options = [option for option in get_args(hint) if option is not NoneType]
            return None if value is None else self._value(options[0], value, path)
        if hint is str:
            return self._text(value, path)
        if hint is bool:
            return value if isinstance(value, bool) else self._wrong(path, "yes or no")
        if hint is int:
            is_whole = isinstance(value, int) and not isinstance(value, bool)
            return value if is_whole else self._wrong(path, "whole number")
        if hint is Decimal:
            return self._decimal(value, path)
        if get_origin(hint) is tuple:
            return self._tuple(get_args(hint)[0], value, path)
        if isinstance(value, dict):
            return self.json(value, path)
        return self._wrong(path, "object")

    def _tuple(self, inner: Any, value: object, path: str) -> Any:  # noqa: ANN401  by type
        if not isinstance(value, list):
            return self._wrong(path, "list")
        if inner in _RECORDS:
            return self._children(inner, value, path)
        return tuple(
            self._value(inner, part, f"{path}[{index}]") for index, part in enumerate(value)
        )

    def _children(self, kind: type[R], value: object, path: str) -> tuple[R, ...] | None:
        if not isinstance(value, list) or len(value) > MAX_CHILDREN:
            self._wrong(path, "list")
            return None
        found = [self.record(kind, part, f"{path}[{index}]") for index, part in enumerate(value)]
        return tuple(record for record in found if record is not None)

    def _text(self, value: object, path: str) -> str | None:
        if not isinstance(value, str):
            self._wrong(path, "text")
            return None
        if not is_storable(value):
            self.findings.append(finding("unreadable_text", row=self.row, column=path, key=path))
        if len(value) > MAX_STRING:
            self.findings.append(finding("text_long", row=self.row, column=path, limit=MAX_STRING))
        return value

    def _decimal(self, value: object, path: str) -> Decimal | None:
        is_number = isinstance(value, (int, float, str, Decimal)) and not isinstance(value, bool)
        try:
            found = Decimal(str(value)) if is_number else None
        except InvalidOperation:
            found = None
        if found is None or not found.is_finite():
            self._wrong(path, "number")
            return None
        return found

    def json(self, value: object, path: str, depth: int = 0) -> Any:  # noqa: ANN401  JSON
        """Return any JSON that the database can hold."""
        if depth > MAX_DEPTH:
            return self._wrong(path, "object")
        if isinstance(value, dict):
            return {
                self._text(key, path): self.json(part, f"{path}.{key}", depth + 1)
                for key, part in value.items()
            }
        if isinstance(value, list):
            return [self.json(part, path, depth + 1) for part in value]
        if isinstance(value, str):
            return self._text(value, path)
        if isinstance(value, (Decimal, float)):
            # 100.0 stays 100.0, as the database gives it back.
            short = float(value)
            return short if math.isfinite(short) else self._wrong(path, "number")
        return value

    def _wrong(self, path: str, expected: str) -> None:
        self.findings.append(wrong_type(path, expected, row=self.row))


def is_storable(text: str) -> bool:
    """Whether a text can be stored: no NUL, and no half of a surrogate pair."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
