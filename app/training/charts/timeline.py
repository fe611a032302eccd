"""One step of a pipeline as blocks in time: 1F1B, and interleaved with several chunks per GPU."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.compute.estimating.results import Estimate

MOST_STAGES = 24
MOST_MICRO_BATCHES = 32
MOST_BLOCKS = 2_600
BAR = 12
GAP = 3

Pass = tuple[str, int, int]
"""Kind, chunk, micro-batch."""


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
    stages, micro_batches, chunks : int
        As drawn; chunks are the virtual stages of one GPU.
    idle : float
        Share of the drawing that a stage idles.
    is_shortened : bool
        The plan has more stages, micro-batches or chunks.
    """

    blocks: Sequence[Block]
    rows: Sequence[int]
    height: int
    stages: int
    micro_batches: int
    chunks: int
    idle: float
    is_shortened: bool


def draw_pipeline(found: Estimate) -> Timeline | None:
    """Draw the step of an estimate; nothing where there is one stage."""
    if found.layout.pp == 1:
        return None
    return draw_timeline(
        found.layout.pp,
        found.pipeline.micro_batches,
        is_recomputed=found.layout.recompute == "full",
        chunks=found.layout.interleave,
    )


def draw_timeline(
    stages: int, micro_batches: int, *, is_recomputed: bool, chunks: int = 1
) -> Timeline:
    """
    Draw a step of one forward, one backward, or of the interleaved schedule.

    A backward pass takes two forwards, or three where blocks are computed again. Passes of odd
    chunks have the class `odd` beside their kind.

    Examples
    --------
    >>> drawn = draw_timeline(4, 8, is_recomputed=False)
    >>> len(drawn.blocks), round(drawn.idle, 3)
    (64, 0.273)
    >>> drawn = draw_timeline(4, 8, is_recomputed=False, chunks=2)
    >>> len(drawn.blocks), round(drawn.idle, 3)
    (128, 0.158)

    References
    ----------
    Narayanan et al. 2021, arXiv 2104.04473, figure 4; NVIDIA/Megatron-LM,
    core/pipeline_parallel/schedules.py.
    """
    rows = min(stages, MOST_STAGES)
    count = min(micro_batches, max(2 * rows, 8), MOST_MICRO_BATCHES)
    drawn = chunks
    if chunks > 1:
        # Interleaving takes micro-batches in groups as large as there are stages.
        count = max(count // rows * rows, rows)
        drawn = min(chunks, max(MOST_BLOCKS // (2 * rows * count), 2))
    backward = 3.0 if is_recomputed else 2.0
    ends, placed = _schedule(rows, count, drawn, backward)
    length = max(ends)
    blocks = [
        Block(
            f"{kind} odd" if chunk % 2 else kind,
            100 * start / length,
            row * (BAR + GAP),
            100 * width / length,
        )
        for row, (kind, chunk, _batch), start, width in placed
    ]
    return Timeline(
        blocks=blocks,
        rows=[row * (BAR + GAP) for row in range(rows)],
        height=rows * (BAR + GAP),
        stages=rows,
        micro_batches=count,
        chunks=drawn,
        idle=1 - count * (1 + backward) / length,
        is_shortened=rows < stages or count < micro_batches or drawn < chunks,
    )


def _schedule(
    stages: int, count: int, chunks: int, backward: float
) -> tuple[list[float], list[tuple[int, Pass, float, float]]]:
    """Lay passes out in time: each starts when its stage is free and what it needs is there."""
    orders = [list(_order(stage, stages, count, chunks)) for stage in range(stages)]
    at = [0] * stages
    done: dict[tuple[int, Pass], float] = {}
    free = [0.0] * stages
    placed: list[tuple[int, Pass, float, float]] = []
    left = sum(map(len, orders))
    while left:
        before = left
        for stage, order in enumerate(orders):
            while at[stage] < len(order):
                this = order[at[stage]]
                needed = _needed(stage, this, stages, chunks)
                if needed is not None and needed not in done:
                    break
                start = max(free[stage], done[needed] if needed else 0.0)
                width = (1.0 if this[0] == "fw" else backward) / chunks
                free[stage] = start + width
                done[stage, this] = free[stage]
                placed.append((stage, this, start, width))
                at[stage] += 1
                left -= 1
        if left == before:
            raise AssertionError("the schedule waits for itself")
    return free, placed


def _order(stage: int, stages: int, count: int, chunks: int) -> Iterator[Pass]:
    """Yield the passes of a stage in the order in which it runs them."""
    total = count * chunks
    warm = stages - stage - 1
    if chunks > 1:
        warm = 2 * warm + (chunks - 1) * stages
    warm = min(warm, total)
    forward = [_pass("fw", place, stages, chunks) for place in range(total)]
    backward = [_pass("bw", place, stages, chunks) for place in range(total)]
    yield from forward[:warm]
    for place in range(total - warm):
        yield forward[warm + place]
        yield backward[place]
    yield from backward[total - warm :]


def _pass(kind: str, place: int, stages: int, chunks: int) -> Pass:
    """Return the pass at a place: groups of as many micro-batches as stages, chunk by chunk."""
    if chunks == 1:
        return kind, 0, place
    group, within = divmod(place, stages * chunks)
    chunk, batch = divmod(within, stages)
    return kind, chunks - 1 - chunk if kind == "bw" else chunk, group * stages + batch


def _needed(stage: int, this: Pass, stages: int, chunks: int) -> tuple[int, Pass] | None:
    """Return what a pass waits for: its neighbour's, or the neighbouring chunk's at an end."""
    kind, chunk, batch = this
    if kind == "fw":
        if stage:
            return stage - 1, this
        return (stages - 1, (kind, chunk - 1, batch)) if chunk else None
    if stage < stages - 1:
        return stage + 1, this
    if chunk < chunks - 1:
        return 0, (kind, chunk + 1, batch)
    return stage, ("fw", chunk, batch)
