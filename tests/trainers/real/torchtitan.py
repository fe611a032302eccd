"""
torchtitan: its Hugging Face data loader, whose file is run and whose exports are imported.

torch, torchdata and tyro are stood in for; the configuration classes, the table of data sets and
the interleaving are torchtitan's own.
"""

import functools
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import datasets as _datasets  # noqa: F401  # before torch is stood in for: it looks for torch

from tests.trainers.real.loading import lift, load, modules

WHEEL = "torchtitan"
TEXT_DATASETS = "torchtitan.hf_datasets.text_datasets"


class _Loader:
    """Stands for torchdata's loader: keeps the data set it would read."""

    def __init__(self, dataset: Any, **_: Any) -> None:
        self.dataset = dataset


@functools.cache
def _stand_ins() -> dict[str, dict[str, Any]]:
    configurable = load(
        WHEEL,
        "torchtitan.config.configurable",
        stand_ins={"torchtitan.observability": {}},
    )
    package = lift(
        WHEEL, "torchtitan/hf_datasets/__init__.py", "DatasetConfig", dataclass=dataclass
    )
    return {
        "torch": {},
        "torch.utils.data": {
            "IterableDataset": type("IterableDataset", (), {}),
            "Dataset": type("Dataset", (), {}),
        },
        "torch.distributed.checkpoint.stateful": {"Stateful": type("Stateful", (), {})},
        "torchdata.stateful_dataloader": {"StatefulDataLoader": _Loader},
        "tyro": {},
        "torchtitan.config": {"Configurable": configurable.Configurable},
        "torchtitan.components.tokenizer": {},
        "torchtitan.components.loss": {"IGNORE_INDEX": -100},
        "torchtitan.tools.logging": {"logger": logging.getLogger("torchtitan")},
        "torchtitan.hf_datasets": {"DatasetConfig": package.DatasetConfig},
    }


@contextmanager
def importable() -> Iterator[ModuleType]:
    """Make ``torchtitan.hf_datasets.text_datasets`` importable while an exported file is run."""
    with modules(WHEEL, TEXT_DATASETS, stand_ins=_stand_ins()) as module:
        yield module


@functools.cache
def interleaved() -> ModuleType:
    """Return ``torchtitan.hf_datasets.interleaved``."""
    return load(
        WHEEL,
        "torchtitan.hf_datasets.interleaved",
        stand_ins={"torch.utils.data": {"IterableDataset": type("IterableDataset", (), {})}},
    )
