"""What a search asks for: read from strings, checked, frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.errors import InvalidInput
from app.web.i18n import gettext as _

MAX_TEXT = 200
MAX_VALUES = 50
MAX_VALUE = 200
MAX_LIMIT = 200
MAX_SHOWN = 50
DEFAULT_LIMIT = 20


class Facet(StrEnum):
    """A property that the catalogue counts and filters by; its name in addresses."""

    CATEGORY = "category"
    MODALITY = "modality"
    LANGUAGE = "language"
    LICENCE = "licence"
    PROVIDER = "provider"
    UNIT = "unit"
    METHOD = "method"
    SIZE = "size"


def facet_title(facet: Facet) -> str:
    """Return a facet's heading."""
    titles = {
        Facet.CATEGORY: _("Category"),
        Facet.MODALITY: _("Modality"),
        Facet.LANGUAGE: _("Language"),
        Facet.LICENCE: _("Stated licence"),
        Facet.PROVIDER: _("Provider"),
        Facet.UNIT: _("Unit"),
        Facet.METHOD: _("Token estimate"),
        Facet.SIZE: _("Size in tokens"),
    }
    return titles[facet]


# The value of a dataset that has none: no language named, no unit stated, no estimate.
NONE = "none"


class Sort(StrEnum):
    """An order of results. Datasets without an estimate come last by tokens."""

    RELEVANCE = "relevance"
    TOKENS = "-tokens"
    NAME = "name"
    UPDATED = "-updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """
    One page of the catalogue that somebody asks for.

    Values of one facet are alternatives, facets narrow each other. With `parent`, the slug of
    a dataset, only its subsets are searched; else only datasets that are not subsets, or all
    with `include_subsets`. `locale` chooses the names to sort by. `sees_team` is whether the
    viewer may know of what only the team may know of.
    """

    text: str = ""
    filters: Mapping[Facet, frozenset[str]] = field(default_factory=dict)
    parent: str | None = None
    include_subsets: bool = False
    sort: Sort = Sort.RELEVANCE
    locale: str = "en"
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    sees_team: bool = False


def parse_text(text: str) -> str:
    """
    Return what somebody typed into the search field, or refuse it.

    Raises
    ------
    InvalidInput
        If it is too long, or holds characters that no text can hold.
    """
    if len(text) > MAX_TEXT:
        raise InvalidInput(
            "Search for at most %(most)s characters; these are %(count)s.",
            field="q",
            most=MAX_TEXT,
            count=len(text),
        )
    if not is_text(text):
        raise InvalidInput(
            "The search text holds characters that are not text. Type it again.", field="q"
        )
    return text.strip()


def parse_sort(sort: str | None, *, has_text: bool) -> Sort:
    """
    Return the order asked for; by default the best match first, without a text the largest.

    Raises
    ------
    InvalidInput
        If there is no such order.
    """
    if not sort:
        return Sort.RELEVANCE if has_text else Sort.TOKENS
    try:
        return Sort(sort)
    except ValueError:
        raise InvalidInput(
            "There is no order “%(value)s”. Choose one of: %(allowed)s.",
            field="sort",
            value=shown(sort),
            allowed=", ".join(Sort),
        ) from None


def parse_limit(limit: str | int | None) -> int:
    """
    Return how many rows a page shall have.

    Raises
    ------
    InvalidInput
        If it is not a whole number from 1 to 200.
    """
    if limit is None or limit == "":
        return DEFAULT_LIMIT
    text = str(limit)
    if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_LIMIT)):
        number = int(text)
        if 1 <= number <= MAX_LIMIT:
            return number
    raise InvalidInput(
        "“%(value)s” is not a number of rows. Use a whole number from 1 to %(most)s.",
        field="limit",
        value=shown(text),
        most=MAX_LIMIT,
    )


def parse_filters(values: Mapping[str, Sequence[str]]) -> dict[Facet, frozenset[str]]:
    """
    Return the values asked for by facet; empty ones are left out.

    Whether the catalogue has such a value, only `search` can tell.

    Raises
    ------
    InvalidInput
        If there is no such facet, or too many values.
    """
    filters: dict[Facet, frozenset[str]] = {}
    for name, chosen in values.items():
        try:
            facet = Facet(name)
        except ValueError:
            raise InvalidInput(
                "There is no filter “%(value)s”. The filters are: %(allowed)s.",
                field=shown(name),
                value=shown(name),
                allowed=", ".join(Facet),
            ) from None
        wanted = frozenset(value for value in chosen if value)
        if len(wanted) > MAX_VALUES:
            raise InvalidInput(
                "Choose at most %(most)s values of the filter “%(facet)s”.",
                field=facet,
                most=MAX_VALUES,
                facet=facet_title(facet),
            )
        if wanted:
            filters[facet] = wanted
    return filters


def is_text(text: str) -> bool:
    """Return whether a string is Unicode text without NUL, which Postgres cannot store."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def is_slug(value: str) -> bool:
    """Return whether a string can be a slug or the value of a facet at all."""
    return len(value) <= MAX_VALUE and is_text(value)


def shown(value: str) -> str:
    """Return the beginning of a refused value, fit to be printed in the refusal."""
    printable = "".join(character if character.isprintable() else "\ufffd" for character in value)
    return printable if len(printable) <= MAX_SHOWN else printable[:MAX_SHOWN] + "…"
