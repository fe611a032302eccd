"""
The rows of the composer's table: every value as HTML, so that drawing 500 of them is cheap.

A row has a part that no edit changes (`still`) and one that nearly every edit changes. A browser
that shows the first already is sent the second alone, and puts it in its place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from app.mixtures.content import Component
from app.mixtures.tones import STATES, WORDS, Tone
from app.mixtures.views import ComponentView, Passes, PhaseView
from app.mixtures.web.composer.still import DIGEST_BYTES, Still, html
from app.mixtures.words.plans import LEAST_SHOWN, passes
from app.planning.notation.numbers import System, compact
from app.web import numbers
from app.web.i18n import gettext as _

# The whisker: 0 to 8 passes over 96 units; more is clipped.
MOST_PASSES = 8.0
WIDTH = 96.0
_MARKED = {"bad": "is-bad", "warn": "is-warn", "none": "is-none", "good": ""}


class Moving(NamedTuple):
    """
    The part of a row that follows from the draft, as HTML, in the order that static/peibi.js reads.

    Empty is not drawn: where nothing is planned, and of the whisker, the picture of the passes.
    """

    classes: str
    weight: str
    max_epochs: str
    locked: str
    ratio: str
    bar: str
    tokens: str
    digits: str
    unit: str
    epochs: str
    epochs_range: str
    tone: str
    state: str
    word: str
    whisker_start: str
    whisker_width: str
    whisker_dot: str
    whisker_limit: str

    @property
    def shape(self) -> str:
        """Which parts are drawn: numbers alone fit only into a row of the same shape."""
        drawn = (self.ratio, self.whisker_dot, self.whisker_start, self.whisker_limit)
        return "".join("1" if part else "0" for part in drawn)


class Refused(NamedTuple):
    """What was typed into the cells of a row and refused: why, and which cells keep it."""

    weight_error: str | None = None
    max_error: str | None = None
    is_typed: bool = False
    is_max_typed: bool = False


Row = tuple[Still, Moving, Refused]


@dataclass(frozen=True)
class Typed:
    """What was typed into cells and refused, and why, by the name of the field."""

    texts: Mapping[str, str]
    errors: Mapping[str, str]

    def __bool__(self) -> bool:
        """Whether anything was."""
        return bool(self.texts or self.errors)


NOTHING_TYPED = Typed({}, {})


@dataclass(frozen=True)
class Table:
    """
    The table of a phase.

    `numbers` is what moves in rows that the browser has already, a line a row; None where it
    shall draw `rows`. `digest` stands for what stays of them, empty where they hold errors.
    """

    count: int
    over_max: int
    to_watch: int
    digest: str
    rows: list[Row]
    numbers: str | None


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


def table_of(
    phase: PhaseView,
    still: Sequence[Still],
    *,
    typed: Typed = NOTHING_TYPED,
    opened: str | None = None,
    shown: str = "",
) -> Table:
    """
    Return the table of a phase.

    Parameters
    ----------
    still : sequence of Still
        What stays of each row.
    typed : Typed
        What stays in its cell although it was refused.
    opened : str or None
        The dataset whose details are shown.
    shown : str
        The digest of the rows that the browser has; those are not drawn again.
    """
    components = phase.components
    moving = _moving(components, opened)
    digest = "" if typed else _digest(still, moving)
    is_shown = bool(digest) and digest == shown
    return Table(
        count=len(components),
        over_max=sum(one.tone == Tone.OVER_MAX for one in components),
        to_watch=sum(STATES[one.tone] == "warn" for one in components),
        digest=digest,
        rows=[] if is_shown else _rows(still, moving, components, typed),
        numbers="\n".join("\t".join(one) for one in moving) if is_shown else None,
    )


def _digest(still: Sequence[Still], moving: Sequence[Moving]) -> str:
    parts = "".join(one.digest + two.shape for one, two in zip(still, moving, strict=True))
    return blake2b(parts.encode(), digest_size=DIGEST_BYTES).hexdigest()


def _rows(
    still: Sequence[Still],
    moving: Sequence[Moving],
    components: Sequence[ComponentView],
    typed: Typed,
) -> list[Row]:
    found = []
    for stays, moves, one in zip(still, moving, components, strict=True):
        weight, limit = f"w.{one.dataset}", f"m.{one.dataset}"
        refused = Refused(
            weight_error=_error(typed, weight),
            max_error=_error(typed, limit),
            is_typed=weight in typed.texts,
            is_max_typed=limit in typed.texts,
        )
        if refused.is_typed or refused.is_max_typed:
            moves = moves._replace(  # noqa: PLW2901
                weight=html(typed.texts.get(weight, moves.weight)),
                max_epochs=html(typed.texts.get(limit, moves.max_epochs)),
            )
        found.append((stays, moves, refused))
    return found


def _error(typed: Typed, field: str) -> str | None:
    return html(typed.errors[field]) if field in typed.errors else None


def _moving(components: Sequence[ComponentView], opened: str | None) -> list[Moving]:
    most = max((one.ratio or 0.0 for one in components), default=0.0)
    words = {tone: html(_(word)) for tone, word in WORDS.items()}
    system = numbers.system()
    return [_moves(one, most, words[one.tone], system, opened) for one in components]


def _moves(
    one: ComponentView, most: float, word: str, system: System, opened: str | None
) -> Moving:
    state = STATES[one.tone]
    exposure, ratio = one.exposure, one.ratio
    digits = unit = epochs = ""
    start = width = dot = limit = ""
    if one.tokens is not None:
        amount = compact(one.tokens, system)
        digits, unit = amount.digits, amount.unit
    if exposure is not None:
        epochs = two_places(exposure.mid)
        start, width, dot, limit = whisker(exposure, one.max_epochs)
    is_open = one.dataset == opened
    return Moving(
        classes=f"{_MARKED[state]} is-open".lstrip() if is_open else _MARKED[state],
        weight=weight_text(one.weight),
        max_epochs=max_text(one.max_epochs),
        locked="1" if one.locked else "",
        ratio="" if ratio is None else f"{ratio * 100:.2f}",
        bar=f"{100 * ratio / most:.1f}" if ratio and most else "0",
        tokens="" if one.tokens is None else str(one.tokens),
        digits=digits,
        unit=unit,
        epochs=epochs,
        epochs_range=_range(exposure),
        tone=one.tone.value,
        state=state,
        word=word,
        whisker_start=start,
        whisker_width=width,
        whisker_dot=dot,
        whisker_limit=limit,
    )


def two_places(value: float) -> str:
    """
    Return passes for a column that lines up; words for those over an empty source.

    >>> two_places(0.126), two_places(4.64), two_places(41.83), two_places(174.28)
    ('0.13', '4.64', '41.8', '174')
    >>> two_places(0.0), two_places(0.004)
    ('0.00', '<0.01')
    """
    if value == float("inf") or 0 < value < LEAST_SHOWN:
        return passes(value)
    places = 2 if value < 10 else 1 if value < 100 else 0  # noqa: PLR2004  three figures
    return f"{value:.{places}f}"


def _range(exposure: Passes | None) -> str:
    if exposure is None or exposure.low is None or exposure.high is None:
        return ""
    return f"{two_places(exposure.low)}–{two_places(exposure.high)}"


def whisker(exposure: Passes, limit: float | None) -> tuple[str, str, str, str]:
    """
    Return the picture of passes on a scale of 0 to 8, clipped at its end.

    In units of its view box: the start and the width of the interval, the dot, the limit.
    """
    start = width = ""
    if exposure.low is not None and exposure.high is not None:
        low, high = _place(exposure.low), _place(exposure.high)
        start, width = f"{low:.1f}", f"{max(high - low, 1):.1f}"
    dot = min(max(_place(exposure.mid), 3.0), WIDTH - 3)
    return start, width, f"{dot:.1f}", "" if limit is None else f"{_place(limit):.1f}"


def _place(value: float) -> float:
    return WIDTH * min(max(value, 0.0), MOST_PASSES) / MOST_PASSES
