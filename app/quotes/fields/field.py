"""
A field of a form, which serves three things: how it is typed, how it is read, how it is shown.

A path leads through the model that the form fills; its last part is the field's name there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from app.quotes.words import options
from app.web.i18n import gettext as _


class Kind(StrEnum):
    """How a field is typed and read."""

    LINE = "line"
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"
    TARGET = "target"  # a percentage or a plain number, by the metric
    YES_NO = "yes_no"
    CHOICE = "choice"
    DAY = "day"
    MOMENT = "moment"
    LIST = "list"
    LANGUAGES = "languages"
    LANGUAGE = "language"
    CURRENCY = "currency"
    FACTORS = "factors"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Field:
    """One field."""

    path: tuple[str, ...]
    label: str
    kind: Kind = Kind.LINE
    choices: type[StrEnum] | None = None
    help: str = ""
    is_needed: bool = False

    @property
    def name(self) -> str:
        """The field's name in the form."""
        return ".".join(self.path)

    @property
    def in_terms(self) -> bool:
        """Whether it is one of a quote line's terms, not its own."""
        return self.path[0] == "terms"

    @property
    def key(self) -> str:
        """What the field is called in the model that it is a part of."""
        return self.path[-1]

    def label_text(self) -> str:
        """Return its label in the reader's language."""
        return _(self.label)

    def choice_words(self) -> list[tuple[str, str]]:
        """Return its choices with their words."""
        if self.kind is Kind.YES_NO:
            return [("yes", _("yes")), ("no", _("no"))]
        return options(self.choices) if self.choices else []

    def help_text(self) -> str:
        """Return what helps to fill it in, "" for nothing."""
        return _(self.help) if self.help else ""


@dataclass(frozen=True, slots=True)
class Section:
    """Some fields under a heading."""

    title: str
    fields: Sequence[Field]


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the form."""

    code: str
    title: str
    sections: Sequence[Section]

    @property
    def fields(self) -> list[Field]:
        """Every field of the page."""
        return [field for section in self.sections for field in section.fields]


def at(path: str, label: str, kind: Kind = Kind.LINE, **more: Any) -> Field:  # noqa: ANN401  of a Field
    """Return the field that a dotted path leads to."""
    return Field(tuple(path.split(".")), label, kind, **more)


def value_at(model: BaseModel | None, path: Sequence[str]) -> Any:  # noqa: ANN401  of any field
    """Return what a path leads to, None where it ends early."""
    found: Any = model
    for name in path:
        if found is None:
            return None
        found = getattr(found, name)
    return found
