"""
Geometry of the catalogue's charts, in percent of the width: the templates only draw it.

Everything is percent and no chart has a view box, so that text never scales.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# The log scale of catalogue sizes: from 100M to 1,000T tokens, a grid line per power of ten.
LOG_FROM = 8
LOG_TO = 15
MAX_HUES = 10
# A label stands above a segment that is at least this wide, in percent.
LABEL_FROM_PERCENT = 7.0
NARROW_LABEL_FROM_PERCENT = 20.0


@dataclass(frozen=True)
class LogInterval:
    """Where an estimate lies on the log scale: its middle, and its ends where it has some."""

    low: float | None
    mid: float | None
    high: float | None


@dataclass(frozen=True)
class Segment:
    """One part of a stacked bar."""

    label: str
    hue: int
    share: float
    x: float
    width: float
    has_label: bool
    has_narrow_label: bool


@dataclass(frozen=True)
class Bar:
    """A bar of a table's cell: the raw part in colour, repeats of it in grey behind."""

    raw: float
    whole: float


@dataclass(frozen=True)
class Axis:
    """A linear axis from 0: its ticks as (position in percent, value)."""

    top: float
    ticks: tuple[tuple[float, int], ...]

    def position(self, value: float) -> float:
        """Return where a value lies, in percent."""
        return 100 * value / self.top


def log_position(value: int) -> float:
    """
    Return where a number of tokens lies on the log scale, clipped at its ends.

    >>> log_position(10**8), round(log_position(10**12), 2), log_position(1)
    (0.0, 57.14, 0.0)
    """
    if value <= 0:
        return 0.0
    position = 100 * (math.log10(value) - LOG_FROM) / (LOG_TO - LOG_FROM)
    return min(max(position, 0.0), 100.0)


def log_grid() -> list[float]:
    """Return the positions of the grid lines, one per power of ten between the ends."""
    return [
        round(100 * (power - LOG_FROM) / (LOG_TO - LOG_FROM), 3)
        for power in range(LOG_FROM + 1, LOG_TO)
    ]


def log_interval(low: int | None, mid: int | None, high: int | None) -> LogInterval:
    """Return where an estimate lies on the log scale."""
    return LogInterval(
        low=None if low is None else log_position(low),
        mid=None if mid is None else log_position(mid),
        high=None if high is None else log_position(high),
    )


def stacked(parts: Sequence[tuple[str, int, float]]) -> list[Segment]:
    """
    Return the segments of a bar from `(label, hue, value)`, in that order, as shares of the sum.

    >>> [(s.label, round(s.share, 2), round(s.x)) for s in stacked([("a", 1, 3), ("b", 2, 1)])]
    [('a', 0.75, 0), ('b', 0.25, 75)]
    """
    total = sum(value for _label, _hue, value in parts)
    segments: list[Segment] = []
    x = 0.0
    for label, hue, value in parts:
        share = value / total if total else 0.0
        width = 100 * share
        segments.append(
            Segment(
                label=label,
                hue=hue,
                share=share,
                x=x,
                width=width,
                has_label=width >= LABEL_FROM_PERCENT,
                has_narrow_label=width >= NARROW_LABEL_FROM_PERCENT,
            )
        )
        x += width
    return segments


def fold(
    parts: Iterable[tuple[str, int, float]], *, other: str, most: int = MAX_HUES
) -> list[tuple[str, int, float]]:
    """
    Return at most `most` parts, largest first, and the rest as a last one named `other`.

    >>> fold([("a", 1, 3), ("b", 2, 2), ("c", 3, 1)], other="other", most=2)
    [('a', 1, 3), ('other', 0, 3)]
    """
    ordered = sorted(parts, key=lambda part: -part[2])
    if len(ordered) <= most:
        return ordered
    kept, rest = ordered[: most - 1], ordered[most - 1 :]
    return [*kept, (other, 0, sum(value for _label, _hue, value in rest))]


def bars(values: Sequence[tuple[float | None, float | None]]) -> list[Bar | None]:
    """
    Return bars from `(raw, with repeats)`, on one scale from 0; None where nothing is known.

    Without repeats the second value is None.
    """
    tops = [max(raw or 0, whole or 0) for raw, whole in values]
    top = max(tops, default=0)
    if not top:
        return [None for _ in values]
    return [
        None
        if raw is None and whole is None
        else Bar(raw=100 * (raw or 0) / top, whole=100 * max(raw or 0, whole or 0) / top)
        for raw, whole in values
    ]


def linear_axis(largest: int, *, most_ticks: int = 5) -> Axis:
    """
    Return an axis from 0 that holds `largest`, with ticks at round numbers.

    >>> [value for _position, value in linear_axis(1_020_425_000_000).ticks]
    [0, 250000000000, 500000000000, 750000000000, 1000000000000]
    """
    if largest <= 0:
        return Axis(top=1, ticks=((0.0, 0),))
    rough = largest / (most_ticks - 1)
    magnitude = 10 ** math.floor(math.log10(rough))
    step = next(
        round(magnitude * factor)
        for factor in (1, 2, 2.5, 5, 10)
        if magnitude * factor * most_ticks > largest
    )
    step = max(step, 1)
    top = largest * 1.08
    ticks = tuple((100 * value / top, value) for value in range(0, largest + 1, step))
    return Axis(top=top, ticks=ticks)
