"""
Keep the translation files in step with the code: `update` rewrites them, `check` fails on a gap.

Each domain has its own file in app/locales/zh_CN/. English is the language of the code.
"""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

import app
from app.errors import AppError

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "app" / "locales" / "zh_CN"
# The first prefix that fits a file decides which translation file its strings are in.
DOMAINS = {
    "accounts": ("app/accounts/", "app/audit.py", "templates/accounts/"),
    "catalog": ("app/catalog/", "templates/catalog"),
    "mixtures": ("app/mixtures/", "templates/mixtures/"),
    "training": ("app/training/", "templates/training/"),
    "trainers": ("app/trainers/", "templates/trainers/"),
    "quotes": ("app/quotes/", "templates/quotes/"),
    "web": ("app/", "templates/"),
}
# The comment at the head of each translation file.
HEADER = """\
# Chinese (Simplified) translations for Peibi, checked by `scripts/messages.py check`.
# This file is distributed under the same license as the Peibi project."""
# Where `locale` is a compiled part of a placeholder, both languages must use the same ones.
FUNCTIONS = {
    "_": None,
    "gettext": None,
    "later": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}


def error_classes() -> Iterator[str]:
    """Yield the names of all error classes: their first argument is a sentence."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        importlib.import_module(module.name)
    waiting = [AppError]
    while waiting:
        cls = waiting.pop()
        yield cls.__name__
        waiting.extend(cls.__subclasses__())


def domain_of(path: str) -> str:
    """Return the translation file that the strings of a source file are in."""
    return next(name for name, prefixes in DOMAINS.items() if path.startswith(prefixes))


def extract() -> dict[str, Catalog]:
    """Return the strings of each domain, as the code has them now."""
    keywords = FUNCTIONS | dict.fromkeys(error_classes())
    catalogs = {name: Catalog(locale="zh_CN", project="Peibi", charset="utf-8") for name in DOMAINS}
    sources = [(path, "python") for path in sorted((ROOT / "app").rglob("*.py"))]
    sources += [(path, "jinja2") for path in sorted((ROOT / "templates").rglob("*.html"))]
    options = {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}
    options["extensions"] = "jinja2.ext.do"
    for path, method in sources:
        name = path.relative_to(ROOT).as_posix()
        for line, message, comments, context in extract_from_file(
            method, path, keywords=keywords, options=options
        ):
            if not message or message == ("", ""):
                continue
            catalogs[domain_of(name)].add(
                message, locations=[(name, line)], auto_comments=comments, context=context
            )
    return catalogs


def read_existing(domain: str) -> Catalog:
    """Return a translation file, empty if there is none."""
    path = FOLDER / f"{domain}.po"
    if not path.exists():
        return Catalog(locale="zh_CN", project="Peibi", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN")


def update() -> None:
    """Add new strings to the files and drop those that are gone."""
    for domain, template in extract().items():
        catalog = read_existing(domain)
        # The date would change with every run, in every file.
        template.creation_date = catalog.creation_date
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.fuzzy = False
        catalog.header_comment = HEADER
        catalog.last_translator = catalog.language_team = "Peibi"
        catalog.revision_date = catalog.creation_date
        path = FOLDER / f"{domain}.po"
        if not len(catalog):
            path.unlink(missing_ok=True)
            continue
        with path.open("wb") as file:
            # Without line numbers a file changes only when its strings do.
            write_po(
                file,
                catalog,
                width=100,
                sort_output=True,
                ignore_obsolete=True,
                include_lineno=False,
            )


def is_served(domain: str) -> bool:
    """Whether people can reach a domain: the portal or the command line imports its entry."""
    entries = (ROOT / "app" / "main.py").read_text() + (ROOT / "app" / "cli.py").read_text()
    return f"from app.{domain}" in entries


def problems() -> Iterator[str]:
    """
    Yield every string that lacks a translation, is unsure, stale or has other placeholders.

    A domain that is being built, which nobody can reach yet, is left out until it is served.
    """
    for domain, template in extract().items():
        if not is_served(domain):
            continue
        catalog = read_existing(domain)
        wanted = {(m.context, _first(m.id)) for m in template if m.id}
        for message in catalog:
            if message.id and (message.context, _first(message.id)) not in wanted:
                yield f"{domain}.po: stale: {_first(message.id)!r}"
        for message in template:
            if not message.id:
                continue
            found = catalog.get(message.id, message.context)
            if found is None or not found.string or not all(_all(found.string)):
                yield f"{domain}.po: no translation: {_first(message.id)!r}"
            elif found.fuzzy:
                yield f"{domain}.po: fuzzy: {_first(message.id)!r}"
            else:
                for error in found.check(catalog):
                    yield f"{domain}.po: {_first(message.id)!r}: {error}"


def _first(value: str | tuple[str, ...] | list[str]) -> str:
    return value if isinstance(value, str) else value[0]


def _all(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def main() -> int:
    """Run the command named on the command line."""
    if sys.argv[1:] == ["update"]:
        update()
        return 0
    if sys.argv[1:] == ["check"]:
        found = list(problems())
        print("\n".join(found) or "messages: zh_CN is complete")
        return bool(found)
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main())
