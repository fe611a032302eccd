"""A mixture of 1,000 datasets written as every trainer's files, and read back and drawn."""

import statistics
import time
from collections.abc import Callable

from app.catalog.locations.kinds import TOKENISED, Layout
from app.trainers.kit import placing
from app.trainers.kit.outputs import Format
from app.trainers.kit.plan import Component, Location, Phase, Plan
from app.trainers.registry import FORMATS

COMPONENTS = 1_000
BUDGET = 10**12
ROUNDS = 7
LIMIT_MS = 50


def plan() -> Plan:
    """Return a plan of one phase whose datasets lie somewhere in every layout."""
    weights = [1 + place % 17 for place in range(COMPONENTS)]
    phase = Phase(
        "Main",
        tuple(
            Component(
                name=f"set-{place}",
                ratio=weight / sum(weights),
                tokens=weight * BUDGET // sum(weights),
                unique_tokens=BUDGET // COMPONENTS,
                tokens_per_document=800.0 + place,
                locations=tuple(
                    Location(
                        f"/data/{layout.value}/set-{place}",
                        layout,
                        tokenizer="qwen2-qwen3" if layout in TOKENISED else None,
                    )
                    for layout in Layout
                ),
            )
            for place, weight in enumerate(weights)
        ),
    )
    return Plan("bench", 1, "0" * 64, "2026-11-24", "0", "qwen2-qwen3", (phase,))


def row(trainer: Format, asked: Plan) -> str:
    """Return one line: milliseconds of processor time to write, and to read back and draw."""
    written = _milliseconds(lambda: trainer.write(asked))
    texts, sizes = trainer.write(asked).texts(), placing.sizes_of(asked)
    read = _milliseconds(lambda: trainer.realised_shares(texts, sizes))
    verdict = "" if written < LIMIT_MS else f"  over {LIMIT_MS}"
    return f"{trainer.name:58} {written:8.1f} {read:12.1f}{verdict}"


def table() -> str:
    """Measure every trainer and return a row each."""
    asked = plan()
    head = f"{f'{COMPONENTS:,} datasets, processor time':58} {'write ms':>8} {'read ms':>12}"
    return "\n".join([head, *(row(one, asked) for one in FORMATS.values())]) + "\n"


def _milliseconds(task: Callable[[], object]) -> float:
    times = []
    for _round in range(ROUNDS):
        start = time.process_time()
        task()
        times.append((time.process_time() - start) * 1e3)
    return statistics.median(times)


if __name__ == "__main__":
    print(table())
