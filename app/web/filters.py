"""What every template may use besides Jinja's own: filters for values, globals for addresses."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import jinja2
from jinja2 import pass_context, pass_environment
from jinja2.runtime import Context

from app.web import dates, i18n, languages, numbers

# A longer address is answered with 414: no page makes one.
MAX_ADDRESS_BYTES = 8_000

_HAN = re.compile("[\u3400-\u9fff]")

P = ParamSpec("P")
R = TypeVar("R")

FILTERS: dict[str, Callable[..., Any]] = {
    "number": numbers.number,
    "short": numbers.short,
    "tokens": numbers.tokens,
    "whole": numbers.whole,
    "decimal": numbers.decimal,
    "percent": numbers.percent,
    "percent_points": numbers.percent_points,
    "epochs": numbers.epochs,
    "data_size": numbers.data_size,
    "timestamp": dates.timestamp,
    "timestamp_with_zone": dates.timestamp_with_zone,
    "day": dates.day,
    "language_name": languages.language_name,
}


@pass_environment
def asset(environment: jinja2.Environment, path: str) -> str:
    """Return the address of a static file, with its digest so that it may be kept for good."""
    digests: dict[str, str] = environment.globals.get("asset_digests", {})  # type: ignore[assignment]  # globals are untyped
    digest = digests.get(path)
    return f"/static/{path}?v={digest}" if digest else f"/static/{path}"


@pass_context
def here(context: Context) -> str:
    """
    Return the current address without its host, for links that lead back to this page.

    An address that is too long to be read is none to come back to.
    """
    url = context["request"].url
    address = f"{url.path}?{url.query}" if url.query else str(url.path)
    return address if len(address.encode()) <= MAX_ADDRESS_BYTES else "/"


def other_locale() -> str:
    """Return the language that the page is not in."""
    return i18n.ENGLISH if i18n.current_locale() == i18n.CHINESE else i18n.CHINESE


def lang_of(text: str | None) -> str | None:
    """Return the `lang` of a text that may be Chinese inside an English page, or the reverse."""
    if not text:
        return None
    written = "zh-CN" if _HAN.search(text) else "en"
    return None if written == i18n.html_lang() else written


GLOBALS: dict[str, Any] = {
    "asset": asset,
    "here": here,
    "other_locale": other_locale,
    "lang_of": lang_of,
    "interval": numbers.interval,
    "current_locale": i18n.current_locale,
    "html_lang": i18n.html_lang,
    "local": i18n.local,
    "separator": i18n.separator,
    "bracketed": i18n.bracketed,
    "full_stop": i18n.full_stop,
}


def at_render_time(function: Callable[P, R]) -> Callable[Concatenate[Context, P], R]:
    """
    Return a filter that runs when a page is rendered, whatever it is applied to.

    Jinja runs a filter of a constant once, when it compiles the template: `none|tokens` would
    stay in the language of the first request.
    """

    @pass_context
    @wraps(function)
    def filtered(_context: Context, /, *values: P.args, **options: P.kwargs) -> R:
        return function(*values, **options)

    return filtered


def install_filters(environment: jinja2.Environment) -> None:
    """Give an environment every filter and global of the portal."""
    environment.filters.update({name: at_render_time(f) for name, f in FILTERS.items()})
    environment.globals.update(GLOBALS | {"ZONE_NAME": dates.zone_name()})
