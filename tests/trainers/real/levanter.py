"""Levanter: its block-deterministic mixture (jax, haliax and the reading of data stood in for)."""

import contextlib
import functools
from types import ModuleType
from typing import Any

from tests.trainers.real.loading import Anything, load

WHEEL = "marin-levanter"


class _StringHolder(type):
    """Stands for haliax's StringHolderEnum: a class whose members are its strings."""

    def __contains__(cls, value: object) -> bool:
        return value in [one for name, one in vars(cls).items() if not name.startswith("_")]


@functools.cache
def mixture() -> ModuleType:
    """Return ``levanter.data.mixture``, with `MixtureDataset`."""
    return load(
        WHEEL,
        "levanter.data.mixture",
        stand_ins={
            "jax": {},
            "jaxtyping": {},
            "haliax.util": {"StringHolderEnum": _StringHolder},
            "levanter.data.dataset": {"AsyncDataset": Anything},
            "levanter.schedule": {},
            "levanter.utils.jax_utils": {"local_cpu_mesh": contextlib.nullcontext},
            "levanter.utils.thread_utils": {},
        },
    )


def counts_per_block(
    weights: dict[str, float] | list[tuple[int, dict[str, float]]], block_size: int
) -> list[dict[str, int]]:
    """Return, per stage, the sequences of each component in one block; starts are in sequences."""
    stages: list[Any] = [(0, weights)] if isinstance(weights, dict) else weights
    names = {name: name for _, one in stages for name in one}
    made = mixture().MixtureDataset(names, weights, block_size, key=0)
    return [
        dict(zip(made.dataset_index, counts.tolist(), strict=True))
        for counts in made._counts_per_block_per_stage
    ]
