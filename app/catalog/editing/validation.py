"""What a content must be before it is saved: the same rules for the forms and for the API."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from app.catalog.editing.amounts import DIVISOR, MOST
from app.catalog.editing.content import (
    ESTIMATES,
    KINDS,
    LICENCE_CLAIMS,
    OVERLAPS,
    QUANTITIES,
    Content,
    Row,
)
from app.catalog.editing.draft import Draft
from app.catalog.editing.known import Known
from app.catalog.editing.languages import MAX_LANGUAGES, is_tag
from app.catalog.editing.licence_terms import DECISION, SCOPES
from app.catalog.editing.slugs import is_slug
from app.catalog.models.datasets import Visibility
from app.catalog.models.estimates import EstimateMethod
from app.catalog.models.licences import LicenceClass
from app.catalog.models.quantities import ByteContent
from app.catalog.words.labels import MODALITIES
from app.catalog.words.labels import OVERLAPS as RELATIONS
from app.catalog.words.units import is_unit
from app.web.i18n import gettext as _

MAX_NAME = 300
MAX_LINE = 1_000
MAX_TEXT = 20_000
MAX_ADDRESS = 2_000
MAX_ALIASES = 50
MAX_ROWS = 100
_LONG = frozenset({"description_zh", "description_en", "note_zh", "note_en"})
_NAMES = frozenset({"name_zh", "name_en"})
_RELEASED = re.compile(r"\d{4}(?:-(\d{2})(?:-(\d{2}))?)?")
BOUNDS = ("at_least", "at_most")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that cannot be saved: where it stands, and what to write instead."""

    path: str
    sentence: str


def problems(
    draft: Draft, known: Known, *, before: Content | None = None, slug: str = ""
) -> list[Problem]:
    """Return all that is wrong with a draft of `slug`; `before` is what it was made from."""
    content = draft.content
    return [
        *_names(content),
        *_references(draft, known, before),
        *_descriptions(content),
        *(p for key, row in content[QUANTITIES].items() for p in _quantity(key, row)),
        *(p for key, row in content[ESTIMATES].items() for p in _estimate(key, row, known)),
        *(p for key, row in content[LICENCE_CLAIMS].items() for p in _claim(key, row)),
        *_overlaps(content[OVERLAPS], known, slug),
        *_rows(draft, known),
    ]


def web_address(path: str, address: str | None) -> Iterator[Problem]:
    """Yield what is wrong with a web address; none is fine."""
    if not address:
        return
    sentence = _("Write a web address that starts with https:// or http://.")
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web or any(c.isspace() or not c.isprintable() for c in address):
        yield Problem(path, sentence)
    elif len(address) > MAX_ADDRESS:
        yield too_long(path, MAX_ADDRESS)


def too_long(path: str, most: int) -> Problem:
    """Return the refusal of a text that is longer than its field takes."""
    return Problem(path, _("At most %(most)s characters fit here.", most=most))


def _names(content: Content) -> Iterator[Problem]:
    for name in ("name_zh", "name_en"):
        if not content[name]:
            yield Problem(name, _("Write the name; repeat the other one where there is no other."))


def _references(draft: Draft, known: Known, before: Content | None) -> Iterator[Problem]:
    content = draft.content
    provider = content["provider"]
    is_new = draft.provider is not None and draft.provider.slug == provider
    if is_new and draft.provider:
        if not is_slug(draft.provider.slug) or provider in known.providers:
            yield Problem("new_provider_name_en", _("This provider exists. Choose it in the list."))
        yield from web_address("new_provider_homepage", draft.provider.homepage)
    elif provider not in known.providers:
        yield Problem("provider", _("Choose a provider of the list, or add one below."))
    elif provider in known.archived_providers and (before or {}).get("provider") != provider:
        yield Problem("provider", _("This provider is archived and takes no datasets."))
    if content["category"] not in known.categories:
        yield Problem("category", _("Choose a category of the list."))
    if content["modality"] not in MODALITIES:
        yield Problem("modality", _("Choose a modality of the list."))
    if content["visibility"] not in set(Visibility):
        yield Problem("visibility", _("Choose who may see the dataset."))
    wrong = [tag for tag in content["languages"] if not is_tag(tag)]
    if wrong:
        yield Problem(
            "languages",
            _("“%(word)s” is no language. Write names or tags: zh, English.", word=wrong[0][:40]),
        )
    if len(content["languages"]) > MAX_LANGUAGES:
        yield Problem("languages", _("At most %(most)s languages.", most=MAX_LANGUAGES))


def _descriptions(content: Content) -> Iterator[Problem]:
    for name, value in content.items():
        if isinstance(value, str):
            most = MAX_NAME if name in _NAMES else MAX_TEXT if name in _LONG else MAX_LINE
            if name != "homepage" and len(value) > most:
                yield too_long(name, most)
    yield from web_address("homepage", content["homepage"])
    if content["released"] and not is_released(content["released"]):
        yield Problem("released", _("Write a year, a month or a day: 2024, 2024-06, 2024-06-30."))
    aliases = content["aliases"]
    if len(aliases) > MAX_ALIASES or any(len(alias) > MAX_NAME for alias in aliases):
        yield Problem(
            "aliases",
            _("At most %(count)s other names of %(most)s characters.", count=50, most=MAX_NAME),
        )


def is_released(text: str) -> bool:
    """
    Whether a text is a year, a month or a day.

    >>> is_released("2024"), is_released("2024-06-30"), is_released("2024-02-31")
    (True, True, False)
    """
    found = _RELEASED.fullmatch(text)
    if not found or not text.isascii():
        return False
    try:
        date(int(text[:4]), int(found[1] or 1), int(found[2] or 1))
    except ValueError:
        return False
    return True


def _rows(draft: Draft, known: Known) -> Iterator[Problem]:
    """Yield what is wrong with rows of any kind: their number, their texts, their sources."""
    for kind in KINDS:
        rows = draft.content[kind]
        if len(rows) > MAX_ROWS:
            yield Problem(kind, _("At most %(most)s rows fit here.", most=MAX_ROWS))
        for key, row in rows.items():
            for column, value in row.items():
                most = MAX_TEXT if column in _LONG else MAX_LINE
                if isinstance(value, str) and column != "evidence_url" and len(value) > most:
                    yield too_long(f"{kind}-{key}-{column}", most)
            source = row.get("source")
            if source is None or source in known.sources:
                continue
            if source not in draft.sources:
                yield Problem(f"{kind}-{key}-source", _("The source is not known any more."))
            elif draft.sources[source].grade not in GRADES:
                yield Problem(
                    f"{kind}-{key}-grade",
                    _("A new source needs a grade: how close it is to the facts."),
                )


# Of what people add: primary text, a copy of it, secondary, a vendor's claim.
GRADES = ("A", "B", "C", "V")


def _quantity(key: str, row: Row) -> Iterator[Problem]:
    def at(column: str, sentence: str) -> Problem:
        return Problem(f"{QUANTITIES}-{key}-{column}", sentence)

    if row["value"] is None and not row["printed"]:
        yield at("value", _("Write the number, like 250万, 1.1亿 or 2,500,000, or remove the row."))
    elif row["value"] is not None and not is_amount(row["value"]):
        yield at("value", _("Write a number from 0 to 9.2 × 10¹⁸."))
    for column in ("unit", "assumed_unit"):
        if row[column] is not None and not is_unit(row[column]):
            yield at("unit", _("Choose a unit of the list."))
    if row["content"] is not None and row["content"] not in set(ByteContent):
        yield at("content", _("Choose what the bytes are."))


def is_amount(text: str) -> bool:
    """Whether a plain number fits the column of quantities."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return False
    return value.is_finite() and 0 <= value <= MOST and value * DIVISOR == int(value * DIVISOR)


def _estimate(key: str, row: Row, known: Known) -> Iterator[Problem]:
    def at(column: str, sentence: str) -> Problem:
        return Problem(f"{ESTIMATES}-{key}-{column}", sentence)

    low, mid, high = row["low"], row["mid"], row["high"]
    given = [value for value in (low, mid, high) if value is not None]
    if any(not 0 <= value <= MOST for value in given):
        yield at("mid", _("Write a number from 0 to 9.2 × 10¹⁸."))
    elif not given:
        yield at("mid", _("Write the count of tokens, like 1.5T or 3000亿, or remove the row."))
    elif (low is None) != (high is None):
        empty = "low" if low is None else "high"
        yield at(empty, _("Give low and high together, or leave both empty."))
    elif given != sorted(given):
        yield at("low", _("Low, mid and high must stand in this order."))
    if row["method"] not in set(EstimateMethod):
        yield at("method", _("Choose how the count came about."))
    if row["tokenizer"] is not None and row["tokenizer"] not in known.tokenizers:
        yield at("tokenizer", _("Choose a tokenizer of the list, or write its name beside it."))
    if row["bound"] is not None and row["bound"] not in BOUNDS:
        yield at("bound", _("Choose exactly, at least or at most."))


def _claim(key: str, row: Row) -> Iterator[Problem]:
    def at(column: str, sentence: str) -> Problem:
        return Problem(f"{LICENCE_CLAIMS}-{key}-{column}", sentence)

    if row["scope"] not in SCOPES:
        yield at("scope", _("Choose what the licence covers."))
    if row["licence_class"] not in set(LicenceClass):
        yield at("terms", _("Choose what kind of terms these are."))
    if row["checked_on"] is not None and not is_day(row["checked_on"]):
        yield at("checked_on", _("Write a day, like 2026-11-24."))
    elif (row["checked_on"] is None) != (row["checked_by"] is None):
        empty = "checked_on" if row["checked_on"] is None else "checked_by"
        yield at(empty, _("Who checked and on which day belong together."))
    yield from web_address(f"{LICENCE_CLAIMS}-{key}-evidence_url", row["evidence_url"])
    if row["scope"] == DECISION:
        if not row["evidence_url"]:
            yield at("evidence_url", _("A decision needs a link to what was read."))
        if not (row["note_zh"] or row["note_en"]):
            yield at("note_en", _("A decision needs its reason."))
        if not row["checked_by"]:
            yield at("checked_by", _("A decision needs the person who answers for it."))


def _overlaps(rows: Mapping[str, Row], known: Known, slug: str) -> Iterator[Problem]:
    said: set[tuple[str, str]] = set()
    for key, row in rows.items():
        other, relation = row["other"], row["relation"]
        if other not in known.datasets:
            sentence = _("No dataset is called “%(name)s”.", name=other[:80])
            yield Problem(f"{OVERLAPS}-{key}-other", sentence)
        elif other == slug:
            yield Problem(f"{OVERLAPS}-{key}-other", _("Choose another dataset than this one."))
        if relation not in RELATIONS:
            yield Problem(f"{OVERLAPS}-{key}-relation", _("Choose how the two datasets relate."))
        if (other, relation) in said:
            yield Problem(
                f"{OVERLAPS}-{key}-other", _("This is said twice. Remove one of the two rows.")
            )
        said.add((other, relation))


def is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, as 2026-11-24."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
