"""Times of many questions, asked by several clients at once, and what they come to."""

import multiprocessing
import queue
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier

from benchmarks.queries import Kind, Question

CLIENTS = 2
# Returns a function that asks one question, in the process that will ask.
Connect = Callable[[], Callable[[Question], object]]


@dataclass(slots=True)
class Times:
    """Milliseconds of every asking, by kind of question."""

    by_kind: dict[Kind, list[float]] = field(default_factory=dict)

    def add(self, kind: Kind, milliseconds: float) -> None:
        """Note one asking."""
        self.by_kind.setdefault(kind, []).append(milliseconds)

    def join(self, other: "Times") -> None:
        """Take over the times of another client."""
        for kind, times in other.by_kind.items():
            self.by_kind.setdefault(kind, []).extend(times)

    def all(self) -> list[float]:
        """Return the times of all kinds."""
        return [one for times in self.by_kind.values() for one in times]


def percentile(times: Sequence[float], percent: float) -> float:
    """
    Return the time that `percent` of all do not exceed.

    >>> percentile([4.0, 1.0, 3.0, 2.0], 50), percentile([4.0, 1.0, 3.0, 2.0], 99)
    (2.0, 4.0)
    """
    ordered = sorted(times)
    place = -(-len(ordered) * percent // 100)
    return ordered[max(int(place), 1) - 1]


def measure(
    connect: Connect, questions: Sequence[Question], *, rounds: int, clients: int = CLIENTS
) -> Times:
    """
    Ask all questions `rounds` times in each of several processes at once.

    Each asks in an order of its own, and all of them once before, unmeasured.
    """
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(clients)
    results: multiprocessing.Queue[Times] = context.Queue()
    processes = [
        context.Process(target=_client, args=(connect, questions, rounds, number, barrier, results))
        for number in range(clients)
    ]
    for process in processes:
        process.start()
    times = Times()
    waiting = clients
    while waiting:
        try:
            times.join(results.get(timeout=1))
            waiting -= 1
        except queue.Empty:
            if any(process.exitcode for process in processes):
                for process in processes:
                    process.terminate()
                raise RuntimeError("A client of the benchmark failed.") from None
    for process in processes:
        process.join()
    return times


def _client(  # noqa: PLR0917  the arguments of a process
    connect: Connect,
    questions: Sequence[Question],
    rounds: int,
    number: int,
    barrier: Barrier,
    results: "multiprocessing.Queue[Times]",
) -> None:
    ask = connect()
    dice = random.Random(number)
    times = Times()
    for measured in range(rounds + 1):
        mine = list(questions)
        dice.shuffle(mine)
        barrier.wait()
        for question in mine:
            begin = time.perf_counter()
            ask(question)
            elapsed = (time.perf_counter() - begin) * 1_000
            if measured:
                times.add(question.kind, elapsed)
    results.put(times)
