"""What no edit changes in a row of the composer's table: name, source, estimate, as HTML."""

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from markupsafe import Markup, escape

from app.mixtures.counting import Unique
from app.mixtures.facts import DatasetFacts
from app.mixtures.phases import display_name
from app.mixtures.views import MixtureView
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


def stills_of(view: MixtureView, url_for: Callable[..., str]) -> list[Still]:
    """Return what stays of the rows of the phase that is looked at."""
    # It follows from the facts alone, so that it is made once for as long as those are kept.
    kept: dict[str, Still] = view.derived.setdefault(
        ("still", current_locale(), view.content.tokenizer), {}
    )
    names = [one.dataset for one in view.phase.phase.components]
    for name in names:
        if name not in kept:
            href = url_for("catalog.show", slug=name)
            kept[name] = _still(name, view.facts.get(name), view.unique.get(name), href)
    return [kept[name] for name in names]


def _still(dataset: str, facts: DatasetFacts | None, unique: Unique | None, href: str) -> Still:
    name = display_name(dataset, facts)
    address = html(href) if facts else None
    parts = (
        html(dataset),
        html(name),
        lang_of(name),
        address,
        html(_about(facts) if facts else _("not in the catalogue")),
        quantity(unique.mid) if unique else "",
        _note(unique) if unique else "",
        None if unique else address,
    )
    digest = blake2b(repr(parts).encode(), digest_size=DIGEST_BYTES)
    return Still(*parts, digest.hexdigest())


@lru_cache(maxsize=16384)
def html(text: str) -> str:
    """Return a text as HTML."""
    return str(escape(text))


def _about(facts: DatasetFacts) -> str:
    is_chinese = current_locale() == CHINESE
    named = [language_name(tag) for tag in facts.languages[:SHOWN_LANGUAGES]]
    if len(facts.languages) > SHOWN_LANGUAGES:
        named.append("…")
    parts = [facts.provider_zh if is_chinese else facts.provider_en]
    if named:
        parts.append("、".join(named) if is_chinese else ", ".join(named))
    parts.append(tag_value_word("licence", facts.licence_class, {}))
    return " · ".join(parts)


def _note(unique: Unique) -> str:
    note = html(f"{method_word(unique.method)} {_interval(unique.low, unique.high)}")
    if unique.is_assumed:
        note += f'<br><span class="pb-tag is-warn">{html(_("unit assumed"))}</span>'
    return note


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
