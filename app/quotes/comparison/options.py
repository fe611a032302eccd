"""Read what a reader of a comparison chose, from the address."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from app.errors import InvalidInput
from app.quotes.comparison.basis import AcceptanceRule
from app.quotes.comparison.build import Options
from app.quotes.comparison.scores import CRITERIA
from app.quotes.pricing.offers import TaxBasis

MAX_VOLUME = Decimal(10) ** 12
MAX_WEIGHT = 1000

Choice = TypeVar("Choice", AcceptanceRule, TaxBasis)


def read_options(query: Mapping[str, str]) -> Options:
    """
    Return the options of an address; what is absent or empty is as the request says.

    Raises
    ------
    InvalidInput
        If a number cannot be read, or a choice does not exist.
    """
    volumes = {
        int(name.removeprefix("volume_")): _number(name, value, MAX_VOLUME, low_is_open=True)
        for name, value in query.items()
        if name.startswith("volume_") and name[7:].isdecimal() and len(name) < 12 and value.strip()  # noqa: PLR2004  at most 9,999 lots
    }
    weights = {
        code: _number(f"weight_{code}", value, Decimal(MAX_WEIGHT))
        for code in CRITERIA
        if (value := query.get(f"weight_{code}", "").strip())
    }
    if weights and not any(weights.values()):
        raise InvalidInput("Give at least one criterion a weight above 0.", field="weight_price")
    return Options(
        volumes=volumes,
        weights=weights or None,
        acceptance=_choice("acceptance", query, AcceptanceRule.QUOTED),
        tax=_choice("tax", query, TaxBasis.INCLUDED),
        has_names=query.get("names") != "hidden",
    )


def _choice(name: str, query: Mapping[str, str], default: Choice) -> Choice:
    value = query.get(name, "")
    if not value:
        return default
    kind = type(default)
    try:
        return kind(value)
    except ValueError:
        raise InvalidInput(
            "%(name)s has no choice %(value)s. Write one of: %(choices)s.",
            field=name,
            name=name,
            value=value[:40],
            choices=", ".join(kind),
        ) from None


def _number(name: str, text: str, most: Decimal, *, low_is_open: bool = False) -> Decimal:
    try:
        value = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 <= value <= most or (low_is_open and value == 0):
        raise InvalidInput(
            "“%(text)s” is no number that can stand here. Write digits, up to %(most)s.",
            field=name,
            text=text[:40],
            most=most,
        )
    return value
