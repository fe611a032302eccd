"""Read a step of the form into a request's content, and say at each field what is wrong."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import BaseModel, ValidationError

from app.quotes.content.asked import LotIn, RfqIn
from app.quotes.content.values import plain
from app.quotes.fields.field import Field, Kind, value_at
from app.quotes.vocabulary import Metric
from app.quotes.words import PERCENT_METRICS
from app.web.dates import zone
from app.web.forms import FormData
from app.web.i18n import gettext as _
from app.web.i18n import later
from app.web.validation import sentence_of

Json = dict[str, Any]

NO_NUMBER = later("“%(text)s” is no number that can be read. Write 40000, 40K or 4万.")
NO_FACTOR = later("Write a unit and a number, like raw_hour=0.7, parted by commas.")
SUFFIXES: Mapping[str, int] = {
    "k": 10**3,
    "m": 10**6,
    "b": 10**9,
    "千": 10**3,
    "万": 10**4,
    "亿": 10**8,
}
LIST = re.compile(r"[,，、;；\n]+")


def read_step(fields: Sequence[Field], form: FormData, body: Json) -> None:
    """
    Put what was typed into `body`, in place; refusals go to the form.

    An empty field takes the value away, so that what was said can be unsaid.
    """
    for field in fields:
        try:
            value = _read(field, form, body)
        except ValueError as error:
            form.refuse(field.name, str(error))
            continue
        _put(body, field.path, value)


def validate(
    kind: type[BaseModel], body: Json, form: FormData, *, prefix: str = ""
) -> BaseModel | None:
    """Return the content, or None with the errors at their fields."""
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        for problem in error.errors(include_url=False):
            path = [str(part) for part in problem["loc"] if not isinstance(part, int)]
            name = ".".join(path) or "form"
            form.refuse(name.removeprefix(prefix), sentence_of(problem))
        return None


def typed(field: Field, model: RfqIn | LotIn | None, metric: Metric | None = None) -> str:
    """Return a field's value as it would be typed."""
    value = value_at(model, field.path)
    if value is None:
        return ""
    match field.kind:
        case Kind.YES_NO:
            return "yes" if value else "no"
        case Kind.CHECK:
            return "1" if value else ""
        case Kind.PERCENT:
            return plain(value * 100)
        case Kind.TARGET:
            return plain(value * 100) + "%" if metric in PERCENT_METRICS else plain(value)
        case Kind.LIST | Kind.LANGUAGES:
            return ", ".join(value)
        case Kind.FACTORS:
            return ", ".join(f"{one.unit}={plain(one.factor)}" for one in value)
        case Kind.MOMENT:
            return f"{value.astimezone(zone()):%Y-%m-%dT%H:%M}"
        case Kind.DAY:
            return str(value.isoformat())
    return plain(value) if isinstance(value, Decimal) else str(value)


def _read(field: Field, form: FormData, body: Json) -> Any:  # noqa: ANN401, C901  a case per kind
    text = form.text(field.name)
    if field.kind is Kind.CHECK:
        return form.is_checked(field.name)
    if not text:
        return None
    match field.kind:
        case Kind.NUMBER:
            return read_number(text)
        case Kind.COUNT:
            return _whole(text)
        case Kind.PERCENT:
            return read_number(text.rstrip("%％")) / 100
        case Kind.TARGET:
            return _target(text, form, body)
        case Kind.YES_NO:
            return text == "yes"
        case Kind.MOMENT:
            return _moment(text)
        case Kind.LIST | Kind.LANGUAGES:
            return [part.strip() for part in LIST.split(text) if part.strip()]
        case Kind.FACTORS:
            return _factors(text)
    return text


def read_number(text: str) -> Decimal:
    """
    Return a number as people type it.

    >>> read_number("40,000"), read_number("4万"), read_number("1.5K")
    (Decimal('40000'), Decimal('40000'), Decimal('1500.0'))

    Raises
    ------
    ValueError
        With a sentence, if it is none.
    """
    plain = text.strip().replace(",", "").replace("，", "").replace(" ", "").lower()
    factor = SUFFIXES.get(plain[-1:], 1)
    try:
        value = Decimal(plain[:-1] if plain[-1:] in SUFFIXES else plain)
    except InvalidOperation:
        raise ValueError(_(NO_NUMBER, text=text[:40])) from None
    if not value.is_finite():
        raise ValueError(_(NO_NUMBER, text=text[:40]))
    return Decimal(f"{value * factor:f}")


def _whole(text: str) -> int:
    value = read_number(text)
    if value != value.to_integral_value():
        raise ValueError(_("Write a whole number."))
    return int(value)


def _target(text: str, form: FormData, body: Json) -> Decimal:
    metric = form.text("requirements.quality.metric") or value_of(
        body, ("requirements", "quality", "metric")
    )
    value = read_number(text.rstrip("%％"))
    is_rate = metric in set(PERCENT_METRICS)
    # 97 and 97% are 0.97 of a rate; 0.97 stays what it is.
    return value / 100 if text.rstrip() != text.rstrip("%％ ") or (is_rate and value > 1) else value


def _moment(text: str) -> str:
    # A form says neither seconds nor a zone: the zone is the one that every page shows.
    clean = text.replace(" ", "T")
    return f"{clean}+08:00" if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", clean) else clean


def _factors(text: str) -> list[Json]:
    found = []
    for part in LIST.split(text):
        if not part.strip():
            continue
        unit, sign, number = part.partition("=")
        if not sign:
            raise ValueError(_(NO_FACTOR))
        found.append({"unit": unit.strip(), "factor": read_number(number)})
    return found


def value_of(body: Json, path: Sequence[str]) -> Any:  # noqa: ANN401  of any field
    """Return what a path of nested JSON leads to, None where it ends."""
    found: Any = body
    for name in path:
        if not isinstance(found, dict):
            return None
        found = found.get(name)
    return found


def _put(body: Json, path: Sequence[str], value: Any) -> None:  # noqa: ANN401  of any field
    for name in path[:-1]:
        inner = body.get(name)
        if not isinstance(inner, dict):
            inner = body[name] = {}
        body = inner
    if value is None:
        body.pop(path[-1], None)
    else:
        body[path[-1]] = value
