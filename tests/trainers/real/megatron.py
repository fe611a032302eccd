"""Megatron-core: the blend parser and the dataset configuration (only logging is stood in for)."""

import functools
import hashlib
import json
import logging
from collections import OrderedDict
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.trainers.real.loading import lift, load

WHEEL = "megatron-core"


@functools.cache
def utils() -> ModuleType:
    """Return ``megatron.core.datasets.utils``, with `get_blend_from_list` and `normalize`."""
    return load(
        WHEEL,
        "megatron.core.datasets.utils",
        stand_ins={"megatron.core.utils": {"log_single_rank": lambda *_: None}},
    )


@functools.cache
def _config() -> ModuleType:
    return load(
        WHEEL,
        "megatron.core.datasets.blended_megatron_dataset_config",
        stand_ins={
            "megatron.core.utils": {"log_single_rank": lambda *_: None},
            "megatron.core.tokenizers": {"MegatronTokenizerBase": object},
        },
    )


def blend(items: list[Any]) -> tuple[list[str], list[float] | None]:
    """Return prefixes and weights as Megatron reads ``--data-path`` or a blend file's words."""
    return utils().get_blend_from_list(items)


def dataset_config(**fields: Any) -> Any:
    """Return the configuration that training builds, which validates what it is given."""
    return _config().BlendedMegatronDatasetConfig(random_seed=1, sequence_length=4096, **fields)


def blended(prefixes: list[str], weights: list[float]) -> None:
    """Begin the blend that training draws from, as far as its weights are checked there."""
    datasets = [SimpleNamespace(index_split=SimpleNamespace(name="train")) for _ in prefixes]
    for dataset, prefix in zip(datasets, prefixes, strict=True):
        dataset.unique_identifiers = {"path": prefix}
    dataset = SimpleNamespace(_build_indices=lambda: (None, None))
    _blended().__init__(dataset, datasets, weights, 1000, None)


@functools.cache
def _blended() -> SimpleNamespace:
    return lift(
        WHEEL,
        "megatron/core/datasets/blended_dataset.py",
        "BlendedDataset.__init__",
        normalize=utils().normalize,
        log_single_rank=lambda *_: None,
        OrderedDict=OrderedDict,
        hashlib=hashlib,
        json=json,
        logger=logging.getLogger("megatron"),
        logging=logging,
    )
