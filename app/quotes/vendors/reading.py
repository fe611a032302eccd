"""A quote form read: what was typed becomes a `QuoteIn`, errors go to their fields."""

import unicodedata
from datetime import UTC
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import ValidationError

from app.quotes.content.answered import QuoteIn
from app.quotes.content.asked import LotRequirements
from app.quotes.content.values import plain
from app.quotes.fields.field import Field, Kind
from app.quotes.models.rfq import Lot, Rfq
from app.quotes.vendors.fields import HEADER, LOT, WORDING
from app.quotes.words import PERCENT_METRICS
from app.web.dates import zone
from app.web.forms import FormData
from app.web.i18n import gettext as _
from app.web.validation import sentence_of

MIN_TIERS = 3
MAX_TIERS = 20
HUNDRED = Decimal(100)
Path = tuple[str | int, ...]


def at(lot: Lot, name: str) -> str:
    """Return what a lot's field is called in the form."""
    return f"lot{lot.number}_{name}"


def tier_rows(form: FormData, lot: Lot) -> list[int]:
    """Return the numbers of the tier rows to show: those in use and two to fill."""
    used = [
        n
        for n in range(1, MAX_TIERS + 1)
        if form.text(at(lot, f"from{n}")) or form.text(at(lot, f"price{n}"))
    ]
    return list(range(1, min(max(MIN_TIERS, max(used, default=0) + 2), MAX_TIERS) + 1))


def read_quote(form: FormData, rfq: Rfq) -> QuoteIn | None:
    """Return the quote that was typed, or None with what is wrong at the form's fields."""
    names: dict[Path, str] = {}
    data: dict[str, Any] = {"currency": form.text("currency") or None, "lines": []}
    names["currency",] = "currency"
    for field in (*HEADER, *WORDING):
        names[field.key,] = field.key
        _take(data, field, form, field.key)
    for lot in rfq.lots:
        line = _read_line(form, lot, names, len(data["lines"]))
        if line is not None:
            data["lines"].append(line)
    if form.errors:
        return None
    try:
        return QuoteIn.model_validate(data)
    except ValidationError as error:
        for problem in error.errors():
            form.refuse(_name_of(problem["loc"], names), sentence_of(problem))
    return None


def form_of(body: QuoteIn, rfq: Rfq) -> FormData:
    """Return a quote as the form shows it."""
    values: dict[str, list[str]] = {"currency": [body.currency or rfq.currency]}
    for field in (*HEADER, *WORDING):
        _show(values, field, getattr(body, field.key), field.key)
    lots = {str(lot.number): lot for lot in rfq.lots} | {lot.public_id: lot for lot in rfq.lots}
    for line in body.lines:
        lot = lots[line.lot]
        for number, tier in enumerate(line.tiers, start=1):
            values[at(lot, f"from{number}")] = [plain(tier.from_)]
            values[at(lot, f"price{number}")] = [plain(tier.unit_price)]
        if line.tiers:
            values[at(lot, "kind")] = [line.tiers[0].kind]
        values[at(lot, "basis")] = [line.price_basis]
        values[at(lot, "unit")] = [line.price_unit or ""]
        for field in LOT:
            source = line.terms if field.in_terms else line
            _show(values, field, getattr(source, field.key), at(lot, field.key), lot)
    return FormData(values)


def is_share(field: Field, lot: Lot | None) -> bool:
    """Whether a field is typed as a percentage and kept as a share."""
    if field.kind is Kind.TARGET and lot is not None:
        return LotRequirements.model_validate(lot.requirements).quality.metric in PERCENT_METRICS
    return field.kind is Kind.PERCENT


def clean_number(text: str) -> str:
    """
    Return a number as people type it, in plain digits.

    >>> clean_number("１,２３４.５ %")
    '1234.5'
    """
    plain = unicodedata.normalize("NFKC", text)
    return "".join(plain.split()).replace(",", "").removesuffix("%")


def _read_line(
    form: FormData, lot: Lot, names: dict[Path, str], position: int
) -> dict[str, Any] | None:
    line: dict[str, Any] = {"terms": {}, "tiers": []}
    here: Path = ("lines", position)
    names[here] = at(lot, "price1")
    for number in range(1, MAX_TIERS + 1):
        start = clean_number(form.text(at(lot, f"from{number}")))
        price = clean_number(form.text(at(lot, f"price{number}")))
        if not start and not price:
            continue
        index = len(line["tiers"])
        names[(*here, "tiers", index, "from")] = at(lot, f"from{number}")
        names[(*here, "tiers", index, "unit_price")] = at(lot, f"price{number}")
        if not start and index:
            form.refuse(at(lot, f"from{number}"), _("Say from which quantity this price counts."))
        if not price:
            form.refuse(at(lot, f"price{number}"), _("Write the price, such as 6.80."))
        kind = form.text(at(lot, "kind")) or "marginal"
        line["tiers"].append({"from": start or "1", "unit_price": price, "kind": kind})
    for field in LOT:
        own = (*here, "terms", field.key) if field.in_terms else (*here, field.key)
        names[own] = at(lot, field.key)
        target = line["terms"] if field.in_terms else line
        _take(target, field, form, at(lot, field.key), lot)
    is_said = line["tiers"] or any(
        value not in (None, False) for value in (*line["terms"].values(), *_own(line))
    )
    if not is_said:
        return None
    names[(*here, "price_basis")] = at(lot, "basis")
    names[(*here, "price_unit")] = at(lot, "unit")
    return line | {
        "lot": lot.public_id,
        "price_basis": form.text(at(lot, "basis")) or "unit",
        "price_unit": form.text(at(lot, "unit")) or None,
    }


def _own(line: dict[str, Any]) -> list[Any]:
    return [value for name, value in line.items() if name not in {"terms", "tiers"}]


def _take(
    data: dict[str, Any], field: Field, form: FormData, name: str, lot: Lot | None = None
) -> None:
    """Put what was typed into `data`, if anything was."""
    text = form.text(name)
    if field.kind is Kind.CHECK:
        if form.is_checked(name):
            data[field.key] = True
        return
    if not text:
        return
    if field.kind is Kind.YES_NO:
        data[field.key] = text == "yes"
    elif field.kind is Kind.LIST:
        parts = text.replace("，", ",").replace("、", ",").split(",")
        data[field.key] = [part.strip() for part in parts if part.strip()]
    elif is_share(field, lot):
        try:
            data[field.key] = str(Decimal(clean_number(text)) / HUNDRED)
        except InvalidOperation:
            form.refuse(name, _("Write a number in percent, such as 6 or 97.5."))
    elif field.kind in {Kind.MONEY, Kind.NUMBER, Kind.COUNT, Kind.TARGET}:
        data[field.key] = clean_number(text)
    else:
        data[field.key] = text


def _show(
    values: dict[str, list[str]],
    field: Field,
    value: Any,  # noqa: ANN401  a case per kind
    name: str,
    lot: Lot | None = None,
) -> None:
    if value is None or (value is False and field.kind is Kind.CHECK):
        return
    if field.kind is Kind.YES_NO:
        values[name] = ["yes" if value else "no"]
    elif field.kind is Kind.LIST:
        values[name] = [", ".join(value)]
    elif isinstance(value, Decimal):
        values[name] = [plain(value * HUNDRED if is_share(field, lot) else value)]
    elif field.key == "valid_until":
        values[name] = [value.replace(tzinfo=UTC).astimezone(zone()).date().isoformat()]
    elif field.kind is Kind.DAY:
        values[name] = [value.isoformat()]
    else:
        values[name] = [str(value)]


def _name_of(location: Path, names: dict[Path, str]) -> str:
    for length in range(len(location), 0, -1):
        if found := names.get(location[:length]):
            return found
    return "quote"
