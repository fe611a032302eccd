"""Pictures of a plan as percentages of a width: memory bars per stage, the timeline of a step."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.compute.results import Memory, StageMemory

MOST_STAGES = 24
MOST_MICRO_BATCHES = 32
BAR = 12
GAP = 3


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
    def checkpoints_gib(self) -> float:
        """What micro-batches in flight keep, without the block that is computed again."""
        return self.stage.activations_gib - self.stage.recompute_gib

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


@dataclass(frozen=True)
class Block:
    """A forward (`fw`) or backward (`bw`) pass in the timeline; `y` in px, the rest in per cent."""

    kind: str
    x: float
    y: int
    width: float


@dataclass(frozen=True)
class Timeline:
    """
    A step drawn with few micro-batches.

    Attributes
    ----------
    blocks : sequence of Block
    rows : sequence of int
        Top of each stage.
    height : int
    stages, micro_batches : int
        As drawn.
    idle : float
        Share of the drawing that a stage idles.
    is_shortened : bool
        The plan has more stages or micro-batches.
    """

    blocks: Sequence[Block]
    rows: Sequence[int]
    height: int
    stages: int
    micro_batches: int
    idle: float
    is_shortened: bool


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


def draw_memory(memory: Memory) -> MemoryChart:
    """Draw the memory of every stage; runs of equal stages are one bar."""
    widest = max(memory.usable_gib, memory.max_gib) * 1.04
    step = _step(widest)
    marks = [
        (100 * value / widest, value)
        for value in range(0, int(widest) + 1, step)
        if abs(value - memory.usable_gib) > step / 3
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


def draw_timeline(stages: int, micro_batches: int, *, is_recomputed: bool) -> Timeline:
    """
    Draw a step of one forward, one backward.

    A backward pass takes two forwards, or three where blocks are computed again.

    Examples
    --------
    >>> drawn = draw_timeline(4, 8, is_recomputed=False)
    >>> len(drawn.blocks), round(drawn.idle, 3)
    (64, 0.273)
    """
    rows = min(stages, MOST_STAGES)
    count = min(micro_batches, max(2 * rows, 8), MOST_MICRO_BATCHES)
    backward = 3.0 if is_recomputed else 2.0
    ends, placed = _schedule(rows, count, backward)
    length = max(ends)
    blocks = [
        Block(kind, 100 * start / length, row * (BAR + GAP), 100 * width / length)
        for row, kind, start, width in placed
    ]
    return Timeline(
        blocks=blocks,
        rows=[row * (BAR + GAP) for row in range(rows)],
        height=rows * (BAR + GAP),
        stages=rows,
        micro_batches=count,
        idle=1 - count * (1 + backward) / length,
        is_shortened=rows < stages or count < micro_batches,
    )


def _schedule(
    stages: int, count: int, backward: float
) -> tuple[list[float], list[tuple[int, str, float, float]]]:
    """Lay passes out in time: each starts when its stage is free and what it needs is there."""
    orders = [list(_order(stage, stages, count)) for stage in range(stages)]
    done: dict[tuple[str, int, int], float] = {}
    free = [0.0] * stages
    placed: list[tuple[int, str, float, float]] = []
    left = sum(map(len, orders))
    while left:
        for stage, order in enumerate(orders):
            while order:
                kind, batch = order[0]
                needed = _needed(kind, stage, batch, stages)
                if needed is not None and needed not in done:
                    break
                start = max(free[stage], done[needed] if needed else 0.0)
                width = 1.0 if kind == "fw" else backward
                free[stage] = start + width
                done[kind, stage, batch] = free[stage]
                placed.append((stage, kind, start, width))
                order.pop(0)
                left -= 1
    return free, placed


def _order(stage: int, stages: int, count: int) -> Iterator[tuple[str, int]]:
    warm = min(stages - stage - 1, count)
    yield from (("fw", batch) for batch in range(warm))
    for batch in range(count - warm):
        yield "fw", warm + batch
        yield "bw", batch
    yield from (("bw", batch) for batch in range(count - warm, count))


def _needed(kind: str, stage: int, batch: int, stages: int) -> tuple[str, int, int] | None:
    if kind == "fw":
        return ("fw", stage - 1, batch) if stage else None
    if stage == stages - 1:
        return "fw", stage, batch
    return "bw", stage + 1, batch
