"""MosaicML Streaming: how streams' weights become samples."""

import functools
from types import SimpleNamespace
from typing import Any

import numpy as np

from tests.trainers.real.loading import lift

WHEEL = "mosaicml-streaming"


@functools.cache
def _stream() -> SimpleNamespace:
    return lift(
        WHEEL,
        "streaming/base/stream.py",
        "Stream.validate_weights",
        "Stream.apply_weights",
        np=np,
    )


def samples(
    streams: list[dict[str, float]], sizes: list[int], epoch_size: int | None = None, seed: int = 17
) -> list[int]:
    """Return the samples per epoch that Streaming takes of each stream of `sizes` samples."""

    class Stream:
        validate_weights = _stream().validate_weights
        apply_weights = _stream().apply_weights

        def __init__(self, **weights: Any) -> None:
            self.__dict__.update(weights)

    made = [Stream(**one) for one in streams]
    Stream.apply_weights(made, np.array(sizes), epoch_size, seed)
    return [int(one.choose) for one in made]
