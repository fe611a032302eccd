"""Megatron-core: the blend parser and the dataset configuration (only logging is stood in for)."""

import functools
from types import ModuleType
from typing import Any

from tests.trainers.real.loading import load

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
