"""A batch that grows at the start of training: its sizes, its steps, what it costs in time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.compute.errors import InvalidLayout, Violation, require_at_least, require_positive

MOST_SIZES = 500
"""Batch sizes of a ramp: more are no ramp that anybody runs."""


@dataclass(frozen=True)
class BatchRamp:
    """
    A global batch that grows at the start of training.

    Attributes
    ----------
    start, increment : int
        Sequences of the first batch, and by how much each batch size exceeds the one before.
    sequences : int
        Training sequences over which the ramp goes.
    """

    start: int
    increment: int
    sequences: int


@dataclass(frozen=True)
class RampStage:
    """Steps of one batch size, one after the other; the last stage is that of the full batch."""

    global_batch: int
    sequences: float
    steps: float
    step_seconds: float

    @property
    def seconds(self) -> float:
        """Seconds of all its steps."""
        return self.steps * self.step_seconds


def find_ramp_violations(
    ramp: BatchRamp, *, global_batch: int, together: int
) -> Iterator[Violation]:
    """
    Find the broken rules of a ramp.

    Parameters
    ----------
    ramp : BatchRamp
    global_batch : int
        That the ramp reaches.
    together : int
        Sequences that all data-parallel ranks take at once: micro-batch x data-parallel size.

    Yields
    ------
    Violation
        With the nearest valid values.

    Examples
    --------
    >>> ramp = BatchRamp(start=192, increment=100, sequences=10_000)
    >>> [one.nearest for one in find_ramp_violations(ramp, global_batch=2048, together=16)]
    [(64, 464)]
    """
    values = {"global_batch": global_batch, "together": together}
    way = global_batch - ramp.start
    starts = _neighbours(ramp.start, together, global_batch)
    if ramp.start not in starts:
        yield Violation(
            "ramp_start_fits",
            "ramp.start",
            f"the ramp starts at {ramp.start} sequences, which must be a multiple of {together}"
            f" and at most {global_batch}",
            {"start": ramp.start, **values},
            starts,
        )
    elif way:
        steps = [size for size in range(together, way + 1, together) if way % size == 0] or [way]
        if ramp.increment not in steps:
            below = [size for size in steps if size < ramp.increment]
            above = [size for size in steps if size > ramp.increment]
            yield Violation(
                "ramp_reaches_the_batch",
                "ramp.increment",
                f"increments of {ramp.increment} from {ramp.start} do not reach {global_batch} in"
                f" whole multiples of {together}",
                {"increment": ramp.increment, "start": ramp.start, **values},
                (*below[-1:], *above[:1]),
            )
        elif way // ramp.increment > MOST_SIZES:
            yield Violation(
                "ramp_has_few_sizes",
                "ramp.increment",
                f"increments of {ramp.increment} make more than {MOST_SIZES} batch sizes",
                {"increment": ramp.increment, "most": MOST_SIZES, **values},
                tuple(size for size in steps if way // size <= MOST_SIZES)[:1],
            )


def _neighbours(wanted: int, unit: int, most: int) -> tuple[int, ...]:
    """Return the multiples of `unit` next to `wanted`, from 1 unit to `most`."""
    low = min(max(wanted // unit * unit, unit), most)
    high = min(max(-(-wanted // unit) * unit, unit), most)
    return (low,) if low == high else (low, high)


def ramp_stages(
    tokens: float,
    *,
    ramp: BatchRamp,
    global_batch: int,
    sequence: int,
    step_seconds: Callable[[int], float],
) -> tuple[RampStage, ...]:
    """
    List the steps of a run whose batch grows at the start, size by size.

    Small batches have few micro-batches and so a large bubble: their steps cost more per token.

    Parameters
    ----------
    tokens : float
        Training tokens, above 0.
    ramp : BatchRamp
        From `start` to `global_batch` in equal numbers of sequences per batch size.
    global_batch, sequence : int
    step_seconds : callable
        Seconds of a step with a given global batch.

    Returns
    -------
    tuple of RampStage
        In order; a run that ends within its ramp has no stage of the full batch.

    Raises
    ------
    InvalidLayout
        A ramp that does not reach the global batch in whole increments.

    References
    ----------
    NVIDIA/Megatron-LM, core/num_microbatches_calculator.py (``--rampup-batch-size``).

    Examples
    --------
    >>> ramp = BatchRamp(start=10, increment=10, sequences=60)
    >>> stages = ramp_stages(90, ramp=ramp, global_batch=30, sequence=1, step_seconds=float)
    >>> [(one.global_batch, one.steps) for one in stages]
    [(10, 3.0), (20, 1.5), (30, 1.0)]
    """
    require_positive("tokens", tokens)
    require_positive("ramp.start", ramp.start)
    require_positive("ramp.increment", ramp.increment)
    require_at_least("ramp.sequences", ramp.sequences, 0)
    violations = list(find_ramp_violations(ramp, global_batch=global_batch, together=1))
    if violations:
        raise InvalidLayout(violations)
    increments = (global_batch - ramp.start) // ramp.increment
    left = tokens / sequence
    stages = []
    for index in range(increments):
        taken = min(ramp.sequences / increments, left)
        if taken > 0:
            batch = ramp.start + index * ramp.increment
            stages.append(RampStage(batch, taken, taken / batch, step_seconds(batch)))
            left -= taken
    if left > 0:
        full = step_seconds(global_batch)
        stages.append(RampStage(global_batch, left, left / global_batch, full))
    return tuple(stages)
