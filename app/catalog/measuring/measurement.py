"""A measurement from its files to its figures: choose, count, estimate, say how far it is."""

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import takewhile
from typing import Any

from app.catalog.measuring import blocks, sampling
from app.catalog.measuring.counting import Done, Plan, Task
from app.catalog.measuring.engines import Engine
from app.catalog.measuring.errors import CannotMeasure
from app.catalog.measuring.sampling import Piece, Total
from app.catalog.measuring.sources import SourceFile
from app.catalog.measuring.tally import Tally
from app.catalog.measuring.units import RANGE_BYTES, Unit, cut

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a measurement is: bytes as stored, and what was counted until now."""

    done_bytes: int
    total_bytes: int
    tally: Tally
    seconds: float

    @property
    def bytes_per_second(self) -> float:
        """Bytes of text that are counted in a second."""
        return self.tally.bytes / self.seconds if self.seconds else 0.0


@dataclass(slots=True)
class Measurement:
    """
    What was measured.

    `tally` is everything that was counted; `tokens`, `documents` and `bytes` are for all files.
    `is_full`: every piece was counted. `is_stopped`: somebody stopped it before its end.
    `is_part`: that was before one piece was done, so the figures are of a part.
    """

    plan: Plan
    files: list[SourceFile]
    digests: dict[str, str]
    tally: Tally
    tokens: Total
    documents: Total
    bytes: Total
    units_counted: int
    units_total: int
    share: float
    seed: int
    is_full: bool
    is_stopped: bool
    is_part: bool
    seconds: float

    @property
    def bytes_per_token(self) -> Fraction | None:
        """Bytes of text per token; None where there is no token."""
        return Fraction(self.tally.bytes, self.tally.tokens) if self.tally.tokens else None

    @property
    def folder(self) -> str:
        """The folder that all files lie in: what is above it is nobody's business."""
        folders = [file.url.split("/")[:-1] for file in self.files]
        shared = takewhile(lambda level: len(set(level)) == 1, zip(*folders, strict=False))
        return "".join(f"{level[0]}/" for level in shared)

    @property
    def manifest(self) -> str:
        """The digest of all files: a line each with its path, size and own digest."""
        found, folder = hashlib.sha256(), self.folder
        for file in self.files:
            digest = self.digests.get(file.url, "")
            path = file.label or file.url.removeprefix(folder)
            found.update(f"{path}\t{file.size}\t{digest}\n".encode())
        return found.hexdigest()


@dataclass(slots=True)
class _Counted:
    """What came back until now, by piece."""

    by_unit: dict[int, Tally] = field(default_factory=dict)
    waiting: dict[int, int] = field(default_factory=dict)
    complete: set[int] = field(default_factory=set)
    digests: dict[str, str] = field(default_factory=dict)
    whole: Tally = field(default_factory=Tally)
    done_bytes: int = 0


def measure(  # noqa: PLR0913  each named in the call
    files: list[SourceFile],
    plan: Plan,
    engine: Engine,
    *,
    share: float = 1.0,
    seed: int = 0,
    with_digests: bool = True,
    range_bytes: int = RANGE_BYTES,
    on_progress: Callable[[Progress], None] = lambda _progress: None,
    stops: tuple[type[BaseException], ...] = (KeyboardInterrupt,),
) -> Measurement:
    """
    Count files, all or a random sample of their pieces, and return what follows for all.

    An exception of `stops`, raised from outside or by `on_progress`, ends the counting; what was
    counted is kept.

    Parameters
    ----------
    share : float
        The part of the pieces of each stratum to count, 0 < share <= 1; 1 counts everything.

    Raises
    ------
    CannotMeasure
        If a file cannot be measured, or nothing was counted before it was stopped.
    """
    if not 0 < share <= 1:
        raise CannotMeasure("The sample must be a part above 0 and at most 1, such as 0.05.")
    units = cut(files, plan.field, range_bytes=range_bytes)
    if not units:
        raise CannotMeasure("The files hold nothing to count.")
    pieces = [Piece(unit.number, unit.file.stratum, unit.size) for unit in units]
    groups = sampling.strata(pieces, share)
    chosen = [units[number] for number in sampling.order(groups, share, seed)]
    counted = _Counted()
    tasks = _Tasks(
        chosen, engine.workers, with_digests=with_digests, max_unpacked=plan.max_unpacked
    )
    total_bytes = sum(unit.size for unit in chosen)
    started = time.monotonic()
    is_stopped = False
    try:
        with closing(engine.run(plan, tasks.all(counted))) as results:  # type: ignore[type-var]
            for done in results:
                _note(counted, done)
                on_progress(
                    Progress(
                        counted.done_bytes, total_bytes, counted.whole, time.monotonic() - started
                    )
                )
    except stops:
        is_stopped = True
    usable = _usable(chosen, counted, is_stopped=is_stopped)
    if is_stopped and not counted.whole.documents:
        raise CannotMeasure("It was stopped before anything was counted, so nothing is kept.")
    return Measurement(
        plan=plan,
        files=files,
        digests=counted.digests,
        tally=counted.whole,
        tokens=_total(groups, {n: t.tokens for n, t in usable.items()}, counted.whole.tokens),
        documents=_total(
            groups, {n: t.documents for n, t in usable.items()}, counted.whole.documents
        ),
        bytes=_total(groups, {n: t.bytes for n, t in usable.items()}, counted.whole.bytes),
        is_part=not usable,
        units_counted=len(counted.complete),
        units_total=len(units),
        share=share,
        seed=seed,
        is_full=len(counted.complete) == len(units),
        is_stopped=is_stopped,
        seconds=time.monotonic() - started,
    )


class _Tasks:
    """
    Hands out the work.

    A packed file can only be read from its beginning. Many are a task each; few are unpacked
    here and counted block by block, so that all cores work on one large file.
    """

    def __init__(
        self,
        chosen: list[Unit],
        workers: int,
        *,
        with_digests: bool,
        max_unpacked: int | None,
    ) -> None:
        self.max_unpacked = max_unpacked
        self.chosen = chosen
        self.with_digests = with_digests
        self.feeds = workers > 1 and sum(unit.is_stream for unit in chosen) < workers * 2

    def all(self, counted: _Counted) -> Iterator[Task]:
        """Yield the tasks; those of a file's digest come with its first piece."""
        hashed: set[str] = set()
        for unit in self.chosen:
            if unit.is_stream and self.feeds:
                yield from self._blocks(unit, counted)
            else:
                counted.waiting[unit.number] = 1
                yield Task(unit)
            if self.with_digests and unit.file.url not in hashed:
                hashed.add(unit.file.url)
                yield Task(unit, is_hash=True)

    def _blocks(self, unit: Unit, counted: _Counted) -> Iterator[Task]:
        # One more than handed out, so that the unit is not complete before its end is read.
        counted.waiting[unit.number] = 1
        is_first = True
        try:
            for block, too_long in blocks.in_lines(blocks.unpacked(unit.file, self.max_unpacked)):
                counted.waiting[unit.number] += 1
                yield Task(unit, block, too_long, is_first)
                is_first = False
        except blocks.Broken as error:
            tally = Tally()
            tally.skip(f"broken: {error}"[:200], unit.file.url, 0)
            _add(counted, unit, tally)
        _settle(counted, unit)


def _note(counted: _Counted, done: Done) -> None:
    if done.digest is not None:
        counted.digests[done.task.unit.file.url] = done.digest
        return
    _add(counted, done.task.unit, done.tally)
    _settle(counted, done.task.unit)


def _add(counted: _Counted, unit: Unit, tally: Tally) -> None:
    counted.by_unit.setdefault(unit.number, Tally()).add(tally)
    counted.whole.add(tally)


def _settle(counted: _Counted, unit: Unit) -> None:
    counted.waiting[unit.number] -= 1
    if counted.waiting[unit.number] == 0:
        counted.by_unit.setdefault(unit.number, Tally())
        counted.complete.add(unit.number)
        counted.done_bytes += unit.size


def _usable(chosen: Iterable[Unit], counted: _Counted, *, is_stopped: bool) -> dict[int, Tally]:
    """
    Return the pieces that an estimate may rest on.

    Of a measurement that was stopped, those before the first one that was not done: of the ones
    in work, small pieces would be done sooner, and the sample would be of small ones.
    """
    usable: dict[int, Tally] = {}
    for unit in chosen:
        if unit.number in counted.complete:
            usable[unit.number] = counted.by_unit[unit.number]
        elif is_stopped:
            break
    return usable or {number: counted.by_unit[number] for number in counted.complete}


def _total(groups: list[list[Piece]], counted: dict[int, int], at_least: int) -> Total:
    """Return the estimate for all; of a stream that was stopped, what was counted of it."""
    return sampling.estimate(groups, counted) if counted else Total(at_least, None, None)
