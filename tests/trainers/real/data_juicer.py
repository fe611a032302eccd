"""Data-Juicer: how it reads a ``dataset_path`` and how many samples it takes of each."""

import functools
import shlex
from types import SimpleNamespace

import numpy as np

from tests.trainers.real.loading import lift

WHEEL = "py-data-juicer"


@functools.cache
def builder() -> SimpleNamespace:
    """Return `parse_cli_datapath` and `get_sample_numbers`."""
    return lift(
        WHEEL,
        "data_juicer/core/data/dataset_builder.py",
        "parse_cli_datapath",
        "get_sample_numbers",
        np=np,
        shlex=shlex,
    )
