"""Names of natural languages, from BCP-47 tags, in the language of the page."""

from functools import cache

from babel import Locale, UnknownLocaleError

from app.web import i18n
from app.web.i18n import gettext as _

# Tags that no locale data names, or not as people say it.
UNDETERMINED = "und"
MULTIPLE = "mul"
MANDARIN = "cmn"


def language_name(tag: str) -> str:
    """Return what a person calls a language: `zh-Hans` is Simplified Chinese, 简体中文."""
    if tag == UNDETERMINED:
        return _("not named")
    if tag == MULTIPLE:
        return _("several languages")
    if tag == MANDARIN:
        return _("Mandarin Chinese")
    return _name(tag, i18n.current_locale())


@cache
def _name(tag: str, locale: str) -> str:
    names = Locale.parse(locale).languages
    key = tag.replace("-", "_")
    if key in names:
        return str(names[key])
    try:
        shown = Locale.parse(tag, sep="-").get_display_name(locale)
    except (UnknownLocaleError, ValueError):
        shown = None
    return shown or tag
