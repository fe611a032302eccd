"""The sentences of notes and findings in the reader's language, and the words for formats."""

import math
from collections.abc import Iterable

from app.catalog.locations.kinds import Layout
from app.catalog.locations.routes import layout_words
from app.trainers.how import How
from app.trainers.kit.findings import Finding, Severity
from app.trainers.kit.notes import Note
from app.trainers.kit.outputs import Format, WeightUnit
from app.trainers.kit.values import Layouts, Problem, Value, show
from app.web import numbers
from app.web.i18n import gettext as _

# Less than rounding alone makes of a share.
_SMALLEST_POINTS = 1e-10


def note(found: Note) -> str:
    """Return what a file lost, as a sentence."""
    return _say(found.kind.text, dict(found.values))


def message(found: Finding) -> str:
    """Return what is wrong."""
    return _say(found.kind.message, dict(found.values))


def remedy(found: Finding) -> str:
    """Return what to do about it."""
    return _say(found.kind.remedy, dict(found.values))


def severity(found: Severity) -> str:
    """Return the word for how bad something is."""
    return {
        Severity.ERROR: _("Error"),
        Severity.WARNING: _("Warning"),
        Severity.NOTE: _("To know"),
    }[found]


def tone(found: Severity) -> str:
    """Return the tone in which a severity is shown."""
    return {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: "info"}[found]


def unit(found: WeightUnit) -> str:
    """Return what a weight counts."""
    return {
        WeightUnit.TOKENS: _("tokens"),
        WeightUnit.ROWS: _("documents"),
        WeightUnit.EPOCHS: _("passes"),
        WeightUnit.FRACTION: _("part of each dataset kept"),
    }[found]


def how(found: How) -> str:
    """Return by what a dataset was found."""
    return {
        How.LOCATION: _("by its location"),
        How.SLUG: _("by its short name"),
        How.NAME: _("by its name or an alias"),
        How.NEW: _("new"),
    }[found]


def layouts(trainer: Format) -> str:
    """Return the layouts that a trainer reads, the best first."""
    return _layouts(trainer.layouts)


def points(share: float, *, signed: bool = False) -> str:
    """
    Return a difference of shares in percentage points, two digits of it, never as a power of ten.

    >>> points(1.6e-9), points(-0.00012, signed=True), points(0.0)
    ('0.00000016', '\u22120.012', '0')
    """
    value = 100 * share
    if abs(value) < _SMALLEST_POINTS:
        return "0"
    decimals = max(1 - math.floor(math.log10(abs(value))), 0)
    sign = "\u2212" if value < 0 else "+" if signed else ""
    return f"{sign}{abs(value):.{decimals}f}"


def _show(value: Value) -> str:
    match value:
        case Layouts(given):
            return _layouts(given)
        case Problem(text):
            return _(text)
        case WeightUnit():
            return unit(value)
    return show(value, numbers.system())


def _layouts(given: Iterable[Layout]) -> str:
    known = layout_words()
    return ", ".join(known[one] for one in given)


def _say(text: str, values: dict[str, Value]) -> str:
    if not text:
        return ""
    shown = {name: _show(value) for name, value in values.items()}
    return _(text, **shown) if shown else _(text)
