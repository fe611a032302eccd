"""What no edit changes in a row of the composer's table: name, source, estimate, as HTML."""

from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from markupsafe import Markup, escape

from app.mixtures.counting import Unique
from app.mixtures.facts import DatasetFacts
from app.mixtures.phases import display_name
from app.mixtures.words.lists import method_word, tag_value_word
from app.planning.notation.numbers import System, compact
from app.web import numbers
from app.web.filters import lang_of
from app.web.i18n import CHINESE, current_locale
from app.web.i18n import gettext as _
from app.web.languages import language_name

SHOWN_LANGUAGES = 2
DIGEST_BYTES = 8


class Still(NamedTuple):
    """
    The part of a row that stays while its draft is edited.

    `digest` stands for all the others: two rows with the same one look the same.
    """

    slug: str
    name: str
    lang: str | None
    href: str | None
    about: str
    unique: str
    unique_note: str
    fix_href: str | None
    digest: str


def still_of(dataset: str, facts: DatasetFacts | None, unique: Unique | None, href: str) -> Still:
    """Return what stays of the row of a dataset, whose page is at `href`."""
    locale = current_locale()
    source = None
    if facts is not None:
        provider = facts.provider_zh if locale == CHINESE else facts.provider_en
        source = (provider, facts.languages, facts.licence_class)
    size = None
    if unique is not None:
        size = (unique.method, unique.low, unique.mid, unique.high)
    return _still(dataset, display_name(dataset, facts), source, size, href, locale)


@lru_cache(maxsize=8192)
def _still(  # noqa: PLR0917  what the memory is found by
    dataset: str,
    name: str,
    source: tuple[str, tuple[str, ...], str] | None,
    size: tuple[str, int | None, int, int | None] | None,
    href: str,
    locale: str,
) -> Still:
    address = html(href) if source else None
    method, low, mid, high = size or ("", None, 0, None)
    parts = (
        html(dataset),
        html(name),
        lang_of(name),
        address,
        html(_about(*source, locale) if source else _("not in the catalogue")),
        quantity(mid) if size else "",
        html(f"{method_word(method)} {_interval(low, high)}") if size else "",
        None if size else address,
    )
    digest = blake2b(repr(parts).encode(), digest_size=DIGEST_BYTES)
    return Still(*parts, digest.hexdigest())


@lru_cache(maxsize=16384)
def html(text: str) -> str:
    """Return a text as HTML."""
    return str(escape(text))


def _about(provider: str, languages: tuple[str, ...], licence: str, locale: str) -> str:
    named = [language_name(tag) for tag in languages[:SHOWN_LANGUAGES]]
    if len(languages) > SHOWN_LANGUAGES:
        named.append("…")
    parts = [provider]
    if named:
        parts.append("、".join(named) if locale == CHINESE else ", ".join(named))
    parts.append(tag_value_word("licence", licence, {}))
    return " · ".join(parts)


def _interval(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return _("no spread")
    return f"{numbers.short(low)}–{numbers.short(high)}"


def quantity(value: int) -> Markup:
    """Return a token count in three significant figures, the whole one as its value."""
    return _quantity(value, numbers.system())


@lru_cache(maxsize=8192)
def _quantity(value: int, system: System) -> Markup:
    parts = compact(value, system)
    return Markup(  # noqa: S704  digits and units
        f'<data value="{value}">{parts.digits}<span class="pb-u">{parts.unit}</span></data>'
    )
