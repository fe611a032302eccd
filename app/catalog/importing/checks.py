"""
What a record of a file must be so that every table and page can hold it.

The readers make records of the right types. Here each value is held against its closed list, its
length and its shape, since a file that was written by hand may say anything.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.catalog.editing.languages import is_tag
from app.catalog.editing.licence_terms import SCOPES
from app.catalog.editing.slugs import PART
from app.catalog.exchange.items import Finding, Item, ProviderRecord, SourceRecord
from app.catalog.importers.texts import is_web_address
from app.catalog.importing.findings import finding
from app.catalog.loading.records import (
    DatasetRecord,
    EstimateRecord,
    LicenceRecord,
    OverlapRecord,
    QuantityRecord,
    StatementRecord,
)
from app.catalog.models.datasets import Visibility
from app.catalog.models.estimates import EstimateMethod
from app.catalog.models.licences import LicenceClass
from app.catalog.models.quantities import ByteContent
from app.catalog.words.labels import VERDICTS

MAX_SLUG = 200
MAX_CODE = 200
MAX_NAME = 500
MAX_TEXT = 20_000
MAX_ADDRESS = 2_000
MAX_INTEGER = 2**31 - 1
GRADES = ("A", "B", "C", "V", "-")
BOUNDS = ("at_least", "at_most")
RELATIONS = ("derived_from", "contains", "may_overlap")
_THOUSANDTH = Decimal("0.001")
# What only a conversion of our own writes, and pages take apart.
_OWN_RULES = frozenset({"units", "bytes"})

# The JSON columns: what their parts must have, by key; a tuple of types, None for no matter.
_TEXT_OR_NONE = (str, type(None))
_NUMBER = (int, float)
_SHAPES: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "other_source_lines": {"line_no": (int, type(None)), "text": (str,)},
    "anomalies": {"code": (str,), "note_zh": _TEXT_OR_NONE, "note_en": _TEXT_OR_NONE},
    "notes": {"zh": (str,), "en": (str,)},
    "checks": {
        "check_zh": (str,),
        "check_en": (str,),
        "is_ok": (bool,),
        "value": (*_NUMBER, *_TEXT_OR_NONE),
        "comment_zh": _TEXT_OR_NONE,
        "comment_en": _TEXT_OR_NONE,
    },
    "figure_fields": {
        "code": (str,),
        "label_zh": (str,),
        "label_en": (str,),
        "unit": _TEXT_OR_NONE,
        "decimals": (int, type(None)),
        "is_share": (bool,),
        "note_zh": _TEXT_OR_NONE,
        "note_en": _TEXT_OR_NONE,
    },
}
_MAY_LACK = frozenset(
    {"line_no", "value", "unit", "decimals", "is_share", "is_ok"}
    | {f"{stem}_{language}" for stem in ("note", "comment") for language in ("zh", "en")}
)
_MAX_DECIMALS = 6
_ENUMS: Mapping[type, Mapping[str, Collection[str]]] = {
    DatasetRecord: {
        "licence_class": frozenset(LicenceClass),
        "visibility": frozenset(Visibility),
    },
    QuantityRecord: {"content": frozenset(ByteContent)},
    EstimateRecord: {"method": frozenset(EstimateMethod), "bound": BOUNDS},
    LicenceRecord: {"scope": SCOPES, "licence_class": frozenset(LicenceClass)},
    StatementRecord: {"verdict": frozenset(VERDICTS)},
    OverlapRecord: {"relation": RELATIONS},
    SourceRecord: {"grade": GRADES},
    ProviderRecord: {},
}
_CODES = frozenset({"slug", "parent", "provider", "category", "key", "source", "other", "code"})
_NAMES = frozenset({"name_zh", "name_en", "short_name_zh", "short_name_en", "licence_spdx", "spdx"})
_INTEGERS = frozenset({"position", "line_no", "source_line_no", "source_heading_no"})
_ADDRESSES = frozenset({"homepage", "evidence_url"})
_CHILDREN = ("quantities", "estimates", "licence_claims", "statements", "overlaps")


@dataclass(frozen=True, slots=True)
class Closed:
    """The closed lists of the catalogue that a file may name."""

    categories: Collection[str]
    tokenizers: Collection[str]


@dataclass(slots=True)
class Checked:
    """An item as it may be written, or None, with what was found."""

    item: Item | None
    findings: list[Finding] = field(default_factory=list)


def check(item: Item, row: int, closed: Closed) -> Checked:
    """Return the item as the tables hold it, or what keeps it out."""
    record = item.record
    found: list[Finding] = []
    for part, path in _parts(item):
        found += _values(part, path, row)
    found += _closed(record, row, closed)
    found += _shapes(record, row)
    if any(one.severity == "error" for one in found):
        return Checked(None, found)
    estimates = []
    for estimate in record.estimates:
        kept, notes = _estimate(estimate, row, closed)
        estimates.append(kept)
        found += notes
    written = replace(
        record,
        estimates=tuple(estimates),
        quantities=tuple(_quantity(quantity) for quantity in record.quantities),
    )
    return Checked(replace(item, record=written), found)


def _parts(item: Item) -> Iterator[tuple[Any, str]]:
    """Yield every record of an item with the key that it stands at."""
    yield item.record, ""
    yield item.provider, "provider."
    for source in item.sources:
        yield source, "sources."
    for name in _CHILDREN:
        for child in getattr(item.record, name):
            yield child, f"{name}."


def _values(part: Any, path: str, row: int) -> Iterator[Finding]:  # noqa: ANN401  any record
    """Yield what is wrong with the single values of a record."""
    enums = _ENUMS[type(part)]
    for one in fields(part):
        name, value = one.name, getattr(part, one.name)
        key = f"{path}{name}"
        if name in enums and value is not None and value not in enums[name]:
            yield finding("value_unknown", row=row, column=key, key=key, value=str(value)[:80])
        elif isinstance(value, str):
            limit = _limit(name)
            if len(value) > limit:
                yield finding("value_long", row=row, column=key, key=key, limit=limit)
            elif name in _ADDRESSES and value and not is_web_address(value):
                yield finding("value_unknown", row=row, column=key, key=key, value=value[:80])
        elif name in _INTEGERS and value is not None and not 0 <= value <= MAX_INTEGER:
            yield finding("number_outside", row=row, column=key, key=key, limit=MAX_INTEGER)


def _limit(name: str) -> int:
    if name in _CODES:
        return MAX_CODE
    if name in _NAMES:
        return MAX_NAME
    return MAX_ADDRESS if name in _ADDRESSES else MAX_TEXT


def _closed(record: DatasetRecord, row: int, closed: Closed) -> Iterator[Finding]:
    """Yield what names nothing of the catalogue."""
    if record.category not in closed.categories:
        value = record.category[:80]
        yield finding("value_unknown", row=row, column="category", key="category", value=value)
    if PART.fullmatch(record.provider) is None:
        value = record.provider[:80]
        yield finding("value_unknown", row=row, column="provider", key="provider", value=value)
    for tag in record.languages:
        if not is_tag(tag):
            key = "languages"
            yield finding("value_unknown", row=row, column=key, key=key, value=tag[:80])
    for name in ("name_zh", "name_en"):
        if not getattr(record, name).strip():
            yield finding("value_unknown", row=row, column=name, key=name, value="")
    if any(len(alias) > MAX_NAME for alias in record.aliases):
        yield finding("value_long", row=row, column="aliases", key="aliases", limit=MAX_NAME)


def _shapes(record: DatasetRecord, row: int) -> Iterator[Finding]:
    """Yield the JSON columns that no page could show."""
    for name, shape in _SHAPES.items():
        if not all(_has_shape(part, shape) for part in getattr(record, name)):
            yield finding("value_shape", row=row, column=name, key=name)
    if record.figures is not None and not all(_is_figure(v) for v in record.figures.values()):
        yield finding("value_shape", row=row, column="figures", key="figures")


def _has_shape(part: Mapping[str, Any], shape: Mapping[str, tuple[type, ...]]) -> bool:
    if not set(part) <= set(shape) or not set(shape) - _MAY_LACK <= set(part):
        return False
    decimals = part.get("decimals")
    if isinstance(decimals, int) and not 0 <= decimals <= _MAX_DECIMALS:
        return False
    return all(type(part[key]) in kinds for key, kinds in shape.items() if key in part)


def _is_figure(value: object) -> bool:
    if isinstance(value, dict):
        return set(value) == {"zh", "en"} and all(isinstance(text, str) for text in value.values())
    return type(value) in _NUMBER


def _estimate(
    estimate: EstimateRecord, row: int, closed: Closed
) -> tuple[EstimateRecord, list[Finding]]:
    found = []
    if estimate.tokenizer is not None and estimate.tokenizer not in closed.tokenizers:
        value = estimate.tokenizer[:80]
        found.append(finding("tokenizer_unknown", row=row, column="tokenizer", value=value))
        printed = estimate.tokenizer_printed or estimate.tokenizer
        estimate = replace(estimate, tokenizer=None, tokenizer_printed=printed)
    if estimate.rule is not None and estimate.rule.get("kind") in _OWN_RULES:
        found.append(finding("rule_dropped", row=row, column="estimates"))
        estimate = replace(estimate, rule=None)
    return estimate, found


def _quantity(quantity: QuantityRecord) -> QuantityRecord:
    """Return a quantity with as many decimals as its column keeps."""
    if quantity.value is None:
        return quantity
    return replace(quantity, value=quantity.value.quantize(_THOUSANDTH, ROUND_HALF_UP))
