"""The two languages of every page: which one a request speaks, and its translations."""

import gettext as stdlib_gettext
import io
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ENGLISH = "en"
CHINESE = "zh_CN"
LOCALES = (CHINESE, ENGLISH)
LOCALE_COOKIE = "peibi_locale"
LOCALES_DIR = Path(__file__).resolve().parents[1] / "locales"

_current: ContextVar[str] = ContextVar("locale", default=ENGLISH)


def current_locale() -> str:
    """Return the language of the request that is being answered: `zh_CN` or `en`."""
    return _current.get()


def use_locale(locale: str) -> None:
    """Speak `locale` from here on in this context."""
    _current.set(locale)


def html_lang() -> str:
    """Return the current language as HTML writes it."""
    return current_locale().replace("_", "-")


def choose_locale(cookie: str | None, accept_language: str | None) -> str:
    """
    Choose a language: the person's own choice, then the browser's first that we speak.

    Every kind of Chinese is served in zh_CN; where nothing fits, English.
    """
    if cookie in LOCALES:
        return cookie
    ranked = []
    for position, part in enumerate((accept_language or "")[:500].split(",")):
        tag, _, weight = part.strip().partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        ranked.append((-quality, position, tag.strip().lower()))
    for _quality, _position, tag in sorted(ranked):
        primary = tag.split("-")[0].split("_")[0]
        if primary == "zh":
            return CHINESE
        if primary == "en":
            return ENGLISH
    return ENGLISH


@cache
def translations(locale: str) -> stdlib_gettext.NullTranslations:
    """
    Return the translations of one language, from all its .po files.

    They are compiled in memory at start-up, so that no built file can be stale.
    """
    if locale == ENGLISH:
        return stdlib_gettext.NullTranslations()
    merged = Catalog(locale=locale)
    for path in sorted((LOCALES_DIR / locale).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=locale):
                if message.id and message.string:
                    merged[message.id] = message
    binary = io.BytesIO()
    write_mo(binary, merged)
    binary.seek(0)
    return stdlib_gettext.GNUTranslations(binary)


def gettext(message: str, /, **params: object) -> str:
    """Translate a sentence and put its `%(name)s` parameters in."""
    translated = translations(current_locale()).gettext(message)
    return translated % params if params else translated


def ngettext(singular: str, plural: str, n: int, /, **params: object) -> str:
    """Translate a sentence whose form depends on `n`; `%(n)s` is the number."""
    return translate_plural(singular, plural, n) % {"n": n, **params}


def translate_plural(singular: str, plural: str, n: int, /) -> str:
    """Translate a sentence whose form depends on `n`, and leave its parameters to the caller."""
    return translations(current_locale()).ngettext(singular, plural, n)


def pgettext(context: str, message: str, /, **params: object) -> str:
    """Translate a word that means different things in different places."""
    translated = translations(current_locale()).pgettext(context, message)
    return translated % params if params else translated


def local(mapping: Mapping[str, str]) -> str:
    """Return the current language's text of `{"zh": ..., "en": ...}`."""
    return mapping["zh" if current_locale() == CHINESE else "en"]


def separator() -> str:
    """Return what stands between the names of a list."""
    return "、" if current_locale() == CHINESE else ", "


def full_stop() -> str:
    """Return what ends the first words of a notice."""
    return "。" if current_locale() == CHINESE else "."


def joined(names: Iterable[str]) -> str:
    """Return names as a list in the reader's language."""
    return separator().join(names)


def bracketed(text: str) -> str:
    """
    Return a text in the brackets of the reader's language, as it follows another text.

    Markup stays markup: it is added to, not formatted into a plain text.
    """
    opening, closing = ("（", "）") if current_locale() == CHINESE else (" (", ")")
    return opening + text + closing


def later(message: str) -> str:
    """Mark a constant for translation; `gettext` translates it where it is shown."""
    return message
