"""
The rows of the composer's table: every value as HTML, so that drawing 500 of them is cheap.

The row's template writes them as they are. Each text is escaped here, once, and remembered.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup, escape

from app.mixtures.content import Component
from app.mixtures.phases import display_name
from app.mixtures.tones import STATES, WORDS, Tone
from app.mixtures.views import ComponentView, Passes, PhaseView
from app.mixtures.words.lists import method_word, tag_value_word
from app.mixtures.words.plans import passes
from app.planning.numbers import System, compact
from app.web import numbers
from app.web.filters import lang_of
from app.web.i18n import CHINESE, current_locale
from app.web.i18n import gettext as _
from app.web.languages import language_name

# The whisker: 0 to 8 passes over 96 units; more is clipped.
MOST_PASSES = 8.0
WIDTH = 96.0
SHOWN_LANGUAGES = 2
_MARKED = {"bad": " is-bad", "warn": " is-warn", "none": " is-none", "good": ""}


class Row(NamedTuple):
    """
    A component as the table shows it, as HTML: what was typed, and what follows.

    The template takes a row apart in this order, which is many times faster than asking it for
    each field by name. Of the whisker, the picture of its passes, None is not drawn.
    """

    slug: str
    name: str
    lang: str | None
    href: str | None
    about: str
    weight: str
    max_epochs: str
    locked: bool
    ratio: str
    bar: str
    tokens: str
    unique: str
    unique_note: str
    epochs: str
    epochs_range: str
    tone: str
    state: str
    word: str
    mark: str
    whisker_start: str | None
    whisker_width: str | None
    whisker_dot: str | None
    whisker_limit: str | None
    fix_href: str | None
    weight_error: str | None
    max_error: str | None
    is_open: bool
    is_typed: bool
    is_max_typed: bool


def weight_text(weight: float) -> str:
    """
    Return a weight as its cell shows it.

    >>> weight_text(14.0), weight_text(0.1 + 0.2), weight_text(19.61123), weight_text(1234567.0)
    ('14', '0.3', '19.611', '1234567')
    """
    if weight == int(weight) and abs(weight) < 10**15:
        return str(int(weight))
    # Five digits fit the cell; the weight itself keeps all of its own.
    return f"{weight:.5g}" if abs(weight) < 10**4 else f"{weight:.9g}"


def max_text(limit: float | None) -> str:
    """Return a limit of passes as its cell shows it; nothing for no limit."""
    return "" if limit is None else f"{limit:.7g}"


def shown_cells(component: Component) -> tuple[str, str, str]:
    """Return the weight, the limit and the lock of a component as its cells show them."""
    return (
        weight_text(component.weight),
        max_text(component.max_epochs),
        "1" if component.locked else "",
    )


def rows_of(
    phase: PhaseView,
    hrefs: Mapping[str, str],
    *,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    opened: str | None,
) -> list[Row]:
    """
    Return the rows of a phase.

    Parameters
    ----------
    hrefs : mapping of str to str
        Addresses of the datasets' pages.
    typed, errors : mapping of str to str
        What was typed into a cell and refused, and why, by the name of the field.
    opened : str or None
        The dataset whose details are shown.
    """
    most = max((one.ratio or 0.0 for one in phase.components), default=0.0)
    words = {tone: html(_(word)) for tone, word in WORDS.items()}
    return [
        _row(one, hrefs.get(one.dataset), most, words, typed, errors, is_open=one.dataset == opened)
        for one in phase.components
    ]


def _row(  # noqa: PLR0917  one call, in a loop of 500
    one: ComponentView,
    href: str | None,
    most: float,
    words: Mapping[Tone, str],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    is_open: bool,
) -> Row:
    state = STATES[one.tone]
    unique = one.unique
    exposure = one.exposure
    locale = current_locale()
    name, lang = _named(display_name(one.dataset, one.facts), locale)
    size, note = ("", "")
    if unique is not None:
        size, note = _unique(unique.method, unique.low, unique.mid, unique.high, locale)
    start = width = dot = limit = None
    if exposure is not None:
        start, width, dot, limit = whisker(exposure, one.max_epochs)
    weight, most_passes = f"w.{one.dataset}", f"m.{one.dataset}"
    ratio = one.ratio
    return Row(
        slug=html(one.dataset),
        name=name,
        lang=lang,
        href=html(href) if one.facts and href else None,
        about=_about(one, locale),
        weight=html(typed[weight]) if weight in typed else weight_text(one.weight),
        max_epochs=html(typed[most_passes]) if most_passes in typed else max_text(one.max_epochs),
        locked=one.locked,
        ratio="" if ratio is None else f"{ratio * 100:.2f}",
        bar=f"{100 * ratio / most:.1f}" if ratio and most else "0",
        tokens="" if one.tokens is None else quantity(one.tokens),
        unique=size,
        unique_note=note,
        epochs="" if exposure is None else two_places(exposure.mid),
        epochs_range=_range(exposure),
        tone=one.tone.value,
        state=state,
        word=words[one.tone],
        mark=_MARKED[state],
        whisker_start=start,
        whisker_width=width,
        whisker_dot=dot,
        whisker_limit=limit,
        fix_href=html(href) if unique is None and one.facts and href else None,
        weight_error=_error(errors, weight),
        max_error=_error(errors, most_passes),
        is_open=is_open,
        is_typed=weight in typed,
        is_max_typed=most_passes in typed,
    )


@lru_cache(maxsize=16384)
def html(text: str) -> str:
    """Return a text as HTML."""
    return str(escape(text))


def _error(errors: Mapping[str, str], field: str) -> str | None:
    return html(errors[field]) if field in errors else None


@lru_cache(maxsize=8192)
def _named(name: str, _locale: str) -> tuple[str, str | None]:
    """Return a name as HTML, and its language where that is not the page's."""
    return html(name), lang_of(name)


def _about(one: ComponentView, locale: str) -> str:
    facts = one.facts
    if facts is None:
        return html(_("not in the catalogue"))
    provider = facts.provider_zh if locale == CHINESE else facts.provider_en
    return _about_facts(provider, facts.languages, facts.licence_class, locale)


@lru_cache(maxsize=4096)
def _about_facts(provider: str, languages: tuple[str, ...], licence: str, locale: str) -> str:
    named = [language_name(tag) for tag in languages[:SHOWN_LANGUAGES]]
    if len(languages) > SHOWN_LANGUAGES:
        named.append("…")
    parts = [provider]
    if named:
        parts.append("、".join(named) if locale == CHINESE else ", ".join(named))
    parts.append(tag_value_word("licence", licence, {}))
    return html(" · ".join(parts))


def quantity(value: int) -> Markup:
    """Return a token count in three significant figures, the whole one as its value."""
    return _quantity(value, numbers.system())


@lru_cache(maxsize=8192)
def _quantity(value: int, system: System) -> Markup:
    parts = compact(value, system)
    return Markup(  # noqa: S704  digits and units
        f'<data value="{value}">{parts.digits}<span class="pb-u">{parts.unit}</span></data>'
    )


@lru_cache(maxsize=8192)
def _unique(
    method: str,
    low: int | None,
    mid: int,
    high: int | None,
    _locale: str,
) -> tuple[str, str]:
    """Return unique tokens, and how they are known with their interval."""
    return quantity(mid), html(f"{method_word(method)} {_interval(low, high)}")


def _interval(low: int | None, high: int | None) -> str:
    if low is None or high is None:
        return _("no spread")
    return _ends(low, high, numbers.system())


@lru_cache(maxsize=4096)
def _ends(low: int, high: int, system: System) -> str:
    return f"{compact(low, system)}–{compact(high, system)}"


def two_places(value: float) -> str:
    """
    Return passes for a column that lines up; words for those over an empty source.

    >>> two_places(0.126), two_places(4.64), two_places(41.83), two_places(174.28)
    ('0.13', '4.64', '41.8', '174')
    """
    if value == float("inf"):
        return passes(value)
    places = 2 if value < 10 else 1 if value < 100 else 0  # noqa: PLR2004  three figures
    return f"{value:.{places}f}"


def _range(exposure: Passes | None) -> str:
    if exposure is None or exposure.low is None or exposure.high is None:
        return ""
    return f"{two_places(exposure.low)}–{two_places(exposure.high)}"


def whisker(
    exposure: Passes, limit: float | None
) -> tuple[str | None, str | None, str, str | None]:
    """
    Return the picture of passes on a scale of 0 to 8, clipped at its end.

    In units of its view box: the start and the width of the interval, the dot, the limit.
    """
    start = width = None
    if exposure.low is not None and exposure.high is not None:
        low, high = _place(exposure.low), _place(exposure.high)
        start, width = f"{low:.1f}", f"{max(high - low, 1):.1f}"
    dot = min(max(_place(exposure.mid), 3.0), WIDTH - 3)
    return start, width, f"{dot:.1f}", None if limit is None else f"{_place(limit):.1f}"


def _place(value: float) -> float:
    return WIDTH * min(max(value, 0.0), MOST_PASSES) / MOST_PASSES
