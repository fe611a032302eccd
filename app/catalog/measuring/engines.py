"""Where pieces are counted: on the cores of this machine, or on those of a Ray cluster."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from multiprocessing import get_context
from typing import Any, Protocol

from app.catalog.measuring import counting
from app.catalog.measuring.counting import Done, Plan, Task
from app.catalog.measuring.errors import CannotMeasure
from app.catalog.measuring.vocabularies import counter

# Tasks that wait beside those that run: enough that no core is idle, few enough for memory.
AHEAD = 2


class Engine(Protocol):
    """Does tasks in parallel; yields what came of each as it comes."""

    workers: int

    def run(self, plan: Plan, tasks: Iterator[Task]) -> Iterator[Done]:
        """Do the tasks; closing the iterator stops the work."""
        ...


class Inline:
    """In this very process, one after the other: for a job of the portal and for tests."""

    workers = 1

    def run(self, plan: Plan, tasks: Iterator[Task]) -> Iterator[Done]:
        """Do the tasks in their order."""
        for task in tasks:
            yield counting.run(plan, task)


class LocalCores:
    """Processes of this machine, one for each core unless told otherwise."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or cores()

    def run(self, plan: Plan, tasks: Iterator[Task]) -> Iterator[Done]:
        """Do the tasks; what a process was doing when it died is lost, and said."""
        # Spawned, not forked: threads of this process must not be copied half-way.
        pool = ProcessPoolExecutor(
            self.workers,
            mp_context=get_context("spawn"),
            initializer=_prepare,
            initargs=(plan,),
        )
        running: set[Future[Done]] = set()
        try:
            for task in tasks:
                running.add(pool.submit(counting.run, plan, task))
                if len(running) >= self.workers * AHEAD:
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        except BrokenProcessPool as error:
            raise CannotMeasure(
                "A process that counts was ended from outside, probably for want of memory. Use "
                "fewer with --workers."
            ) from error
        finally:
            _end(pool)


class RayCluster:
    """The cores of a Ray cluster; files must be reachable from every node."""

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        try:
            ray = import_module("ray")
        except ImportError as error:
            raise CannotMeasure(
                "Ray is not installed. Install it with: pip install 'peibi[ray]'"
            ) from error
        self.ray = ray
        if not ray.is_initialized():
            ray.init(address=address, num_cpus=None if address else workers, log_to_driver=False)
        self.workers = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))

    def run(self, plan: Plan, tasks: Iterator[Task]) -> Iterator[Done]:
        """Do the tasks on one actor for each core; Ray does a task of a lost node again."""
        ray = self.ray
        actor = ray.remote(num_cpus=1, max_restarts=3, max_task_retries=3)(_Counter)
        actors = [actor.remote(plan) for _ in range(self.workers)]
        # Each actor has a few tasks before it; whoever is done gets the next one.
        free = [one for one in actors for _ in range(AHEAD)]
        running: dict[Any, Any] = {}
        try:
            for task in tasks:
                one = free.pop()
                running[one.run.remote(task)] = one
                if not free:
                    yield self._next(running, free)
            while running:
                yield self._next(running, free)
        finally:
            for one in actors:
                ray.kill(one)

    def _next(self, running: dict[Any, Any], free: list[Any]) -> Done:
        done, _ = self.ray.wait(list(running), num_returns=1)
        free.append(running.pop(done[0]))
        found: Done = self.ray.get(done[0])
        return found


class _Counter:
    """What runs on a core of the cluster."""

    def __init__(self, plan: Plan) -> None:
        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        counter(plan.vocabulary)
        self.plan = plan

    def run(self, task: Task) -> Done:
        """Do a task."""
        return counting.run(self.plan, task)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _prepare(plan: Plan) -> None:
    """Ready a process: Ctrl-C is for the one that collects, and each has one core."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    counter(plan.vocabulary)


def _end(pool: ProcessPoolExecutor) -> None:
    """End the processes at once: what they were doing is not waited for."""
    processes = list((pool._processes or {}).values())  # noqa: SLF001  no other way before 3.14
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()
