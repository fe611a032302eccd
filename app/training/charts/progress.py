"""A run over its days: tokens that are trained on, and what they have cost by then."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.compute.units import SECONDS_PER_DAY
from app.training.service import Plan

ROWS = 10
MARKS = 5


@dataclass(frozen=True)
class Moment:
    """What has happened by a day; money, energy and carbon are None where not computed."""

    day: float
    tokens: float
    gpu_hours: float
    cost: float | None
    energy_kwh: float | None
    co2_t: float | None
    phase: str


@dataclass(frozen=True)
class Progress:
    """
    A run over its days.

    Attributes
    ----------
    moments : sequence of Moment
        At equal distances in time, the start left out, the end of the run last.
    tokens_line, cost_line : str
        Points of a polyline in a square of 100, each on its own scale to the end of the run.
    days : sequence of (float, str)
        Marks of the axis: place in per cent, day.
    phases : sequence of (float, str)
        Where each phase begins, in per cent, and its name; empty where there is one.
    last : Moment
    """

    moments: Sequence[Moment]
    tokens_line: str
    cost_line: str
    days: Sequence[tuple[float, str]]
    phases: Sequence[tuple[float, str]]

    @property
    def last(self) -> Moment:
        """The end of the run."""
        return self.moments[-1]


def draw_progress(phases: Sequence[tuple[str, Plan]]) -> Progress:
    """Follow the phases of a plan day by day; interruptions are spread evenly."""
    nodes = [Moment(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, phases[0][0] if phases else "")]
    starts = []
    for name, plan in phases:
        starts.append((nodes[-1].day, name))
        for days, tokens in _pieces(plan):
            nodes.append(_after(nodes[-1], plan, days, tokens, name))
    end = nodes[-1]
    moments = [_at(nodes, end.day * (index + 1) / ROWS) for index in range(ROWS)]
    return Progress(
        moments=moments,
        tokens_line=" ".join(
            f"{100 * one.day / end.day:.2f},{100 - 100 * one.tokens / end.tokens:.2f}"
            for one in nodes
        ),
        cost_line=" ".join(
            f"{100 * one.day / end.day:.2f},{100 - 100 * one.gpu_hours / end.gpu_hours:.2f}"
            if end.cost is None or not end.cost
            else f"{100 * one.day / end.day:.2f},{100 - 100 * (one.cost or 0.0) / end.cost:.2f}"
            for one in nodes
        ),
        days=[
            (100 * index / MARKS, f"{end.day * index / MARKS:.{0 if end.day >= MARKS else 2}f}")
            for index in range(MARKS + 1)
        ],
        phases=[(100 * day / end.day, name) for day, name in starts] if len(phases) > 1 else [],
    )


def _pieces(plan: Plan) -> list[tuple[float, float]]:
    """Return paid days and tokens of each stretch of equal speed."""
    time = plan.estimate.time
    if time.ramp is None:
        return [(time.days_with_goodput, plan.tokens)]
    stretch = time.days_with_goodput / time.days / SECONDS_PER_DAY
    sequence = plan.shape.sequence
    return [(one.seconds * stretch, one.sequences * sequence) for one in time.ramp.stages]


def _after(before: Moment, plan: Plan, days: float, tokens: float, phase: str) -> Moment:
    found = plan.estimate
    share = days / found.time.days_with_goodput

    def more(so_far: float | None, whole: float | None) -> float | None:
        return None if so_far is None or whole is None else so_far + share * whole

    return Moment(
        day=before.day + days,
        tokens=before.tokens + tokens,
        gpu_hours=before.gpu_hours + share * found.gpu_hours.with_goodput,
        cost=more(before.cost, None if found.cost is None else float(found.cost)),
        energy_kwh=more(before.energy_kwh, found.energy_kwh),
        co2_t=more(before.co2_t, found.co2_t),
        phase=phase,
    )


def _at(nodes: Sequence[Moment], day: float) -> Moment:
    """Return a moment between two nodes."""
    index = next((place for place, one in enumerate(nodes) if place and day <= one.day), -1)
    before, after = nodes[index - 1], nodes[index]
    share = min((day - before.day) / (after.day - before.day), 1.0) if after.day > before.day else 1

    def between(low: float | None, high: float | None) -> float | None:
        return None if low is None or high is None else low + share * (high - low)

    return Moment(
        day=day,
        tokens=before.tokens + share * (after.tokens - before.tokens),
        gpu_hours=before.gpu_hours + share * (after.gpu_hours - before.gpu_hours),
        cost=between(before.cost, after.cost),
        energy_kwh=between(before.energy_kwh, after.energy_kwh),
        co2_t=between(before.co2_t, after.co2_t),
        phase=after.phase,
    )
