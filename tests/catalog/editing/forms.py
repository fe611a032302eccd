"""Forms of datasets as a browser sends them: read off the page, changed, sent back."""

import re
from html.parser import HTMLParser
from urllib.parse import urlencode

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class _Reader(HTMLParser):
    """Collects what the form with the most fields of a page would send."""

    def __init__(self):
        super().__init__()
        self.fields = []
        self.in_form = False
        self.select = self.area = None

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "form":
            self.in_form = values.get("action", "").startswith("/edit/")
        if not self.in_form:
            return
        if tag == "input" and values.get("name"):
            if values.get("type") in {"checkbox", "radio"} and "checked" not in values:
                return
            self.fields.append((values["name"], values.get("value", "")))
        elif tag == "select":
            self.select = [values["name"], None]
        elif tag == "option" and self.select:
            if "selected" in values or self.select[1] is None:
                self.select[1] = values["value"]
        elif tag == "textarea":
            self.area = [values["name"], ""]

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "select" and self.select:
            self.fields.append(tuple(self.select))
            self.select = None
        elif tag == "textarea" and self.area:
            self.fields.append((self.area[0], self.area[1].removeprefix("\n")))
            self.area = None
        elif tag == "form":
            self.in_form = False


def read(html):
    """Return the fields that the page's form would send, as pairs."""
    reader = _Reader()
    reader.feed(html)
    return reader.fields


def changed(fields, **changes):
    """Return fields with some of them changed; `_` in a name stands for itself."""
    found = dict(changes)
    kept = [(name, found.pop(name, value)) for name, value in fields]
    return kept + list(found.items())


def send(client, path, fields, do="save", **options):
    body = urlencode([*fields, ("do", do)])
    headers = FORM | options.pop("headers", {})
    return client.post(path, content=body, headers=headers, **options)


def keys(fields, kind):
    return [value for name, value in fields if name == kind]


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
