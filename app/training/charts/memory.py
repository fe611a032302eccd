"""Memory of every stage as bars, in percentages of a width."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.compute.estimating.results import Memory, StageMemory


@dataclass(frozen=True)
class Segment:
    """A piece of a bar; `x` and `width` in per cent, `hue` the class that colours it."""

    hue: str
    x: float
    width: float


@dataclass(frozen=True)
class StageBar:
    """One stage, or several equal ones in a row: `last` is the index of the last of them."""

    stage: StageMemory
    last: int
    segments: Sequence[Segment]

    @property
    def states_gib(self) -> float:
        """Weights, gradients and optimizer states."""
        return self.stage.weights_gib + self.stage.gradients_gib + self.stage.optimizer_gib


@dataclass(frozen=True)
class MemoryChart:
    """Bars on one scale, its marks, and where the limit stands; all in per cent."""

    bars: Sequence[StageBar]
    marks: Sequence[tuple[float, int]]
    limit: float


PARTS = (
    ("weights", "k1"),
    ("gradients", "k2"),
    ("optimizer", "k3"),
    ("activations", "k4"),
    ("recompute", "k5"),
    ("logits", "k6"),
    ("buffers", "k7"),
    ("overhead", "k0"),
)


def draw_side_by_side(memories: Sequence[Memory]) -> list[MemoryChart]:
    """Draw the memories of several plans on one scale."""
    widest = max((_widest(memory) for memory in memories), default=0.0)
    return [draw_memory(memory, widest=widest) for memory in memories]


def draw_memory(memory: Memory, *, widest: float | None = None) -> MemoryChart:
    """
    Draw the memory of every stage; runs of equal stages are one bar.

    Without `widest` GiB the scale is that of this memory alone, with room for its limit.
    """
    is_shared = widest is not None
    widest = _widest(memory) if widest is None else widest
    step = _step(widest)
    marks = [
        (100 * value / widest, value)
        for value in range(0, int(widest) + 1, step)
        if is_shared or abs(value - memory.usable_gib) > step / 3
    ]
    bars: list[StageBar] = []
    for stage in memory.per_stage:
        if bars and is_same(bars[-1].stage, stage):
            bars[-1] = StageBar(bars[-1].stage, stage.stage, bars[-1].segments)
        else:
            bars.append(StageBar(stage, stage.stage, list(_segments(stage, widest))))
    return MemoryChart(bars, marks, 100 * memory.usable_gib / widest)


def is_same(one: StageMemory, other: StageMemory) -> bool:
    """Whether two stages hold the same, to a hundredth of a GiB."""
    return (
        one.layers == other.layers
        and round(one.in_flight, 3) == round(other.in_flight, 3)
        and abs(one.total_gib - other.total_gib) < 0.005  # noqa: PLR2004  not seen in the table
    )


def _widest(memory: Memory) -> float:
    """Return the GiB that a chart of this memory alone reaches to."""
    return max(memory.usable_gib, memory.max_gib) * 1.04


def _segments(stage: StageMemory, widest: float) -> Iterator[Segment]:
    x = 0.0
    for name, hue in PARTS:
        size = float(getattr(stage, f"{name}_gib"))
        if name == "activations":
            size -= stage.recompute_gib
        if size <= 0:
            continue
        width = 100 * size / widest
        yield Segment(hue, x, width)
        x += width


def _step(widest: float) -> int:
    rough = widest / 5
    scale = 10 ** math.floor(math.log10(max(rough, 1)))
    for factor in (1, 2, 5, 10):
        if factor * scale >= rough:
            return int(factor * scale)
    return int(10 * scale)
