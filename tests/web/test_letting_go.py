"""A drawn page leaves nothing behind that only the garbage collector finds."""

import gc
import weakref

from fastapi import FastAPI
from starlette.requests import Request

from app.web.templating import make_environment, render


class Heavy:
    """What a large page is made of."""

    message = "heavy"


def test_values_of_a_page_are_gone_with_it(monkeypatch):
    app = FastAPI()
    environment = make_environment()
    source = "{% macro shown() %}{{ heavy.message }}{% endmacro %}{{ shown() }}"
    monkeypatch.setattr(environment, "loader", None)
    monkeypatch.setattr(environment, "get_template", lambda _name: environment.from_string(source))
    app.state.templates = environment
    scope = {"type": "http", "app": app, "headers": [], "state": {}}
    heavy = Heavy()
    gone = weakref.ref(heavy)
    gc.collect()
    gc.disable()
    try:
        response = render(Request(scope), "page.html", {"heavy": heavy})
        del heavy
        assert b"heavy" in response.body
        assert gone() is None
    finally:
        gc.enable()
