"""The kinds of values that requests and quotes contain: amounts, shares, moments, lines of text."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
)
from pydantic_core import PydanticCustomError

from app.web.dates import zone
from app.web.i18n import later

MAX_LOTS = 50
MAX_TIERS = 20
MAX_TEXT = 10_000
MAX_MONEY = Decimal(10) ** 15
MAX_VOLUME = Decimal(10) ** 15
FIRST_YEAR, LAST_YEAR = 2000, 2100

NOT_TEXT = later("This text contains characters that cannot be read: NUL or half a character.")
NOT_ONE_LINE = later("Write this in one line, without control characters.")
NO_FLOAT_MONEY = later('Write an amount as a text such as "12.50", or as a number.')


def readable(text: str) -> str:
    """Return a text that can be kept; PydanticCustomError for one that cannot."""
    # Half of a surrogate pair comes through JSON and has no UTF-8; NUL has no place in Postgres.
    if "\x00" in text or any("\ud800" <= one <= "\udfff" for one in text):
        raise PydanticCustomError("not_text", NOT_TEXT)
    return text


def _one_line(text: str) -> str:
    clean = " ".join(readable(text).split())
    if not clean.isprintable():
        raise PydanticCustomError("not_one_line", NOT_ONE_LINE)
    return clean


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise PydanticCustomError("not_amount", NO_FLOAT_MONEY)
    return value


def plain(value: Decimal) -> str:
    """
    Return a decimal without an exponent or trailing zeros.

    >>> plain(Decimal("7.50")), plain(Decimal("1E+3"))
    ('7.5', '1000')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _end_of_day(value: object) -> object:
    """Return the end of a bare date, in the zone that pages show; anything else as it is."""
    if isinstance(value, str) and len(value) == len("2026-01-31"):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(23, 59, 59), zone())
    return value


def _sane_moment(value: datetime) -> datetime:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError(
            "year",
            later("Write a date between the years 2000 and 2100."),
        )
    return value.astimezone(UTC)


def _sane_day(value: date) -> date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise PydanticCustomError(
            "year",
            later("Write a date between the years 2000 and 2100."),
        )
    return value


def _currency(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


PLAIN = PlainSerializer(plain, return_type=str, when_used="json")
NUMBER = BeforeValidator(_number)
Line = Annotated[str, Field(max_length=300), AfterValidator(_one_line)]
Title = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_one_line)]
Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(readable)]
Reason = Annotated[str, Field(max_length=2_000), AfterValidator(readable)]
Currency = Annotated[str, BeforeValidator(_currency), Field(pattern=r"^[A-Z]{3}$")]
Money = Annotated[
    Decimal, NUMBER, Field(ge=0, lt=MAX_MONEY, max_digits=23, decimal_places=8), PLAIN
]
Volume = Annotated[Decimal, NUMBER, Field(gt=0, lt=MAX_VOLUME, decimal_places=3), PLAIN]
Quantity = Annotated[Decimal, NUMBER, Field(ge=0, lt=MAX_VOLUME, decimal_places=3), PLAIN]
Share = Annotated[Decimal, NUMBER, Field(ge=0, le=1, decimal_places=6), PLAIN]
PositiveShare = Annotated[Decimal, NUMBER, Field(gt=0, le=1, decimal_places=6), PLAIN]
TaxRate = Annotated[Decimal, NUMBER, Field(ge=0, lt=1, decimal_places=6), PLAIN]
Factor = Annotated[Decimal, NUMBER, Field(gt=0, lt=10**9, decimal_places=6), PLAIN]
Count = Annotated[int, Field(ge=0, le=10**9)]
Days = Annotated[int, Field(ge=0, le=3_650)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$", max_length=35)]
Moment = Annotated[AwareDatetime, BeforeValidator(_end_of_day), AfterValidator(_sane_moment)]
Day = Annotated[date, AfterValidator(_sane_day)]
Languages = Annotated[list[Language], Field(max_length=50)]
Names = Annotated[list[Line], Field(max_length=20)]


class Strict(BaseModel):
    """A body in which nothing unknown passes."""

    model_config = ConfigDict(extra="forbid")


def to_json(model: BaseModel) -> dict[str, Any]:
    """Return a model as the JSON that is kept: nothing that was not said."""
    return model.model_dump(mode="json", exclude_none=True)
