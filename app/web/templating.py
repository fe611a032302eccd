"""Pages and their fragments: one template serves the whole page and each of its named blocks."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2_fragments import render_block

from app.web import i18n
from app.web.filters import install_filters

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

TEMPLATES_DIR = Path(__file__).resolve().parents[2] / "templates"
MAX_ADDRESSES = 4_096
# The name under which a page's values carry the contexts that it is drawn with.
CONTEXTS = "page_contexts"


class PageContext(jinja2.runtime.Context):
    """
    The values of a template while it is drawn; let go of as soon as the page is there.

    A context and its macros hold one another, and with them everything that a large page was made
    of: thousands of objects that only the garbage collector would find, in the middle of a later
    request.
    """

    def __init__(
        self,
        environment: jinja2.Environment,
        parent: dict[str, Any],
        *rest: Any,  # noqa: ANN401  as Jinja calls it
        **more: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(environment, parent, *rest, **more)
        # Modules that are imported without a page's values are kept, and are not in here.
        contexts = parent.get(CONTEXTS)
        if contexts is not None:
            contexts.append(self)

    def let_go(self) -> None:
        """Forget every value."""
        self.vars.clear()
        self.parent = {}


class Environment(jinja2.Environment):
    """An environment whose templates share its globals, and have none of their own."""

    def make_globals(self, d: "MutableMapping[str, Any] | None") -> "MutableMapping[str, Any]":
        """Return the globals as they are: with each import, Jinja looks through all of them."""
        return super().make_globals(d) if d else self.globals


def make_environment() -> jinja2.Environment:
    """Return the Jinja environment of the application: autoescaped, strict, bilingual."""
    environment = Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES_DIR),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.context_class = PageContext
    # Jinja puts the parameters in by itself, so a plural comes to it as it is.
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        i18n.gettext, i18n.translate_plural, newstyle=True, pgettext=i18n.pgettext
    )
    plural: Any = environment.globals["ngettext"]
    environment.globals["ngettext"] = _with_number(plural)
    install_filters(environment)
    return environment


def _with_number(translate: Callable[..., str]) -> Callable[..., str]:
    """Return Jinja's `ngettext` with the number as `%(n)s`: its own name for it is `num`."""

    @jinja2.pass_context
    def ngettext(
        context: jinja2.runtime.Context, singular: str, plural: str, n: int, /, **parameters: object
    ) -> str:
        return translate(context, singular, plural, n, **{"n": n, **parameters})

    return ngettext


def addresses_of(app: FastAPI) -> Callable[..., str]:
    """
    Return `url_for(name, **parameters)` of an application, which remembers what it answered.

    Finding a route by its name means looking through all of them, and a list links to each row.
    """
    known: Callable[..., str] | None = getattr(app.state, "url_for", None)
    if known is not None:
        return known

    @lru_cache(maxsize=MAX_ADDRESSES)
    def find(name: str, parameters: frozenset[tuple[str, Any]]) -> str:
        return str(app.url_path_for(name, **dict(parameters)))

    def url_for(name: str, /, **parameters: Any) -> str:  # noqa: ANN401  a slug, an id, a path
        return find(name, frozenset(parameters.items()))

    app.state.url_for = url_for
    return url_for


def is_htmx(request: Request) -> bool:
    """Whether htmx asks, so that a fragment suffices."""
    return request.headers.get("HX-Request") == "true"


def wanted_fragment(request: Request, fragments: tuple[str, ...]) -> str | None:
    """
    Return the block that an htmx request wants, or None for the whole page.

    htmx 4 names the target element as `tag#id`; block name = element id.
    """
    if not is_htmx(request) or request.headers.get("HX-Request-Type") == "full":
        return None
    target = request.headers.get("HX-Target", "").rpartition("#")[2]
    return target if target in fragments else None


def render(
    request: Request,
    template: str,
    context: "Mapping[str, Any] | DataclassInstance | None" = None,
    *,
    fragments: tuple[str, ...] = (),
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """
    Render a page, or only the block that an htmx request targets if it is in `fragments`.

    `context` is a mapping or a dataclass whose fields become the template's variables.
    """
    environment: jinja2.Environment = request.app.state.templates
    if is_dataclass(context):
        values = {field.name: getattr(context, field.name) for field in fields(context)}
    else:
        values = dict(context or {})
    values |= {
        "request": request,
        "url_for": addresses_of(request.app),
        "viewer": getattr(request.state, "viewer", None),
        "is_fragment": False,
    }
    contexts: list[PageContext] = []
    values[CONTEXTS] = contexts
    block = wanted_fragment(request, fragments)
    try:
        if block is None:
            body = environment.get_template(template).render(values)
        else:
            body = render_block(environment, template, block, values | {"is_fragment": True})
    finally:
        for one in contexts:
            one.let_go()
    response = HTMLResponse(body, status_code=status_code, headers=dict(headers or {}))
    response.headers["Content-Language"] = i18n.html_lang()
    response.headers.setdefault("Vary", "HX-Request, Accept-Language, Cookie")
    return response
